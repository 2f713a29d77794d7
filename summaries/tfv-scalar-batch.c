/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-scalar-batch-private.h"

#include "summaries/tfv-run.h"
#include "summaries/tfv-scalar-series-private.h"

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

static void
count_superseded (TfvTag *tag, gpointer user_data)
{
  tfv_tag_get_n_superseded (tag);
}

/**
 * tfv_run_count_superseded_scalars:
 * @self: a run
 *
 * How many points of all its scalars a restart superseded. Where that needs points
 * that are in files only, they are read, of many tags in one go, and given back;
 * after that [method@Tfv.Tag.get_n_superseded] reads none. Any thread; blocks on
 * the files.
 *
 * Returns: number of points
 */
guint64
tfv_run_count_superseded_scalars (TfvRun *self)
{
  g_autoptr (GPtrArray) tags = tfv_run_dup_tags (self);
  g_autoptr (GPtrArray) unknown = g_ptr_array_new ();
  guint64               n_superseded = 0;

  for (guint i = 0; i < tags->len; i++)
    if (tfv_tag_get_kind (tags->pdata[i]) == TFV_RECORD_SCALAR && !tfv_scalar_series_knows_n_superseded (tfv_tag_get_series (tags->pdata[i])))
      g_ptr_array_add (unknown, tags->pdata[i]);
  /* What can't be read is among the run's warnings. */
  tfv_scalar_batch_walk (unknown, count_superseded, NULL, NULL);
  for (guint i = 0; i < tags->len; i++)
    if (tfv_tag_get_kind (tags->pdata[i]) == TFV_RECORD_SCALAR)
      n_superseded += tfv_tag_get_n_superseded (tags->pdata[i]);
  return n_superseded;
}
