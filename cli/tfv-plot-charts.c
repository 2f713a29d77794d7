/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/tfv-plot-charts.h"

#include <string.h>

static void
free_run (gpointer data)
{
  TfvPlotRun *run = data;

  g_object_unref (run->run);
  g_free (run->title);
  g_free (run);
}

static void
free_chart (gpointer data)
{
  TfvPlotChart *chart = data;

  for (guint i = 0; i < chart->curves->len; i++)
    tfv_tag_unref (g_array_index (chart->curves, TfvPlotCurve, i).tag);
  g_array_unref (chart->curves);
  g_free (chart->tag);
  g_free (chart->title);
  g_free (chart);
}

/* Names come out of files: what has no place in a line is no part of a picture. */
static char *
make_title (const char *name)
{
  char *title = g_utf8_make_valid (name, -1);

  for (char *c = title; *c; c++)
    if ((guchar) *c < 0x20 || *c == 0x7f)
      *c = ' ';
  return title;
}

/* As a file manager sorts, part by part of a path: a folder stands before what is
 * in it, and run-2 before run-10. */
static int
compare_paths (const char *a, const char *b)
{
  g_auto (GStrv) parts_a = g_strsplit (a, "/", -1);
  g_auto (GStrv) parts_b = g_strsplit (b, "/", -1);

  for (guint i = 0; parts_a[i] != NULL && parts_b[i] != NULL; i++)
    {
      g_autofree char *key_a = g_utf8_collate_key_for_filename (parts_a[i], -1);
      g_autofree char *key_b = g_utf8_collate_key_for_filename (parts_b[i], -1);
      int              order = strcmp (key_a, key_b);

      if (order != 0)
        return order;
    }
  return (int) g_strv_length (parts_a) - (int) g_strv_length (parts_b);
}

static int
compare_runs (gconstpointer a, gconstpointer b)
{
  return compare_paths (tfv_run_get_name (*(TfvRun *const *) a), tfv_run_get_name (*(TfvRun *const *) b));
}

/* The length of what a tag's name has before its first slash. */
static gsize
measure_group (const char *tag)
{
  const char *slash = strchr (tag, '/');

  return slash != NULL && slash > tag && slash[1] != '\0' ? (gsize) (slash - tag) : 0;
}

/* The order of the window: tags without a group, then group by group. */
static int
compare_charts (gconstpointer a, gconstpointer b)
{
  const TfvPlotChart *first = *(TfvPlotChart *const *) a;
  const TfvPlotChart *second = *(TfvPlotChart *const *) b;
  gsize               group_a = measure_group (first->tag);
  gsize               group_b = measure_group (second->tag);
  g_autofree char    *group_key_a = g_utf8_collate_key_for_filename (first->tag, (gssize) group_a);
  g_autofree char    *group_key_b = g_utf8_collate_key_for_filename (second->tag, (gssize) group_b);
  g_autofree char    *key_a = g_utf8_collate_key_for_filename (first->tag, -1);
  g_autofree char    *key_b = g_utf8_collate_key_for_filename (second->tag, -1);
  int                 order = strcmp (group_key_a, group_key_b);

  if ((group_a == 0) != (group_b == 0))
    return group_a == 0 ? -1 : 1;
  return order != 0 ? order : strcmp (key_a, key_b);
}

static gboolean
matches_any (GPtrArray *patterns, const char *name)
{
  for (guint i = 0; i < patterns->len; i++)
    if (g_pattern_spec_match_string (patterns->pdata[i], name))
      return TRUE;
  return patterns->len == 0;
}

static TfvPlotChart *
ensure_chart (TfvPlotCharts *self, GHashTable *by_tag, const char *tag)
{
  TfvPlotChart *chart = g_hash_table_lookup (by_tag, tag);

  if (chart == NULL)
    {
      chart = g_new0 (TfvPlotChart, 1);
      chart->tag = g_strdup (tag);
      chart->title = make_title (*tag != '\0' ? tag : "(no name)");
      chart->curves = g_array_new (FALSE, FALSE, sizeof (TfvPlotCurve));
      g_ptr_array_add (self->charts, chart);
      g_hash_table_insert (by_tag, chart->tag, chart);
    }
  return chart;
}

static void
add_run (TfvPlotCharts *self, GHashTable *by_tag, TfvRun *run, guint color_index, GPtrArray *patterns)
{
  g_autoptr (GPtrArray) tags = tfv_run_dup_tags (run);
  TfvPlotRun           *shown = NULL;

  for (guint i = 0; i < tags->len; i++)
    {
      TfvTag      *tag = g_ptr_array_index (tags, i);
      TfvPlotCurve curve;

      if (tfv_tag_get_kind (tag) != TFV_RECORD_SCALAR || !matches_any (patterns, tfv_tag_get_name (tag)))
        continue;
      if (shown == NULL)
        {
          /* What is called "." tells nobody anything. */
          g_autofree char *name = g_str_equal (tfv_run_get_name (run), ".") ? g_filename_display_basename (tfv_run_get_directory (run)) : g_strdup (tfv_run_get_name (run));

          shown = g_new0 (TfvPlotRun, 1);
          *shown = (TfvPlotRun){ g_object_ref (run), make_title (name), color_index };
          g_ptr_array_add (self->runs, shown);
        }
      curve = (TfvPlotCurve){ shown, tfv_tag_ref (tag) };
      g_array_append_val (ensure_chart (self, by_tag, tfv_tag_get_name (tag))->curves, curve);
    }
}

/* Finds the scalar tags whose names match one of the globs, if there are any, in
 * the runs whose names match. A run has the colour that it has in the window, with
 * all of @runs open. */
void
tfv_plot_charts_find (TfvPlotCharts *self, GPtrArray *runs, const char *run_glob, char **tag_globs)
{
  g_autoptr (GPtrArray)    sorted = g_ptr_array_copy (runs, NULL, NULL);
  g_autoptr (GPtrArray)    patterns = g_ptr_array_new_with_free_func ((GDestroyNotify) g_pattern_spec_free);
  g_autoptr (GPatternSpec) wanted_runs = run_glob != NULL ? g_pattern_spec_new (run_glob) : NULL;
  g_autoptr (GHashTable)   by_tag = g_hash_table_new (g_str_hash, g_str_equal);

  self->runs = g_ptr_array_new_with_free_func (free_run);
  self->charts = g_ptr_array_new_with_free_func (free_chart);
  for (char **glob = tag_globs; glob != NULL && *glob != NULL; glob++)
    g_ptr_array_add (patterns, g_pattern_spec_new (*glob));
  g_ptr_array_set_free_func (sorted, NULL);
  g_ptr_array_sort (sorted, compare_runs);
  for (guint i = 0; i < sorted->len; i++)
    if (wanted_runs == NULL || g_pattern_spec_match_string (wanted_runs, tfv_run_get_name (sorted->pdata[i])))
      add_run (self, by_tag, sorted->pdata[i], i, patterns);
  g_ptr_array_sort (self->charts, compare_charts);
}

/* Reads the points of all curves that are in files only, each file once. */
gboolean
tfv_plot_charts_load (const TfvPlotCharts *self, GError **error)
{
  g_autoptr (GPtrArray) series = g_ptr_array_new ();

  for (guint i = 0; i < self->charts->len; i++)
    {
      const TfvPlotChart *chart = g_ptr_array_index (self->charts, i);

      for (guint c = 0; c < chart->curves->len; c++)
        g_ptr_array_add (series, tfv_tag_get_series (g_array_index (chart->curves, TfvPlotCurve, c).tag));
    }
  return tfv_scalar_series_load_several ((TfvScalarSeries **) series->pdata, series->len, NULL, error);
}

void
tfv_plot_charts_clear (TfvPlotCharts *self)
{
  g_clear_pointer (&self->charts, g_ptr_array_unref);
  g_clear_pointer (&self->runs, g_ptr_array_unref);
}
