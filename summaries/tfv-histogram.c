/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-histogram-private.h"

#include <math.h>
#include <stdlib.h>

#include "summaries/tfv-array.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-summary-payload-private.h"

/* Fields of a HistogramProto. */
enum
{
  HISTO_MIN = 1,
  HISTO_MAX = 2,
  HISTO_NUM = 3,
  HISTO_SUM = 4,
  HISTO_SUM_SQUARES = 5,
  HISTO_BUCKET_LIMIT = 6,
  HISTO_BUCKET = 7,
};

/* Values of whole numbers get a bucket each while they span no more than this. */
#define MAX_INTEGER_SPAN 127

/* The middle of the values gets buckets of one width; beyond, each is at least
   twice as wide as the one before it. Where the middle is a point, widths begin at
   a millionth of the whole. */
#define N_MIDDLE_BUCKETS 64
#define MIDDLE_QUANTILE 0.01
#define MAX_SAMPLE 4096
#define MAX_WIDENINGS 24
#define POINT_SCALE_BITS 20
#define MAX_EDGES (N_MIDDLE_BUCKETS + 2 * MAX_WIDENINGS + 3)

G_DEFINE_BOXED_TYPE (TfvHistogram, tfv_histogram, tfv_histogram_ref, tfv_histogram_unref)

static void
clear_histogram (gpointer data)
{
  TfvHistogram *self = data;

  g_free (self->buckets);
}

/**
 * tfv_histogram_ref:
 * @self: a histogram
 *
 * Takes a reference. Any thread.
 *
 * Returns: (transfer full): @self
 */
TfvHistogram *
tfv_histogram_ref (TfvHistogram *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * tfv_histogram_unref:
 * @self: (transfer full): a histogram
 *
 * Gives a reference back. Any thread.
 */
void
tfv_histogram_unref (TfvHistogram *self)
{
  g_atomic_rc_box_release_full (self, clear_histogram);
}

/**
 * tfv_histogram_get_bucket:
 * @self: a histogram
 * @index: which bucket, below the histogram's `n_buckets`
 * @left: (out) (optional): where it begins
 * @right: (out) (optional): where it ends
 * @count: (out) (optional): how many values fell into it
 *
 * One bucket, for languages that can't read @self's array of them. Any thread.
 */
void
tfv_histogram_get_bucket (TfvHistogram *self, guint index, double *left, double *right, double *count)
{
  g_return_if_fail (self != NULL && index < self->n_buckets);

  if (left != NULL)
    *left = self->buckets[index].left;
  if (right != NULL)
    *right = self->buckets[index].right;
  if (count != NULL)
    *count = self->buckets[index].count;
}

static TfvHistogram *
new_histogram (gsize n_buckets)
{
  TfvHistogram *self = g_atomic_rc_box_new0 (TfvHistogram);

  self->buckets = g_new0 (TfvHistogramBucket, n_buckets);
  self->n_buckets = (guint) n_buckets;
  return self;
}

/* Takes the finite values in. Whether all are whole numbers. */
static gboolean
measure (TfvHistogram *self, const double *values, gsize n_values)
{
  gboolean is_whole = TRUE;

  for (gsize i = 0; i < n_values; i++)
    {
      double value = values[i];

      if (!isfinite (value))
        continue;
      self->min = self->count == 0 ? value : fmin (self->min, value);
      self->max = self->count == 0 ? value : fmax (self->max, value);
      self->sum += value;
      self->sum_squares += value * value;
      self->count++;
      is_whole = is_whole && value == rint (value);
    }
  return is_whole;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double left = *(const double *) a, right = *(const double *) b;

  return (left > right) - (left < right);
}

/* Where the middle of the values begins and ends, by values taken evenly. */
static void
find_middle (const double *values, gsize n_values, double *left, double *right)
{
  g_autofree double *sample = g_new (double, MAX_SAMPLE);
  gsize              n_sample = 0;
  gsize              stride = n_values / MAX_SAMPLE + 1;

  for (gsize i = 0; i < n_values; i += stride)
    if (isfinite (values[i]))
      sample[n_sample++] = values[i];
  if (n_sample == 0)
    return;
  qsort (sample, n_sample, sizeof *sample, compare_doubles);
  *left = sample[(gsize) (MIDDLE_QUANTILE * (double) (n_sample - 1))];
  *right = sample[n_sample - 1 - (gsize) (MIDDLE_QUANTILE * (double) (n_sample - 1))];
}

/* Puts edges from @from on outwards to @end, ever farther apart: twice as far each
   time, or more where that would not reach the end. Distances are halved, for that
   between two numbers may be none itself. */
static guint
widen (double from, double end, double width, double *edges)
{
  double factor = fmax (2, pow (fabs (end / 2 - from / 2) / (width / 2), 1.0 / (MAX_WIDENINGS - 2)));
  guint  n_edges = 0;

  while (from != end)
    {
      width *= factor;
      if (n_edges == MAX_WIDENINGS - 1 || !(fabs (end / 2 - from / 2) > 0.75 * width))
        from = end;
      else
        from += end > from ? width : -width;
      edges[n_edges++] = from;
    }
  return n_edges;
}

/* Numbers that are too near to each other leave no room between edges. */
static guint
drop_empty_buckets (double *edges, guint n_edges)
{
  guint n_kept = 1;

  for (guint i = 1; i < n_edges; i++)
    if (edges[i] > edges[n_kept - 1])
      edges[n_kept++] = edges[i];
  return n_kept;
}

/* The edges of the buckets, from the smallest value to the greatest. */
static guint
choose_edges (const TfvHistogram *self, const double *values, gsize n_values, double *edges)
{
  double left = self->min, right = self->max, width;
  double outer[MAX_WIDENINGS];
  guint  n_edges = 0;

  find_middle (values, n_values, &left, &right);
  width = right / N_MIDDLE_BUCKETS - left / N_MIDDLE_BUCKETS;
  /* Most values may be the same one. */
  if (right == left)
    width = ldexp (self->max / 2 - self->min / 2, 1 - POINT_SCALE_BITS);

  for (guint i = widen (left, self->min, width, outer); i > 0; i--)
    edges[n_edges++] = outer[i - 1];
  edges[n_edges++] = left;
  for (guint i = 1; right > left && i <= N_MIDDLE_BUCKETS; i++)
    {
      double part = (double) i / N_MIDDLE_BUCKETS;

      edges[n_edges++] = i == N_MIDDLE_BUCKETS ? right : left * (1 - part) + right * part;
    }
  n_edges += widen (right, self->max, width, edges + n_edges);
  return drop_empty_buckets (edges, n_edges);
}

/* As many edges for whole numbers that each falls into a bucket of its own. */
static guint
choose_integer_edges (const TfvHistogram *self, double *edges)
{
  guint n_buckets = (guint) (self->max - self->min) + 1;

  for (guint i = 0; i <= n_buckets; i++)
    edges[i] = i == n_buckets ? self->max : self->min + (self->max - self->min) * i / n_buckets;
  return n_buckets + 1;
}

static guint
find_bucket (const double *edges, guint n_buckets, double value)
{
  guint low = 0, high = n_buckets;

  while (high - low > 1)
    {
      guint middle = (low + high) / 2;

      if (value >= edges[middle])
        low = middle;
      else
        high = middle;
    }
  return low;
}

/**
 * tfv_histogram_new_for_values:
 * @values: (array length=n_values): the values
 * @n_values: how many there are
 *
 * Counts values into buckets that suit them. Values that all are whole numbers
 * and span at most 127 get a bucket each. Otherwise the middle 98 % of the values
 * share 64 buckets of one width, so that values far from zero are told apart, and
 * what lies outside gets at most 24 buckets on each side, each at least twice as
 * wide as the one nearer to the middle, so that a few outliers neither flatten the rest nor are cut off. The
 * first bucket begins at the smallest value and the last one ends at the greatest,
 * which it contains. NaN and infinities are not counted. Any thread.
 *
 * Returns: (transfer full): the histogram; without buckets where no value is finite
 */
TfvHistogram *
tfv_histogram_new_for_values (const double *values, gsize n_values)
{
  TfvHistogram *self = new_histogram (0);
  double        edges[MAX (MAX_EDGES, MAX_INTEGER_SPAN + 2)];
  gboolean      is_whole;
  guint         n_edges;

  g_return_val_if_fail (values != NULL || n_values == 0, self);

  is_whole = measure (self, values, n_values);
  if (self->count == 0)
    return self;

  if (self->min == self->max)
    {
      edges[0] = edges[1] = self->min;
      n_edges = 2;
    }
  else if (is_whole && self->max - self->min <= MAX_INTEGER_SPAN)
    n_edges = choose_integer_edges (self, edges);
  else
    n_edges = choose_edges (self, values, n_values, edges);

  g_free (self->buckets);
  self->n_buckets = n_edges - 1;
  self->buckets = g_new0 (TfvHistogramBucket, self->n_buckets);
  for (guint i = 0; i < self->n_buckets; i++)
    self->buckets[i] = (TfvHistogramBucket){ edges[i], edges[i + 1], 0 };
  for (gsize i = 0; i < n_values; i++)
    if (isfinite (values[i]))
      self->buckets[find_bucket (edges, self->n_buckets, values[i])].count++;

  return self;
}

static void
fail (GError **error, const char *what)
{
  g_set_error_literal (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, what);
}

/* A repeated double, packed or not. */
static void
take_doubles (const TfvWireField *field, GArray *values)
{
  TfvWire packed;
  guint64 bits;
  double  value;

  if (field->type == TFV_WIRE_FIXED64)
    {
      value = tfv_wire_double (field->value);
      g_array_append_val (values, value);
    }
  if (field->type != TFV_WIRE_BYTES)
    return;
  packed = tfv_wire_init (field->bytes);
  while (packed.at < packed.end && tfv_wire_read_fixed (&packed, sizeof bits, &bits))
    {
      value = tfv_wire_double (bits);
      g_array_append_val (values, value);
    }
}

/* TensorFlow 1 tells the right edges only, and has buckets without values on both
   ends, out to ±1e308: those are left out, and the outermost edges are the smallest
   and the greatest value. So does TensorBoard. */
static TfvHistogram *
from_limits (const TfvHistogram *numbers, const double *limits, const double *counts, guint n_buckets)
{
  TfvHistogram *self;
  guint         start = 0, end = n_buckets;

  while (start < end && !(counts[start] > 0))
    start++;
  while (end > start && !(counts[end - 1] > 0))
    end--;

  self = new_histogram (end - start);
  self->min = numbers->min;
  self->max = numbers->max;
  self->count = numbers->count;
  self->sum = numbers->sum;
  self->sum_squares = numbers->sum_squares;
  for (guint i = start; i < end; i++)
    self->buckets[i - start] = (TfvHistogramBucket){
      .left = i == start ? numbers->min : limits[i - 1],
      .right = i == end - 1 ? numbers->max : limits[i],
      .count = counts[i],
    };
  return self;
}

static TfvHistogram *
decode_proto (TfvSlice message, GError **error)
{
  TfvWire            wire = tfv_wire_init (message);
  g_autoptr (GArray) limits = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) counts = g_array_new (FALSE, FALSE, sizeof (double));
  TfvHistogram       numbers = { 0 };
  TfvWireField       field;

  while (tfv_wire_next (&wire, &field))
    {
      double value = field.type == TFV_WIRE_FIXED64 ? tfv_wire_double (field.value) : 0;

      if (field.number == HISTO_MIN)
        numbers.min = value;
      else if (field.number == HISTO_MAX)
        numbers.max = value;
      else if (field.number == HISTO_NUM)
        numbers.count = value;
      else if (field.number == HISTO_SUM)
        numbers.sum = value;
      else if (field.number == HISTO_SUM_SQUARES)
        numbers.sum_squares = value;
      else if (field.number == HISTO_BUCKET_LIMIT)
        take_doubles (&field, limits);
      else if (field.number == HISTO_BUCKET)
        take_doubles (&field, counts);
    }
  if (wire.is_bad)
    {
      fail (error, "a histogram that is no whole message");
      return NULL;
    }
  if (limits->len != counts->len)
    {
      fail (error, "a histogram with another number of limits than of counts");
      return NULL;
    }
  return from_limits (&numbers, (const double *) (gpointer) limits->data, (const double *) (gpointer) counts->data, counts->len);
}

/* A tensor of shape [k, 3]: left edge, right edge, count. */
static TfvHistogram *
decode_tensor (GBytes *record, GError **error)
{
  g_autoptr (TfvArray) array = tfv_array_decode (record, error);
  TfvHistogram        *self;
  gsize                n_buckets;
  gboolean             has_values = FALSE;

  if (array == NULL)
    return NULL;
  if (array->n_elements % 3 != 0 || array->n_elements / 3 > G_MAXUINT ||
      (array->n_elements > 0 && (array->n_dimensions != 2 || array->dimensions[1] != 3)))
    {
      fail (error, "a histogram that is no tensor of rows of three numbers");
      return NULL;
    }

  n_buckets = array->n_elements / 3;
  self = new_histogram (n_buckets);
  self->sum = self->sum_squares = NAN;
  for (gsize i = 0; i < n_buckets; i++)
    {
      TfvHistogramBucket *bucket = &self->buckets[i];

      bucket->left = tfv_array_get_double (array, i * 3);
      bucket->right = tfv_array_get_double (array, i * 3 + 1);
      bucket->count = tfv_array_get_double (array, i * 3 + 2);
      self->count += bucket->count;
      if (!(bucket->count > 0))
        continue;
      self->min = has_values ? fmin (self->min, bucket->left) : bucket->left;
      self->max = has_values ? fmax (self->max, bucket->right) : bucket->right;
      has_values = TRUE;
    }
  return self;
}

/**
 * tfv_histogram_decode:
 * @record: a record as [method@Tfv.Tag.read_record] gives it, of a tag of kind
 *   %TFV_RECORD_HISTOGRAM; or a `HistogramProto` or a `TensorProto`
 * @error: return location for a [error@Tfv.StoreError]
 *
 * Reads a histogram, of TensorFlow 1 or 2 or of ours. Any thread.
 *
 * Returns: (transfer full): the histogram, or %NULL when the record is damaged
 */
TfvHistogram *
tfv_histogram_decode (GBytes *record, GError **error)
{
  TfvSummaryPayload payload;

  g_return_val_if_fail (record != NULL, NULL);

  if (tfv_summary_payload_parse (record, TFV_VALUE_HISTOGRAM, &payload))
    {
      if (payload.kind == TFV_VALUE_HISTOGRAM)
        return decode_proto (payload.bytes, error);
      if (payload.kind == TFV_VALUE_TENSOR)
        return decode_tensor (record, error);
    }

  fail (error, "a record without a histogram");
  return NULL;
}

/* A HistogramProto of the histogram. */
GByteArray *
tfv_histogram_encode (const TfvHistogram *self, gsize n_buckets, const double *limits, const double *counts)
{
  GByteArray *proto = g_byte_array_new ();

  tfv_message_add_double (proto, HISTO_MIN, self->min);
  tfv_message_add_double (proto, HISTO_MAX, self->max);
  tfv_message_add_double (proto, HISTO_NUM, self->count);
  tfv_message_add_double (proto, HISTO_SUM, self->sum);
  tfv_message_add_double (proto, HISTO_SUM_SQUARES, self->sum_squares);
  tfv_message_add_doubles (proto, HISTO_BUCKET_LIMIT, limits, n_buckets);
  tfv_message_add_doubles (proto, HISTO_BUCKET, counts, n_buckets);
  return proto;
}
