/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* plot: what the drawing core takes for a chart of 1600 × 900 pixels.
 *
 * Noisy curves, as float64 the way a series keeps them, 100 million points in all:
 * as 100 curves of a million and as 500 of 200,000. Told are the time to index
 * them, for a point; a full redraw from the index, everything that a worker does,
 * zoomed out and zoomed in; the look for the values under the crosshair; what one
 * new point a curve costs; and the memory, beside that of the points. */

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "viewer/plot/tfv-hit.h"
#include "viewer/plot/tfv-scene.h"

#define WIDTH 1600
#define HEIGHT 900
#define N_TOTAL (100u * 1000 * 1000)
#define N_DRAWN 15

static double
now_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec * 1e-6;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
noise (guint64 *state)
{
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (double) (gint64) (*state >> 11) / 4503599627370496.0 - 1.0;
}

static double
value_at (gsize i, gsize n, guint64 *seed)
{
  return 2.0 * (1 - (double) i / (double) n) + 0.2 + 0.3 * noise (seed);
}

static TfvScene *
make_scene (guint n_curves)
{
  TfvScene      *scene = tfv_scene_new ();
  TfvSceneCurve *curves = g_new0 (TfvSceneCurve, n_curves);
  gsize          n = N_TOTAL / n_curves;

  scene->width = WIDTH;
  scene->height = HEIGHT;
  scene->background = (TfvColor){ 1, 1, 1, 1 };
  for (guint c = 0; c < n_curves; c++)
    {
      TfvScalarSeries *series = tfv_scalar_series_new ();
      guint64          seed = c + 1;
      double           level = 0.05 * c;

      for (gsize i = 0; i < n; i++)
        tfv_scalar_series_append (series, (gint64) i, 1.6e9 + (double) i, level + value_at (i, n, &seed));
      curves[c].name = g_strdup_printf ("run %u", c);
      curves[c].color = (TfvColor){ c % 7 / 7.0, c % 5 / 5.0, c % 3 / 3.0, 1 };
      curves[c].index = tfv_curve_index_new (series);
      tfv_scalar_series_unref (series);
    }
  tfv_scene_take_curves (scene, curves, n_curves);
  return scene;
}

static double
time_update (TfvScene *scene)
{
  gint   stop = 0;
  double begin_ms = now_ms ();

  tfv_scene_update (scene, &stop);
  return now_ms () - begin_ms;
}

/* The median of redraws, each shifted a little, as one drags. */
static double
time_redraw (TfvScene *scene, double x0, double x1)
{
  double times[N_DRAWN];
  gint   stop = 0;

  scene->has_x_range = TRUE;
  for (guint i = 0; i < N_DRAWN; i++)
    {
      TfvSceneLayout layout;
      double         begin_ms = now_ms ();

      scene->x0 = x0 + (x1 - x0) * 1e-3 * i;
      scene->x1 = x1 + (x1 - x0) * 1e-3 * i;
      tfv_scene_update (scene, &stop);
      tfv_scene_lay_out (scene, &layout);
      cairo_surface_destroy (tfv_scene_render (scene, &layout, &stop));
      tfv_scene_layout_clear (&layout);
      times[i] = now_ms () - begin_ms;
    }
  qsort (times, N_DRAWN, sizeof *times, compare_doubles);
  return times[N_DRAWN / 2];
}

/* The nearest point of every curve, as each move of the crosshair asks. */
static double
time_crosshair (TfvScene *scene)
{
  const guint n_moves = 100;
  double      begin_ms = now_ms ();

  for (guint i = 0; i < n_moves; i++)
    for (guint c = 0; c < scene->n_curves; c++)
      {
        TfvHit hit;

        tfv_hit_nearest (scene->curves[c].index, (double) (i * 997), &hit);
      }
  return (now_ms () - begin_ms) / n_moves;
}

/* Each curve gets a point, and the picture is made anew. */
static double
time_growth (TfvScene *scene)
{
  double times[N_DRAWN];

  for (guint i = 0; i < N_DRAWN; i++)
    {
      for (guint c = 0; c < scene->n_curves; c++)
        tfv_scalar_series_append (scene->curves[c].index->series, N_TOTAL + i, 1.7e9 + i, 1);
      times[i] = time_update (scene);
    }
  qsort (times, N_DRAWN, sizeof *times, compare_doubles);
  return times[N_DRAWN / 2];
}

static double
time_pyramid (void)
{
  const gsize n = 4 * 1000 * 1000, block = 4096;
  double     *y = g_new (double, n);
  guint64     seed = 9;
  double      best_ms = INFINITY;

  for (gsize i = 0; i < n; i++)
    y[i] = value_at (i, n, &seed);
  for (guint round = 0; round < 9; round++)
    {
      TfvPyramid pyramid = { 0 };
      double     begin_ms = now_ms ();

      for (gsize at = 0; at < n; at += block)
        tfv_pyramid_append (&pyramid, y + at, MIN (block, n - at));
      best_ms = MIN (best_ms, now_ms () - begin_ms);
      tfv_pyramid_clear (&pyramid);
    }
  g_free (y);
  return best_ms * 1e6 / (double) n;
}

static double
get_index_bytes (const TfvScene *scene)
{
  double n_bytes = 0;

  for (guint c = 0; c < scene->n_curves; c++)
    {
      const TfvCurveIndex *index = scene->curves[c].index;

      for (guint l = 0; l < index->raw.n_levels; l++)
        n_bytes += (double) index->raw.level[l].n_allocated * 2 * sizeof (float);
      n_bytes += (double) index->x.segments->len * sizeof (TfvXSegment);
    }
  return n_bytes;
}

int
main (int argc, char **argv)
{
  const double point_bytes = 24;
  TfvScene    *scene = make_scene (100);
  double       pyramid_ns = time_pyramid ();
  double       index_ns = time_update (scene) * 1e6 / N_TOTAL;
  double       memory = 1 + get_index_bytes (scene) / N_TOTAL / point_bytes;
  double       redraw_ms = time_redraw (scene, 0, 1e6);
  double       zoomed_ms = time_redraw (scene, 3e5, 3.1e5);
  double       sparse_ms = time_redraw (scene, 3e5, 3e5 + 400);
  double       growth_ms = time_growth (scene);
  double       many_ms, crosshair_ms;

  tfv_scene_free (scene);
  scene = make_scene (500);
  time_update (scene);
  many_ms = time_redraw (scene, 0, 2e5);
  crosshair_ms = time_crosshair (scene);
  tfv_scene_free (scene);
  g_print ("{\"pyramid\": %.3f, \"index\": %.3f, \"redraw\": %.2f, \"redraw, 1 %%\": %.2f, \"redraw, 400 points\": %.2f, \"one point more\": %.3f, \"redraw, 500 curves\": %.2f, \"crosshair\": %.3f, \"memory\": %.3f}\n",
           pyramid_ns, index_ns, redraw_ms, zoomed_ms, sparse_ms, growth_ms, many_ms, crosshair_ms, memory);
  return EXIT_SUCCESS;
}
