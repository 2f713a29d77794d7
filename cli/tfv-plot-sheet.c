/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/tfv-plot-sheet.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <gio/gio.h>
#include <math.h>

#include "cli/tfv-plot-file.h"
#include "viewer/plot/tfv-legend.h"
#include "viewer/plot/tfv-run-color.h"
#include "viewer/plot/tfv-text.h"

#define FONT "Sans 11px"
#define MARGIN 8.0
#define GAP 12.0
/* Titles, legend and note begin at the same x. */
#define TEXT_LEFT 16.0
#define LEGEND_LEFT 6.0
#define NOTE_ALPHA 0.55
/* A chart where nobody says how large it shall be, alone or among others. */
#define ALONE_WIDTH 720.0
#define ALONE_HEIGHT 420.0
#define CHART_WIDTH 420.0
#define CHART_HEIGHT 260.0
#define MAX_COLUMNS 4
/* Of a smaller one nothing could be read. */
#define MIN_CHART_WIDTH 120.0
#define MIN_CHART_HEIGHT 90.0
/* How much of the height a legend of very many runs may take. */
#define MAX_LEGEND_SHARE 0.3
/* What an image of cairo's can be at most. */
#define MAX_PIXELS 32767

struct _TfvPlotSheet
{
  const TfvPlotCharts *charts;
  TfvPlotStyle         style;
  TfvPlotFormat        format;
  TfvColor             foreground;
  TfvColor             background;
  guint                n_columns;
  double               width;
  double               height;
  double               chart_width;
  double               chart_height;
  double               legend_height;
  TfvLegendEntry      *legend;
  guint                n_legend;
  char                *more;
  char                *note;
  TfvScene           **scenes;
  TfvSceneLayout      *layouts;
};

/* What the axes of all charts show, which none of them says. */
static char *
describe (const TfvPlotStyle *style)
{
  static const char *const axes[] = { "step", "relative time", "wall time" };
  static const char *const ways[] = { "", "half-life ", "running mean of ", "Gaussian " };
  GString                 *note = g_string_new ("x: ");

  g_string_append (note, axes[style->x_kind]);
  if (style->smoothing > 0)
    g_string_append_printf (note, " · smoothed: %s%g", ways[style->smooth_kind], style->smoothing);
  if (style->ignore_outliers)
    g_string_append (note, " · y without outliers");
  if (style->shows_all)
    g_string_append (note, " · with superseded points");
  return g_string_free (note, FALSE);
}

static double
measure_line (void)
{
  double width, height;

  tfv_text_measure (FONT, "x", &width, &height);
  return ceil (height);
}

static double
measure_legend (const TfvPlotSheet *self, guint n)
{
  return tfv_legend_draw (self->legend, n, FONT, &self->foreground, self->width - 2 * LEGEND_LEFT, 0, NULL);
}

/* Has the legend name the first runs, and how many there are beside them. */
static void
cut_legend (TfvPlotSheet *self, guint n_shown)
{
  g_free (self->more);
  self->more = g_strdup_printf ("… and %u more", self->charts->runs->len - n_shown);
  self->legend[n_shown] = (TfvLegendEntry){ self->more, { 0 } };
  self->n_legend = n_shown + 1;
}

static void
fill_legend (TfvPlotSheet *self, double max_height)
{
  GPtrArray                 *runs = self->charts->runs;
  g_autofree TfvLegendEntry *all = g_new0 (TfvLegendEntry, runs->len + 1);

  for (guint i = 0; i < runs->len; i++)
    {
      const TfvPlotRun *run = g_ptr_array_index (runs, i);

      all[i].name = run->title;
      tfv_run_color_get (run->color_index, self->style.is_dark, &all[i].color);
    }
  self->n_legend = runs->len;
  self->legend = g_memdup2 (all, sizeof *all * (runs->len + 1));
  if (measure_legend (self, self->n_legend) > max_height)
    {
      guint low = 0, high = runs->len - 1;

      while (low < high)
        {
          guint middle = (low + high + 1) / 2;

          cut_legend (self, middle);
          if (measure_legend (self, self->n_legend) > max_height)
            high = middle - 1;
          else
            low = middle;
          self->legend[middle] = all[middle];
        }
      cut_legend (self, low);
    }
  self->legend_height = ceil (measure_legend (self, self->n_legend));
}

static guint
choose_columns (const TfvPlotSheet *self)
{
  guint n_charts = self->charts->charts->len;

  if (self->style.n_columns > 0)
    return MIN (self->style.n_columns, n_charts);
  return n_charts <= 2 ? n_charts : MIN ((guint) ceil (sqrt (n_charts)), MAX_COLUMNS);
}

static double
snap (const TfvPlotSheet *self, double length)
{
  return floor (length * self->style.scale) / self->style.scale;
}

/* Finds the place of everything. */
static gboolean
arrange (TfvPlotSheet *self, GError **error)
{
  guint  n_charts = self->charts->charts->len;
  guint  n_columns = self->n_columns = choose_columns (self);
  guint  n_rows = (n_charts + n_columns - 1) / n_columns;
  double around = 2 * MARGIN + (n_columns - 1) * GAP;
  double between = (n_rows - 1) * GAP;
  double foot = measure_line () + 3 * MARGIN;

  self->width = self->style.width > 0 ? self->style.width : around + n_columns * (n_charts > 1 ? CHART_WIDTH : ALONE_WIDTH);
  self->height = self->style.height > 0 ? self->style.height : between + n_rows * (n_charts > 1 ? CHART_HEIGHT : ALONE_HEIGHT);
  fill_legend (self, MAX (self->height * MAX_LEGEND_SHARE, measure_line () + MARGIN));
  foot += self->legend_height + MARGIN;
  if (self->style.height <= 0)
    self->height += foot;
  self->chart_width = snap (self, (self->width - around) / n_columns);
  self->chart_height = snap (self, (self->height - foot - between) / n_rows);
  if (self->chart_width < MIN_CHART_WIDTH || self->chart_height < MIN_CHART_HEIGHT)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "--size=%.0fx%.0f leaves each chart less room than %.0fx%.0f (charts: %u, columns: %u)", self->width, self->height, MIN_CHART_WIDTH, MIN_CHART_HEIGHT, n_charts, n_columns);
      return FALSE;
    }
  if (self->format == TFV_PLOT_PNG && ceil (MAX (self->width, self->height) * self->style.scale) > MAX_PIXELS)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%u charts make a picture of %.0fx%.0f pixels; at most %d are possible each way", n_charts, self->width * self->style.scale, self->height * self->style.scale, MAX_PIXELS);
      return FALSE;
    }
  return TRUE;
}

static TfvScene *
make_scene (const TfvPlotSheet *self, const TfvPlotChart *chart)
{
  TfvScene      *scene = tfv_scene_new ();
  TfvSceneCurve *curves = g_new0 (TfvSceneCurve, chart->curves->len);

  for (guint i = 0; i < chart->curves->len; i++)
    {
      const TfvPlotCurve *curve = &g_array_index (chart->curves, TfvPlotCurve, i);

      curves[i].name = g_strdup (curve->run->title);
      tfv_run_color_get (curve->run->color_index, self->style.is_dark, &curves[i].color);
      curves[i].index = tfv_curve_index_new (tfv_tag_get_series (curve->tag));
      curves[i].index->shows_all = self->style.shows_all;
    }
  tfv_scene_sort_curves (curves, chart->curves->len);
  tfv_scene_take_curves (scene, curves, chart->curves->len);
  scene->width = self->chart_width;
  scene->height = self->chart_height;
  scene->scale = self->style.scale;
  scene->foreground = self->foreground;
  scene->x_kind = self->style.x_kind;
  scene->x_scale = self->style.x_scale;
  scene->y_scale = self->style.y_scale;
  scene->ignore_outliers = self->style.ignore_outliers;
  scene->smooth_kind = self->style.smooth_kind;
  scene->smoothing = self->style.smoothing;
  scene->title = g_strdup (chart->title);
  g_free (scene->font);
  scene->font = g_strdup (FONT);
  return scene;
}

/* Plots that stand one below the other begin and end at the same x. */
static void
align_plots (TfvPlotSheet *self)
{
  guint n = self->charts->charts->len;

  for (guint column = 0; column < self->n_columns; column++)
    {
      double left = 0;

      for (guint i = column; i < n; i += self->n_columns)
        left = MAX (left, self->layouts[i].left);
      for (guint i = column; i < n; i += self->n_columns)
        {
          self->layouts[i].width -= left - self->layouts[i].left;
          self->layouts[i].left = left;
        }
    }
}

/**
 * tfv_plot_sheet_new: (skip)
 * @charts: at least one chart, whose points are in memory; it must outlive the sheet
 * @style: how to draw them
 * @format: what for
 * @error: return location for an error
 *
 * Returns: (nullable): a sheet that is ready to be drawn, or %NULL where there is
 *   no room for so many charts
 */
TfvPlotSheet *
tfv_plot_sheet_new (const TfvPlotCharts *charts, const TfvPlotStyle *style, TfvPlotFormat format, GError **error)
{
  g_autoptr (TfvPlotSheet) self = g_new0 (TfvPlotSheet, 1);
  guint                    n_charts = charts->charts->len;
  gint                     stop = 0;

  self->charts = charts;
  self->style = *style;
  self->format = format;
  if (format != TFV_PLOT_PNG)
    self->style.scale = 1;
  self->foreground = style->is_dark ? (TfvColor){ 1, 1, 1, 1 } : (TfvColor){ 0.13, 0.13, 0.15, 1 };
  self->background = style->is_dark ? (TfvColor){ 0.14, 0.14, 0.14, 1 } : (TfvColor){ 1, 1, 1, 1 };
  if (!arrange (self, error))
    return NULL;
  self->note = describe (style);
  self->scenes = g_new0 (TfvScene *, n_charts);
  self->layouts = g_new0 (TfvSceneLayout, n_charts);
  for (guint i = 0; i < n_charts; i++)
    {
      self->scenes[i] = make_scene (self, g_ptr_array_index (charts->charts, i));
      tfv_scene_update (self->scenes[i], &stop);
      tfv_scene_lay_out (self->scenes[i], &self->layouts[i]);
    }
  align_plots (self);
  return g_steal_pointer (&self);
}

void
tfv_plot_sheet_free (TfvPlotSheet *self)
{
  for (guint i = 0; self->scenes != NULL && i < self->charts->charts->len; i++)
    {
      tfv_scene_free (self->scenes[i]);
      tfv_scene_layout_clear (&self->layouts[i]);
    }
  g_free (self->scenes);
  g_free (self->layouts);
  g_free (self->legend);
  g_free (self->more);
  g_free (self->note);
  g_free (self);
}

static void
draw_chart (const TfvPlotSheet *self, guint i, cairo_t *cr)
{
  cairo_surface_t *picture;
  gint             stop = 0;

  if (self->format != TFV_PLOT_PNG)
    {
      tfv_scene_draw_vector (self->scenes[i], &self->layouts[i], cr);
      return;
    }
  picture = tfv_scene_render (self->scenes[i], &self->layouts[i], &stop);
  cairo_set_source_surface (cr, picture, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_surface_destroy (picture);
}

static void
draw_foot (const TfvPlotSheet *self, cairo_t *cr)
{
  double           top = self->height - MARGIN - measure_line ();
  g_autofree char *note = tfv_text_elide (FONT, self->note, self->width - 2 * TEXT_LEFT);

  cairo_save (cr);
  cairo_translate (cr, LEGEND_LEFT, 0);
  tfv_legend_draw (self->legend, self->n_legend, FONT, &self->foreground, self->width - 2 * LEGEND_LEFT, top - MARGIN / 2 - self->legend_height, cr);
  cairo_restore (cr);
  cairo_set_source_rgba (cr, self->foreground.red, self->foreground.green, self->foreground.blue, NOTE_ALPHA);
  cairo_move_to (cr, TEXT_LEFT, top);
  pango_cairo_show_layout (cr, tfv_text_layout (FONT, note));
}

static void
draw (const TfvPlotSheet *self, cairo_t *cr)
{
  cairo_set_source_rgb (cr, self->background.red, self->background.green, self->background.blue);
  cairo_paint (cr);
  for (guint i = 0; i < self->charts->charts->len; i++)
    {
      double x = MARGIN + i % self->n_columns * (self->chart_width + GAP);
      double y = i / self->n_columns * (self->chart_height + GAP);

      cairo_save (cr);
      cairo_translate (cr, round (x * self->style.scale) / self->style.scale, round (y * self->style.scale) / self->style.scale);
      draw_chart (self, i, cr);
      cairo_restore (cr);
    }
  draw_foot (self, cr);
}

static cairo_surface_t *
create_surface (const TfvPlotSheet *self, TfvPlotFile *file)
{
  cairo_surface_t *surface;

  switch (self->format)
    {
    case TFV_PLOT_SVG:
      surface = cairo_svg_surface_create_for_stream (tfv_plot_file_append, file, self->width, self->height);
      cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PX);
      return surface;
    case TFV_PLOT_PDF:
      return cairo_pdf_surface_create_for_stream (tfv_plot_file_append, file, self->width, self->height);
    case TFV_PLOT_PNG:
    default:
      surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) ceil (self->width * self->style.scale), (int) ceil (self->height * self->style.scale));
      cairo_surface_set_device_scale (surface, self->style.scale, self->style.scale);
      return surface;
    }
}

/**
 * tfv_plot_sheet_write: (skip)
 * @self: a sheet
 * @path: where to
 * @error: return location for an error
 *
 * Draws the sheet into a file, which is there when it is whole and replaces
 * what was there before.
 *
 * Returns: whether it was written
 */
gboolean
tfv_plot_sheet_write (TfvPlotSheet *self, const char *path, GError **error)
{
  g_auto (TfvPlotFile) file = { 0 };
  cairo_surface_t     *surface;
  cairo_t             *cr;
  cairo_status_t       status;

  if (!tfv_plot_file_begin (&file, path, error))
    return FALSE;
  surface = create_surface (self, &file);
  cr = cairo_create (surface);
  draw (self, cr);
  status = cairo_status (cr);
  cairo_destroy (cr);
  if (status == CAIRO_STATUS_SUCCESS && self->format == TFV_PLOT_PNG)
    status = cairo_surface_write_to_png_stream (surface, tfv_plot_file_append, &file);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  return tfv_plot_file_finish (&file, status, error);
}
