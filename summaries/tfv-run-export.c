/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "summaries/tfv-error.h"
#include "summaries/tfv-projector-files-private.h"
#include "summaries/tfv-run-share-private.h"
#include "summaries/tfv-tfevents-tag-private.h"

#define VERSION "brain.Event:"

/* Of this file version TensorBoard takes sessions for restarts; of the one before
   every step back, tag by tag. */
#define VERSION_WITH_SESSIONS 2

#define SESSION_START_MESSAGE "\x08\x01"

/* Records of a tag that are next to be written. */
typedef struct
{
  TfvTfeventsTag *tag;
  guint64         at;
  guint64         end;
  double          wall_time;
} Cursor;

typedef struct
{
  TfvRun            *run;
  const char        *folder;
  TfvTfeventsExport *options;
  GHashTable        *tags;
  GString           *projector;
  guint              n_embeddings;
  TfvTfeventsWriter *writer;
  guint              n_files;
  gint64             last_file_time;
  guint              version;
  double             begin_time;
  GError            *error;
} Export;

/* The first error is told; what else can be read is written. */
static void
keep_first (Export *self, GError *error)
{
  if (self->error == NULL)
    self->error = error;
  else
    g_clear_error (&error);
}

static gboolean
is_wanted (const TfvTfeventsExport *options, TfvTag *tag)
{
  TfvRecordKind kind = tfv_tag_get_kind (tag);

  if (options->kinds != 0 && (options->kinds & (1u << kind)) == 0)
    return FALSE;
  return options->tags == NULL || g_pattern_spec_match_string (options->tags, tfv_tag_get_name (tag));
}

/* The tag in the form in which it is written, or NULL where it is not. */
static TfvTfeventsTag *
get_tag (Export *self, TfvTag *tag)
{
  TfvTfeventsTag *found = g_hash_table_lookup (self->tags, tag);

  if (found == NULL && is_wanted (self->options, tag) && tfv_tfevents_can_hold (tfv_tag_get_kind (tag)))
    {
      found = tfv_tfevents_tag_new (tag, self->options);
      g_hash_table_insert (self->tags, tag, found);
    }
  return found;
}

static void
write_record (Export *self, TfvTfeventsTag *tag, guint64 index)
{
  GError *error = NULL;

  if (!tfv_tfevents_tag_write (tag, index, self->writer, &self->options->n_rounded, &error) && error != NULL)
    {
      keep_first (self, error);
      return;
    }
  if (tfv_tag_get_kind (tag->tag) == TFV_RECORD_EMBEDDING)
    {
      guint64            stored = tag->indices != NULL ? g_array_index (tag->indices, guint64, index) : index;
      g_autoptr (GBytes) record = tfv_tag_read_record (tag->tag, stored, NULL);
      gint64             step;

      if (record == NULL || !tfv_tag_get_record (tag->tag, stored, &step, NULL, NULL))
        return;
      if (!tfv_projector_files_add (self->folder, self->n_embeddings++, tfv_tag_get_name (tag->tag), step, record, self->projector, &error))
        {
          g_prefix_error (&error, "%s: tag “%s”, step %" G_GINT64_FORMAT ": for the projector: ", tfv_run_get_directory (self->run), tfv_tag_get_name (tag->tag), step);
          keep_first (self, error);
        }
    }
}

/* What is not a number comes at once. */
static void
look_up_time (Cursor *self)
{
  if (!tfv_tfevents_tag_get_place (self->tag, self->at, NULL, &self->wall_time) || isnan (self->wall_time))
    self->wall_time = -INFINITY;
}

static void
sift_down (GArray *cursors, guint i)
{
  Cursor *heap = (Cursor *) cursors->data;

  for (;;)
    {
      guint least = i;

      for (guint child = 2 * i + 1; child <= 2 * i + 2 && child < cursors->len; child++)
        if (heap[child].wall_time < heap[least].wall_time)
          least = child;
      if (least == i)
        return;
      Cursor moved = heap[i];

      heap[i] = heap[least];
      heap[least] = moved;
      i = least;
    }
}

/* Writes the records of several tags: each tag's in stored order, the tags among
   each other by time. */
static void
write_merged (Export *self, GArray *cursors)
{
  for (guint i = 0; i < cursors->len; i++)
    look_up_time (&g_array_index (cursors, Cursor, i));
  for (guint i = cursors->len; i-- > 0;)
    sift_down (cursors, i);
  while (cursors->len > 0)
    {
      Cursor *first = &g_array_index (cursors, Cursor, 0);

      write_record (self, first->tag, first->at);
      if (++first->at < first->end)
        look_up_time (first);
      else
        g_array_remove_index_fast (cursors, 0);
      sift_down (cursors, 0);
    }
}

/* Writes tag after tag, so that a step back in the file is one of the tag. */
static void
write_one_by_one (Export *self, GArray *cursors)
{
  for (guint i = 0; i < cursors->len; i++)
    {
      Cursor *cursor = &g_array_index (cursors, Cursor, i);

      for (; cursor->at < cursor->end; cursor->at++)
        write_record (self, cursor->tag, cursor->at);
    }
}

/* States which of the rules about restarts is TensorBoard's from here on. */
static void
set_version (Export *self, guint version)
{
  g_autofree char *text = g_strdup_printf (VERSION "%u", version);

  if (self->version == version)
    return;
  self->version = version;
  tfv_tfevents_writer_add_event (self->writer, self->begin_time, 0, TFV_EVENT_FILE_VERSION, (TfvSlice){ (const guint8 *) text, strlen (text) });
}

/* Begins a file. TensorBoard reads files by name, so each comes behind the last. */
static gboolean
begin_file (Export *self, double time)
{
  gint64           seconds = time >= 0 && time < 1e10 ? (gint64) time : 0;
  g_autofree char *path = NULL;
  GError          *error = NULL;

  self->last_file_time = MAX (self->last_file_time, seconds);
  self->begin_time = isfinite (time) ? time : 0;
  self->version = 0;
  /* Another run may have come to the same folder. */
  do
    {
      g_free (path);
      path = g_strdup_printf ("%s/events.out.tfevents.%010" G_GINT64_FORMAT ".tfview.%04u", self->folder, self->last_file_time, self->n_files++);
    }
  while (g_file_test (path, G_FILE_TEST_EXISTS));
  self->writer = tfv_tfevents_writer_new (path, &error);
  if (self->writer == NULL)
    {
      keep_first (self, error);
      return FALSE;
    }
  set_version (self, VERSION_WITH_SESSIONS);
  return TRUE;
}

static void
end_file (Export *self)
{
  GError *error = NULL;

  if (!tfv_tfevents_writer_close (g_steal_pointer (&self->writer), &error))
    keep_first (self, error);
}

static gboolean
has_tag_mark (const TfvTagShare *share, guint64 begin, guint64 end)
{
  for (guint m = 0; share->marks != NULL && m < share->marks->len; m++)
    {
      const TfvRestartMark *mark = &g_array_index (share->marks, TfvRestartMark, m);

      if (mark->session == 0 && mark->index >= begin && mark->index <= end)
        return TRUE;
    }
  return FALSE;
}

/* What a file gave between two sessions. */
static void
write_stretch (Export *self, const TfvRunShare *share, guint session)
{
  g_autoptr (GArray) cursors = g_array_new (FALSE, FALSE, sizeof (Cursor));
  gboolean           has_tag_marks = FALSE;

  for (guint i = 0; i < share->tags->len; i++)
    {
      const TfvTagShare *tag_share = &g_array_index (share->tags, TfvTagShare, i);
      gboolean           is_session = tfv_tag_get_kind (tag_share->tag) == TFV_RECORD_SESSION;
      TfvTfeventsTag    *tag = get_tag (self, tag_share->tag);
      guint64            begin, end;

      tfv_tag_share_get_stretch (tag_share, session, &begin, &end);
      if (is_session && session > 0 && begin < end)
        {
          /* Whatever is wanted of the run, what is superseded must stay so. */
          g_autoptr (TfvTfeventsTag) start = tfv_tfevents_tag_new (tag_share->tag, self->options);

          write_record (self, start, tag_share->first + begin++);
        }
      if (tag == NULL || begin >= end)
        continue;
      has_tag_marks |= has_tag_mark (tag_share, begin, end);
      g_array_append_val (cursors, ((Cursor){ tag, tag_share->first + begin, tag_share->first + end, 0 }));
    }

  if (has_tag_marks)
    {
      set_version (self, VERSION_WITH_SESSIONS - 1);
      write_one_by_one (self, cursors);
      set_version (self, VERSION_WITH_SESSIONS);
    }
  else
    {
      write_merged (self, cursors);
    }
}

static const TfvTagShare *
find_tag_share (const TfvRunShare *share, TfvTag *tag)
{
  for (guint i = 0; i < share->tags->len; i++)
    if (g_array_index (share->tags, TfvTagShare, i).tag == tag)
      return &g_array_index (share->tags, TfvTagShare, i);
  return NULL;
}

/* Whether a writer that began at @start_time, and logged a tag first at @step,
   superseded something that a file before holds of it. */
static gboolean
is_superseded (const TfvTagShare *share, double start_time, gint64 step)
{
  g_autoptr (TfvTfeventsTag) tag = tfv_tfevents_tag_new (share->tag, &(TfvTfeventsExport){ 0 });
  gint64                     earlier;
  double                     wall_time;

  if (share->n_records == 0 || !tfv_tfevents_tag_get_place (tag, share->first + share->n_records - 1, NULL, &wall_time) || !(start_time > wall_time))
    return FALSE;
  for (guint64 i = 0; i < share->n_records; i++)
    if (tfv_tfevents_tag_get_place (tag, share->first + i, &earlier, NULL) && earlier >= step)
      return TRUE;
  return FALSE;
}

/* A program that was started again goes on from an earlier step, also where it
   doesn't say so: our files tell by their begin. Finds the least step from which on
   file @index superseded what was before it. */
static gboolean
find_silent_restart (GPtrArray *shares, guint index, gint64 *least_step)
{
  const TfvRunShare *share = shares->pdata[index];
  gboolean           is_restart = FALSE;

  if (isnan (share->start_time))
    return FALSE;
  for (guint i = 0; i < share->tags->len; i++)
    {
      const TfvTagShare         *tag = &g_array_index (share->tags, TfvTagShare, i);
      g_autoptr (TfvTfeventsTag) records = tfv_tfevents_tag_new (tag->tag, &(TfvTfeventsExport){ 0 });
      gint64                     step;

      if (!tfv_tag_can_be_superseded (tag->tag) || tag->n_records == 0 || !tfv_tfevents_tag_get_place (records, tag->first, &step, NULL))
        continue;
      for (guint before = 0; before < index; before++)
        {
          const TfvRunShare *other = shares->pdata[before];
          const TfvTagShare *earlier = find_tag_share (other, tag->tag);

          if (isnan (other->start_time) || earlier == NULL || (is_restart && step >= *least_step) || !is_superseded (earlier, share->start_time, step))
            continue;
          is_restart = TRUE;
          *least_step = step;
        }
    }
  return is_restart;
}

static void
write_start (Export *self, gint64 step)
{
  tfv_tfevents_writer_add_event (self->writer, self->begin_time, step, TFV_EVENT_SESSION_LOG, (TfvSlice){ (const guint8 *) SESSION_START_MESSAGE, 2 });
}

/* Whether the first file has something before its first session, or no session. */
static gboolean
begins_without_session (const TfvRunShare *share)
{
  for (guint i = 0; i < share->tags->len; i++)
    {
      const TfvTagShare *tag = &g_array_index (share->tags, TfvTagShare, i);
      guint64            begin, end;

      tfv_tag_share_get_stretch (tag, 0, &begin, &end);
      if (begin < end && tfv_tag_can_be_superseded (tag->tag))
        return TRUE;
    }
  return FALSE;
}

/* The first start of a session that TensorBoard sees supersedes nothing there; in our
   files every one does. One at the begin makes up for that. */
static void
write_first_start (Export *self, GPtrArray *shares)
{
  const TfvRunShare *first = shares->pdata[0];
  gboolean           has_restart = FALSE;
  gint64             step;

  if (isnan (first->start_time) || !begins_without_session (first))
    return;
  for (guint i = 0; i < shares->len && !has_restart; i++)
    has_restart = ((const TfvRunShare *) shares->pdata[i])->n_sessions > 0 || find_silent_restart (shares, i, &step);
  if (has_restart)
    write_start (self, 0);
}

/* Each file of the run becomes one file. */
static void
write_files (Export *self)
{
  g_autoptr (GPtrArray) shares = tfv_run_dup_shares (self->run);

  for (guint i = 0; i < shares->len; i++)
    {
      const TfvRunShare *share = shares->pdata[i];
      gint64             step;

      if (share->tags->len == 0 && shares->len > 1)
        continue;
      if (!begin_file (self, isnan (share->start_time) ? share->first_time : share->start_time))
        return;
      if (i == 0)
        write_first_start (self, shares);
      else if (find_silent_restart (shares, i, &step))
        write_start (self, step);
      for (guint session = 0; session <= share->n_sessions; session++)
        write_stretch (self, share, session);
      end_file (self);
    }
}

/* What no restart superseded is one file, without sessions that would. */
static void
write_purged (Export *self)
{
  g_autoptr (GPtrArray) tags = tfv_run_dup_tags (self->run);
  g_autoptr (GArray)    cursors = g_array_new (FALSE, FALSE, sizeof (Cursor));

  if (!begin_file (self, tfv_run_get_start_time (self->run)))
    return;
  for (guint i = 0; i < tags->len; i++)
    {
      TfvTfeventsTag *tag = get_tag (self, tags->pdata[i]);
      guint64         n_records = tag != NULL ? tfv_tfevents_tag_get_n_records (tag) : 0;

      if (n_records > 0 && tfv_tag_get_kind (tags->pdata[i]) != TFV_RECORD_SESSION)
        g_array_append_val (cursors, ((Cursor){ tag, 0, n_records, 0 }));
    }
  write_merged (self, cursors);
  end_file (self);
}

static void
count_left_out (TfvRun *run, TfvTfeventsExport *options)
{
  g_autoptr (TfvSpanTable) table = tfv_run_dup_spans (run);
  g_autoptr (GPtrArray)    tags = tfv_run_dup_tags (run);
  guint64                  n[TFV_N_RECORD_KINDS] = { 0 };

  n[TFV_RECORD_SPAN] = tfv_span_table_get_n_spans (table);
  n[TFV_RECORD_COUNTER] = tfv_span_table_get_n_counters (table);
  n[TFV_RECORD_FLOW] = tfv_span_table_get_n_flows (table);
  n[TFV_RECORD_MARKER] = tfv_span_table_get_n_markers (table);
  for (guint i = 0; i < tags->len; i++)
    {
      TfvTagSummary summary;

      tfv_tag_get_summary (tags->pdata[i], &summary);
      if (!tfv_tfevents_can_hold (tfv_tag_get_kind (tags->pdata[i])) && is_wanted (options, tags->pdata[i]))
        n[tfv_tag_get_kind (tags->pdata[i])] += summary.count;
    }
  for (guint kind = 0; kind < TFV_N_RECORD_KINDS; kind++)
    if (options->kinds == 0 || (options->kinds & (1u << kind)) != 0)
      options->n_left_out[kind] += n[kind];
}

/**
 * tfv_run_write_tfevents: (skip)
 * @run: a run that is no longer read
 * @folder: an existing folder
 * @options: what is wanted; what became of it is added to it
 * @error: return location for a [error@Tfv.StoreError]
 *
 * Writes what the run holds as event files of TensorFlow's, which TensorBoard
 * opens with equal content: values byte for byte as they came, restarts where they
 * were, and beside them what its projector reads. Takes little memory, however
 * much there is. Records that can't be read are left out and the first is told.
 * Any thread; blocks.
 *
 * Returns: whether everything was written that event files can hold
 */
gboolean
tfv_run_write_tfevents (TfvRun *run, const char *folder, TfvTfeventsExport *options, GError **error)
{
  Export self = { .run = run, .folder = folder, .options = options };

  self.tags = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) tfv_tfevents_tag_free);
  self.projector = g_string_new (NULL);
  if (options->purge)
    write_purged (&self);
  else
    write_files (&self);
  if (self.projector->len > 0)
    {
      GError *fault = NULL;

      if (!tfv_projector_files_finish (folder, self.projector, &fault))
        keep_first (&self, fault);
    }
  count_left_out (run, options);
  g_string_free (self.projector, TRUE);
  g_hash_table_unref (self.tags);
  if (self.error == NULL)
    return TRUE;
  g_propagate_error (error, self.error);
  return FALSE;
}
