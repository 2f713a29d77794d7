/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "summaries/formats/message-builder-private.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-event-builder.h"
#include "summaries/tfv-restarts-private.h"
#include "summaries/tfv-run-share-private.h"
#include "summaries/tfv-tag-private.h"

#define SESSION_START_JSON "{\"status\": \"start\"}"
#define VALUE_TAG 1
#define VALUE_METADATA 9
#define NS_PER_S 1e9

/* One event file that is being written, of what one writer logged. */
typedef struct
{
  TfvRun          *run;
  TfvEventBuilder *builder;
  GHashTable      *ids;
  GError          *error;
} Output;

/* The first of a tag's points came with metadata, which the tag has. */
static void
add_metadata (Output *self, TfvTag *tag, guint32 id)
{
  g_autoptr (GBytes)     metadata = tfv_tag_dup_metadata (tag);
  g_autoptr (GByteArray) value = NULL;

  if (metadata == NULL)
    return;
  value = g_byte_array_new ();
  tfv_message_add_string (value, VALUE_TAG, tfv_tag_get_name (tag));
  tfv_message_add_bytes (value, VALUE_METADATA, g_bytes_get_data (metadata, NULL), g_bytes_get_size (metadata));
  tfv_event_builder_add_record (self->builder, id, TFV_RECORD_SCALAR, 0, tfv_run_get_start_time (self->run), value->data, value->len);
}

static guint32
get_id (Output *self, TfvTag *tag)
{
  guint32 id = GPOINTER_TO_UINT (g_hash_table_lookup (self->ids, tag));

  if (id == 0)
    {
      id = tfv_event_builder_add_tag (self->builder, tfv_tag_get_kind (tag), tfv_tag_get_name (tag));
      g_hash_table_insert (self->ids, tag, GUINT_TO_POINTER (id));
      if (tfv_tag_get_kind (tag) == TFV_RECORD_SCALAR)
        add_metadata (self, tag, id);
    }
  return id;
}

static void
add_points (Output *self, TfvTag *tag, guint64 begin, guint64 end)
{
  g_autoptr (TfvScalarView) view = tfv_scalar_series_snapshot (tfv_tag_get_series (tag), TFV_SCALAR_VIEW_ALL);
  guint32                   id = get_id (self, tag);
  guint                     b = 0;

  end = MIN (end, view->n_points);
  for (guint64 at = begin; at < end; b++)
    {
      const TfvScalarBlock *block = &view->blocks[b];

      for (; at < MIN (end, view->block_start[b + 1]); at++)
        {
          gsize    i = at - view->block_start[b];
          gboolean is_float32 = block->value32 != NULL || (block->is_float32 != NULL && block->is_float32[i]);

          tfv_event_builder_add_scalar (self->builder, id, block->step[i], block->wall_time[i], block->value32 != NULL ? block->value32[i] : block->value64[i], is_float32);
        }
    }
}

static void
add_blobs (Output *self, TfvTag *tag, guint64 begin, guint64 end)
{
  guint32 id = get_id (self, tag);

  for (guint64 i = begin; i < end; i++)
    {
      g_autoptr (GBytes) bytes = NULL;
      GError            *error = NULL;
      gint64             step;
      double             wall_time;
      gsize              n_bytes;
      gconstpointer      data;

      if (!tfv_tag_get_record (tag, i, &step, &wall_time, NULL))
        return;
      bytes = tfv_tag_read_message (tag, i, &error);
      if (bytes == NULL)
        {
          /* The first error is told; what else can be read is written. */
          if (self->error == NULL)
            self->error = error;
          else
            g_error_free (error);
          continue;
        }
      data = g_bytes_get_data (bytes, &n_bytes);
      tfv_event_builder_add_record (self->builder, id, tfv_tag_get_kind (tag), step, wall_time, data, n_bytes);
    }
}

static void
add_records (Output *self, const TfvTagShare *share, guint64 begin, guint64 end)
{
  if (begin == end)
    return;
  if (tfv_tag_get_kind (share->tag) == TFV_RECORD_SCALAR)
    add_points (self, share->tag, share->first + begin, share->first + end);
  else
    add_blobs (self, share->tag, share->first + begin, share->first + end);
}

/* The records of a tag between two sessions, with the restarts of its own. */
static void
add_stretch (Output *self, const TfvTagShare *share, guint session, gboolean is_last)
{
  guint64 begin, end;

  tfv_tag_share_get_stretch (share, session, &begin, &end);
  for (guint m = 0; share->marks != NULL && m < share->marks->len; m++)
    {
      const TfvRestartMark *mark = &g_array_index (share->marks, TfvRestartMark, m);

      if (mark->session != 0 || mark->index < begin || mark->index > end || (mark->index == end && !is_last))
        continue;
      add_records (self, share, begin, mark->index);
      begin = mark->index;
      tfv_event_builder_add_record (self->builder, get_id (self, share->tag), TFV_RECORD_SESSION, mark->step, tfv_run_get_start_time (self->run), SESSION_START_JSON, strlen (SESSION_START_JSON));
    }
  add_records (self, share, begin, end);
}

/* What one file of the run gave: session after session, tag after tag. */
static void
add_share (Output *self, const TfvRunShare *share)
{
  for (guint session = 0; session <= share->n_sessions; session++)
    for (guint pass = 0; pass < 2; pass++)
      for (guint i = 0; i < share->tags->len; i++)
        {
          const TfvTagShare *tag = &g_array_index (share->tags, TfvTagShare, i);
          gboolean           is_session = tfv_tag_get_kind (tag->tag) == TFV_RECORD_SESSION;

          /* A session begins with the record that tells so. */
          if (is_session == (pass == 0))
            add_stretch (self, tag, session, session == share->n_sessions);
        }
}

/* The rows of the run's table of spans, with the ids that strings have here. */
static void
add_rows (Output *self, TfvSpanTable *table, const guint32 *ids)
{
  gsize n_spans = tfv_span_table_get_n_spans (table), n_counters = tfv_span_table_get_n_counters (table);
  gsize n_flows = tfv_span_table_get_n_flows (table), n_markers = tfv_span_table_get_n_markers (table);

  for (gsize i = 0; i < n_spans; i++)
    {
      TfvSpan span;

      tfv_span_table_get_span (table, i, &span);
      span.name = ids[span.name];
      span.lane = ids[span.lane];
      span.op = ids[span.op];
      span.category = ids[span.category];
      tfv_event_builder_add_span (self->builder, &span);
    }
  for (gsize i = 0; i < n_counters; i++)
    {
      TfvCounter counter;

      tfv_span_table_get_counter (table, i, &counter);
      counter.series = ids[counter.series];
      counter.lane = ids[counter.lane];
      counter.unit = ids[counter.unit];
      tfv_event_builder_add_counter (self->builder, &counter);
    }
  for (gsize i = 0; i < n_flows; i++)
    {
      TfvFlow flow;

      tfv_span_table_get_flow (table, i, &flow);
      flow.name = ids[flow.name];
      flow.lane = ids[flow.lane];
      flow.category = ids[flow.category];
      tfv_event_builder_add_flow (self->builder, &flow);
    }
  for (gsize i = 0; i < n_markers; i++)
    {
      TfvMarker marker;

      tfv_span_table_get_marker (table, i, &marker);
      marker.name = ids[marker.name];
      marker.lane = ids[marker.lane];
      marker.op = ids[marker.op];
      marker.category = ids[marker.category];
      tfv_event_builder_add_marker (self->builder, &marker);
    }
}

/* Spans, and what lies beside them, are of the run, not of one of its files. */
static void
add_spans (Output *self)
{
  g_autoptr (TfvSpanTable) table = tfv_run_dup_spans (self->run);
  guint32                  n_strings = tfv_span_table_get_n_strings (table);
  g_autofree guint32      *ids = g_new0 (guint32, (gsize) n_strings + 1);

  tfv_event_builder_set_clock_offset_ns (self->builder, tfv_run_get_clock_offset_ns (self->run));
  for (guint32 id = 1; id <= n_strings; id++)
    {
      TfvStringKind kind;
      guint32       parent;
      const char   *string = tfv_span_table_get_string (table, id, &kind, &parent);

      if (string != NULL)
        ids[id] = tfv_event_builder_add_string (self->builder, kind, string, ids[MIN (parent, n_strings)]);
    }
  add_rows (self, table, ids);
}

/* Files whose writer's start is not known never supersede each other by it, nor do
   segments of one writer: they become one file. */
static gboolean
is_same_writer (const TfvRunShare *a, const TfvRunShare *b)
{
  return (isnan (a->start_time) && isnan (b->start_time)) || a->start_time == b->start_time;
}

/* Writes what the files from @first to @end gave. */
static gboolean
write_file (TfvRun *run, const char *path, GPtrArray *shares, guint first, guint end, GError **error)
{
  const TfvRunShare *share = shares->pdata[first];
  Output             self = { .run = run, .builder = tfv_event_builder_new (path, share->start_time, error) };
  gboolean           is_written;

  if (self.builder == NULL)
    return FALSE;
  self.ids = g_hash_table_new (NULL, NULL);
  if (isnan (share->start_time))
    tfv_event_builder_set_first_time (self.builder, share->first_time);
  if (first == 0)
    add_spans (&self);
  if (end == shares->len)
    tfv_event_builder_set_n_dropped (self.builder, tfv_run_get_n_dropped (run));
  for (guint i = first; i < end; i++)
    add_share (&self, shares->pdata[i]);
  g_hash_table_unref (self.ids);

  is_written = tfv_event_builder_close (self.builder, error);
  if (is_written && self.error != NULL)
    {
      g_propagate_error (error, self.error);
      return FALSE;
    }
  g_clear_error (&self.error);
  return is_written;
}

/* A path in the folder that no file has: runs of several folders may have one name. */
static char *
dup_path (const char *folder, const TfvRunShare *share, guint *n_files)
{
  double time = isnan (share->start_time) ? share->first_time : share->start_time;
  gint64 time_ns = time >= 0 && time < G_MAXINT64 / NS_PER_S ? (gint64) (time * NS_PER_S) : 0;

  for (;;)
    {
      g_autofree char *name = g_strdup_printf ("events.import.%u.%" G_GINT64_FORMAT ".tfv.h5", (*n_files)++, time_ns);
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }
}

/**
 * tfv_run_write_event_files: (skip)
 * @run: a run that is no longer read
 * @path: an existing folder, or the file that is to be
 * @is_folder: which of them
 * @error: return location for a [error@Tfv.StoreError]
 *
 * Writes everything that the run holds as event files of ours, with steps, times,
 * restarts and metadata as they were: one file for each writer that logged to it.
 * Records that can't be read are left out and the first is told. Any thread;
 * blocks.
 *
 * Returns: whether everything was written
 */
gboolean
tfv_run_write_event_files (TfvRun *run, const char *path, gboolean is_folder, GError **error)
{
  g_autoptr (GPtrArray) shares = tfv_run_dup_shares (run);
  guint                 n_files = 0;
  gboolean              is_written = TRUE;

  for (guint first = 0, end; first < shares->len; first = end)
    {
      g_autofree char *file = NULL;
      GError          *fault = NULL;

      for (end = first + 1; end < shares->len && is_same_writer (shares->pdata[first], shares->pdata[end]); end++)
        ;
      if (!is_folder && end < shares->len)
        {
          g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_FORMAT, "%s: several writers logged to %s: they take a folder, not a file", path, tfv_run_get_directory (run));
          return FALSE;
        }
      file = is_folder ? dup_path (path, shares->pdata[first], &n_files) : g_strdup (path);
      if (write_file (run, file, shares, first, end, &fault))
        continue;
      if (is_written)
        g_propagate_error (error, fault);
      else
        g_error_free (fault);
      is_written = FALSE;
    }
  return is_written;
}
