/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/formats/tfevents-private.h"

#include <errno.h>
#include <stdlib.h>

#include "summaries/tfv-error.h"

#define VERSION_PREFIX "brain.Event:"
#define SESSION_START 1

/* How far into a file that does not begin with a record one is looked for. */
#define FOREIGN_SEARCH_BYTES (64 * 1024)

/* The names that TensorBoard gives to the graphs of a run. */
#define RUN_GRAPH_TAG "__run_graph__"
#define RUN_GRAPH_PLUGIN "graphs"
#define RUN_METADATA_PLUGIN "graph_tagged_run_metadata"

/* The tags of the messages of a log, and of sessions, which have none of their own. */
#define LOG_TAG "log"
#define SESSION_TAG "session"

extern const TfvFormat tfv_format_tfevents;

static gboolean
tfevents_matches (const char *basename, const guint8 *head, gsize n_head)
{
  guint64 length;

  if (g_str_has_suffix (basename, ".h5"))
    return FALSE;
  /* A file of another name is one when it begins with a record that begins
     with a wall time. */
  return strstr (basename, "tfevents") != NULL || (n_head > 12 && tfv_tfrecord_is_header (head, &length) && length >= 9 && head[12] == 0x09);
}

/* Whether a file that does not begin with a record has one further on. */
static gboolean
is_foreign (TfvTfrecord *file)
{
  TfvTfrecord probe = *file;
  TfvSlice    data;
  guint64     offset;
  gboolean    is_bad = FALSE, is_foreign = FALSE;

  /* The probe has a buffer of its own, and looks at a part of the file. */
  probe.buffer = NULL;
  probe.capacity = probe.n_buffered = 0;
  for (gboolean is_done = FALSE; !is_done;)
    {
      switch (tfv_tfrecord_next (&probe, &data, &offset))
        {
        case TFV_TFRECORD_BAD_LENGTH:
          is_bad = TRUE;
          probe.file_size = MIN (probe.file_size, FOREIGN_SEARCH_BYTES);
          break;
        case TFV_TFRECORD_END:
          is_foreign = is_bad;
          is_done = TRUE;
          break;
        case TFV_TFRECORD_SKIPPED:
          break;
        default:
          is_done = TRUE;
          break;
        }
    }
  g_free (probe.buffer);
  return is_foreign;
}

static TfvFileReader *
tfevents_open (const char *path, TfvRunPart *part, GError **error)
{
  TfvEventReader *self;
  TfvTfrecord     file;

  tfv_tfrecord_init (&file);
  if (!tfv_tfrecord_open (&file, path))
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: %s", path, g_strerror (errno));
      tfv_tfrecord_rest (&file);
      return NULL;
    }
  if (is_foreign (&file))
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_FORMAT, "%s: not a TensorFlow event file", path);
      tfv_tfrecord_rest (&file);
      return NULL;
    }
  tfv_tfrecord_rest (&file);

  self = g_new0 (TfvEventReader, 1);
  self->part = part;
  self->path = g_strdup (path);
  self->file = file;
  self->tags = g_hash_table_new_full (tfv_event_tag_hash, tfv_event_tag_equal, tfv_event_tag_free, NULL);
  return (TfvFileReader *) self;
}

static void
tfevents_close (TfvFileReader *reader)
{
  TfvEventReader *self = (TfvEventReader *) reader;

  tfv_tfrecord_rest (&self->file);
  g_hash_table_unref (self->tags);
  g_free (self->bad_checksum.warning);
  g_free (self->bad_event.warning);
  g_free (self->path);
  g_free (self);
}

static void
tfevents_rest (TfvFileReader *reader)
{
  TfvEventReader *self = (TfvEventReader *) reader;

  tfv_tfrecord_rest (&self->file);
}

static void
note_fault (TfvEventFault *fault, guint64 offset)
{
  if (fault->n++ == 0)
    fault->first_offset = offset;
}

static void
tell_fault (TfvEventReader *self, TfvEventFault *fault, const char *what, guint64 n_told)
{
  if (fault->n > n_told)
    tfv_run_part_warn_counted (self->part, &fault->warning, what, fault->first_offset, fault->n);
}

/* TensorBoard takes what follows the last "brain.Event:" as the version. */
static void
take_file_version (TfvEventReader *self, TfvSlice bytes)
{
  g_autofree char *text = bytes.n_bytes > 0 ? g_strndup ((const char *) bytes.data, bytes.n_bytes) : g_strdup ("");
  const char      *number = g_strrstr (text, VERSION_PREFIX);
  double           version = number != NULL ? g_ascii_strtod (number + strlen (VERSION_PREFIX), NULL) : 0;

  self->file_version = version >= 1 && version < 1000 ? (gint) version : 0;
}

static TfvSlice
slice_of (const char *string)
{
  return (TfvSlice){ (const guint8 *) string, strlen (string) };
}

/* The GraphDef inside a MetaGraphDef counts where the run has no other. */
static void
remember_meta_graph (TfvEventReader *self, const TfvEventPlace *place)
{
  TfvWireField graph;

  if (self->has_graph_def || !tfv_find_field (place->event->payload, 2, &graph) || graph.type != TFV_WIRE_BYTES)
    return;
  self->has_meta_graph = TRUE;
  self->meta_graph_event = *place->event;
  self->meta_graph_offset = place->offset + (guint64) (graph.bytes.data - place->data);
  self->meta_graph_n_bytes = graph.bytes.n_bytes;
}

static void
take_meta_graph (TfvEventReader *self)
{
  const TfvEvent *event = &self->meta_graph_event;
  TfvTagPart     *tag;

  if (!self->has_meta_graph || self->has_graph_def)
    return;
  self->has_meta_graph = FALSE;
  tag = tfv_event_reader_get_records (self, slice_of (RUN_GRAPH_TAG), TFV_RECORD_GRAPH, RUN_GRAPH_PLUGIN);
  tfv_tag_part_append_blob (tag, event->step, event->wall_time, self->meta_graph_offset, self->meta_graph_n_bytes);
}

static void
take_run_metadata (TfvEventReader *self, const TfvEventPlace *place)
{
  TfvWireField tag, metadata;

  if (tfv_find_field (place->event->payload, 1, &tag) && tag.type == TFV_WIRE_BYTES && tfv_find_field (place->event->payload, 2, &metadata) && metadata.type == TFV_WIRE_BYTES)
    tfv_event_place_append (place, tfv_event_reader_get_records (self, tag.bytes, TFV_RECORD_RUN_METADATA, RUN_METADATA_PLUGIN), metadata.bytes);
}

/* What a session logs is kept, and a start supersedes, where TensorBoard does it. */
static void
take_session_log (TfvEventReader *self, const TfvEventPlace *place)
{
  const TfvEvent *event = place->event;
  TfvTagPart     *sessions;
  TfvWireField    status;

  if (self->file_version < 2 || !tfv_find_field (event->payload, 1, &status) || status.type != TFV_WIRE_VARINT)
    return;
  sessions = tfv_event_reader_get_records (self, slice_of (SESSION_TAG), TFV_RECORD_SESSION, "");
  if (status.value == SESSION_START)
    {
      tfv_event_reader_flush (self);
      tfv_run_part_restart (self->part, event->step);
    }
  tfv_event_place_append (place, sessions, event->payload);
}

/* The summary of an event, in as many pieces as it came. */
static gboolean
take_summary (TfvEventReader *self, const TfvEventPlace *place, TfvSlice message)
{
  TfvWire      wire = tfv_wire_init (message);
  TfvWireField field;
  gboolean     is_whole = TRUE;

  if (G_LIKELY (!place->event->is_split))
    {
      is_whole = tfv_event_reader_take_summary (self, place, place->event->payload);
    }
  else
    {
      while (tfv_wire_next (&wire, &field))
        if (field.number == TFV_EVENT_SUMMARY && field.type == TFV_WIRE_BYTES)
          is_whole &= tfv_event_reader_take_summary (self, place, field.bytes);
    }
  self->last_summary_step = place->event->step;
  return is_whole;
}

/* Takes an event that lies at @offset. FALSE where it is damaged. */
static gboolean
take_event (TfvEventReader *self, TfvSlice message, guint64 offset)
{
  TfvEvent      event;
  TfvEventPlace place = { &event, message.data, offset };

  if (G_UNLIKELY (!tfv_event_parse_usual (message, &event)) && !tfv_event_parse (message, &event))
    return FALSE;
  if (G_UNLIKELY (!self->has_first_event))
    {
      self->has_first_event = TRUE;
      tfv_run_part_set_first_wall_time (self->part, event.wall_time);
    }
  switch (event.kind)
    {
    case TFV_EVENT_SUMMARY:
      return take_summary (self, &place, message);
    case TFV_EVENT_FILE_VERSION:
      take_file_version (self, event.payload);
      break;
    case TFV_EVENT_GRAPH_DEF:
      self->has_graph_def = TRUE;
      tfv_event_place_append (&place, tfv_event_reader_get_records (self, slice_of (RUN_GRAPH_TAG), TFV_RECORD_GRAPH, RUN_GRAPH_PLUGIN), event.payload);
      break;
    case TFV_EVENT_META_GRAPH_DEF:
      remember_meta_graph (self, &place);
      break;
    case TFV_EVENT_TAGGED_RUN_METADATA:
      take_run_metadata (self, &place);
      break;
    case TFV_EVENT_LOG_MESSAGE:
      tfv_event_place_append (&place, tfv_event_reader_get_records (self, slice_of (LOG_TAG), TFV_RECORD_LOG_MESSAGE, ""), event.payload);
      break;
    case TFV_EVENT_SESSION_LOG:
      take_session_log (self, &place);
      break;
    default:
      break;
    }
  return TRUE;
}

/* Takes the next records for as long as nothing is wrong with them. FALSE where
   there is none to take. */
static gboolean
take_batch (TfvEventReader *self)
{
  TfvSlice      records[TFV_EVENT_MAX_ROWS];
  guint64       start;
  gsize         n_records = tfv_tfrecord_next_batch (&self->file, records, G_N_ELEMENTS (records), &start);
  const guint8 *first = n_records > 0 ? records[0].data : NULL;

  for (gsize i = 0; i < n_records; i++)
    {
      guint64 offset = start + (guint64) (records[i].data - first);

      if (!tfv_event_reader_take_usual (self, records[i]) && G_UNLIKELY (!take_event (self, records[i], offset)))
        note_fault (&self->bad_event, offset);
    }
  return n_records > 0;
}

/* Reads records until the budget is spent. FALSE at the end of the file. */
static gboolean
read_records (TfvEventReader *self, gsize budget_bytes)
{
  guint64  start = self->file.offset;
  TfvSlice data = { 0 };
  guint64  offset;

  while (self->file.offset - start < budget_bytes)
    {
      TfvTfrecordStatus status;

      if (G_LIKELY (take_batch (self)))
        continue;
      status = tfv_tfrecord_next (&self->file, &data, &offset);
      if (status == TFV_TFRECORD_OK)
        {
          if (!take_event (self, data, offset))
            note_fault (&self->bad_event, offset);
          continue;
        }
      self->is_short = status == TFV_TFRECORD_SHORT;
      self->short_offset = offset;
      if (status == TFV_TFRECORD_BAD_DATA)
        note_fault (&self->bad_checksum, offset);
      else if (status == TFV_TFRECORD_BAD_LENGTH)
        tfv_run_part_warn (self->part, "byte %" G_GUINT64_FORMAT ": no record begins here; skipped up to the next whole one", offset);
      else if (status != TFV_TFRECORD_SKIPPED)
        return FALSE;
    }
  return TRUE;
}

static gboolean
tfevents_poll (TfvFileReader *reader, gsize budget_bytes)
{
  TfvEventReader *self = (TfvEventReader *) reader;
  guint64         n_bad_checksums = self->bad_checksum.n, n_bad_events = self->bad_event.n;
  TfvFloatRow     rows[TFV_EVENT_MAX_ROWS];
  gboolean        has_more;

  if (!tfv_tfrecord_open (&self->file, self->path))
    {
      tfv_run_part_warn (self->part, "%s", g_strerror (errno));
      tfv_tfrecord_rest (&self->file);
      return FALSE;
    }
  if (!self->is_started)
    tfv_run_part_get_event_state (self->part, &self->file_version, &self->last_summary_step);
  self->is_started = TRUE;

  self->rows = rows;
  has_more = read_records (self, budget_bytes);
  tfv_event_reader_flush (self);
  self->rows = NULL;
  if (!has_more)
    {
      take_meta_graph (self);
      tfv_tfrecord_rest (&self->file);
    }
  tell_fault (self, &self->bad_checksum, "a record with a wrong checksum is left out", n_bad_checksums);
  tell_fault (self, &self->bad_event, "an event that can't be decoded", n_bad_events);
  tfv_run_part_set_event_state (self->part, self->file_version, self->last_summary_step);
  return has_more;
}

static void
tfevents_finish (TfvFileReader *reader)
{
  TfvEventReader *self = (TfvEventReader *) reader;

  if (self->file.file_size == 0)
    tfv_run_part_warn (self->part, "the file is empty");
  else if (self->is_short)
    tfv_run_part_warn (self->part, "byte %" G_GUINT64_FORMAT ": the file ends inside a record", self->short_offset);
}

static GBytes *
tfevents_read_blob (const char *path, guint64 offset, guint64 length_bytes, GError **error)
{
  g_autoptr (GBytes) bytes = tfv_tfrecord_read_range (path, offset, length_bytes);

  if (bytes == NULL)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: byte %" G_GUINT64_FORMAT ": %s", path, offset,
                   errno != 0 ? g_strerror (errno) : "the file has become shorter");
      return NULL;
    }
  return g_steal_pointer (&bytes);
}

const TfvFormat tfv_format_tfevents = {
  .name = "tfevents",
  .matches = tfevents_matches,
  .open = tfevents_open,
  .poll = tfevents_poll,
  .rest = tfevents_rest,
  .finish = tfevents_finish,
  .close = tfevents_close,
  .read_blob = tfevents_read_blob,
};
