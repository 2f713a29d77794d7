/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "summaries/formats/message-builder-private.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-histogram.h"

/* Every value is in one bucket, buckets touch, and the outermost edges are values. */
static void
assert_sound (const TfvHistogram *histogram)
{
  double count = 0;

  for (guint i = 0; i < histogram->n_buckets; i++)
    {
      count += histogram->buckets[i].count;
      if (i > 0)
        {
          g_assert_cmpfloat (histogram->buckets[i].left, ==, histogram->buckets[i - 1].right);
          g_assert_cmpfloat (histogram->buckets[i].left, <, histogram->buckets[i].right);
        }
    }
  g_assert_cmpfloat (count, ==, histogram->count);
  g_assert_cmpuint (histogram->n_buckets, >, 0);
  g_assert_cmpuint (histogram->n_buckets, <=, 128);
  g_assert_cmpfloat (histogram->buckets[0].left, ==, histogram->min);
  g_assert_cmpfloat (histogram->buckets[histogram->n_buckets - 1].right, ==, histogram->max);
}

static double
normal (GRand *random)
{
  double sum = -6;

  for (guint i = 0; i < 12; i++)
    sum += g_rand_double (random);
  return sum;
}

static void
test_bins_whatever_comes (void)
{
  g_autoptr (GRand)  random = g_rand_new_with_seed (7);
  const double       scales[] = { 1e-310, 1e-20, 1, 1e20, 2.5e307 };
  const double       shifts[] = { 0, 1, -1e6, 1e307 };
  g_autofree double *values = g_new (double, 10000);

  for (guint i = 0; i < G_N_ELEMENTS (scales) * G_N_ELEMENTS (shifts); i++)
    {
      g_autoptr (TfvHistogram) histogram = NULL;

      for (guint j = 0; j < 10000; j++)
        values[j] = normal (random) * scales[i % 5] + shifts[i / 5];
      histogram = tfv_histogram_new_for_values (values, 10000);
      assert_sound (histogram);
      g_assert_cmpfloat (histogram->count, ==, 10000);
    }
}

/* Weights around 100 and some far away: both the bell and the outliers show. */
static void
test_outliers_do_not_flatten_the_rest (void)
{
  g_autoptr (GRand)        random = g_rand_new_with_seed (8);
  g_autofree double       *values = g_new (double, 10000);
  g_autoptr (TfvHistogram) histogram = NULL;
  guint                    n_filled = 0;

  for (guint i = 0; i < 10000; i++)
    values[i] = i == 5000 ? 1e9 : 100 + normal (random);
  histogram = tfv_histogram_new_for_values (values, 10000);
  assert_sound (histogram);
  g_assert_cmpfloat (histogram->buckets[histogram->n_buckets - 1].count, ==, 1);
  for (guint i = 0; i < histogram->n_buckets; i++)
    n_filled += histogram->buckets[i].count > 50 && histogram->buckets[i].right < 105;
  g_assert_cmpuint (n_filled, >, 20);
}

/* Nearly all are zero, as after a ReLU: the others are told apart nevertheless. */
static void
test_a_point_leaves_room_for_the_rest (void)
{
  double                   values[1000] = { 0 };
  g_autoptr (TfvHistogram) histogram = NULL;

  values[17] = 0.001;
  values[18] = 1.5;
  histogram = tfv_histogram_new_for_values (values, G_N_ELEMENTS (values));
  assert_sound (histogram);
  g_assert_cmpfloat (histogram->buckets[0].count, ==, 998);
  g_assert_cmpfloat (histogram->buckets[histogram->n_buckets - 1].count, ==, 1);
}

static void
test_small_integers_have_buckets_of_their_own (void)
{
  const double             values[] = { 9, 0, 3, 3, 9, 9 };
  g_autoptr (TfvHistogram) histogram = tfv_histogram_new_for_values (values, G_N_ELEMENTS (values));

  assert_sound (histogram);
  g_assert_cmpuint (histogram->n_buckets, ==, 10);
  g_assert_cmpfloat (histogram->buckets[0].count, ==, 1);
  g_assert_cmpfloat (histogram->buckets[3].count, ==, 2);
  g_assert_cmpfloat (histogram->buckets[9].count, ==, 3);
}

static void
test_what_is_not_finite_is_not_counted (void)
{
  const double             values[] = { NAN, INFINITY, 2, -INFINITY };
  g_autoptr (TfvHistogram) some = tfv_histogram_new_for_values (values, G_N_ELEMENTS (values));
  g_autoptr (TfvHistogram) none = tfv_histogram_new_for_values (values, 2);

  assert_sound (some);
  g_assert_cmpfloat (some->count, ==, 1);
  g_assert_cmpfloat (some->sum_squares, ==, 4);
  g_assert_cmpuint (none->n_buckets, ==, 0);
  g_assert_cmpfloat (none->count, ==, 0);
}

/* PyTorch's: an empty bucket in front, empty ones behind. */
static void
test_reads_both_forms_alike (void)
{
  const double             limits[] = { -1e12, 0.5, 1.5, 1e20 };
  const double             counts[] = { 0, 3, 4, 0 };
  const double             rows[] = { 0.25, 0.5, 3, 0.5, 1.25, 4 };
  const gint64             dimensions[] = { 2, 3 };
  GByteArray              *proto = g_byte_array_new ();
  GByteArray              *content = g_byte_array_new ();
  GByteArray              *tensor = tfv_message_new_tensor (2, 2, dimensions);
  g_autoptr (GBytes)       old_bytes = NULL;
  g_autoptr (GBytes)       new_bytes = NULL;
  g_autoptr (TfvHistogram) old = NULL;
  g_autoptr (TfvHistogram) new = NULL;
  g_autoptr (GError) error = NULL;

  tfv_message_add_double (proto, 1, 0.25);
  tfv_message_add_double (proto, 2, 1.25);
  tfv_message_add_double (proto, 3, 7);
  tfv_message_add_doubles (proto, 6, limits, 4);
  for (guint i = 0; i < 4; i++)
    tfv_message_add_double (proto, 7, counts[i]);
  tfv_message_append_doubles (content, rows, 6);
  tfv_message_add_message (tensor, 4, content);
  old_bytes = g_byte_array_free_to_bytes (proto);
  new_bytes = g_byte_array_free_to_bytes (tensor);

  old = tfv_histogram_decode (old_bytes, &error);
  g_assert_no_error (error);
  new = tfv_histogram_decode (new_bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (old->n_buckets, ==, 2);
  g_assert_cmpuint (new->n_buckets, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpfloat (old->buckets[i].left, ==, new->buckets[i].left);
      g_assert_cmpfloat (old->buckets[i].right, ==, new->buckets[i].right);
      g_assert_cmpfloat (old->buckets[i].count, ==, new->buckets[i].count);
    }
  g_assert_cmpfloat (new->count, ==, 7);
  g_assert_cmpfloat (new->min, ==, 0.25);
  g_assert_true (isnan (new->sum));
}

static void
test_damage_is_told (void)
{
  const gint64       dimensions[] = { 2, 2 };
  const double       limit = 1;
  GByteArray        *uneven = g_byte_array_new ();
  g_autoptr (GBytes) uneven_bytes = NULL;
  g_autoptr (GBytes) tensor_bytes = g_byte_array_free_to_bytes (tfv_message_new_tensor (2, 2, dimensions));
  g_autoptr (GError) error = NULL;

  tfv_message_add_double (uneven, 3, 1);
  tfv_message_add_doubles (uneven, 6, &limit, 1);
  uneven_bytes = g_byte_array_free_to_bytes (uneven);
  g_assert_null (tfv_histogram_decode (uneven_bytes, &error));
  g_assert_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_null (tfv_histogram_decode (tensor_bytes, &error));
  g_assert_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/summaries/records/histogram/bins-whatever-comes", test_bins_whatever_comes);
  g_test_add_func ("/summaries/records/histogram/outliers-do-not-flatten-the-rest", test_outliers_do_not_flatten_the_rest);
  g_test_add_func ("/summaries/records/histogram/a-point-leaves-room-for-the-rest", test_a_point_leaves_room_for_the_rest);
  g_test_add_func ("/summaries/records/histogram/small-integers-have-buckets-of-their-own", test_small_integers_have_buckets_of_their_own);
  g_test_add_func ("/summaries/records/histogram/what-is-not-finite-is-not-counted", test_what_is_not_finite_is_not_counted);
  g_test_add_func ("/summaries/records/histogram/reads-both-forms-alike", test_reads_both_forms_alike);
  g_test_add_func ("/summaries/records/histogram/damage-is-told", test_damage_is_told);

  return g_test_run ();
}
