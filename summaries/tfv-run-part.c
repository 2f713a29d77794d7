/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-run-part-private.h"

#include <math.h>

#include "summaries/tfv-part-recorder-private.h"
#include "summaries/tfv-scalar-series-private.h"
#include "summaries/tfv-scalar-source-private.h"

static void
tag_part_free (gpointer data)
{
  TfvTagPart *self = data;

  g_clear_pointer (&self->scalars, tfv_scalar_part_unref);
  g_clear_pointer (&self->blobs, tfv_blob_part_unref);
  tfv_tag_unref (self->tag);
  g_free (self);
}

/* What the file at @path, of @format, gives to @run. Called by the run. */
TfvRunPart *
tfv_run_part_new (TfvRun *run, const char *path, const TfvFormat *format)
{
  TfvRunPart      *self = g_new0 (TfvRunPart, 1);
  g_autofree char *basename = g_path_get_basename (path);

  self->run = run;
  self->path = g_strdup (path);
  self->format = format;
  self->origin = tfv_restarts_add (tfv_run_get_restarts (run), basename);
  self->tag_parts = g_hash_table_new_full (NULL, NULL, NULL, tag_part_free);
  self->start_time = NAN;
  self->first_wall_time = NAN;
  self->last_summary_step = -1;
  return self;
}

/* Takes what the file gave out of the run's tags. */
void
tfv_run_part_forget (TfvRunPart *self)
{
  GHashTableIter iter;
  gpointer       value;

  tfv_restarts_remove (tfv_run_get_restarts (self->run), self->origin);
  g_hash_table_iter_init (&iter, self->tag_parts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      TfvTagPart *tag_part = value;

      if (tag_part->scalars != NULL)
        tfv_scalar_series_remove_part (tfv_tag_get_series (tag_part->tag), tag_part->scalars);
      if (tag_part->blobs != NULL)
        tfv_tag_remove_blob_part (tag_part->tag, tag_part->blobs);
    }
}

/* The tags keep what the file gave: whoever holds one may still look at it. */
void
tfv_run_part_free (TfvRunPart *self)
{
  g_hash_table_unref (self->tag_parts);
  g_clear_pointer (&self->string_ids, g_array_unref);
  g_clear_pointer (&self->points, tfv_scalar_source_unref);
  g_clear_pointer (&self->hparams, g_variant_unref);
  tfv_origin_unref (self->origin);
  g_free (self->path);
  g_free (self);
}

/**
 * tfv_run_part_get_path: (skip)
 * @self: a part
 *
 * The file that the part is read from.
 *
 * Returns: (transfer none): its path
 */
const char *
tfv_run_part_get_path (TfvRunPart *self)
{
  return self->path;
}

/**
 * tfv_run_part_add_tag: (skip)
 * @self: a part
 * @name: the tag's name; what is not UTF-8 in it is replaced
 * @length: its length in bytes, or -1 where it ends with NUL
 * @kind: what its records are
 * @plugin: (nullable): TensorBoard's name for the kind, where the file tells
 *
 * What the file gives to a tag: made at the first call, found again later. It
 * hashes, so a reader remembers what it got. The part's thread.
 *
 * Returns: (transfer none): the tag's part, which lives as long as @self
 */
TfvTagPart *
tfv_run_part_add_tag (TfvRunPart *self, const char *name, gssize length, TfvRecordKind kind, const char *plugin)
{
  g_autofree char   *valid = NULL;
  g_autoptr (TfvTag) tag = NULL;
  TfvTagPart        *part;
  gint64             step;
  gboolean           is_restarted;

  if (self->recorder != NULL)
    return tfv_part_recorder_add_tag (self, name, length, kind, plugin);

  valid = g_utf8_make_valid (name, length);
  tag = tfv_run_ensure_tag (self->run, valid, kind, plugin);
  part = g_hash_table_lookup (self->tag_parts, tag);
  if (part != NULL)
    return part;

  part = g_new0 (TfvTagPart, 1);
  part->run_part = self;
  part->tag = tfv_tag_ref (tag);
  is_restarted = tfv_restarts_get_first_start (tfv_run_get_restarts (self->run), self->origin, &step);
  if (kind == TFV_RECORD_SCALAR)
    {
      part->scalars = tfv_scalar_series_add_part (tfv_tag_get_series (tag), self->origin);
      if (is_restarted)
        tfv_scalar_part_restart (part->scalars, step, self->n_sessions);
    }
  else
    {
      part->blobs = tfv_tag_add_blob_part (tag, self->origin, self->path, self->format);
      if (is_restarted)
        tfv_tag_restart_blobs (tag, part->blobs, step, self->n_sessions);
    }
  g_hash_table_insert (self->tag_parts, tag, part);
  self->n_appended++;
  return part;
}

/**
 * tfv_tag_part_set_display: (skip)
 * @self: a tag's part
 * @display_name: (nullable): a name to show instead of the tag's
 * @description: (nullable): what the tag is about, Markdown
 *
 * Sets how the tag is shown; what is %NULL or "" stays as it was. The part's
 * thread.
 */
void
tfv_tag_part_set_display (TfvTagPart *self, const char *display_name, const char *description)
{
  if (self->run_part->recorder != NULL)
    {
      tfv_part_recorder_put_display (self, display_name, description);
      return;
    }
  tfv_tag_set_display (self->tag, display_name, description);
}

/**
 * tfv_tag_part_append_scalar: (skip)
 * @self: part of a tag of kind %TFV_RECORD_SCALAR
 * @step: the step
 * @wall_time: seconds since the UNIX epoch
 * @value: the value, stored as float64
 *
 * Appends a point. The part's thread.
 */
void
tfv_tag_part_append_scalar (TfvTagPart *self, gint64 step, double wall_time, double value)
{
  if (self->run_part->recorder != NULL)
    {
      tfv_part_recorder_append_scalar (self, step, wall_time, value, FALSE);
      return;
    }
  g_return_if_fail (self->scalars != NULL);

  tfv_scalar_part_append_double (self->scalars, step, wall_time, value);
  self->run_part->n_appended++;
}

/**
 * tfv_tag_part_append_scalar_float: (skip)
 * @self: part of a tag of kind %TFV_RECORD_SCALAR
 * @step: the step
 * @wall_time: seconds since the UNIX epoch
 * @value: the value, stored as float32
 *
 * Appends a point that was stored as float32. The part's thread.
 */
void
tfv_tag_part_append_scalar_float (TfvTagPart *self, gint64 step, double wall_time, float value)
{
  if (self->run_part->recorder != NULL)
    {
      tfv_part_recorder_append_scalar (self, step, wall_time, value, TRUE);
      return;
    }
  g_return_if_fail (self->scalars != NULL);

  tfv_tag_part_push_float (self, step, wall_time, value);
}

/* Points side by side, of a kind each: what another process has read. The part's
 * thread. */
void
tfv_tag_part_append_columns (TfvTagPart *self, gsize n_points, const gint64 *step, const double *wall_time, gconstpointer value, gboolean is_float32)
{
  tfv_scalar_part_append_columns (self->scalars, n_points, step, wall_time, value, is_float32);
  self->run_part->n_appended += n_points;
}

/* Appends points of several tags, each tag's in the order that they stand in. The
   part's thread. */
void
tfv_run_part_append_floats (TfvRunPart *self, const TfvFloatRow *rows, gsize n_rows)
{
  if (self->recorder != NULL)
    {
      tfv_part_recorder_append_floats (self, rows, n_rows);
      return;
    }
  for (gsize i = 0; i < n_rows; i++)
    tfv_scalar_part_append_float (rows[i].tag->scalars, rows[i].step, rows[i].wall_time, rows[i].value);
  self->n_appended += n_rows;
}

/**
 * tfv_tag_part_announce_scalars: (skip)
 * @self: part of a tag of kind %TFV_RECORD_SCALAR
 * @outline: what is known of the points
 *
 * Tells of points that are read with the format's `load_points` when somebody
 * wants them. They come before any that is appended; called again, with more
 * points, @outline replaces the one before. The part's thread.
 */
void
tfv_tag_part_announce_scalars (TfvTagPart *self, const TfvScalarOutline *outline)
{
  TfvRunPart *run_part = self->run_part;

  if (run_part->recorder != NULL)
    {
      tfv_part_recorder_put_outline (self, outline);
      return;
    }
  g_return_if_fail (self->scalars != NULL && self->scalars->first == NULL && run_part->format->load_points != NULL);

  if (outline->n_points <= tfv_scalar_part_get_outline (self->scalars).n_points)
    return;
  if (run_part->points == NULL)
    run_part->points = tfv_scalar_source_new (run_part->run, run_part->path, run_part->format);
  tfv_scalar_part_announce (self->scalars, run_part->points, outline);
  run_part->n_appended++;
}

/**
 * tfv_tag_part_append_blob: (skip)
 * @self: part of a tag of any kind but %TFV_RECORD_SCALAR
 * @step: the step
 * @wall_time: seconds since the UNIX epoch
 * @offset: where the record's bytes begin, as the format's `read_blob` takes it
 * @length_bytes: how many there are
 *
 * Appends a record whose bytes stay in the file. The part's thread.
 */
void
tfv_tag_part_append_blob (TfvTagPart *self, gint64 step, double wall_time, guint64 offset, guint64 length_bytes)
{
  TfvBlobPlace place = { .step = step, .wall_time = wall_time, .offset = offset, .length_bytes = length_bytes };

  if (self->run_part->recorder != NULL)
    {
      tfv_part_recorder_append_place (self, &place);
      return;
    }
  g_return_if_fail (self->blobs != NULL);

  tfv_tag_part_append_place (self, &place);
}

/* Tells the SummaryMetadata that a record came with; the first one counts. */
void
tfv_tag_part_set_metadata (TfvTagPart *self, gconstpointer metadata, gsize n_bytes)
{
  if (self->run_part->recorder != NULL)
    {
      tfv_part_recorder_put_metadata (self, metadata, n_bytes);
      return;
    }
  tfv_tag_set_metadata (self->tag, metadata, n_bytes);
}

/* Appends a record that may be the inside of a message. The part's thread. */
void
tfv_tag_part_append_place (TfvTagPart *self, const TfvBlobPlace *place)
{
  if (self->run_part->recorder != NULL)
    {
      tfv_part_recorder_append_place (self, place);
      return;
    }
  tfv_tag_append_blob (self->tag, self->blobs, place);
  self->run_part->n_appended++;
}

/* @session counts the sessions of the file; 0 where only this tag is restarted. */
static void
restart_tag (TfvTagPart *self, gint64 step, guint session)
{
  if (self->scalars != NULL)
    tfv_scalar_part_restart (self->scalars, step, session);
  else
    tfv_tag_restart_blobs (self->tag, self->blobs, step, session);
  self->run_part->n_appended++;
}

/**
 * tfv_run_part_restart: (skip)
 * @self: a part
 * @step: the step that the session starts at
 *
 * A session of the run starts here: every point that came before it, of every
 * tag and file, is superseded where its step is not below @step. The part's
 * thread.
 */
void
tfv_run_part_restart (TfvRunPart *self, gint64 step)
{
  GHashTableIter iter;
  gpointer       tag_part;

  if (self->recorder != NULL)
    {
      tfv_part_recorder_put_integer (self, TFV_READER_RESTART, step);
      return;
    }
  self->n_sessions++;
  tfv_restarts_add_start (tfv_run_get_restarts (self->run), self->origin, step);
  g_hash_table_iter_init (&iter, self->tag_parts);
  while (g_hash_table_iter_next (&iter, NULL, &tag_part))
    restart_tag (tag_part, step, self->n_sessions);
  self->n_appended++;
}

/**
 * tfv_tag_part_restart: (skip)
 * @self: a tag's part
 * @step: a step
 *
 * What came before of this tag is superseded where its step is not below
 * @step. The part's thread.
 */
void
tfv_tag_part_restart (TfvTagPart *self, gint64 step)
{
  if (self->run_part->recorder != NULL)
    {
      tfv_part_recorder_restart_tag (self, step);
      return;
    }
  restart_tag (self, step, 0);
}

/**
 * tfv_run_part_set_start_time: (skip)
 * @self: a part
 * @wall_time: when the file's writer began, seconds since the UNIX epoch
 *
 * Tells when the writer began. Files that tell it are ordered by it, and a file
 * that begins after the last point of another supersedes the other's points
 * from its own first step on, tag by tag. Set before the first tag. The part's
 * thread.
 */
void
tfv_run_part_set_start_time (TfvRunPart *self, double wall_time)
{
  if (self->recorder != NULL)
    {
      tfv_part_recorder_put_number (self, TFV_READER_START_TIME, wall_time);
      return;
    }
  tfv_run_lock (self->run);
  self->start_time = wall_time;
  tfv_run_unlock (self->run);
  tfv_restarts_set_start_time (tfv_run_get_restarts (self->run), self->origin, wall_time);
  self->n_appended++;
}

/* The wall time of the file's first event, for the run's start only. */
void
tfv_run_part_set_first_wall_time (TfvRunPart *self, double wall_time)
{
  if (self->recorder != NULL)
    {
      tfv_part_recorder_put_number (self, TFV_READER_FIRST_WALL_TIME, wall_time);
      return;
    }
  tfv_run_lock (self->run);
  self->first_wall_time = wall_time;
  tfv_run_unlock (self->run);
}

/**
 * tfv_run_part_set_hparams: (skip)
 * @self: a part
 * @hparams: (nullable): hyper-parameters, `a{sv}`; a floating reference is sunk
 *
 * Sets the hyper-parameters that the file tells. The part's thread.
 */
void
tfv_run_part_set_hparams (TfvRunPart *self, GVariant *hparams)
{
  if (self->recorder != NULL)
    {
      tfv_part_recorder_put_hparams (self, hparams);
      return;
    }
  tfv_run_lock (self->run);
  g_clear_pointer (&self->hparams, g_variant_unref);
  self->hparams = hparams != NULL ? g_variant_ref_sink (hparams) : NULL;
  tfv_run_unlock (self->run);
  self->n_appended++;
}

/**
 * tfv_run_part_set_n_dropped: (skip)
 * @self: a part
 * @n_dropped: how many records the writer had to drop so far
 *
 * Sets the count of records that never came into the file. The part's thread.
 */
void
tfv_run_part_set_n_dropped (TfvRunPart *self, guint64 n_dropped)
{
  if (self->recorder != NULL)
    {
      tfv_part_recorder_put_integer (self, TFV_READER_N_DROPPED, (gint64) n_dropped);
      return;
    }
  tfv_run_lock (self->run);
  if (self->n_dropped != n_dropped)
    self->n_appended++;
  self->n_dropped = n_dropped;
  tfv_run_unlock (self->run);
}

/**
 * tfv_run_part_warn: (skip)
 * @self: a part
 * @format: a printf format: what is wrong and where in the file
 * @...: its arguments
 *
 * Adds a warning to the run, with the file's path before it. The same warning
 * is kept once. Any thread.
 */
void
tfv_run_part_warn (TfvRunPart *self, const char *format, ...)
{
  g_autofree char *message = NULL;
  g_autofree char *warning = NULL;
  va_list          args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  if (self->recorder != NULL)
    {
      tfv_part_recorder_put_warning (self, message);
      return;
    }
  warning = g_strdup_printf ("%s: %s", self->path, message);
  tfv_run_add_warning (self->run, warning);
}

/* Warns of what was met @n times, first at @first_offset: one warning, whose
   count is brought up to date. @previous keeps it from call to call. */
void
tfv_run_part_warn_counted (TfvRunPart *self, char **previous, const char *what, guint64 first_offset, guint64 n)
{
  g_autoptr (GString) warning = g_string_new (self->path);

  if (self->recorder != NULL)
    {
      tfv_part_recorder_put_counted_warning (self, previous, what, first_offset, n);
      return;
    }
  g_string_append_printf (warning, ": byte %" G_GUINT64_FORMAT ": %s", first_offset, what);
  if (n > 1)
    g_string_append_printf (warning, " (and %" G_GUINT64_FORMAT " more)", n - 1);
  if (*previous != NULL)
    tfv_run_replace_warning (self->run, *previous, warning->str);
  else
    tfv_run_add_warning (self->run, warning->str);
  g_free (*previous);
  *previous = g_string_free (g_steal_pointer (&warning), FALSE);
}

/* What TensorBoard's loader would know when it comes to this file: the newest
   file version told so far (0 for none), and the step of the last summary (-1 for
   none). What the file itself has told comes first, then the files before it. */
void
tfv_run_part_get_event_state (TfvRunPart *self, gint *file_version, gint64 *last_summary_step)
{
  GPtrArray *parts;
  guint      index = 0;

  if (self->recorder != NULL)
    {
      *file_version = self->file_version;
      *last_summary_step = self->last_summary_step;
      return;
    }
  tfv_run_lock (self->run);
  *file_version = 0;
  *last_summary_step = -1;
  parts = tfv_run_get_parts (self->run);
  g_ptr_array_find (parts, self, &index);
  for (guint i = index + 1; i-- > 0 && (*file_version == 0 || *last_summary_step == -1);)
    {
      const TfvRunPart *part = parts->pdata[i];

      if (*file_version == 0)
        *file_version = part->file_version;
      if (*last_summary_step == -1)
        *last_summary_step = part->last_summary_step;
    }
  tfv_run_unlock (self->run);
}

void
tfv_run_part_set_event_state (TfvRunPart *self, gint file_version, gint64 last_summary_step)
{
  if (self->recorder != NULL)
    {
      tfv_part_recorder_put_event_state (self, file_version, last_summary_step);
      return;
    }
  tfv_run_lock (self->run);
  self->file_version = file_version;
  self->last_summary_step = last_summary_step;
  tfv_run_unlock (self->run);
}

/* The plugin that some file of the run gave for a tag of this name: metadata
   comes only with the first value of a tag. NULL where none did. (transfer full) */
char *
tfv_run_part_dup_plugin (TfvRunPart *self, const char *tag)
{
  if (self->recorder != NULL)
    return tfv_part_recorder_ask_plugin (self, tag);
  return tfv_run_dup_plugin (self->run, tag);
}

/* Grows with whatever the file gives. The part's thread. */
guint64
tfv_run_part_get_n_appended (TfvRunPart *self)
{
  return self->n_appended;
}
