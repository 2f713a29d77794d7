/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-event-builder.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "summaries/tfv-crc32c-private.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-event-segment-private.h"

/* Rows are put down in whole chunks of the file, bytes in pieces of this size. */
#define BLOB_BUFFER_BYTES (1 << 20)
#define MAX_NAME_BYTES 65536
#define NS_PER_S 1e9

/* Rows on their way to a dataset. */
typedef struct
{
  guint8 *rows;
  gsize   n_rows;
  gsize   capacity;
  gsize   row_bytes;
  guint64 n_added;
} Buffer;

struct _TfvEventBuilder
{
  char            *path;
  char            *folder;
  TfvEventSegment *segment;
  Buffer           buffers[TFV_N_EVENT_DATASETS];
  gint64           first_wall_ns;
  gint64           clock_offset_ns;
  guint64          n_dropped;
  GError          *error;
};

/* A time in ns; what no such number can be, or is before 1970, is 0. */
static gint64
time_to_ns (double time)
{
  double ns = time * NS_PER_S;

  return isfinite (ns) && ns >= 0 && ns < 0x1p63 ? (gint64) round (ns) : 0;
}

/* What is wrong is said of the file that is to be, not of the one that is built,
   which nobody will find. */
static void
name_file (TfvEventBuilder *self, GError **error)
{
  const char *rest = error != NULL && g_str_has_prefix ((*error)->message, self->folder) ? strstr ((*error)->message + strlen (self->folder), ": ") : NULL;
  char       *message;

  if (rest == NULL)
    return;
  message = g_strconcat (self->path, rest, NULL);
  g_free ((*error)->message);
  (*error)->message = message;
}

/**
 * tfv_event_builder_new: (skip)
 * @path: the file that is to be; it appears when the builder is closed
 * @start_time: when the run's writer began, in seconds since the UNIX epoch, or
 *   NaN where that is not known
 * @error: return location for a [error@Tfv.StoreError]
 *
 * Begins an event file.
 *
 * Returns: (transfer full): a builder, or %NULL with an error
 */
TfvEventBuilder *
tfv_event_builder_new (const char *path, double start_time, GError **error)
{
  g_autoptr (TfvEventBuilder) self = g_new0 (TfvEventBuilder, 1);
  g_autofree char            *directory = g_path_get_dirname (path);
  g_autofree char            *uuid = g_uuid_string_random ();
  TfvEventSource              source = { .host = g_get_host_name (), .uuid = uuid, .pid = getpid () };

  self->path = g_strdup (path);
  self->first_wall_ns = source.start_wall_ns = time_to_ns (start_time);
  source.start_monotonic_ns = source.start_wall_ns;
  /* Whoever looks at the folder meanwhile must not see half a file. */
  self->folder = g_build_filename (directory, ".tfv-XXXXXX", NULL);
  if (g_mkdtemp (self->folder) == NULL)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: %s", directory, g_strerror (errno));
      g_clear_pointer (&self->folder, g_free);
      return NULL;
    }
  source.directory = self->folder;
  self->segment = tfv_event_segment_create (&source, 0, error);
  if (self->segment == NULL)
    {
      name_file (self, error);
      return NULL;
    }

  for (guint i = 0; i < TFV_N_EVENT_DATASETS; i++)
    {
      Buffer *buffer = &self->buffers[i];

      buffer->row_bytes = tfv_event_dataset_get_row_bytes ((TfvEventDataset) i);
      buffer->capacity = i == TFV_EVENT_BLOBS ? BLOB_BUFFER_BYTES : tfv_event_dataset_get_chunk_rows ((TfvEventDataset) i);
    }
  return g_steal_pointer (&self);
}

/* Takes away what was being built. */
static void
remove_folder (TfvEventBuilder *self)
{
  g_autoptr (GDir) folder = self->folder != NULL ? g_dir_open (self->folder, 0, NULL) : NULL;
  const char      *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->folder, name, NULL);

      g_unlink (path);
    }
  if (self->folder != NULL)
    g_rmdir (self->folder);
}

/**
 * tfv_event_builder_free: (skip)
 * @self: (transfer full): a builder
 *
 * Frees the builder. What was not closed leaves no file.
 */
void
tfv_event_builder_free (TfvEventBuilder *self)
{
  if (self->segment != NULL)
    tfv_event_segment_discard (self->segment);
  remove_folder (self);
  for (guint i = 0; i < TFV_N_EVENT_DATASETS; i++)
    g_free (self->buffers[i].rows);
  g_clear_error (&self->error);
  g_free (self->folder);
  g_free (self->path);
  g_free (self);
}

static void
append (TfvEventBuilder *self, TfvEventDataset dataset, gconstpointer rows, gsize n_rows)
{
  if (self->error == NULL)
    tfv_event_segment_append (self->segment, dataset, rows, n_rows, &self->error);
}

static void
put_down (TfvEventBuilder *self, TfvEventDataset dataset)
{
  Buffer *buffer = &self->buffers[dataset];

  append (self, dataset, buffer->rows, buffer->n_rows);
  buffer->n_rows = 0;
}

static inline void
add_row (TfvEventBuilder *self, TfvEventDataset dataset, gconstpointer row)
{
  Buffer *buffer = &self->buffers[dataset];

  if (G_UNLIKELY (buffer->rows == NULL))
    buffer->rows = g_malloc (buffer->capacity * buffer->row_bytes);
  memcpy (buffer->rows + buffer->n_rows * buffer->row_bytes, row, buffer->row_bytes);
  buffer->n_added++;
  if (++buffer->n_rows == buffer->capacity)
    put_down (self, dataset);
}

/* Adds bytes to /blobs; gives where they begin. */
static guint64
add_bytes (TfvEventBuilder *self, gconstpointer data, gsize n_bytes)
{
  Buffer *buffer = &self->buffers[TFV_EVENT_BLOBS];
  guint64 offset = buffer->n_added;

  buffer->n_added += n_bytes;
  if (buffer->n_rows + n_bytes > buffer->capacity)
    put_down (self, TFV_EVENT_BLOBS);
  if (n_bytes > buffer->capacity)
    {
      append (self, TFV_EVENT_BLOBS, data, n_bytes);
      return offset;
    }
  if (buffer->rows == NULL)
    buffer->rows = g_malloc (buffer->capacity);
  if (n_bytes > 0)
    memcpy (buffer->rows + buffer->n_rows, data, n_bytes);
  buffer->n_rows += n_bytes;
  return offset;
}

/* How much of a string fits, in whole characters. */
static gsize
get_fitting_bytes (const char *string, gsize length, gsize max)
{
  if (length <= max)
    return length;
  return (gsize) (g_utf8_find_prev_char (string, string + max + 1) - string);
}

static guint32
add_name (TfvEventBuilder *self, guint kind, const char *name, guint32 parent)
{
  gsize          length = get_fitting_bytes (name, strlen (name), MAX_NAME_BYTES);
  TfvEventTagRow row = { .kind = (guint16) kind, .flags = TFV_EVENT_ROW_VALID, .parent = parent, .name_length = (guint32) length };

  row.id = (guint32) self->buffers[TFV_EVENT_TAGS].n_added + 1;
  memcpy (row.name, name, get_fitting_bytes (name, length, sizeof row.name));
  if (length > sizeof row.name)
    row.blob_offset = add_bytes (self, name, length);
  add_row (self, TFV_EVENT_TAGS, &row);
  return row.id;
}

/**
 * tfv_event_builder_add_tag: (skip)
 * @self: a builder
 * @kind: what the tag's records are
 * @name: its name, UTF-8
 *
 * Adds a tag, which must be another than those before.
 *
 * Returns: its id
 */
guint32
tfv_event_builder_add_tag (TfvEventBuilder *self, TfvRecordKind kind, const char *name)
{
  return add_name (self, kind, name, 0);
}

/**
 * tfv_event_builder_add_string: (skip)
 * @self: a builder
 * @kind: what it names
 * @string: a string that spans name, UTF-8
 * @parent: of a lane, the id of its device; else 0
 *
 * Adds a string, which must be another than those before.
 *
 * Returns: its id
 */
guint32
tfv_event_builder_add_string (TfvEventBuilder *self, TfvStringKind kind, const char *string, guint32 parent)
{
  return add_name (self, kind, string, parent);
}

/**
 * tfv_event_builder_add_scalar: (skip)
 * @self: a builder
 * @tag: id of a tag of kind %TFV_RECORD_SCALAR
 * @step: the step
 * @wall_time: seconds since the UNIX epoch
 * @value: the value
 * @is_float32: whether it was a float32, and is to be shown as one
 *
 * Adds a point.
 */
void
tfv_event_builder_add_scalar (TfvEventBuilder *self, guint32 tag, gint64 step, double wall_time, double value, gboolean is_float32)
{
  TfvEventScalarRow row = { step, wall_time, value, tag, TFV_EVENT_ROW_VALID | (is_float32 ? TFV_EVENT_VALUE_FLOAT32 : 0) };

  add_row (self, TFV_EVENT_SCALARS, &row);
}

/**
 * tfv_event_builder_add_record: (skip)
 * @self: a builder
 * @tag: id of a tag
 * @kind: the tag's kind; or %TFV_RECORD_SESSION, for a session of that tag alone
 * @step: the step
 * @wall_time: seconds since the UNIX epoch
 * @data: (array length=n_bytes): what the kind stores
 * @n_bytes: how much there is
 *
 * Adds a record of any size. It stands behind the points that were added before.
 */
void
tfv_event_builder_add_record (TfvEventBuilder *self, guint32 tag, TfvRecordKind kind, gint64 step, double wall_time, gconstpointer data, gsize n_bytes)
{
  TfvEventBlobRow row = {
    .length = n_bytes,
    .step = step,
    .wall_time = wall_time,
    .scalars_before = self->buffers[TFV_EVENT_SCALARS].n_added,
    .tag = tag,
    .crc32c = tfv_crc32c (0, data, n_bytes),
    .kind = (guint16) kind,
    .flags = TFV_EVENT_ROW_VALID,
  };

  row.offset = add_bytes (self, data, n_bytes);
  add_row (self, TFV_EVENT_BLOB_INDEX, &row);
}

/**
 * tfv_event_builder_add_span: (skip)
 * @self: a builder
 * @span: a span, with ids of strings of this builder
 *
 * Adds a span.
 */
void
tfv_event_builder_add_span (TfvEventBuilder *self, const TfvSpan *span)
{
  add_row (self, TFV_EVENT_SPANS, span);
}

/**
 * tfv_event_builder_add_counter: (skip)
 * @self: a builder
 * @counter: a value of a counter, with ids of strings of this builder
 *
 * Adds what a counter was at a time.
 */
void
tfv_event_builder_add_counter (TfvEventBuilder *self, const TfvCounter *counter)
{
  TfvEventCounterRow row = { counter->time_ns, counter->value, counter->step, counter->series, counter->lane, counter->unit, TFV_EVENT_ROW_VALID };

  add_row (self, TFV_EVENT_COUNTERS, &row);
}

/**
 * tfv_event_builder_add_flow: (skip)
 * @self: a builder
 * @flow: a point of a flow, with ids of strings of this builder
 *
 * Adds a point of a flow.
 */
void
tfv_event_builder_add_flow (TfvEventBuilder *self, const TfvFlow *flow)
{
  TfvEventFlowRow row = {
    .time_ns = flow->time_ns,
    .flow = flow->flow,
    .step = flow->step,
    .name = flow->name,
    .lane = flow->lane,
    .category = flow->category,
    .phase = (guint16) flow->phase,
    .flags = TFV_EVENT_ROW_VALID | (flow->binds_next ? TFV_EVENT_FLOW_BINDS_NEXT : 0),
  };

  add_row (self, TFV_EVENT_FLOWS, &row);
}

/**
 * tfv_event_builder_add_marker: (skip)
 * @self: a builder
 * @marker: a marker, with ids of strings of this builder
 *
 * Adds a marker.
 */
void
tfv_event_builder_add_marker (TfvEventBuilder *self, const TfvMarker *marker)
{
  TfvEventMarkerRow row = {
    .time_ns = marker->time_ns,
    .step = marker->step,
    .name = marker->name,
    .lane = marker->lane,
    .op = marker->op,
    .category = marker->category,
    .correlation = marker->correlation,
    .scope = (guint16) marker->scope,
    .flags = TFV_EVENT_ROW_VALID,
  };

  add_row (self, TFV_EVENT_MARKERS, &row);
}

/**
 * tfv_event_builder_set_clock_offset_ns: (skip)
 * @self: a builder
 * @wall_minus_span_clock_ns: what to add to the start of a span to get
 *   nanoseconds since the UNIX epoch
 *
 * Tells how the clock of the spans stands to wall time.
 */
void
tfv_event_builder_set_clock_offset_ns (TfvEventBuilder *self, gint64 wall_minus_span_clock_ns)
{
  self->clock_offset_ns = wall_minus_span_clock_ns;
}

/**
 * tfv_event_builder_set_first_time: (skip)
 * @self: a builder
 * @wall_time: seconds since the UNIX epoch
 *
 * Tells when the run begins where it isn't known when its writer did.
 */
void
tfv_event_builder_set_first_time (TfvEventBuilder *self, double wall_time)
{
  self->first_wall_ns = time_to_ns (wall_time);
}

/**
 * tfv_event_builder_set_n_dropped: (skip)
 * @self: a builder
 * @n_dropped: a number of records
 *
 * Tells how many records the run's writers had to drop.
 */
void
tfv_event_builder_set_n_dropped (TfvEventBuilder *self, guint64 n_dropped)
{
  self->n_dropped = n_dropped;
}

static void
add_status (TfvEventBuilder *self, TfvEventState state)
{
  TfvEventStatusRow row = {
    .wall_ns = self->first_wall_ns,
    .monotonic_ns = (gint64) ((guint64) self->first_wall_ns - (guint64) self->clock_offset_ns),
    .dropped_scalars = self->n_dropped,
    .state = state,
    .flags = TFV_EVENT_ROW_VALID,
  };

  add_row (self, TFV_EVENT_STATUS, &row);
}

static gboolean
finish (TfvEventBuilder *self, GError **error)
{
  g_autofree char *built = g_strdup (tfv_event_segment_get_path (self->segment));

  add_status (self, TFV_EVENT_STATE_RUNNING);
  add_status (self, TFV_EVENT_STATE_CLOSED);
  for (guint i = 0; i < TFV_N_EVENT_DATASETS; i++)
    put_down (self, (TfvEventDataset) i);
  if (self->error != NULL || !tfv_event_segment_flush (self->segment, &self->error))
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return FALSE;
    }
  if (!tfv_event_segment_close (g_steal_pointer (&self->segment), error))
    return FALSE;
  if (g_rename (built, self->path) != 0)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: %s", self->path, g_strerror (errno));
      return FALSE;
    }
  return TRUE;
}

/**
 * tfv_event_builder_close: (skip)
 * @self: (transfer full): a builder
 * @error: return location for a [error@Tfv.StoreError]
 *
 * Ends the file, gives it its name and frees the builder. A file that had that
 * name is replaced.
 *
 * Returns: whether everything that was added is in the file; there is none where
 *   not
 */
gboolean
tfv_event_builder_close (TfvEventBuilder *self, GError **error)
{
  gboolean is_finished = finish (self, error);

  if (!is_finished)
    name_file (self, error);
  tfv_event_builder_free (self);
  return is_finished;
}
