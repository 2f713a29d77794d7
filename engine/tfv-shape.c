/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-shape.h"

#include <string.h>

/**
 * tfv_shape_scalar: (skip)
 *
 * Returns: the shape of a single number: no dimensions
 */
TfvShape
tfv_shape_scalar (void)
{
  return (TfvShape){ .rank = 0 };
}

/**
 * tfv_shape_unknown: (skip)
 *
 * Returns: a shape of which nothing is known
 */
TfvShape
tfv_shape_unknown (void)
{
  return (TfvShape){ .rank = -1 };
}

/**
 * tfv_shape_unknown_of_rank: (skip)
 * @rank: 0 to %TFV_SHAPE_MAX_RANK
 *
 * Returns: a shape of which only the rank is known
 */
TfvShape
tfv_shape_unknown_of_rank (int rank)
{
  TfvShape shape = { .rank = rank };

  g_return_val_if_fail (rank >= 0 && rank <= TFV_SHAPE_MAX_RANK, tfv_shape_unknown ());

  for (int i = 0; i < rank; i++)
    shape.dims[i] = -1;
  return shape;
}

/**
 * tfv_shape_from_dims: (skip)
 * @rank: number of dimensions, 0 to %TFV_SHAPE_MAX_RANK
 * @dims: (array length=rank): their sizes; any negative one is unknown
 *
 * Returns: the shape
 */
TfvShape
tfv_shape_from_dims (int rank, const gint64 *dims)
{
  TfvShape shape = { .rank = rank };

  g_return_val_if_fail (rank >= 0 && rank <= TFV_SHAPE_MAX_RANK, tfv_shape_unknown ());

  for (int i = 0; i < rank; i++)
    shape.dims[i] = dims[i] < 0 ? -1 : dims[i];
  return shape;
}

/**
 * tfv_shape_is_fully_known:
 * @shape: a shape
 *
 * Returns: whether the rank and every size are known
 */
gboolean
tfv_shape_is_fully_known (const TfvShape *shape)
{
  for (int i = 0; i < shape->rank; i++)
    if (shape->dims[i] < 0)
      return FALSE;
  return shape->rank >= 0;
}

/**
 * tfv_shape_get_n_elements:
 * @shape: a shape
 *
 * Returns: the product of the sizes, or -1 where it is unknown or does not fit
 */
gint64
tfv_shape_get_n_elements (const TfvShape *shape)
{
  gint64 n = 1;

  if (!tfv_shape_is_fully_known (shape))
    return -1;
  for (int i = 0; i < shape->rank; i++)
    if (__builtin_mul_overflow (n, shape->dims[i], &n))
      return -1;
  return n;
}

/**
 * tfv_shape_equal:
 * @a: a shape
 * @b: a shape
 *
 * Returns: whether they say the same, what is unknown included
 */
gboolean
tfv_shape_equal (const TfvShape *a, const TfvShape *b)
{
  return a->rank == b->rank && (a->rank <= 0 || memcmp (a->dims, b->dims, sizeof a->dims[0] * (gsize) a->rank) == 0);
}

/**
 * tfv_shape_is_compatible:
 * @a: a shape
 * @b: a shape
 *
 * Returns: whether one tensor could have both
 */
gboolean
tfv_shape_is_compatible (const TfvShape *a, const TfvShape *b)
{
  TfvShape merged;

  return tfv_shape_merge (a, b, &merged);
}

/**
 * tfv_shape_merge:
 * @a: a shape
 * @b: a shape
 * @merged: (out): what both know together
 *
 * Returns: %FALSE where they contradict each other; @merged is then undefined
 */
gboolean
tfv_shape_merge (const TfvShape *a, const TfvShape *b, TfvShape *merged)
{
  if (a->rank < 0 || b->rank < 0)
    {
      *merged = a->rank < 0 ? *b : *a;
      return TRUE;
    }
  if (a->rank != b->rank)
    return FALSE;
  *merged = *a;
  for (int i = 0; i < a->rank; i++)
    {
      if (a->dims[i] >= 0 && b->dims[i] >= 0 && a->dims[i] != b->dims[i])
        return FALSE;
      merged->dims[i] = MAX (a->dims[i], b->dims[i]);
    }
  return TRUE;
}

/**
 * tfv_shape_broadcast:
 * @a: a shape
 * @b: a shape
 * @broadcast: (out): the shape of an elementwise result, by NumPy's rule
 *
 * Returns: %FALSE where they can't be broadcast together; @broadcast is then
 *   undefined
 */
gboolean
tfv_shape_broadcast (const TfvShape *a, const TfvShape *b, TfvShape *broadcast)
{
  TfvShape result;

  if (a->rank < 0 || b->rank < 0)
    {
      *broadcast = tfv_shape_unknown ();
      return TRUE;
    }
  result = (TfvShape){ .rank = MAX (a->rank, b->rank) };
  for (int i = 1; i <= result.rank; i++)
    {
      gint64 x = i <= a->rank ? a->dims[a->rank - i] : 1;
      gint64 y = i <= b->rank ? b->dims[b->rank - i] : 1;

      if (x == y || y == 1)
        result.dims[result.rank - i] = x;
      else if (x == 1)
        result.dims[result.rank - i] = y;
      else if (x < 0 || y < 0) /* the unknown one is 1 or the other's size */
        result.dims[result.rank - i] = MAX (x, y);
      else
        return FALSE;
    }
  *broadcast = result;
  return TRUE;
}

/**
 * tfv_shape_to_string:
 * @shape: a shape
 *
 * Returns: (transfer full): it as TensorFlow writes it: "[?,784]", "[]", and
 *   "<unknown>"
 */
char *
tfv_shape_to_string (const TfvShape *shape)
{
  GString *string;

  if (shape->rank < 0)
    return g_strdup ("<unknown>");
  string = g_string_new ("[");
  for (int i = 0; i < shape->rank; i++)
    {
      if (i > 0)
        g_string_append_c (string, ',');
      if (shape->dims[i] < 0)
        g_string_append_c (string, '?');
      else
        g_string_append_printf (string, "%" G_GINT64_FORMAT, shape->dims[i]);
    }
  g_string_append_c (string, ']');
  return g_string_free (string, FALSE);
}
