/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-scalar-batch-private.h"

/* Points that are read for nothing but to be looked at once: 160 to 200 MB. */
#define MAX_POINTS (G_GUINT64_CONSTANT (1) << 23)

/* The tag behind the last one of a batch that begins with @first. */
static guint
find_end (GPtrArray *tags, guint first)
{
  guint64 n_points = 0;
  guint   end = first;

  while (end < tags->len)
    {
      TfvScalarSeries *series = tfv_tag_get_series (tags->pdata[end]);

      n_points += tfv_scalar_series_is_loaded (series) ? 0 : tfv_scalar_series_get_n_points (series);
      if (end > first && n_points > MAX_POINTS)
        break;
      end++;
    }
  return end;
}

/* Calls @func with each of @tags, which are all of scalars, while its points are in
 * memory. Those that are in files only are read, many tags in one go, and given
 * back after that. FALSE with the first error; @func then sees what there is. */
gboolean
tfv_scalar_batch_walk (GPtrArray *tags, TfvScalarTagFunc func, gpointer user_data, GError **error)
{
  GError *first = NULL;

  for (guint start = 0; start < tags->len;)
    {
      guint                 end = find_end (tags, start);
      g_autoptr (GPtrArray) unloaded = g_ptr_array_new ();

      for (guint i = start; i < end; i++)
        if (!tfv_scalar_series_is_loaded (tfv_tag_get_series (tags->pdata[i])))
          g_ptr_array_add (unloaded, tfv_tag_get_series (tags->pdata[i]));
      if (unloaded->len > 0)
        tfv_scalar_series_load_several ((TfvScalarSeries **) unloaded->pdata, unloaded->len, NULL, first == NULL ? &first : NULL);
      for (; start < end; start++)
        func (tags->pdata[start], user_data);
      for (guint i = 0; i < unloaded->len; i++)
        tfv_scalar_series_unload (unloaded->pdata[i]);
    }
  if (first == NULL)
    return TRUE;
  g_propagate_error (error, first);
  return FALSE;
}
