/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-run-part.h"
#include "summaries/tfv-run-private.h"
#include "summaries/tfv-scalar-chunk-private.h"
#include "summaries/tfv-tag-private.h"

G_BEGIN_DECLS

/* The run keeps its parts. What is below the line is guarded by the lock of the
   run; the rest belongs to the thread that reads the file. */
struct _TfvRunPart
{
  /* Where there is one, all that is told goes to it and the rest is not used. */
  struct _TfvPartRecorder *recorder;

  TfvRun          *run;
  TfvOrigin       *origin;
  const TfvFormat *format;
  char            *path;
  GHashTable      *tag_parts;
  TfvScalarSource *points;
  GArray          *string_ids;
  guint64          n_appended;
  guint32          source;
  guint            n_sessions;
  gboolean         has_spans;
  gboolean         has_clock_offset;
  gint64           span_shift_ns;
  /* guarded */
  double    start_time;
  double    first_wall_time;
  GVariant *hparams;
  guint64   n_dropped;
  gint      file_version;
  gint64    last_summary_step;
};

struct _TfvTagPart
{
  TfvRunPart    *run_part;
  TfvTag        *tag;
  TfvScalarPart *scalars;
  TfvBlobPart   *blobs;
};

TfvRunPart *tfv_run_part_new (TfvRun *run, const char *path, const TfvFormat *format);
void        tfv_run_part_forget (TfvRunPart *self);
void        tfv_run_part_free (TfvRunPart *self);

/* What a reader of event files asks and tells beyond the public functions. */
void    tfv_run_part_get_event_state (TfvRunPart *self, gint *file_version, gint64 *last_summary_step);
void    tfv_run_part_set_event_state (TfvRunPart *self, gint file_version, gint64 last_summary_step);
void    tfv_run_part_set_first_wall_time (TfvRunPart *self, double wall_time);
char   *tfv_run_part_dup_plugin (TfvRunPart *self, const char *tag);
void    tfv_tag_part_set_metadata (TfvTagPart *self, gconstpointer metadata, gsize n_bytes);
void    tfv_tag_part_append_place (TfvTagPart *self, const TfvBlobPlace *place);
void    tfv_run_part_warn_counted (TfvRunPart *self, char **previous, const char *what, guint64 first_offset, guint64 n);
guint64 tfv_run_part_get_n_appended (TfvRunPart *self);

void tfv_tag_part_append_columns (TfvTagPart *self, gsize n_points, const gint64 *step, const double *wall_time, gconstpointer value, gboolean is_float32);

/* A float32 point where the tag part is known to be one of scalars. */
static inline void
tfv_tag_part_push_float (TfvTagPart *self, gint64 step, double wall_time, float value)
{
  if (G_UNLIKELY (self->scalars == NULL))
    {
      tfv_tag_part_append_scalar_float (self, step, wall_time, value);
      return;
    }
  tfv_scalar_part_append_float (self->scalars, step, wall_time, value);
  self->run_part->n_appended++;
}

/* A float32 point of a tag part that is one of scalars. */
typedef struct
{
  TfvTagPart *tag;
  gint64      step;
  double      wall_time;
  float       value;
} TfvFloatRow;

void tfv_run_part_append_floats (TfvRunPart *self, const TfvFloatRow *rows, gsize n_rows);

G_END_DECLS
