/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-exponential-buckets.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* TensorFlow's buckets: each ends a tenth further from 0 than the one beside it, from
 * 1e-12 to 1e20; the outermost hold all beyond. They are the same on both sides of 0. */
#define FIRST_LIMIT 1e-12
#define LAST_LIMIT 1e20
#define GROWTH 1.1
#define N_POSITIVE 775
#define N_LIMITS (2 * N_POSITIVE + 1)

/* Where to look for a number: its exponent and four bits more tell. In so small a piece
 * of the line no two limits lie. */
#define CELL_SHIFT 48
#define N_CELLS (1u << (63 - CELL_SHIFT))

#define CONVERTED_AT_ONCE 1024

typedef struct
{
  double  limits[N_LIMITS + 1]; /* and infinity */
  guint16 cells[N_CELLS];       /* positive limits below the least number of the cell */
} Buckets;

static guint64
get_bits (double value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  return bits;
}

static double
from_bits (guint64 bits)
{
  double value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

static Buckets *
make_buckets (void)
{
  Buckets *self = g_new0 (Buckets, 1);
  double  *positive = self->limits + N_POSITIVE + 1;
  guint    n = 0;

  for (double limit = FIRST_LIMIT; limit < LAST_LIMIT; limit *= GROWTH)
    positive[n++] = limit;
  positive[n++] = DBL_MAX;
  g_assert (n == N_POSITIVE);
  positive[n] = INFINITY;
  for (guint i = 0; i < N_POSITIVE; i++)
    self->limits[i] = -positive[N_POSITIVE - 1 - i];

  n = 0;
  for (guint i = 0; i < N_CELLS; i++)
    {
      double least = from_bits ((guint64) i << CELL_SHIFT);

      while (n < N_POSITIVE && positive[n] < least)
        n++;
      self->cells[i] = (guint16) n;
      g_assert (i + 1 == N_CELLS || n >= N_POSITIVE - 1 || positive[n + 1] >= from_bits ((guint64) (i + 1) << CELL_SHIFT));
    }
  return self;
}

static const Buckets *
get_buckets (void)
{
  static gsize buckets = 0;

  if (g_once_init_enter (&buckets))
    g_once_init_leave (&buckets, (gsize) make_buckets ());
  return (const Buckets *) buckets;
}

/* The first limit that is greater than the value, which is a number. Without branches:
 * there is no telling which side of 0, or of the limit in its cell, the next one is on. */
static inline guint
find (const Buckets *self, double value)
{
  const double *positive = self->limits + N_POSITIVE + 1;
  double        magnitude = fabs (value);
  guint         is_negative = value < 0;
  guint         n = self->cells[get_bits (magnitude) >> CELL_SHIFT];

  n += (positive[n] < magnitude) | ((positive[n] == magnitude) & !is_negative);
  n = N_POSITIVE + (is_negative ? -n : n + 1);
  return MIN (n, N_LIMITS - 1);
}

/**
 * tfv_exponential_buckets_get_limits: (skip)
 * @n_limits: (out): how many there are
 *
 * Where TensorFlow's buckets of histograms end, ascending, from the least number to the
 * greatest there is. Any thread.
 *
 * Returns: (transfer none): the ends
 */
const double *
tfv_exponential_buckets_get_limits (guint *n_limits)
{
  *n_limits = N_LIMITS;
  return get_buckets ()->limits;
}

/**
 * tfv_exponential_buckets_count: (skip)
 * @values: the values; what is not a number is passed over
 * @n_values: how many there are
 * @counts: as many counts as there are limits, to be added to
 *
 * Counts values into TensorFlow's buckets. A value that is the end of a bucket belongs to
 * the next one. Any thread.
 */
void
tfv_exponential_buckets_count (const double *values, gsize n_values, guint64 *counts)
{
  const Buckets *self = get_buckets ();

  for (gsize i = 0; i < n_values; i++)
    if (G_LIKELY (!isnan (values[i])))
      counts[find (self, values[i])]++;
}

/**
 * tfv_exponential_buckets_count_bytes:
 * @values: float32 or float64 numbers, as the machine has them
 * @is_float32: which of both they are
 *
 * Counts values into TensorFlow's buckets, which end at ±1e-12 · 1.1ⁿ below 1e20, at 0, and
 * at the greatest number there is and at its negative. What is not a number is passed over.
 * Takes some nanoseconds a value. Any thread.
 *
 * Returns: (transfer full): the counts from the leftmost bucket to the rightmost, uint64 as
 *   the machine has them
 */
GBytes *
tfv_exponential_buckets_count_bytes (GBytes *values, gboolean is_float32)
{
  guint64 *counts = g_new0 (guint64, N_LIMITS);
  gsize    n_bytes;
  gsize    n;
  double   wide[CONVERTED_AT_ONCE];

  g_return_val_if_fail (values != NULL, NULL);

  gconstpointer data = g_bytes_get_data (values, &n_bytes);

  if (!is_float32)
    {
      tfv_exponential_buckets_count (data, n_bytes / sizeof (double), counts);
      return g_bytes_new_take (counts, N_LIMITS * sizeof *counts);
    }
  n = n_bytes / sizeof (float);
  for (gsize first = 0; first < n; first += CONVERTED_AT_ONCE)
    {
      gsize n_piece = MIN (n - first, CONVERTED_AT_ONCE);

      for (gsize i = 0; i < n_piece; i++)
        wide[i] = ((const float *) data)[first + i];
      tfv_exponential_buckets_count (wide, n_piece, counts);
    }
  return g_bytes_new_take (counts, N_LIMITS * sizeof *counts);
}
