/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-column-file-private.h"
#include "summaries/tfv-column-writer-private.h"
#include "summaries/tfv-compact.h"
#include "summaries/tfv-scalar-tally-private.h"

G_BEGIN_DECLS

/* How many chunks of rows are held in memory: some more than 512 MiB of them. */
#define TFV_COMPACT_MAX_BUFFERS 1056

TfvCompactResult tfv_compact_file_within (const char *path, const char *out, guint max_buffers, TfvProgressFunc progress, gpointer user_data, GCancellable *cancellable, GError **error);

/* What is where in the compacted file, and what its points must add up to. */
typedef struct
{
  const char       *path;
  TfvEventFile     *file;
  guint64           n_scalars;
  guint32           n_tags;
  TfvScalarTallies *tallies;
  /* By id: the row of the columns that the first point goes to. */
  guint64 *start;
  /* TfvColumnIndexRow, by tag and so by start. */
  GArray *index;
  /* TfvColumnRestartRow */
  GArray *restarts;
  guint64 n_rows;
  guint64 n_buckets;
} TfvCompactPlan;

TfvCompactPlan *tfv_compact_plan_new (const char *path, TfvEventFile *file, GCancellable *cancellable, GError **error);
void            tfv_compact_plan_free (TfvCompactPlan *self);
guint           tfv_compact_plan_find (const TfvCompactPlan *self, guint64 row);
gboolean        tfv_compact_plan_verify (const TfvCompactPlan *self, const char *path, GCancellable *cancellable, GError **error);

/* Tells how far it got, by rows read or written. */
typedef struct
{
  TfvProgressFunc func;
  gpointer        user_data;
  double          n_done;
  double          n_all;
} TfvCompactProgress;

void tfv_compact_progress_add (TfvCompactProgress *self, double n);

gboolean tfv_compact_write_points (const TfvCompactPlan *plan, TfvColumnWriter *writer, guint max_buffers, TfvCompactProgress *progress, GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvCompactPlan, tfv_compact_plan_free)

G_END_DECLS
