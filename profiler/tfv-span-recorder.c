/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "profiler/tfv-span-recorder.h"

#include <string.h>

#include "profiler/sources/host.h"

struct _TfvSpanRecorder
{
  GObject parent_instance;

  TfvSummaryWriter *writer;
  char             *device;
  guint64           serial; /* never used again, unlike an address */
};

G_DEFINE_FINAL_TYPE (TfvSpanRecorder, tfv_span_recorder, G_TYPE_OBJECT)

/* What a thread remembers of a recorder, so that a name costs a look into a
 * table that no other thread touches, and no lock. */
typedef struct
{
  guint64     serial;
  GHashTable *ids;   /* Key → id */
  GHashTable *lanes; /* device → id */
} Memory;

typedef struct
{
  TfvStringKind kind;
  const char   *string;
} Key;

/* A thread that records for more recorders than this forgets, and asks the
 * writer again. */
#define N_MEMORIES 4

/* Names made up for every step must not fill the memory. */
#define MAX_REMEMBERED 65536

typedef struct
{
  Memory memories[N_MEMORIES];
  guint  next_victim;
} ThreadMemory;

static void thread_memory_free (gpointer data);

static GPrivate thread_memory = G_PRIVATE_INIT (thread_memory_free);

static guint
key_hash (gconstpointer data)
{
  const Key *key = data;

  return g_str_hash (key->string) ^ key->kind;
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  const Key *left = a;
  const Key *right = b;

  return left->kind == right->kind && g_str_equal (left->string, right->string);
}

/* The string lies behind the key, in the same piece of memory. */
static Key *
key_copy (const Key *key)
{
  gsize length = strlen (key->string) + 1;
  Key  *copy = g_malloc (sizeof (Key) + length);

  copy->kind = key->kind;
  copy->string = memcpy (copy + 1, key->string, length);
  return copy;
}

static void
memory_clear (Memory *memory)
{
  g_clear_pointer (&memory->ids, g_hash_table_unref);
  g_clear_pointer (&memory->lanes, g_hash_table_unref);
}

static void
thread_memory_free (gpointer data)
{
  ThreadMemory *all = data;

  for (guint i = 0; i < N_MEMORIES; i++)
    memory_clear (&all->memories[i]);
  g_free (all);
}

static Memory *
get_memory (TfvSpanRecorder *self)
{
  ThreadMemory *all = g_private_get (&thread_memory);
  Memory       *memory;

  if (G_UNLIKELY (all == NULL))
    {
      all = g_new0 (ThreadMemory, 1);
      g_private_set (&thread_memory, all);
    }
  for (guint i = 0; i < N_MEMORIES; i++)
    if (all->memories[i].serial == self->serial)
      return &all->memories[i];

  memory = &all->memories[all->next_victim];
  all->next_victim = (all->next_victim + 1) % N_MEMORIES;
  memory_clear (memory);
  memory->serial = self->serial;
  memory->ids = g_hash_table_new_full (key_hash, key_equal, g_free, NULL);
  memory->lanes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return memory;
}

static void
tfv_span_recorder_finalize (GObject *object)
{
  TfvSpanRecorder *self = TFV_SPAN_RECORDER (object);

  g_clear_object (&self->writer);
  g_free (self->device);
  G_OBJECT_CLASS (tfv_span_recorder_parent_class)->finalize (object);
}

static void
tfv_span_recorder_class_init (TfvSpanRecorderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tfv_span_recorder_finalize;
}

static void
tfv_span_recorder_init (TfvSpanRecorder *self)
{
  static gsize last_serial = 0;

  self->serial = (guint64) g_atomic_pointer_add (&last_serial, 1) + 1;
}

/**
 * tfv_span_recorder_new:
 * @writer: where the spans go
 * @device: (nullable): the device that spans are on where they name none; %NULL
 *   for this machine's processor, `/job:localhost/replica:0/task:0/device:CPU:0`
 *
 * Makes a recorder.
 *
 * Returns: (transfer full): the recorder
 */
TfvSpanRecorder *
tfv_span_recorder_new (TfvSummaryWriter *writer, const char *device)
{
  TfvSpanRecorder *self;

  g_return_val_if_fail (TFV_IS_SUMMARY_WRITER (writer), NULL);

  self = g_object_new (TFV_TYPE_SPAN_RECORDER, NULL);
  self->writer = g_object_ref (writer);
  self->device = g_strdup (device ? device : TFV_HOST_DEVICE);
  return self;
}

/**
 * tfv_span_recorder_get_writer:
 * @self: a recorder
 *
 * Returns: (transfer none): where the spans go
 */
TfvSummaryWriter *
tfv_span_recorder_get_writer (TfvSpanRecorder *self)
{
  g_return_val_if_fail (TFV_IS_SPAN_RECORDER (self), NULL);
  return self->writer;
}

/**
 * tfv_span_recorder_get_device:
 * @self: a recorder
 *
 * Returns: (transfer none): the device of spans that name none
 */
const char *
tfv_span_recorder_get_device (TfvSpanRecorder *self)
{
  g_return_val_if_fail (TFV_IS_SPAN_RECORDER (self), NULL);
  return self->device;
}

/**
 * tfv_span_recorder_intern:
 * @self: a recorder
 * @kind: what the string names; any kind but a lane
 * @string: a name, UTF-8
 *
 * Gives a name's id, for [method@Tfv.SpanRecorder.record_span]. A name that
 * the calling thread used before costs a look into a table of its own.
 *
 * Returns: the id, never 0
 */
guint32
tfv_span_recorder_intern (TfvSpanRecorder *self, TfvStringKind kind, const char *string)
{
  Memory *memory = get_memory (self);
  Key     key = { kind, string };
  guint32 id = GPOINTER_TO_UINT (g_hash_table_lookup (memory->ids, &key));

  g_return_val_if_fail (kind != TFV_STRING_LANE, 0);

  if (id != 0)
    return id;
  id = tfv_summary_writer_intern (self->writer, kind, string, 0);
  if (g_hash_table_size (memory->ids) >= MAX_REMEMBERED)
    g_hash_table_remove_all (memory->ids);
  g_hash_table_insert (memory->ids, key_copy (&key), GUINT_TO_POINTER (id));
  return id;
}

/**
 * tfv_span_recorder_get_lane:
 * @self: a recorder
 * @device: (nullable): a device; %NULL for the recorder's own
 *
 * Gives the calling thread's lane on a device. A lane keeps the name that its
 * thread had when it first recorded there.
 *
 * Returns: the lane's id, never 0
 */
guint32
tfv_span_recorder_get_lane (TfvSpanRecorder *self, const char *device)
{
  Memory          *memory = get_memory (self);
  const char      *name = device ? device : self->device;
  guint32          id = GPOINTER_TO_UINT (g_hash_table_lookup (memory->lanes, name));
  g_autofree char *lane = NULL;

  if (id != 0)
    return id;
  lane = tfv_host_dup_thread_lane ();
  id = tfv_summary_writer_intern (self->writer, TFV_STRING_LANE, lane, tfv_span_recorder_intern (self, TFV_STRING_DEVICE, name));
  g_hash_table_insert (memory->lanes, g_strdup (name), GUINT_TO_POINTER (id));
  return id;
}

/**
 * tfv_span_recorder_record_span:
 * @self: a recorder
 * @span: a span; its ids are of [method@Tfv.SpanRecorder.intern], its lane may
 *   be 0 for the calling thread's lane on the recorder's device
 *
 * Records a span whose names have ids already: the cheapest way.
 */
void
tfv_span_recorder_record_span (TfvSpanRecorder *self, const TfvSpan *span)
{
  TfvSpan copy = *span;

  if (copy.lane == 0)
    copy.lane = tfv_span_recorder_get_lane (self, NULL);
  copy.duration_ns = MAX (copy.duration_ns, 0);
  tfv_summary_writer_add_span (self->writer, &copy);
}

/**
 * tfv_span_recorder_record:
 * @self: a recorder
 * @start_ns: when it began, in nanoseconds of CLOCK_MONOTONIC
 * @duration_ns: how long it took, in nanoseconds; less than 0 counts as 0
 * @info: what it is about
 *
 * Records a span on the calling thread's lane.
 */
void
tfv_span_recorder_record (TfvSpanRecorder *self, gint64 start_ns, gint64 duration_ns, const TfvSpanInfo *info)
{
  TfvSpan span = {
    .start_ns = start_ns,
    .duration_ns = duration_ns,
    .step = info->step,
    .correlation = info->correlation,
  };

  span.name = tfv_span_recorder_intern (self, TFV_STRING_NAME, info->name);
  span.lane = tfv_span_recorder_get_lane (self, info->device);
  if (info->op)
    span.op = tfv_span_recorder_intern (self, TFV_STRING_OPERATION, info->op);
  if (info->category)
    span.category = tfv_span_recorder_intern (self, TFV_STRING_CATEGORY, info->category);
  tfv_span_recorder_record_span (self, &span);
}

/**
 * tfv_span_recorder_begin:
 * @self: a recorder
 *
 * Begins a span: tells the time, for [method@Tfv.SpanRecorder.end]. Nothing
 * need be ended, and spans may nest.
 *
 * Returns: nanoseconds of CLOCK_MONOTONIC
 */
gint64
tfv_span_recorder_begin (TfvSpanRecorder *self)
{
  return tfv_host_now_ns ();
}

/**
 * tfv_span_recorder_end:
 * @self: a recorder
 * @begin_ns: what [method@Tfv.SpanRecorder.begin] gave
 * @info: what the span is about
 *
 * Ends a span and records it on the calling thread's lane.
 */
void
tfv_span_recorder_end (TfvSpanRecorder *self, gint64 begin_ns, const TfvSpanInfo *info)
{
  tfv_span_recorder_record (self, begin_ns, tfv_host_now_ns () - begin_ns, info);
}

/**
 * tfv_span_recorder_count:
 * @self: a recorder
 * @counter: what is measured
 * @value: its value from now on
 * @unit: (nullable): its unit, such as `By`
 * @step: the training step it belongs to, or -1
 *
 * Records a value of a counter of the recorder's device.
 */
void
tfv_span_recorder_count (TfvSpanRecorder *self, const char *counter, double value, const char *unit, gint64 step)
{
  TfvCounter row = {
    .time_ns = tfv_host_now_ns (),
    .value = value,
    .step = step,
    .series = tfv_span_recorder_intern (self, TFV_STRING_COUNTER, counter),
    .lane = tfv_span_recorder_intern (self, TFV_STRING_DEVICE, self->device),
  };

  if (unit)
    row.unit = tfv_span_recorder_intern (self, TFV_STRING_UNIT, unit);
  tfv_summary_writer_add_counter (self->writer, &row);
}

/**
 * tfv_span_recorder_mark:
 * @self: a recorder
 * @scope: how far it reaches
 * @info: what it is about
 *
 * Records a moment on the calling thread's lane.
 */
void
tfv_span_recorder_mark (TfvSpanRecorder *self, TfvMarkerScope scope, const TfvSpanInfo *info)
{
  TfvMarker marker = {
    .time_ns = tfv_host_now_ns (),
    .step = info->step,
    .name = tfv_span_recorder_intern (self, TFV_STRING_NAME, info->name),
    .lane = tfv_span_recorder_get_lane (self, info->device),
    .correlation = info->correlation,
    .scope = scope,
  };

  if (info->op)
    marker.op = tfv_span_recorder_intern (self, TFV_STRING_OPERATION, info->op);
  if (info->category)
    marker.category = tfv_span_recorder_intern (self, TFV_STRING_CATEGORY, info->category);
  tfv_summary_writer_add_marker (self->writer, &marker);
}

/**
 * tfv_span_recorder_flow:
 * @self: a recorder
 * @phase: whether the flow starts, passes or ends here
 * @flow: number of the flow, the same for all its points
 * @info: what it is about; its name and category are those of all points
 *
 * Records a point of a flow on the calling thread's lane: it is tied to the span
 * that is recorded around it.
 */
void
tfv_span_recorder_flow (TfvSpanRecorder *self, TfvFlowPhase phase, guint64 flow, const TfvSpanInfo *info)
{
  TfvFlow row = {
    .time_ns = tfv_host_now_ns (),
    .flow = flow,
    .step = info->step,
    .name = tfv_span_recorder_intern (self, TFV_STRING_NAME, info->name),
    .lane = tfv_span_recorder_get_lane (self, info->device),
    .phase = phase,
  };

  if (info->category)
    row.category = tfv_span_recorder_intern (self, TFV_STRING_CATEGORY, info->category);
  tfv_summary_writer_add_flow (self->writer, &row);
}
