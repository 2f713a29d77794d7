/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "summaries/tfv-error.h"
#include "summaries/tfv-event-file-private.h"
#include "summaries/tfv-format.h"
#include "summaries/tfv-record-class-private.h"
#include "summaries/tfv-hparams-private.h"
#include "summaries/tfv-input-file-private.h"
#include "summaries/tfv-run-record-private.h"
#include "summaries/tfv-session-record-private.h"
#include "summaries/tfv-summary-payload-private.h"

extern const TfvFormat tfv_format_hdf5;

#define BLOCK_ROWS 4096
#define MAX_NAME_BYTES 65536

/* A file time is as coarse as the system's tick: what was written within one is
 * not told by it. */
#define TICK_NS 20000000

/* How often a row that refers to what is not there is looked at again. */
#define MAX_WAITS 3

/* How often a dataset that can't be read is tried again, on a file opened anew,
 * for the reason may be that it is being written. */
#define MAX_FAILURES 3

typedef struct
{
  guint32     kind;
  char       *name;
  TfvTagPart *part;
} Tag;

typedef struct
{
  char         *path;
  TfvRunPart   *part;
  TfvEventFile *file;
  GArray       *tags;
  gpointer      block;

  guint64  next[TFV_N_EVENT_DATASETS];
  gboolean is_broken[TFV_N_EVENT_DATASETS];
  gboolean is_suspect[TFV_N_EVENT_DATASETS];
  gboolean is_noticed;
  guint    n_waits;
  guint    n_failures;
  guint64  wanted_scalars;

  struct stat seen;
  gint64      seen_ns;
  gboolean    has_more;
} Reader;

/* What became of a stretch of rows: taken; the rest has to wait; the scalars
 * that were written before it have to be taken first; it can't be read. */
typedef enum
{
  STRETCH_DONE,
  STRETCH_WAIT,
  STRETCH_SCALARS_FIRST,
  STRETCH_BROKEN,
} Stretch;

static gboolean
matches (const char *basename, const guint8 *head, gsize n_head)
{
  return g_str_has_suffix (basename, TFV_EVENT_SUFFIX);
}

static void
clear_tag (gpointer data)
{
  g_free (((Tag *) data)->name);
}

/* The part's warnings name the file by themselves. */
static const char *
leave_out_path (Reader *self, const char *message)
{
  gsize length = strlen (self->path);

  return g_str_has_prefix (message, self->path) && g_str_has_prefix (message + length, ": ") ? message + length + 2 : message;
}

static void
warn_of_faults (Reader *self)
{
  const char *notice = tfv_event_file_get_notice (self->file);

  if (notice != NULL && !self->is_noticed)
    tfv_run_part_warn (self->part, "%s", leave_out_path (self, notice));
  self->is_noticed = TRUE;

  for (guint i = 0; i < TFV_N_EVENT_DATASETS; i++)
    {
      const char *fault = tfv_event_file_get_fault (self->file, (TfvEventDataset) i);

      if (fault != NULL && !self->is_broken[i])
        {
          tfv_run_part_warn (self->part, "%s", leave_out_path (self, fault));
          self->is_broken[i] = TRUE;
        }
    }
}

static TfvFileReader *
open_reader (const char *path, TfvRunPart *part, GError **error)
{
  TfvEventFile *file = tfv_event_file_open (path, error);
  Reader       *self;

  if (file == NULL)
    return NULL;

  self = g_new0 (Reader, 1);
  self->path = g_strdup (path);
  self->part = part;
  self->file = file;
  self->has_more = TRUE;
  self->tags = g_array_new (FALSE, TRUE, sizeof (Tag));
  g_array_set_clear_func (self->tags, clear_tag);
  tfv_run_part_set_start_time (part, (double) tfv_event_file_get_start_wall_ns (file) * 1e-9);
  warn_of_faults (self);

  return (TfvFileReader *) self;
}

static void
close_reader (TfvFileReader *reader)
{
  Reader *self = (Reader *) reader;

  g_clear_pointer (&self->file, tfv_event_file_close);
  g_array_unref (self->tags);
  g_free (self->block);
  g_free (self->path);
  g_free (self);
}

/* A dataset that could not be read is tried again with the file opened anew, and
 * then told and left; the others are still read. */
static void
stumble (Reader *self, TfvEventDataset dataset, const GError *error)
{
  if (++self->n_failures <= MAX_FAILURES)
    {
      g_clear_pointer (&self->file, tfv_event_file_close);
      self->has_more = TRUE;
      return;
    }

  self->n_failures = 0;
  self->has_more = TRUE;
  self->is_broken[dataset] = TRUE;
  tfv_run_part_warn (self->part, "%s; /%s is given up to row %" G_GUINT64_FORMAT, leave_out_path (self, error->message), tfv_event_dataset_get_name (dataset), self->next[dataset]);
}

/* Reads the next rows of a dataset, up to @end, into the block. */
static gsize
read_block (Reader *self, TfvEventDataset dataset, guint64 end)
{
  g_autoptr (GError) error = NULL;
  gsize              n_rows = MIN (end - self->next[dataset], BLOCK_ROWS);

  if (tfv_event_file_read (self->file, dataset, self->next[dataset], n_rows, self->block, &error))
    return n_rows;

  stumble (self, dataset, error);
  return 0;
}

/* Whether to go on at a row that refers to what is not there: it may come with
 * the next refresh. When it does not, the row is damaged, and others of the
 * dataset are not waited for. */
static gboolean
should_wait (Reader *self, TfvEventDataset dataset, guint64 row)
{
  if (self->is_suspect[dataset])
    return FALSE;

  if (++self->n_waits <= MAX_WAITS)
    {
      self->has_more = TRUE;
      return TRUE;
    }

  self->n_waits = 0;
  self->is_suspect[dataset] = TRUE;
  tfv_run_part_warn (self->part, "row %" G_GUINT64_FORMAT " of /%s refers to what is not there", row, tfv_event_dataset_get_name (dataset));
  return FALSE;
}

static char *
dup_name (Reader *self, const TfvEventTagRow *row)
{
  g_autofree char *name = NULL;

  if (row->name_length <= TFV_EVENT_NAME_BYTES)
    return g_strndup (row->name, row->name_length);

  if (row->name_length > MAX_NAME_BYTES || row->blob_offset > tfv_event_file_get_n_rows (self->file, TFV_EVENT_BLOBS) ||
      row->name_length > tfv_event_file_get_n_rows (self->file, TFV_EVENT_BLOBS) - row->blob_offset)
    return NULL;

  name = g_malloc0 (row->name_length + 1);
  if (!tfv_event_file_read (self->file, TFV_EVENT_BLOBS, row->blob_offset, row->name_length, name, NULL))
    return NULL;

  return g_steal_pointer (&name);
}

static Stretch
take_tag (Reader *self, const TfvEventTagRow *row, guint64 index)
{
  Tag tag = { .kind = row->kind };

  if ((row->flags & TFV_EVENT_ROW_VALID) != 0 && row->id == index + 1)
    {
      tag.name = dup_name (self, row);
      if (tag.name == NULL && should_wait (self, TFV_EVENT_TAGS, index))
        return STRETCH_WAIT;
    }
  if (tag.name == NULL)
    tag.kind = TFV_RECORD_NONE;

  if (tag.kind >= TFV_STRING_NAME)
    tfv_run_part_set_string (self->part, row->id, (TfvStringKind) tag.kind, tag.name, -1, row->parent);

  g_array_append_val (self->tags, tag);
  return STRETCH_DONE;
}

static Stretch
take_scalar (Reader *self, const TfvEventScalarRow *row, guint64 index)
{
  Tag *tag;

  if (row->tag == 0 || row->tag > self->tags->len)
    return should_wait (self, TFV_EVENT_SCALARS, index) ? STRETCH_WAIT : STRETCH_DONE;

  tag = &g_array_index (self->tags, Tag, row->tag - 1);
  if (tag->kind != TFV_RECORD_SCALAR)
    return STRETCH_DONE;

  if (tag->part == NULL)
    tag->part = tfv_run_part_add_tag (self->part, tag->name, -1, TFV_RECORD_SCALAR, "scalars");

  if ((row->flags & TFV_EVENT_VALUE_FLOAT32) != 0)
    tfv_tag_part_append_scalar_float (tag->part, row->step, row->wall_time, (float) row->value);
  else
    tfv_tag_part_append_scalar (tag->part, row->step, row->wall_time, row->value);

  return STRETCH_DONE;
}

static Stretch
take_span (Reader *self, const TfvEventSpanRow *row, guint64 index)
{
  guint32 max_id = MAX (MAX (row->name, row->lane), MAX (row->op, row->category));

  if (row->duration_ns < 0)
    return STRETCH_DONE;
  if (max_id > self->tags->len)
    return should_wait (self, TFV_EVENT_SPANS, index) ? STRETCH_WAIT : STRETCH_DONE;

  tfv_run_part_append_span (self->part, row);
  return STRETCH_DONE;
}

static Stretch
take_counter (Reader *self, const TfvEventCounterRow *row, guint64 index)
{
  TfvCounter counter = { row->time_ns, row->value, row->step, row->series, row->lane, row->unit };

  if (MAX (MAX (row->series, row->lane), row->unit) > self->tags->len)
    return should_wait (self, TFV_EVENT_COUNTERS, index) ? STRETCH_WAIT : STRETCH_DONE;

  tfv_run_part_append_counter (self->part, &counter);
  return STRETCH_DONE;
}

static Stretch
take_flow (Reader *self, const TfvEventFlowRow *row, guint64 index)
{
  gboolean binds_next = (row->flags & TFV_EVENT_FLOW_BINDS_NEXT) != 0;
  TfvFlow  flow = { row->time_ns, row->flow, row->step, row->name, row->lane, row->category, (TfvFlowPhase) row->phase, binds_next };

  if (row->phase < TFV_FLOW_START || row->phase > TFV_FLOW_END)
    return STRETCH_DONE;
  if (MAX (MAX (row->name, row->lane), row->category) > self->tags->len)
    return should_wait (self, TFV_EVENT_FLOWS, index) ? STRETCH_WAIT : STRETCH_DONE;

  tfv_run_part_append_flow (self->part, &flow);
  return STRETCH_DONE;
}

static Stretch
take_marker (Reader *self, const TfvEventMarkerRow *row, guint64 index)
{
  guint32   max_id = MAX (MAX (row->name, row->lane), MAX (row->op, row->category));
  TfvMarker marker = { row->time_ns, row->step, row->name, row->lane, row->op, row->category, row->correlation, (TfvMarkerScope) row->scope };

  if (row->scope < TFV_MARKER_LANE || row->scope > TFV_MARKER_GLOBAL)
    return STRETCH_DONE;
  if (max_id > self->tags->len)
    return should_wait (self, TFV_EVENT_MARKERS, index) ? STRETCH_WAIT : STRETCH_DONE;

  tfv_run_part_append_marker (self->part, &marker);
  return STRETCH_DONE;
}

static Stretch
take_status (Reader *self, const TfvEventStatusRow *row, guint64 index)
{
  /* A damaged file may hold any times: let them wrap. */
  tfv_run_part_set_clock_offset_ns (self->part, (gint64) ((guint64) row->wall_ns - (guint64) row->monotonic_ns));
  tfv_run_part_set_n_dropped (self->part, row->dropped_scalars + row->dropped_spans + row->dropped_moments + row->dropped_blobs);
  return STRETCH_DONE;
}

static const char *
get_plugin (guint32 kind)
{
  const TfvRecordClass *class = tfv_record_class_find (tfv_record_kind_to_string ((TfvRecordKind) kind));

  return class != NULL ? class->plugin : NULL;
}

/* Records that the reader itself has to understand. */
static void
interpret_blob (Reader *self, const TfvEventBlobRow *row)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = tfv_event_file_read_blob (self->file, row, &error);
  GVariant          *hparams;

  if (bytes == NULL)
    {
      tfv_run_part_warn (self->part, "%s", leave_out_path (self, error->message));
      return;
    }

  if (row->kind == TFV_RECORD_SESSION && tfv_session_record_get_status (bytes) == TFV_SESSION_START)
    tfv_run_part_restart (self->part, row->step);

  if (row->kind == TFV_RECORD_RUN)
    {
      hparams = tfv_run_record_dup_hparams (bytes);
      if (hparams != NULL)
        tfv_run_part_set_hparams (self->part, hparams);
    }

  if (row->kind == TFV_RECORD_HPARAMS)
    {
      hparams = tfv_hparams_parse (tfv_hparams_get_content (bytes));
      if (hparams != NULL)
        tfv_run_part_set_hparams (self->part, hparams);
    }
}

/* The tag of a summary gets its plugin and what is said of it from the metadata of
 * its first record. */
static TfvTagPart *
add_blob_part (Reader *self, const Tag *tag, const TfvEventBlobRow *row)
{
  gboolean           is_summary = (tag->kind >= TFV_RECORD_HISTOGRAM && tag->kind <= TFV_RECORD_EMBEDDING && tag->kind != TFV_RECORD_TEXT && tag->kind != TFV_RECORD_GRAPH) || tag->kind == TFV_RECORD_RUN_METADATA;
  g_autoptr (GBytes) bytes = is_summary ? tfv_event_file_read_blob (self->file, row, NULL) : NULL;
  TfvSummaryPayload  payload = { 0 };
  g_autofree char   *plugin = NULL;
  g_autofree char   *display_name = NULL;
  g_autofree char   *description = NULL;
  TfvTagPart        *part;

  if (bytes == NULL || !tfv_summary_payload_parse (bytes, TFV_VALUE_NONE, &payload))
    payload = (TfvSummaryPayload){ 0 };
  plugin = tfv_slice_to_string (payload.metadata.plugin);
  display_name = tfv_slice_to_string (payload.metadata.display_name);
  description = tfv_slice_to_string (payload.metadata.description);

  part = tfv_run_part_add_tag (self->part, tag->name, -1, (TfvRecordKind) tag->kind, *plugin != '\0' ? plugin : get_plugin (tag->kind));
  tfv_tag_part_set_display (part, display_name, description);
  return part;
}

static Stretch
take_blob (Reader *self, const TfvEventBlobRow *row, guint64 index)
{
  guint64 n_bytes = tfv_event_file_get_n_rows (self->file, TFV_EVENT_BLOBS);
  Tag    *tag;

  if (row->tag == 0 || row->tag > self->tags->len || row->offset > n_bytes || row->length > n_bytes - row->offset)
    return should_wait (self, TFV_EVENT_BLOB_INDEX, index) ? STRETCH_WAIT : STRETCH_DONE;

  tag = &g_array_index (self->tags, Tag, row->tag - 1);
  if (tag->kind != row->kind || tag->kind == TFV_RECORD_NONE || tag->kind == TFV_RECORD_SCALAR || tag->kind > TFV_RECORD_RUN_METADATA)
    return STRETCH_DONE;

  /* A session that starts supersedes what stands before it. */
  if (row->kind == TFV_RECORD_SESSION && self->next[TFV_EVENT_SCALARS] < row->scalars_before && row->scalars_before != self->wanted_scalars)
    {
      self->wanted_scalars = row->scalars_before;
      return STRETCH_SCALARS_FIRST;
    }

  if (tag->part == NULL)
    tag->part = add_blob_part (self, tag, row);

  if (row->kind == TFV_RECORD_SESSION || row->kind == TFV_RECORD_RUN || row->kind == TFV_RECORD_HPARAMS)
    interpret_blob (self, row);
  tfv_tag_part_append_blob (tag->part, row->step, row->wall_time, index, row->length);

  return STRETCH_DONE;
}

static gboolean
is_valid (TfvEventDataset dataset, gconstpointer row)
{
  switch (dataset)
    {
    case TFV_EVENT_SCALARS:
      return (((const TfvEventScalarRow *) row)->flags & TFV_EVENT_ROW_VALID) != 0;
    case TFV_EVENT_BLOB_INDEX:
      return (((const TfvEventBlobRow *) row)->flags & TFV_EVENT_ROW_VALID) != 0;
    case TFV_EVENT_SPANS:
      return ((const TfvEventSpanRow *) row)->name != 0;
    case TFV_EVENT_COUNTERS:
      return (((const TfvEventCounterRow *) row)->flags & TFV_EVENT_ROW_VALID) != 0;
    case TFV_EVENT_FLOWS:
      return (((const TfvEventFlowRow *) row)->flags & TFV_EVENT_ROW_VALID) != 0;
    case TFV_EVENT_MARKERS:
      return (((const TfvEventMarkerRow *) row)->flags & TFV_EVENT_ROW_VALID) != 0;
    case TFV_EVENT_STATUS:
      return (((const TfvEventStatusRow *) row)->flags & TFV_EVENT_ROW_VALID) != 0;
    case TFV_EVENT_TAGS:
      /* A row that is not valid still has its place among the ids. */
    default:
      return TRUE;
    }
}

static Stretch
take_row (Reader *self, TfvEventDataset dataset, gconstpointer row, guint64 index)
{
  switch (dataset)
    {
    case TFV_EVENT_TAGS:
      return take_tag (self, row, index);
    case TFV_EVENT_SCALARS:
      return take_scalar (self, row, index);
    case TFV_EVENT_BLOB_INDEX:
      return take_blob (self, row, index);
    case TFV_EVENT_SPANS:
      return take_span (self, row, index);
    case TFV_EVENT_COUNTERS:
      return take_counter (self, row, index);
    case TFV_EVENT_FLOWS:
      return take_flow (self, row, index);
    case TFV_EVENT_MARKERS:
      return take_marker (self, row, index);
    case TFV_EVENT_STATUS:
      return take_status (self, row, index);
    case TFV_EVENT_BLOBS:
    default:
      g_assert_not_reached ();
    }
}

/* Takes the rows of a dataset up to @end, as far as the budget goes. Rows that
 * are not valid are passed over when a valid one comes after them, and at the
 * very end they are waited for: their extent came before their bytes. */
static Stretch
take_rows (Reader *self, TfvEventDataset dataset, guint64 end, gint64 *budget)
{
  gsize row_bytes = tfv_event_dataset_get_row_bytes (dataset);

  while (self->next[dataset] < end)
    {
      guint64 start = self->next[dataset];
      gsize   n_rows;
      gsize   n_valid;

      if (*budget <= 0)
        {
          self->has_more = TRUE;
          return STRETCH_WAIT;
        }

      n_rows = read_block (self, dataset, end);
      if (n_rows == 0)
        return STRETCH_BROKEN;
      *budget -= (gint64) (n_rows * row_bytes);

      n_valid = n_rows;
      if (start + n_rows == tfv_event_file_get_n_rows (self->file, dataset))
        {
          while (n_valid > 0 && !is_valid (dataset, (guint8 *) self->block + (n_valid - 1) * row_bytes))
            n_valid--;
        }

      for (gsize i = 0; i < n_valid; i++)
        {
          gconstpointer row = (guint8 *) self->block + i * row_bytes;

          if (is_valid (dataset, row))
            {
              Stretch stretch = take_row (self, dataset, row, start + i);

              if (stretch != STRETCH_DONE)
                return stretch;
              self->n_waits = 0;
            }
          self->next[dataset] = start + i + 1;
        }

      if (n_valid < n_rows)
        return STRETCH_WAIT;
    }

  return STRETCH_DONE;
}

static Stretch
take_all_rows (Reader *self, TfvEventDataset dataset, gint64 *budget)
{
  return self->is_broken[dataset] ? STRETCH_DONE : take_rows (self, dataset, tfv_event_file_get_n_rows (self->file, dataset), budget);
}

/* Takes scalars up to a row, or as many as there are. Whether to go on. */
static gboolean
take_scalars_before (Reader *self, guint64 end, gint64 *budget)
{
  guint64 n_rows = tfv_event_file_get_n_rows (self->file, TFV_EVENT_SCALARS);

  if (self->is_broken[TFV_EVENT_SCALARS])
    return TRUE;
  if (take_rows (self, TFV_EVENT_SCALARS, MIN (end, n_rows), budget) == STRETCH_DONE)
    return TRUE;

  /* Rows that are missing at the end hold up nobody: nothing is before them. */
  return !self->has_more;
}

/* Takes what the file has, what is referred to before what refers to it. */
static void
take_all (Reader *self, gint64 budget)
{
  Stretch stretch;

  if (take_all_rows (self, TFV_EVENT_TAGS, &budget) == STRETCH_BROKEN)
    return;

  while ((stretch = take_all_rows (self, TFV_EVENT_BLOB_INDEX, &budget)) == STRETCH_SCALARS_FIRST)
    {
      if (!take_scalars_before (self, self->wanted_scalars, &budget))
        {
          self->wanted_scalars = 0;
          return;
        }
    }

  /* Scalars after a record that is waited for may be after a restart. */
  if (stretch != STRETCH_DONE && self->has_more)
    return;

  if (take_all_rows (self, TFV_EVENT_SCALARS, &budget) != STRETCH_BROKEN &&
      take_all_rows (self, TFV_EVENT_SPANS, &budget) != STRETCH_BROKEN &&
      take_all_rows (self, TFV_EVENT_COUNTERS, &budget) != STRETCH_BROKEN &&
      take_all_rows (self, TFV_EVENT_FLOWS, &budget) != STRETCH_BROKEN &&
      take_all_rows (self, TFV_EVENT_MARKERS, &budget) != STRETCH_BROKEN)
    take_all_rows (self, TFV_EVENT_STATUS, &budget);
}

static gboolean
is_changed (Reader *self, const struct stat *now)
{
  gint64 seen_change_ns = self->seen.st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) + self->seen.st_mtim.tv_nsec;

  return now->st_size != self->seen.st_size || now->st_mtim.tv_sec != self->seen.st_mtim.tv_sec ||
         now->st_mtim.tv_nsec != self->seen.st_mtim.tv_nsec || self->seen_ns - seen_change_ns < TICK_NS;
}

/* Sees to it that the file is open and its newest rows are known. FALSE when
 * there is nothing new, or for now no way to see it. */
static gboolean
look (Reader *self)
{
  g_autoptr (GError) error = NULL;
  struct stat        now;

  if (!tfv_input_file_stat (self->path, &now))
    return FALSE;
  if (!is_changed (self, &now) && !self->has_more)
    return FALSE;

  self->seen = now;
  self->seen_ns = g_get_real_time () * 1000;

  if (self->file == NULL)
    {
      self->file = tfv_event_file_open (self->path, &error);
      if (self->file != NULL)
        warn_of_faults (self);
      else
        tfv_run_part_warn (self->part, "%s", leave_out_path (self, error->message));
    }
  else if (!tfv_event_file_refresh (self->file, &error))
    {
      /* Once more, at the next poll, with nothing remembered. */
      g_clear_pointer (&self->file, tfv_event_file_close);
      self->seen_ns = 0;
    }

  return self->file != NULL;
}

static gboolean
poll_reader (TfvFileReader *reader, gsize budget_bytes)
{
  Reader *self = (Reader *) reader;

  if (!look (self))
    {
      self->has_more = FALSE;
      return FALSE;
    }

  if (self->block == NULL)
    self->block = g_malloc (BLOCK_ROWS * sizeof (TfvEventTagRow));
  self->has_more = FALSE;
  take_all (self, (gint64) MIN (budget_bytes, G_MAXINT64));

  return self->has_more;
}

static void
rest_reader (TfvFileReader *reader)
{
  Reader *self = (Reader *) reader;

  g_clear_pointer (&self->file, tfv_event_file_close);
  g_clear_pointer (&self->block, g_free);
}

static void
finish_reader (TfvFileReader *reader)
{
  Reader *self = (Reader *) reader;

  for (guint i = 0; i < TFV_N_EVENT_DATASETS && self->file != NULL; i++)
    {
      guint64 n_rows = tfv_event_file_get_n_rows (self->file, (TfvEventDataset) i);

      if (i != TFV_EVENT_BLOBS && !self->is_broken[i] && self->next[i] < n_rows)
        tfv_run_part_warn (self->part, "the last %" G_GUINT64_FORMAT " rows of /%s were not written to their end", n_rows - self->next[i], tfv_event_dataset_get_name ((TfvEventDataset) i));
    }
}

/* A record's place is its row in /blob_index, where its checksum is. */
static GBytes *
read_blob (const char *path, guint64 offset, guint64 length_bytes, GError **error)
{
  g_autoptr (TfvEventFile) file = tfv_event_file_open (path, error);
  TfvEventBlobRow          row;

  if (file == NULL || !tfv_event_file_read (file, TFV_EVENT_BLOB_INDEX, offset, 1, &row, error))
    return NULL;

  return tfv_event_file_read_blob (file, &row, error);
}

const TfvFormat tfv_format_hdf5 = {
  .name = "tfview",
  .matches = matches,
  .open = open_reader,
  .poll = poll_reader,
  .rest = rest_reader,
  .finish = finish_reader,
  .close = close_reader,
  .read_blob = read_blob,
};
