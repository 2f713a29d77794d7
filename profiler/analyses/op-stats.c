/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "profiler/tfv-analysis.h"

/* Which names take the time, on which device? The times of a name are summed
 * span by span: spans of one name that overlap count twice, as in other
 * profilers' tables of operations. How long a device was busy is what
 * utilization answers. */

enum
{
  COLUMN_NAME,
  COLUMN_DEVICE,
  COLUMN_COUNT,
  COLUMN_TOTAL_NS,
  COLUMN_MEAN_NS,
  COLUMN_P50_NS,
  COLUMN_P95_NS,
  COLUMN_SIGMA_NS,
  N_COLUMNS,
};

static const TfvColumn columns[N_COLUMNS] = {
  [COLUMN_NAME] = { "name", TFV_COLUMN_STRING, "name of the spans" },
  [COLUMN_DEVICE] = { "device", TFV_COLUMN_STRING, "device that they were on" },
  [COLUMN_COUNT] = { "count", TFV_COLUMN_INTEGER, "number of spans" },
  [COLUMN_TOTAL_NS] = { "total_ns", TFV_COLUMN_DURATION_NS, "sum of their durations" },
  [COLUMN_MEAN_NS] = { "mean_ns", TFV_COLUMN_DOUBLE, "mean duration" },
  [COLUMN_P50_NS] = { "p50_ns", TFV_COLUMN_DOUBLE, "median duration" },
  [COLUMN_P95_NS] = { "p95_ns", TFV_COLUMN_DOUBLE, "duration that 95 % of them do not exceed, interpolated" },
  [COLUMN_SIGMA_NS] = { "sigma_ns", TFV_COLUMN_DOUBLE, "standard deviation of the duration, of a sample; 0 for one span" },
};

typedef struct
{
  guint32 name;
  guint   device;
  gint64  total_ns;
  GArray *durations_ns; /* gint64, sorted once all are there */
} Group;

static void
group_free (gpointer data)
{
  Group *group = data;

  g_array_unref (group->durations_ns);
  g_free (group);
}

static guint
group_hash (gconstpointer data)
{
  const Group *group = data;

  return group->name * 31 + group->device;
}

static gboolean
group_equal (gconstpointer a, gconstpointer b)
{
  const Group *left = a;
  const Group *right = b;

  return left->name == right->name && left->device == right->device;
}

/* The longest total first; then by name and device, so that the table of a
 * trace is always the same. */
static int
compare_groups (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Group *left = *(Group *const *) a;
  const Group *right = *(Group *const *) b;
  TfvTrace    *trace = user_data;
  int          order;

  if (left->total_ns != right->total_ns)
    return left->total_ns > right->total_ns ? -1 : 1;
  order = g_strcmp0 (tfv_trace_get_string (trace, left->name), tfv_trace_get_string (trace, right->name));
  return order != 0 ? order : (int) left->device - (int) right->device;
}

static int
compare_durations (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *) a;
  gint64 right = *(const gint64 *) b;

  return left < right ? -1 : left > right;
}

/* The quantile between the two nearest durations, as numpy and pandas give it. */
static double
quantile_ns (GArray *sorted, double quantile)
{
  double place = quantile * (sorted->len - 1);
  guint  below = (guint) place;
  guint  above = MIN (below + 1, sorted->len - 1);
  double low = (double) g_array_index (sorted, gint64, below);
  double high = (double) g_array_index (sorted, gint64, above);

  return low + (high - low) * (place - below);
}

static double
sigma_ns (GArray *durations, double mean_ns)
{
  double sum = 0;

  if (durations->len < 2)
    return 0;
  for (guint i = 0; i < durations->len; i++)
    {
      double off_ns = (double) g_array_index (durations, gint64, i) - mean_ns;

      sum += off_ns * off_ns;
    }
  return sqrt (sum / (durations->len - 1));
}

static GPtrArray *
collect_groups (TfvTrace *trace)
{
  g_autoptr (GHashTable) groups = g_hash_table_new (group_hash, group_equal);
  GPtrArray             *list = g_ptr_array_new_with_free_func (group_free);
  guint                  n_lanes;
  const TfvTraceLane    *lanes = tfv_trace_get_lanes (trace, &n_lanes);

  for (guint i = 0; i < n_lanes; i++)
    for (gsize j = 0; j < lanes[i].n_spans; j++)
      {
        const TfvSpan *span = &lanes[i].spans[j];
        Group          key = { .name = span->name, .device = lanes[i].device };
        Group         *group = g_hash_table_lookup (groups, &key);
        gint64         duration_ns = span->duration_ns;

        if (group == NULL)
          {
            group = g_memdup2 (&key, sizeof key);
            group->durations_ns = g_array_new (FALSE, FALSE, sizeof (gint64));
            g_hash_table_add (groups, group);
            g_ptr_array_add (list, group);
          }
        group->total_ns += MIN (duration_ns, G_MAXINT64 - group->total_ns);
        g_array_append_val (group->durations_ns, duration_ns);
      }
  return list;
}

static void
compute (TfvTrace *trace, TfvTable *table)
{
  g_autoptr (GPtrArray) groups = collect_groups (trace);
  guint                 n_devices;
  const TfvTraceDevice *devices = tfv_trace_get_devices (trace, &n_devices);

  g_ptr_array_sort_with_data (groups, compare_groups, trace);
  for (guint i = 0; i < groups->len; i++)
    {
      Group *group = g_ptr_array_index (groups, i);
      guint  row = tfv_table_add_row (table);
      double mean_ns = (double) group->total_ns / group->durations_ns->len;

      g_array_sort (group->durations_ns, compare_durations);
      tfv_table_set_string (table, row, COLUMN_NAME, tfv_trace_get_string (trace, group->name));
      tfv_table_set_string (table, row, COLUMN_DEVICE, devices[group->device].name);
      tfv_table_set_integer (table, row, COLUMN_COUNT, group->durations_ns->len);
      tfv_table_set_integer (table, row, COLUMN_TOTAL_NS, group->total_ns);
      tfv_table_set_double (table, row, COLUMN_MEAN_NS, mean_ns);
      tfv_table_set_double (table, row, COLUMN_P50_NS, quantile_ns (group->durations_ns, 0.50));
      tfv_table_set_double (table, row, COLUMN_P95_NS, quantile_ns (group->durations_ns, 0.95));
      tfv_table_set_double (table, row, COLUMN_SIGMA_NS, sigma_ns (group->durations_ns, mean_ns));
    }
}

const TfvAnalysis tfv_analysis_op_stats = {
  .name = "op-stats",
  .title = "Time by operation",
  .columns = columns,
  .n_columns = N_COLUMNS,
  .compute = compute,
};
