/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-scene.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <string.h>

#include "curves.h"

/* A channel may be off by so much, and so many of a thousand pixels by more. */
#define TOLERANCE 10
#define PER_MILLE_OVER 1

static const TfvColor colors[] = {
  { 1.00, 0.44, 0.26, 1 }, { 0.00, 0.47, 0.73, 1 }, { 0.93, 0.20, 0.47, 1 }, { 0.00, 0.60, 0.53, 1 }, { 0.20, 0.73, 0.93, 1 }
};

static TfvScene *
make_scene (double scale, gboolean is_dark)
{
  TfvScene *scene = tfv_scene_new ();

  scene->width = 360;
  scene->height = 220;
  scene->scale = scale;
  scene->foreground = is_dark ? (TfvColor){ 1, 1, 1, 1 } : (TfvColor){ 0.15, 0.15, 0.15, 1 };
  scene->background = is_dark ? (TfvColor){ 0.19, 0.19, 0.19, 1 } : (TfvColor){ 1, 1, 1, 1 };
  scene->ignore_outliers = TRUE;
  g_free (scene->font);
  scene->font = g_strdup ("DejaVu Sans 11px");
  return scene;
}

static void
add_curves (TfvScene *scene, guint n_curves, gsize n_points)
{
  TfvSceneCurve *curves = g_new0 (TfvSceneCurve, n_curves);

  for (guint i = 0; i < n_curves; i++)
    {
      g_autoptr (TfvScalarSeries) series = noisy_series (n_points, i + 1);

      curves[i].name = g_strdup_printf ("run %u", i);
      curves[i].color = colors[i % G_N_ELEMENTS (colors)];
      curves[i].index = tfv_curve_index_new (series);
    }
  tfv_scene_take_curves (scene, curves, n_curves);
}

static void
add_values (TfvScene *scene, const double *values, gsize n)
{
  TfvSceneCurve              *curve = g_new0 (TfvSceneCurve, 1);
  g_autoptr (TfvScalarSeries) series = series_of (values, n);

  curve->name = g_strdup ("run");
  curve->color = colors[1];
  curve->index = tfv_curve_index_new (series);
  tfv_scene_take_curves (scene, curve, 1);
}

static cairo_surface_t *
render (TfvScene *scene, TfvSceneLayout *layout)
{
  gint             stop = 0;
  cairo_surface_t *picture;

  g_assert_true (tfv_scene_update (scene, &stop));
  tfv_scene_lay_out (scene, layout);
  picture = tfv_scene_render (scene, layout, &stop);
  g_assert_nonnull (picture);
  return picture;
}

/* The plot alone: labels depend on the version of the font. */
static cairo_surface_t *
crop (cairo_surface_t *picture, const TfvScene *scene, const TfvSceneLayout *layout)
{
  cairo_surface_t *plot = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) round (scene->width * scene->scale), (int) round (scene->height * scene->scale));
  cairo_t         *cr;

  cairo_surface_set_device_scale (plot, scene->scale, scene->scale);
  cr = cairo_create (plot);
  cairo_set_source_rgb (cr, scene->background.red, scene->background.green, scene->background.blue);
  cairo_paint (cr);
  cairo_rectangle (cr, layout->left, layout->top, layout->width, layout->height);
  cairo_clip (cr);
  cairo_set_source_surface (cr, picture, 0, 0);
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_surface_flush (plot);
  return plot;
}

static const guint32 *
row_of (cairo_surface_t *picture, int y)
{
  return (const guint32 *) (cairo_image_surface_get_data (picture) + (gsize) y * cairo_image_surface_get_stride (picture));
}

static guint
difference (guint32 a, guint32 b)
{
  guint most = 0;

  for (guint shift = 0; shift < 24; shift += 8)
    most = MAX (most, (guint) ABS ((int) (a >> shift & 255) - (int) (b >> shift & 255)));
  return most;
}

static guint
count_over (cairo_surface_t *a, cairo_surface_t *b, guint tolerance, cairo_surface_t *diff)
{
  guint n = 0;

  for (int y = 0; y < cairo_image_surface_get_height (a); y++)
    for (int x = 0; x < cairo_image_surface_get_width (a); x++)
      {
        guint off = difference (row_of (a, y)[x], row_of (b, y)[x]);

        n += off > tolerance;
        ((guint32 *) row_of (diff, y))[x] = 0x010101u * MIN (off * 8, 255);
      }
  cairo_surface_mark_dirty (diff);
  return n;
}

static void
compare_with_golden (const char *name, cairo_surface_t *got)
{
  g_autofree char *file = g_strdup_printf ("%s.png", name);
  g_autofree char *golden_path = g_test_build_filename (G_TEST_DIST, "plot", "golden", file, NULL);
  g_autofree char *out = g_strdup_printf ("%s/%s.out.png", g_getenv ("G_TEST_BUILDDIR"), name);
  g_autofree char *diff_path = g_strdup_printf ("%s/%s.diff.png", g_getenv ("G_TEST_BUILDDIR"), name);
  int              width = cairo_image_surface_get_width (got);
  int              height = cairo_image_surface_get_height (got);
  cairo_surface_t *golden, *diff;
  guint            n;

  if (g_getenv ("TFV_UPDATE_GOLDEN") != NULL)
    cairo_surface_write_to_png (got, golden_path);
  golden = cairo_image_surface_create_from_png (golden_path);
  if (cairo_surface_status (golden) != CAIRO_STATUS_SUCCESS || cairo_image_surface_get_width (golden) != width || cairo_image_surface_get_height (golden) != height)
    {
      cairo_surface_write_to_png (got, out);
      g_test_fail_printf ("%s is missing or has another size than %s", golden_path, out);
      cairo_surface_destroy (golden);
      return;
    }
  diff = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  n = count_over (got, golden, TOLERANCE, diff);
  if (n * 1000u > (guint) (width * height) * PER_MILLE_OVER)
    {
      cairo_surface_write_to_png (got, out);
      cairo_surface_write_to_png (diff, diff_path);
      g_test_fail_printf ("%u pixels of %s differ from %s: see %s", n, out, golden_path, diff_path);
    }
  cairo_surface_destroy (diff);
  cairo_surface_destroy (golden);
}

static void
assert_picture (const char *name, TfvScene *scene)
{
  g_auto (TfvSceneLayout) layout = { 0 };
  cairo_surface_t        *whole = render (scene, &layout);
  cairo_surface_t        *got = crop (whole, scene, &layout);

  compare_with_golden (name, got);
  cairo_surface_destroy (got);
  cairo_surface_destroy (whole);
}

static void
test_sparse (void)
{
  g_autoptr (TfvScene) light = make_scene (1, FALSE);
  g_autoptr (TfvScene) twice = make_scene (2, TRUE);

  add_curves (light, 3, 60);
  assert_picture ("sparse-light", light);
  add_curves (twice, 3, 60);
  assert_picture ("sparse-dark-2x", twice);
}

static void
test_dense (void)
{
  g_autoptr (TfvScene) light = make_scene (1, FALSE);
  g_autoptr (TfvScene) dark = make_scene (1, TRUE);

  add_curves (light, 3, 60000);
  assert_picture ("dense-light", light);
  add_curves (dark, 3, 60000);
  dark->smoothing = 0.99;
  assert_picture ("dense-smoothed-dark", dark);
}

static void
test_many (void)
{
  g_autoptr (TfvScene) scene = make_scene (1, FALSE);

  add_curves (scene, 60, 3000);
  assert_picture ("many-light", scene);
}

static void
test_marks (void)
{
  static const double  values[] = { 4, 3.6, NAN, 3, 2.7, 2.4, NAN, 2.1, NAN, 1.9, 1.8, INFINITY, 1.6, 1.5, NAN, NAN, NAN, 1.3, 1.2, -INFINITY, 1.1, 1 };
  g_autoptr (TfvScene) light = make_scene (1, FALSE);
  g_autoptr (TfvScene) dark = make_scene (2, TRUE);

  add_values (light, values, G_N_ELEMENTS (values));
  assert_picture ("marks-light", light);
  add_values (dark, values, G_N_ELEMENTS (values));
  assert_picture ("marks-dark-2x", dark);
}

/* Three runs that wrote into one folder: each begins again at the left. */
static void
test_restarts (void)
{
  g_autoptr (TfvScene)        scene = make_scene (1, FALSE);
  g_autoptr (TfvScalarSeries) series = tfv_scalar_series_new ();
  TfvSceneCurve              *curve = g_new0 (TfvSceneCurve, 1);

  for (guint i = 0; i < 300; i++)
    tfv_scalar_series_append (series, i, 1.6e9 + i % 100, exp (-(double) (i % 100) / (40 + 20 * (i / 100))) + 0.2 * (i / 100));
  curve->name = g_strdup ("run");
  curve->color = colors[3];
  curve->index = tfv_curve_index_new (series);
  tfv_scene_take_curves (scene, curve, 1);
  scene->x_kind = TFV_PLOT_X_WALL;
  scene->smoothing = 0.9;
  assert_picture ("restarts-light", scene);
}

static void
test_single (void)
{
  static const double  value = 0.5;
  g_autoptr (TfvScene) scene = make_scene (1, FALSE);

  add_values (scene, &value, 1);
  assert_picture ("single-point", scene);
}

static void
test_log (void)
{
  g_autoptr (TfvScene) scene = make_scene (1, TRUE);
  double               values[200];

  for (guint i = 0; i < 200; i++)
    values[i] = i % 40 == 39 ? -1 : pow (10, -(double) i / 50);
  add_values (scene, values, 200);
  scene->y_scale = TFV_AXIS_LOG;
  scene->ignore_outliers = FALSE;
  assert_picture ("log-dark", scene);
}

static void
add_swings (TfvScene *scene)
{
  double values[400];

  for (guint i = 0; i < 400; i++)
    values[i] = cos (i * 0.05) * pow (10, 3 - (double) i / 100);
  add_values (scene, values, 400);
  scene->ignore_outliers = FALSE;
}

static void
test_axes (void)
{
  g_autoptr (TfvScene) light = make_scene (1, FALSE);
  g_autoptr (TfvScene) dark = make_scene (2, TRUE);

  add_swings (light);
  light->y_scale = TFV_AXIS_SYMLOG;
  assert_picture ("symlog-light", light);
  add_swings (dark);
  dark->x_scale = TFV_AXIS_LOG;
  dark->y_scale = TFV_AXIS_SYMLOG;
  assert_picture ("log-x-dark-2x", dark);
}

static void
test_zoomed (void)
{
  g_autoptr (TfvScene) scene = make_scene (1, FALSE);

  add_curves (scene, 2, 60000);
  scene->has_x_range = TRUE;
  scene->x0 = 100000;
  scene->x1 = 100300;
  assert_picture ("zoomed-light", scene);
}

static void
test_empty (void)
{
  g_autoptr (TfvScene) scene = make_scene (1, FALSE);

  assert_picture ("empty", scene);
}

/* A document shows what the screen shows, but for the edges of lines. */
static void
test_vector (void)
{
  g_autoptr (TfvScene)    scene = make_scene (1, FALSE);
  g_auto (TfvSceneLayout) layout = { 0 };
  cairo_surface_t        *raster, *vector, *diff;
  cairo_t                *cr;

  add_curves (scene, 3, 60000);
  scene->smoothing = 0.99;
  scene->has_legend = TRUE;
  scene->title = g_strdup ("loss");
  raster = render (scene, &layout);
  vector = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 360, 220);
  diff = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 360, 220);
  cr = cairo_create (vector);
  tfv_scene_draw_vector (scene, &layout, cr);
  cairo_destroy (cr);
  cairo_surface_flush (vector);
  g_assert_cmpuint (count_over (raster, vector, 90, diff), <, 360 * 220 / 50);
  cairo_surface_destroy (raster);
  cairo_surface_destroy (vector);
  cairo_surface_destroy (diff);
}

static cairo_status_t
append_bytes (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static void
assert_document (cairo_surface_t *surface, GByteArray *bytes, const char *start)
{
  g_autoptr (TfvScene)    scene = make_scene (1, FALSE);
  g_auto (TfvSceneLayout) layout = { 0 };
  cairo_surface_t        *picture;
  cairo_t                *cr = cairo_create (surface);

  add_curves (scene, 2, 100000);
  picture = render (scene, &layout);
  tfv_scene_draw_vector (scene, &layout, cr);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  cairo_surface_destroy (surface);
  cairo_surface_destroy (picture);
  g_assert_cmpuint (bytes->len, >, 5000);
  g_assert_cmpuint (bytes->len, <, 500000);
  g_assert_cmpint (memcmp (bytes->data, start, strlen (start)), ==, 0);
}

static void
test_documents (void)
{
  g_autoptr (GByteArray) svg = g_byte_array_new ();
  g_autoptr (GByteArray) pdf = g_byte_array_new ();

  assert_document (cairo_svg_surface_create_for_stream (append_bytes, svg, 360, 220), svg, "<?xml");
  assert_document (cairo_pdf_surface_create_for_stream (append_bytes, pdf, 360, 220), pdf, "%PDF");
}

static void
test_stop (void)
{
  g_autoptr (TfvScene)    scene = make_scene (1, FALSE);
  g_auto (TfvSceneLayout) layout = { 0 };
  gint                    stop = 0;

  add_curves (scene, 2, 1000);
  g_assert_true (tfv_scene_update (scene, &stop));
  tfv_scene_lay_out (scene, &layout);
  stop = 1;
  g_assert_null (tfv_scene_render (scene, &layout, &stop));
}

/* Whatever a damaged file holds is drawn somehow, in time and within bounds. */
static void
test_any_number (void)
{
  static const double values[] = { 0, -0.0, 1, -1, 1e308, -1e308, 5e-324, 1e-300, NAN, INFINITY, -INFINITY, 1e9, 3.4e38, 1.7e-38 };
  static const double times[] = { 0, 1.6e9, NAN, INFINITY, -INFINITY, 1e300, -1e300, 1.6e9 + 1e-6 };
  static const gint64 steps[] = { 0, 1, -1, G_MAXINT64, G_MININT64, 1000000 };
  guint64             seed = 77;

  for (guint round = 0; round < 300; round++)
    {
      g_autoptr (TfvScene)        scene = make_scene (1, round & 1);
      g_auto (TfvSceneLayout)     layout = { 0 };
      g_autoptr (TfvScalarSeries) series = tfv_scalar_series_new ();
      TfvSceneCurve              *curve = g_new0 (TfvSceneCurve, 1);
      guint                       n = 1 + round % 40;

      for (guint i = 0; i < n; i++)
        tfv_scalar_series_append (series,
                                  steps[(guint) ((noise (&seed) + 1) / 2 * G_N_ELEMENTS (steps)) % G_N_ELEMENTS (steps)],
                                  times[(guint) ((noise (&seed) + 1) / 2 * G_N_ELEMENTS (times)) % G_N_ELEMENTS (times)],
                                  values[(guint) ((noise (&seed) + 1) / 2 * G_N_ELEMENTS (values)) % G_N_ELEMENTS (values)]);
      curve->name = g_strdup ("run");
      curve->color = colors[0];
      curve->index = tfv_curve_index_new (series);
      tfv_scene_take_curves (scene, curve, 1);
      scene->x_kind = round % 3;
      scene->y_scale = (round / 3) % 3;
      scene->x_scale = (round / 9) % 3;
      scene->ignore_outliers = (round / 6) & 1;
      scene->smoothing = (round / 12) & 1 ? 0.6 : 0;
      cairo_surface_destroy (render (scene, &layout));
      g_assert_cmpfloat (layout.width, >, 10);
      g_assert_cmpfloat (layout.height, >, 10);
    }
}

/* Labels keep clear of each other at any size. */
static void
test_labels (void)
{
  g_autoptr (TfvScene) scene = make_scene (1, FALSE);

  add_curves (scene, 1, 3000);
  for (guint kind = TFV_PLOT_X_STEP; kind <= TFV_PLOT_X_WALL; kind++)
    for (scene->width = 80; scene->width < 1600; scene->width += 37)
      {
        g_auto (TfvSceneLayout) layout = { 0 };
        double                  distance;

        scene->x_kind = kind;
        cairo_surface_destroy (render (scene, &layout));
        g_assert_cmpuint (layout.x_ticks->len, <=, 20);
        if (scene->width < 200)
          continue;
        g_assert_cmpuint (layout.x_ticks->len, >=, 1);
        for (guint i = 1; i < layout.x_ticks->len; i++)
          {
            distance = tfv_scene_layout_place_x (&layout, g_array_index (layout.x_ticks, TfvTick, i).at) - tfv_scene_layout_place_x (&layout, g_array_index (layout.x_ticks, TfvTick, i - 1).at);
            g_assert_cmpfloat (distance, >, 30);
          }
      }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/pictures/few-points-are-joined-by-lines", test_sparse);
  g_test_add_func ("/plot/pictures/many-points-fill-their-extent", test_dense);
  g_test_add_func ("/plot/pictures/many-curves-hide-each-other-in-order", test_many);
  g_test_add_func ("/plot/pictures/non-finite-values-are-marked", test_marks);
  g_test_add_func ("/plot/pictures/restarts-are-lines-of-their-own", test_restarts);
  g_test_add_func ("/plot/pictures/a-single-point-is-seen", test_single);
  g_test_add_func ("/plot/pictures/a-logarithmic-axis-leaves-out-what-it-cannot-show", test_log);
  g_test_add_func ("/plot/pictures/both-axes-may-be-logarithmic", test_axes);
  g_test_add_func ("/plot/pictures/zooming-shows-all-points", test_zoomed);
  g_test_add_func ("/plot/pictures/an-empty-chart-has-axes", test_empty);
  g_test_add_func ("/plot/pictures/a-document-shows-what-the-screen-shows", test_vector);
  g_test_add_func ("/plot/pictures/svg-and-pdf-are-written", test_documents);
  g_test_add_func ("/plot/pictures/an-unwanted-one-is-given-up", test_stop);
  g_test_add_func ("/plot/pictures/any-number-can-be-drawn", test_any_number);
  g_test_add_func ("/plot/pictures/labels-keep-clear-of-each-other", test_labels);
  return g_test_run ();
}
