/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "cli/tfv-output-tree.h"

G_BEGIN_DECLS

/* Holds so many points before it writes: 32 MiB of them. */
#define TFV_POINT_STORE_MAX_HELD (1 << 20)

/* Points of any number of runs, in any order, on their way to event files: into a
 * tree, a folder a run, or, of one run, to one file. A run's file stays open from
 * one writing to the next only where the runs are few; the others get one file
 * more for each writing that has something of theirs. One thread. */
typedef struct
{
  TfvOutputTree *tree;
  const char    *file;
  const char    *name;
  double         first_time;
  guint          max_held;
  guint          n_held;
  guint          n_files;
  GHashTable    *runs;
} TfvPointStore;

void     tfv_point_store_init (TfvPointStore *self, TfvOutputTree *tree, const char *file, const char *name, double first_time);
gboolean tfv_point_store_takes_run (TfvPointStore *self, const char *run);
gboolean tfv_point_store_add (TfvPointStore *self, const char *run, const char *tag, gint64 step, double wall_time, double value, GError **error);
gboolean tfv_point_store_finish (TfvPointStore *self, GError **error);
void     tfv_point_store_clear (TfvPointStore *self);

G_END_DECLS
