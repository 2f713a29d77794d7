/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-step-stats.h"

#include "summaries/tfv-error.h"
#include "summaries/tfv-summary-payload-private.h"

/* Fields of a RunMetadata. */
enum
{
  RUN_STEP_STATS = 1,
  RUN_PARTITION_GRAPHS = 3,
  RUN_FUNCTION_GRAPHS = 4,
};

/* Fields of the FunctionGraphs of a RunMetadata; all are GraphDefs. */
enum
{
  FUNCTION_PARTITION_GRAPHS = 1,
  FUNCTION_POST_OPTIMIZATION_GRAPH = 3,
};

/* Fields of a DeviceStepStats. */
enum
{
  DEVICE_NAME = 1,
  DEVICE_NODE_STATS = 2,
};

/* Fields of a NodeExecStats. */
enum
{
  NODE_NAME = 1,
  NODE_START_MICROS = 2,
  NODE_OP_START_MICROS = 3,
  NODE_OP_END_MICROS = 4,
  NODE_END_MICROS = 5,
  NODE_MEMORY = 6,
  NODE_LABEL = 8,
  NODE_SCHEDULED_MICROS = 9,
  NODE_THREAD = 10,
  NODE_START_NANOS = 13,
  NODE_OP_START_NANOS = 14,
  NODE_OP_END_NANOS = 15,
  NODE_END_NANOS = 16,
  NODE_SCHEDULED_NANOS = 17,
  NODE_N_FIELDS,
};

/* Fields of an AllocatorMemoryUsed. */
enum
{
  MEMORY_TOTAL = 2,
  MEMORY_PEAK = 3,
};

struct _TfvStepStats
{
  GBytes       *record;
  GArray       *nodes;
  GArray       *graphs;
  GStringChunk *strings;
};

G_DEFINE_BOXED_TYPE (TfvStepStats, tfv_step_stats, tfv_step_stats_ref, tfv_step_stats_unref)

static void
clear_step_stats (gpointer data)
{
  TfvStepStats *self = data;

  g_bytes_unref (self->record);
  g_array_unref (self->nodes);
  g_array_unref (self->graphs);
  g_string_chunk_free (self->strings);
}

/**
 * tfv_step_stats_ref:
 * @self: the stats of a step
 *
 * Takes a reference. Any thread.
 *
 * Returns: (transfer full): @self
 */
TfvStepStats *
tfv_step_stats_ref (TfvStepStats *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * tfv_step_stats_unref:
 * @self: (transfer full): the stats of a step
 *
 * Gives a reference back. Any thread.
 */
void
tfv_step_stats_unref (TfvStepStats *self)
{
  g_atomic_rc_box_release_full (self, clear_step_stats);
}

static const char *
keep_string (TfvStepStats *self, TfvSlice slice)
{
  g_autofree char *text = tfv_slice_to_string (slice);

  return g_string_chunk_insert_const (self->strings, text);
}

/* Numbers of a hostile file may be any: let them wrap. */
static gint64
add_ns (gint64 start_ns, gint64 relative_ns)
{
  return (gint64) ((guint64) start_ns + (guint64) relative_ns);
}

/* A time in nanoseconds where there is one, and else in microseconds. */
static gint64
get_ns (const guint64 *numbers, guint nanos, guint micros)
{
  return numbers[nanos] != 0 ? (gint64) numbers[nanos] : (gint64) (numbers[micros] * 1000);
}

static gboolean
read_memory (TfvSlice message, TfvStepNode *node)
{
  TfvWire      wire = tfv_wire_init (message);
  TfvWireField field;

  while (tfv_wire_next (&wire, &field))
    {
      if (field.type != TFV_WIRE_VARINT)
        continue;
      if (field.number == MEMORY_TOTAL)
        node->n_bytes = add_ns (node->n_bytes, (gint64) field.value);
      else if (field.number == MEMORY_PEAK)
        node->peak_bytes = add_ns (node->peak_bytes, (gint64) field.value);
    }
  return !wire.is_bad;
}

static gboolean
read_node (TfvStepStats *self, TfvSlice message, TfvStepNode *node)
{
  guint64      numbers[NODE_N_FIELDS] = { 0 };
  TfvWire      wire = tfv_wire_init (message);
  TfvWireField field;

  node->node = node->label = "";
  while (tfv_wire_next (&wire, &field))
    {
      if (field.type == TFV_WIRE_VARINT && field.number < NODE_N_FIELDS)
        numbers[field.number] = field.value;
      else if (field.type != TFV_WIRE_BYTES)
        continue;
      else if (field.number == NODE_NAME)
        node->node = keep_string (self, field.bytes);
      else if (field.number == NODE_LABEL)
        node->label = keep_string (self, field.bytes);
      else if (field.number == NODE_MEMORY && !read_memory (field.bytes, node))
        return FALSE;
    }

  node->thread = (guint32) numbers[NODE_THREAD];
  node->scheduled_ns = get_ns (numbers, NODE_SCHEDULED_NANOS, NODE_SCHEDULED_MICROS);
  node->start_ns = get_ns (numbers, NODE_START_NANOS, NODE_START_MICROS);
  node->compute_start_ns = add_ns (node->start_ns, get_ns (numbers, NODE_OP_START_NANOS, NODE_OP_START_MICROS));
  node->compute_end_ns = add_ns (node->start_ns, get_ns (numbers, NODE_OP_END_NANOS, NODE_OP_END_MICROS));
  node->end_ns = add_ns (node->start_ns, get_ns (numbers, NODE_END_NANOS, NODE_END_MICROS));
  return !wire.is_bad;
}

static gboolean
read_device (TfvStepStats *self, TfvSlice message)
{
  TfvWire      wire = tfv_wire_init (message);
  TfvWireField field;
  const char  *name = "";

  if (tfv_find_field (message, DEVICE_NAME, &field) && field.type == TFV_WIRE_BYTES)
    name = keep_string (self, field.bytes);

  while (tfv_wire_next (&wire, &field))
    {
      TfvStepNode node = { .device = name };

      if (field.number != DEVICE_NODE_STATS || field.type != TFV_WIRE_BYTES)
        continue;
      if (!read_node (self, field.bytes, &node))
        return FALSE;
      g_array_append_val (self->nodes, node);
    }
  return !wire.is_bad;
}

static gboolean
read_devices (TfvStepStats *self, TfvSlice step_stats)
{
  TfvWire      wire = tfv_wire_init (step_stats);
  TfvWireField field;

  while (tfv_wire_next (&wire, &field))
    if (field.number == 1 && field.type == TFV_WIRE_BYTES && !read_device (self, field.bytes))
      return FALSE;
  return !wire.is_bad;
}

static gboolean
read_function_graphs (TfvStepStats *self, TfvSlice message)
{
  TfvWire      wire = tfv_wire_init (message);
  TfvWireField field;

  while (tfv_wire_next (&wire, &field))
    if (field.type == TFV_WIRE_BYTES && field.number >= FUNCTION_PARTITION_GRAPHS && field.number <= FUNCTION_POST_OPTIMIZATION_GRAPH)
      g_array_append_val (self->graphs, field.bytes);
  return !wire.is_bad;
}

static gboolean
read_run_metadata (TfvStepStats *self, TfvSlice message)
{
  TfvWire      wire = tfv_wire_init (message);
  TfvWireField field;
  gboolean     is_whole = TRUE;

  while (is_whole && tfv_wire_next (&wire, &field))
    {
      if (field.type != TFV_WIRE_BYTES)
        continue;
      if (field.number == RUN_STEP_STATS)
        is_whole = read_devices (self, field.bytes);
      else if (field.number == RUN_PARTITION_GRAPHS)
        g_array_append_val (self->graphs, field.bytes);
      else if (field.number == RUN_FUNCTION_GRAPHS)
        is_whole = read_function_graphs (self, field.bytes);
    }
  return is_whole && !wire.is_bad;
}

/* The RunMetadata in a record: TensorFlow 1 stores it as it is, in an event of its
 * own; TensorFlow 2 as a string in a tensor, which begins with its type, or, with
 * us, in a whole Summary.Value, whose metadata are of a number that a RunMetadata
 * does not have. */
static gboolean
find_run_metadata (GBytes *record, TfvSlice *found)
{
  TfvSlice        message = tfv_slice_of_bytes (record);
  TfvSummaryValue value;
  TfvWireField    field;

  *found = message;
  if (tfv_find_field (message, 9, &field) || tfv_find_field (message, 8, &field))
    {
      if (tfv_find_field (message, 1, &field) && field.type == TFV_WIRE_VARINT)
        return tfv_tensor_get_strings (message, found) == 1;
      return tfv_summary_value_parse (message, &value) && value.kind == TFV_VALUE_TENSOR && tfv_tensor_get_strings (value.payload, found) == 1;
    }
  return TRUE;
}

/**
 * tfv_step_stats_decode:
 * @record: a record as [method@Tfv.Tag.read_record] gives it, of a tag of kind
 *   %TFV_RECORD_RUN_METADATA
 * @error: return location for a [error@Tfv.StoreError]
 *
 * Reads what was recorded of a step. Any thread.
 *
 * Returns: (transfer full): the stats, or %NULL when the record is damaged
 */
TfvStepStats *
tfv_step_stats_decode (GBytes *record, GError **error)
{
  g_autoptr (TfvStepStats) self = NULL;
  TfvSlice                 message;

  g_return_val_if_fail (record != NULL, NULL);

  self = g_atomic_rc_box_new0 (TfvStepStats);
  self->record = g_bytes_ref (record);
  self->nodes = g_array_new (FALSE, FALSE, sizeof (TfvStepNode));
  self->graphs = g_array_new (FALSE, FALSE, sizeof (TfvSlice));
  self->strings = g_string_chunk_new (4096);
  if (find_run_metadata (record, &message) && read_run_metadata (self, message))
    return g_steal_pointer (&self);

  g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "the metadata of a run are damaged");
  return NULL;
}

/**
 * tfv_step_stats_get_nodes:
 * @self: the stats of a step
 * @n_nodes: (out): how many there are
 *
 * The executions of nodes, device after device, in the order of the record. Any
 * thread.
 *
 * Returns: (transfer none) (array length=n_nodes): the executions
 */
const TfvStepNode *
tfv_step_stats_get_nodes (TfvStepStats *self, gsize *n_nodes)
{
  *n_nodes = self->nodes->len;
  return (const TfvStepNode *) self->nodes->data;
}

/**
 * tfv_step_stats_get_n_graphs:
 * @self: the stats of a step
 *
 * How many graphs the record holds: those of the devices, and those of functions
 * before and after they were optimised. Any thread.
 *
 * Returns: number of graphs
 */
guint
tfv_step_stats_get_n_graphs (TfvStepStats *self)
{
  return self->graphs->len;
}

/**
 * tfv_step_stats_dup_graph:
 * @self: the stats of a step
 * @index: which graph, below [method@Tfv.StepStats.get_n_graphs]
 *
 * A graph as it was run. Any thread.
 *
 * Returns: (transfer full): a serialised `GraphDef`
 */
GBytes *
tfv_step_stats_dup_graph (TfvStepStats *self, guint index)
{
  TfvSlice graph;

  g_return_val_if_fail (index < self->graphs->len, NULL);

  graph = g_array_index (self->graphs, TfvSlice, index);
  return g_bytes_new_from_bytes (self->record, (gsize) (graph.data - (const guint8 *) g_bytes_get_data (self->record, NULL)), graph.n_bytes);
}
