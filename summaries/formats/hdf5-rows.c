/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/formats/hdf5-reader-private.h"
#include "summaries/tfv-hparams-private.h"
#include "summaries/tfv-record-class-private.h"
#include "summaries/tfv-run-part-private.h"
#include "summaries/tfv-run-record-private.h"
#include "summaries/tfv-session-record-private.h"
#include "summaries/tfv-summary-payload-private.h"

#define MAX_NAME_BYTES 65536

/* What is larger is no description; it stays with its record. */
#define MAX_METADATA_BYTES (128u << 10)

/* How often a row that refers to what is not there is looked at again. */
#define MAX_WAITS 3

/* The part's warnings name the file by themselves. */
const char *
tfv_hdf5_reader_leave_out_path (TfvHdf5Reader *self, const char *message)
{
  gsize length = strlen (self->path);

  return g_str_has_prefix (message, self->path) && g_str_has_prefix (message + length, ": ") ? message + length + 2 : message;
}

/* Whether to go on at a row that refers to what is not there: it may come with
 * the next refresh. When it does not, the row is damaged, and others of the
 * dataset are not waited for. */
static gboolean
should_wait (TfvHdf5Reader *self, TfvEventDataset dataset, guint64 row)
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
dup_name (TfvHdf5Reader *self, const TfvEventTagRow *row)
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

static TfvHdf5Stretch
take_tag (TfvHdf5Reader *self, const TfvEventTagRow *row, guint64 index)
{
  TfvHdf5Tag tag = { .kind = row->kind };

  if ((row->flags & TFV_EVENT_ROW_VALID) != 0 && row->id == index + 1)
    {
      tag.name = dup_name (self, row);
      if (tag.name == NULL && should_wait (self, TFV_EVENT_TAGS, index))
        return TFV_HDF5_WAIT;
    }
  if (tag.name == NULL)
    tag.kind = TFV_RECORD_NONE;

  if (tag.kind >= TFV_STRING_NAME)
    tfv_run_part_set_string (self->part, row->id, (TfvStringKind) tag.kind, tag.name, -1, row->parent);

  g_array_append_val (self->tags, tag);
  return TFV_HDF5_DONE;
}

static TfvHdf5Stretch
take_scalar (TfvHdf5Reader *self, const TfvEventScalarRow *row, guint64 index)
{
  TfvHdf5Tag *tag;

  if (row->tag == 0 || row->tag > self->tags->len)
    return should_wait (self, TFV_EVENT_SCALARS, index) ? TFV_HDF5_WAIT : TFV_HDF5_DONE;

  tag = &g_array_index (self->tags, TfvHdf5Tag, row->tag - 1);
  if (tag->kind != TFV_RECORD_SCALAR)
    return TFV_HDF5_DONE;

  if (tag->part == NULL)
    tag->part = tfv_run_part_add_tag (self->part, tag->name, -1, TFV_RECORD_SCALAR, "scalars");

  if ((row->flags & TFV_EVENT_VALUE_FLOAT32) != 0)
    tfv_tag_part_append_scalar_float (tag->part, row->step, row->wall_time, (float) row->value);
  else
    tfv_tag_part_append_scalar (tag->part, row->step, row->wall_time, row->value);

  return TFV_HDF5_DONE;
}

static TfvHdf5Stretch
take_span (TfvHdf5Reader *self, const TfvEventSpanRow *row, guint64 index)
{
  guint32 max_id = MAX (MAX (row->name, row->lane), MAX (row->op, row->category));

  if (row->duration_ns < 0)
    return TFV_HDF5_DONE;
  if (max_id > self->tags->len)
    return should_wait (self, TFV_EVENT_SPANS, index) ? TFV_HDF5_WAIT : TFV_HDF5_DONE;

  tfv_run_part_append_span (self->part, row);
  return TFV_HDF5_DONE;
}

static TfvHdf5Stretch
take_counter (TfvHdf5Reader *self, const TfvEventCounterRow *row, guint64 index)
{
  TfvCounter counter = { row->time_ns, row->value, row->step, row->series, row->lane, row->unit };

  if (MAX (MAX (row->series, row->lane), row->unit) > self->tags->len)
    return should_wait (self, TFV_EVENT_COUNTERS, index) ? TFV_HDF5_WAIT : TFV_HDF5_DONE;

  tfv_run_part_append_counter (self->part, &counter);
  return TFV_HDF5_DONE;
}

static TfvHdf5Stretch
take_flow (TfvHdf5Reader *self, const TfvEventFlowRow *row, guint64 index)
{
  gboolean binds_next = (row->flags & TFV_EVENT_FLOW_BINDS_NEXT) != 0;
  TfvFlow  flow = { row->time_ns, row->flow, row->step, row->name, row->lane, row->category, (TfvFlowPhase) row->phase, binds_next };

  if (row->phase < TFV_FLOW_START || row->phase > TFV_FLOW_END)
    return TFV_HDF5_DONE;
  if (MAX (MAX (row->name, row->lane), row->category) > self->tags->len)
    return should_wait (self, TFV_EVENT_FLOWS, index) ? TFV_HDF5_WAIT : TFV_HDF5_DONE;

  tfv_run_part_append_flow (self->part, &flow);
  return TFV_HDF5_DONE;
}

static TfvHdf5Stretch
take_marker (TfvHdf5Reader *self, const TfvEventMarkerRow *row, guint64 index)
{
  guint32   max_id = MAX (MAX (row->name, row->lane), MAX (row->op, row->category));
  TfvMarker marker = { row->time_ns, row->step, row->name, row->lane, row->op, row->category, row->correlation, (TfvMarkerScope) row->scope };

  if (row->scope < TFV_MARKER_LANE || row->scope > TFV_MARKER_GLOBAL)
    return TFV_HDF5_DONE;
  if (max_id > self->tags->len)
    return should_wait (self, TFV_EVENT_MARKERS, index) ? TFV_HDF5_WAIT : TFV_HDF5_DONE;

  tfv_run_part_append_marker (self->part, &marker);
  return TFV_HDF5_DONE;
}

static TfvHdf5Stretch
take_status (TfvHdf5Reader *self, const TfvEventStatusRow *row, guint64 index)
{
  /* The begin of a run that was put together of files that don't tell it. */
  if (index == 0 && tfv_event_file_get_start_wall_ns (self->file) == 0)
    tfv_run_part_set_first_wall_time (self->part, (double) row->wall_ns * 1e-9);

  tfv_run_part_add_clock_pair (self->part, row->monotonic_ns, row->wall_ns);
  tfv_run_part_set_n_dropped (self->part, row->dropped_scalars + row->dropped_spans + row->dropped_moments + row->dropped_blobs);
  return TFV_HDF5_DONE;
}

static const char *
get_plugin (guint32 kind)
{
  const TfvRecordClass *class = tfv_record_class_find (tfv_record_kind_to_string ((TfvRecordKind) kind));

  return class != NULL ? class->plugin : NULL;
}

/* Records that the reader itself has to understand. */
static void
interpret_blob (TfvHdf5Reader *self, const TfvEventBlobRow *row)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = tfv_event_file_read_blob (self->file, row, &error);
  GVariant          *hparams;

  if (bytes == NULL)
    {
      tfv_run_part_warn (self->part, "%s", tfv_hdf5_reader_leave_out_path (self, error->message));
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

/* Whether records of a kind are a Summary.Value, or may be. */
static gboolean
may_be_summary (guint32 kind)
{
  return (kind >= TFV_RECORD_HISTOGRAM && kind <= TFV_RECORD_EMBEDDING && kind != TFV_RECORD_GRAPH) || kind == TFV_RECORD_RUN_METADATA;
}

/* The metadata of a record, where it is a Summary.Value that has some. */
static gboolean
find_metadata (GBytes *record, guint32 kind, TfvSummaryValue *value, TfvSummaryMetadata *metadata)
{
  return tfv_summary_value_parse (tfv_slice_of_bytes (record), value) && value->metadata.n_bytes > 0 &&
         (kind != TFV_RECORD_TEXT || value->kind == TFV_VALUE_TENSOR) &&
         tfv_summary_metadata_parse (value->metadata, metadata);
}

/* A tag gets its plugin and what is said of it from the metadata of its first
 * record. */
static TfvTagPart *
add_blob_part (TfvHdf5Reader *self, const TfvHdf5Tag *tag, const TfvEventBlobRow *row)
{
  g_autoptr (GBytes) bytes = may_be_summary (tag->kind) ? tfv_event_file_read_blob (self->file, row, NULL) : NULL;
  TfvSummaryValue    value = { 0 };
  TfvSummaryMetadata metadata = { 0 };
  gboolean           has_metadata = bytes != NULL && find_metadata (bytes, tag->kind, &value, &metadata);
  g_autofree char   *plugin = has_metadata ? tfv_slice_to_string (metadata.plugin) : g_strdup ("");
  TfvTagPart        *part;

  part = tfv_run_part_add_tag (self->part, tag->name, -1, (TfvRecordKind) tag->kind, *plugin != '\0' ? plugin : get_plugin (tag->kind));
  if (has_metadata)
    {
      g_autofree char *display_name = tfv_slice_to_string (metadata.display_name);
      g_autofree char *description = tfv_slice_to_string (metadata.description);

      tfv_tag_part_set_display (part, display_name, description);
      if (value.metadata.n_bytes <= MAX_METADATA_BYTES)
        tfv_tag_part_set_metadata (part, value.metadata.data, value.metadata.n_bytes);
    }
  return part;
}

/* What the file tells of a tag as a whole: the metadata that the points of a tag
 * of scalars came with; or that the tag, alone, was restarted. */
static void
take_note (TfvHdf5Reader *self, TfvHdf5Tag *tag, const TfvEventBlobRow *row)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = tfv_event_file_read_blob (self->file, row, &error);
  TfvSummaryMetadata metadata;
  TfvSummaryValue    value;

  if (bytes == NULL)
    {
      tfv_run_part_warn (self->part, "%s", tfv_hdf5_reader_leave_out_path (self, error->message));
      return;
    }
  if (tag->part == NULL)
    tag->part = tfv_run_part_add_tag (self->part, tag->name, -1, (TfvRecordKind) tag->kind, get_plugin (tag->kind));

  if (row->kind == TFV_RECORD_SESSION)
    {
      if (tfv_session_record_get_status (bytes) == TFV_SESSION_START)
        tfv_tag_part_restart (tag->part, row->step);
    }
  else if (tfv_summary_value_parse (tfv_slice_of_bytes (bytes), &value) && value.metadata.n_bytes > 0 && tfv_summary_metadata_parse (value.metadata, &metadata))
    {
      g_autofree char *display_name = tfv_slice_to_string (metadata.display_name);
      g_autofree char *description = tfv_slice_to_string (metadata.description);

      tfv_tag_part_set_metadata (tag->part, value.metadata.data, value.metadata.n_bytes);
      tfv_tag_part_set_display (tag->part, display_name, description);
    }
}

/* Whether a record is about its tag as a whole. */
static gboolean
is_note (const TfvHdf5Tag *tag, const TfvEventBlobRow *row)
{
  if (row->kind == TFV_RECORD_SCALAR)
    return tag->kind == TFV_RECORD_SCALAR;
  return row->kind == TFV_RECORD_SESSION && tag->kind != TFV_RECORD_SESSION && tag->kind != TFV_RECORD_NONE;
}

static TfvHdf5Stretch
take_blob (TfvHdf5Reader *self, const TfvEventBlobRow *row, guint64 index)
{
  guint64     n_bytes = tfv_event_file_get_n_rows (self->file, TFV_EVENT_BLOBS);
  TfvHdf5Tag *tag;

  if (row->tag == 0 || row->tag > self->tags->len || row->offset > n_bytes || row->length > n_bytes - row->offset)
    return should_wait (self, TFV_EVENT_BLOB_INDEX, index) ? TFV_HDF5_WAIT : TFV_HDF5_DONE;

  tag = &g_array_index (self->tags, TfvHdf5Tag, row->tag - 1);
  if (tag->kind > TFV_RECORD_RUN_METADATA || (!is_note (tag, row) && (tag->kind != row->kind || tag->kind == TFV_RECORD_NONE || tag->kind == TFV_RECORD_SCALAR)))
    return TFV_HDF5_DONE;

  /* A session that starts supersedes what stands before it. */
  if (row->kind == TFV_RECORD_SESSION && self->next[TFV_EVENT_SCALARS] < row->scalars_before && row->scalars_before != self->wanted_scalars)
    {
      self->wanted_scalars = row->scalars_before;
      return TFV_HDF5_SCALARS_FIRST;
    }

  if (is_note (tag, row))
    {
      take_note (self, tag, row);
      return TFV_HDF5_DONE;
    }
  if (tag->part == NULL)
    tag->part = add_blob_part (self, tag, row);

  if (row->kind == TFV_RECORD_SESSION || row->kind == TFV_RECORD_RUN || row->kind == TFV_RECORD_HPARAMS)
    interpret_blob (self, row);
  tfv_tag_part_append_blob (tag->part, row->step, row->wall_time, index, row->length);

  return TFV_HDF5_DONE;
}

gboolean
tfv_hdf5_row_is_valid (TfvEventDataset dataset, gconstpointer row)
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

TfvHdf5Stretch
tfv_hdf5_reader_take_row (TfvHdf5Reader *self, TfvEventDataset dataset, gconstpointer row, guint64 index)
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
