/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench/store-scalars.h"

#include <math.h>

#include "summaries/tfv-event-builder.h"
#include "summaries/tfv-logdir.h"
#include "summaries/tfv-record-kind.h"
#include "viewer/plot/tfv-envelope.h"

#define WIDTH 1000
#define HEIGHT 300

double
now_s (void)
{
  return (double) g_get_monotonic_time () * 1e-6;
}

/* What a training of some weeks logs: a step takes some 10 ms, its scalars come one
 * after the other, and are float32 with noise that decays. The file is closed.
 * (transfer full): its path */
char *
write_scalars (const char *folder)
{
  char                       *path = g_build_filename (folder, "events.bench.1.1700000000000000000.tfv.h5", NULL);
  g_autoptr (GError)          error = NULL;
  g_autoptr (GRand)           random = g_rand_new_with_seed (1);
  g_autoptr (TfvEventBuilder) builder = tfv_event_builder_new (path, 1.7e9, &error);
  double                      wall_time = 1.7e9;
  guint32                     ids[N_TAGS];

  if (builder == NULL)
    g_error ("%s", error->message);
  for (guint i = 0; i < N_TAGS; i++)
    {
      g_autofree char *name = g_strdup_printf ("layer-%03u/metric", i);

      ids[i] = tfv_event_builder_add_tag (builder, TFV_RECORD_SCALAR, name);
    }
  for (guint64 i = 0; i < N_SCALARS; i++)
    {
      gint64 step = (gint64) (i / N_TAGS);
      double noise = (double) g_rand_int (random) * 0x1p-32;

      wall_time += i % N_TAGS == 0 ? 0.01 + 0.002 * noise : 1e-6 * noise;
      tfv_event_builder_add_scalar (builder, ids[i % N_TAGS], step, wall_time, (double) (float) (2 * exp (-(double) step / 30000) + 0.1 * noise), TRUE);
    }
  if (!tfv_event_builder_close (g_steal_pointer (&builder), &error))
    g_error ("%s", error->message);
  return path;
}

/* Everything that is known of the one run in a folder, as a program has it that
 * shows it. (transfer full) */
TfvRun *
open_run (const char *folder)
{
  const char           *paths[] = { folder, NULL };
  g_autoptr (TfvLogdir) logdir = tfv_logdir_new (paths);
  g_autoptr (GPtrArray) runs = NULL;
  g_autoptr (GError)    error = NULL;

  if (!tfv_logdir_load (logdir, NULL, &error))
    g_error ("%s", error->message);
  runs = tfv_logdir_dup_runs (logdir);
  g_assert_cmpuint (runs->len, ==, 1);
  return g_object_ref (runs->pdata[0]);
}

/* The points of a tag, and what they cover of 1000 pixels: the window's own code. */
void
draw_curve (TfvRun *run, guint number)
{
  g_autofree char          *name = g_strdup_printf ("layer-%03u/metric", number);
  g_autoptr (TfvTag)        tag = tfv_run_dup_tag (run, TFV_RECORD_SCALAR, name);
  TfvScalarSeries          *series = tfv_tag_get_series (tag);
  g_autoptr (TfvCurveIndex) index = tfv_curve_index_new (series);
  g_autoptr (GError)        error = NULL;
  TfvViewport               viewport = { 0, (double) N_SCALARS / N_TAGS, 0, 3, FALSE, WIDTH, HEIGHT };
  TfvEnvelope               envelope;
  gint                      stop = 0;

  if (!tfv_scalar_series_load (series, NULL, &error))
    g_error ("%s", error->message);
  g_assert_true (tfv_curve_index_update (index, TFV_PLOT_X_STEP, TFV_SMOOTH_TENSORBOARD, 0, &stop));
  g_assert_cmpuint (index->n_points, ==, N_SCALARS / N_TAGS);
  tfv_envelope_init (&envelope, WIDTH, 1);
  tfv_envelope_add_curve (&envelope, index, TFV_TRACK_RAW, &viewport, FALSE);
  g_assert_true (isfinite (envelope.top[WIDTH / 2]));
  tfv_envelope_clear (&envelope);
}
