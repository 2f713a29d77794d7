/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "profiler/tfv-trace.h"

#include <string.h>

struct _TfvTrace
{
  gatomicrefcount ref_count;
  TfvSpanTable   *table;
  gsize           n_spans;
  GArray         *devices;
  GArray         *lanes;
  GHashTable     *places; /* id of a lane → one more than its index in lanes */

  gsize    has_spans; /* whether the lanes have theirs: for g_once_init_enter() */
  TfvSpan *spans;     /* lane after lane */
};

G_DEFINE_BOXED_TYPE (TfvTrace, tfv_trace, tfv_trace_ref, tfv_trace_unref)

/* Names the lane of an id and its device. A damaged file can give a span whose
 * lane was never named: it keeps a lane of its own, without a device. */
static void
name_lane (TfvTrace *self, TfvTraceLane *lane, const char **device_name)
{
  TfvStringKind kind = 0;
  guint32       device_id = 0;

  lane->name = tfv_span_table_get_string (self->table, lane->id, &kind, &device_id);
  *device_name = NULL;
  if (lane->name == NULL || kind != TFV_STRING_LANE)
    lane->name = "";
  else if (device_id != 0)
    {
      *device_name = tfv_span_table_get_string (self->table, device_id, &kind, NULL);
      if (kind != TFV_STRING_DEVICE)
        *device_name = NULL;
    }
  if (*device_name == NULL)
    *device_name = "";
}

/* The moments that a damaged file's times are cut to: no two of them are
 * further apart than a gint64 can tell. */
#define LAST_MOMENT_NS (G_MAXINT64 / 2)

static void
get_span (TfvTrace *self, gsize index, TfvSpan *span)
{
  tfv_span_table_get_span (self->table, index, span);
  span->start_ns = CLAMP (span->start_ns, -LAST_MOMENT_NS, LAST_MOMENT_NS);
  span->duration_ns = CLAMP (span->duration_ns, 0, MIN (LAST_MOMENT_NS, LAST_MOMENT_NS - span->start_ns));
}

typedef struct
{
  TfvTraceLane lane;
  const char  *device_name;
} LaneInProgress;

/* The order in which a person reads them: GPU:2 before GPU:10. */
static int
compare_lanes (gconstpointer a, gconstpointer b)
{
  const LaneInProgress *left = a;
  const LaneInProgress *right = b;
  int                   order = strverscmp (left->device_name, right->device_name);

  if (order == 0)
    order = strverscmp (left->lane.name, right->lane.name);
  if (order == 0)
    order = left->lane.id < right->lane.id ? -1 : left->lane.id > right->lane.id;
  return order;
}

static int
compare_spans (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const TfvSpan *left = a;
  const TfvSpan *right = b;

  if (left->start_ns != right->start_ns)
    return left->start_ns < right->start_ns ? -1 : 1;
  if (left->duration_ns != right->duration_ns)
    return left->duration_ns > right->duration_ns ? -1 : 1;
  return 0;
}

/* Finds the lanes, in order, with their counts and times: one look at every
 * span, and memory only for the lanes. */
static GArray *
find_lanes (TfvTrace *self)
{
  GArray *found = g_array_new (FALSE, TRUE, sizeof (LaneInProgress));
  guint   place = 0;

  for (gsize i = 0; i < self->n_spans; i++)
    {
      TfvSpan       span;
      TfvTraceLane *lane;

      get_span (self, i, &span);
      if (place == 0 || g_array_index (found, LaneInProgress, place - 1).lane.id != span.lane)
        place = GPOINTER_TO_UINT (g_hash_table_lookup (self->places, GUINT_TO_POINTER (span.lane)));
      if (place == 0)
        {
          LaneInProgress fresh = { .lane = { .id = span.lane, .start_ns = span.start_ns, .end_ns = span.start_ns } };

          name_lane (self, &fresh.lane, &fresh.device_name);
          g_array_append_val (found, fresh);
          place = found->len;
          g_hash_table_insert (self->places, GUINT_TO_POINTER (span.lane), GUINT_TO_POINTER (place));
        }
      lane = &g_array_index (found, LaneInProgress, place - 1).lane;
      lane->n_spans++;
      lane->start_ns = MIN (lane->start_ns, span.start_ns);
      lane->end_ns = MAX (lane->end_ns, tfv_span_get_end_ns (&span));
    }

  g_array_sort (found, compare_lanes);
  for (guint i = 0; i < found->len; i++)
    g_hash_table_insert (self->places, GUINT_TO_POINTER (g_array_index (found, LaneInProgress, i).lane.id), GUINT_TO_POINTER (i + 1));
  return found;
}

static void
add_lane (TfvTrace *self, const LaneInProgress *found)
{
  TfvTraceLane    lane = found->lane;
  TfvTraceDevice *device = NULL;

  if (self->devices->len > 0)
    device = &g_array_index (self->devices, TfvTraceDevice, self->devices->len - 1);
  if (device == NULL || !g_str_equal (device->name, found->device_name))
    {
      TfvTraceDevice fresh = { .name = found->device_name, .first_lane = self->lanes->len, .start_ns = lane.start_ns, .end_ns = lane.end_ns };

      g_array_append_val (self->devices, fresh);
      device = &g_array_index (self->devices, TfvTraceDevice, self->devices->len - 1);
    }
  device->n_lanes++;
  device->n_spans += lane.n_spans;
  device->start_ns = MIN (device->start_ns, lane.start_ns);
  device->end_ns = MAX (device->end_ns, lane.end_ns);
  lane.device = self->devices->len - 1;
  g_array_append_val (self->lanes, lane);
}

/* Gives the lanes their spans, when they are first asked for: whoever only
 * counts does not pay for a copy. The table only ever grows, so what is copied
 * is what was there when the look was taken. */
static void
place_spans (TfvTrace *self)
{
  TfvTraceLane     *lanes = (TfvTraceLane *) (gpointer) self->lanes->data;
  g_autofree gsize *next = g_new (gsize, self->lanes->len);
  gsize             n_before = 0;

  self->spans = g_new (TfvSpan, self->n_spans);
  for (guint i = 0; i < self->lanes->len; i++)
    {
      next[i] = n_before;
      lanes[i].spans = self->spans + n_before;
      n_before += lanes[i].n_spans;
    }
  for (gsize i = 0; i < self->n_spans; i++)
    {
      TfvSpan span;
      guint   place;

      get_span (self, i, &span);
      place = GPOINTER_TO_UINT (g_hash_table_lookup (self->places, GUINT_TO_POINTER (span.lane))) - 1;
      self->spans[next[place]++] = span;
    }
  for (guint i = 0; i < self->lanes->len; i++)
    {
      TfvSpan *spans = self->spans + (lanes[i].spans - self->spans);
      gboolean sorted = TRUE;

      for (gsize j = 1; j < lanes[i].n_spans && sorted; j++)
        sorted = compare_spans (&spans[j - 1], &spans[j], NULL) <= 0;
      if (!sorted)
        g_qsort_with_data (spans, lanes[i].n_spans, sizeof (TfvSpan), compare_spans, NULL);
    }
}

/**
 * tfv_trace_new_for_spans:
 * @spans: a span table
 *
 * Takes a look at the spans that a table holds now. It takes time in proportion
 * to them, and once the lanes are asked for, as much memory as the spans.
 *
 * Returns: (transfer full): the trace
 */
TfvTrace *
tfv_trace_new_for_spans (TfvSpanTable *spans)
{
  g_autoptr (GArray) found = NULL;
  TfvTrace          *self = g_new0 (TfvTrace, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->table = tfv_span_table_ref (spans);
  self->n_spans = tfv_span_table_get_n_spans (spans);
  self->devices = g_array_new (FALSE, TRUE, sizeof (TfvTraceDevice));
  self->lanes = g_array_new (FALSE, TRUE, sizeof (TfvTraceLane));
  self->places = g_hash_table_new (NULL, NULL);

  found = find_lanes (self);
  for (guint i = 0; i < found->len; i++)
    add_lane (self, &g_array_index (found, LaneInProgress, i));
  return self;
}

/**
 * tfv_trace_new:
 * @run: a run
 *
 * Takes a look at the spans that a run holds now.
 *
 * Returns: (transfer full): the trace
 */
TfvTrace *
tfv_trace_new (TfvRun *run)
{
  g_autoptr (TfvSpanTable) spans = tfv_run_dup_spans (run);

  return tfv_trace_new_for_spans (spans);
}

/**
 * tfv_trace_ref:
 * @self: a trace
 *
 * Adds a reference.
 *
 * Returns: (transfer full): @self
 */
TfvTrace *
tfv_trace_ref (TfvTrace *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * tfv_trace_unref:
 * @self: (transfer full): a trace
 *
 * Drops a reference.
 */
void
tfv_trace_unref (TfvTrace *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_array_unref (self->devices);
  g_array_unref (self->lanes);
  g_hash_table_unref (self->places);
  g_free (self->spans);
  tfv_span_table_unref (self->table);
  g_free (self);
}

/**
 * tfv_trace_get_n_spans:
 * @self: a trace
 *
 * Returns: the number of spans on all lanes
 */
gsize
tfv_trace_get_n_spans (TfvTrace *self)
{
  return self->n_spans;
}

/**
 * tfv_trace_get_time_range:
 * @self: a trace
 * @start_ns: (out) (optional): when the first span begins
 * @end_ns: (out) (optional): when the last span to end ends
 *
 * Gives the time that the trace covers, in nanoseconds of the span clock.
 *
 * Returns: whether there are spans; where there are none both times are 0
 */
gboolean
tfv_trace_get_time_range (TfvTrace *self, gint64 *start_ns, gint64 *end_ns)
{
  gint64 first_ns = 0;
  gint64 last_ns = 0;

  for (guint i = 0; i < self->devices->len; i++)
    {
      const TfvTraceDevice *device = &g_array_index (self->devices, TfvTraceDevice, i);

      first_ns = i == 0 ? device->start_ns : MIN (first_ns, device->start_ns);
      last_ns = i == 0 ? device->end_ns : MAX (last_ns, device->end_ns);
    }
  if (start_ns)
    *start_ns = first_ns;
  if (end_ns)
    *end_ns = last_ns;
  return self->devices->len > 0;
}

/**
 * tfv_trace_get_devices:
 * @self: a trace
 * @n_devices: (out): number of devices
 *
 * Gives the devices that have spans, ordered by name, numbers in names by
 * their value.
 *
 * Returns: (transfer none) (array length=n_devices): the devices
 */
const TfvTraceDevice *
tfv_trace_get_devices (TfvTrace *self, guint *n_devices)
{
  *n_devices = self->devices->len;
  return (const TfvTraceDevice *) (gpointer) self->devices->data;
}

/**
 * tfv_trace_get_lanes:
 * @self: a trace
 * @n_lanes: (out): number of lanes
 *
 * Gives the lanes that have spans, device after device, ordered by name. The
 * first call takes time and memory in proportion to the spans.
 *
 * Returns: (transfer none) (array length=n_lanes): the lanes
 */
const TfvTraceLane *
tfv_trace_get_lanes (TfvTrace *self, guint *n_lanes)
{
  if (g_once_init_enter (&self->has_spans))
    {
      place_spans (self);
      g_once_init_leave (&self->has_spans, 1);
    }
  *n_lanes = self->lanes->len;
  return (const TfvTraceLane *) (gpointer) self->lanes->data;
}

/**
 * tfv_trace_get_string:
 * @self: a trace
 * @id: an id out of a span: its name, category or op
 *
 * Returns: (transfer none): what the id names, empty where it names nothing
 */
const char *
tfv_trace_get_string (TfvTrace *self, guint32 id)
{
  const char *string = id == 0 ? NULL : tfv_span_table_get_string (self->table, id, NULL, NULL);

  return string ? string : "";
}
