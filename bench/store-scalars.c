/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench/store-scalars.h"

#include <math.h>
#include <stdio.h>

#include "summaries/tfv-event-segment-private.h"
#include "summaries/tfv-logdir.h"
#include "summaries/tfv-record-kind.h"
#include "viewer/plot/tfv-envelope.h"

#define BLOCK_ROWS 16384

#define WIDTH 1000
#define HEIGHT 300

double
now_s (void)
{
  return (double) g_get_monotonic_time () * 1e-6;
}

static void
append (TfvEventSegment *segment, TfvEventDataset dataset, gconstpointer rows, gsize n_rows)
{
  g_autoptr (GError) error = NULL;

  if (!tfv_event_segment_append (segment, dataset, rows, n_rows, &error))
    g_error ("%s", error->message);
}

/* What a training of some weeks logs: a step takes some 10 ms, its scalars come one
 * after the other, and are float32 with noise that decays. The file is closed.
 * (transfer full): its path */
char *
write_scalars (const char *folder)
{
  const TfvEventSource          source = { folder, "bench", "00000000-0000-4000-8000-000000000000", 1, 1700000000000000000, 1 };
  g_autoptr (GError)            error = NULL;
  g_autoptr (GRand)             random = g_rand_new_with_seed (1);
  g_autofree TfvEventScalarRow *rows = g_new (TfvEventScalarRow, BLOCK_ROWS);
  TfvEventSegment              *segment = tfv_event_segment_create (&source, 0, &error);
  TfvEventStatusRow             status = { .state = TFV_EVENT_STATE_CLOSED, .flags = TFV_EVENT_ROW_VALID };
  double                        wall_time = 1.7e9;
  gsize                         n = 0;
  char                         *path;

  if (segment == NULL)
    g_error ("%s", error->message);
  for (guint32 id = 1; id <= N_TAGS; id++)
    {
      TfvEventTagRow tag = { .id = id, .kind = TFV_RECORD_SCALAR, .flags = TFV_EVENT_ROW_VALID };

      tag.name_length = (guint32) snprintf (tag.name, sizeof tag.name, "layer-%03u/metric", id - 1);
      append (segment, TFV_EVENT_TAGS, &tag, 1);
    }
  for (guint64 i = 0; i < N_SCALARS; i++)
    {
      gint64  step = (gint64) (i / N_TAGS);
      guint32 bits = g_rand_int (random);
      double  noise = (double) bits * 0x1p-32;

      wall_time += i % N_TAGS == 0 ? 0.01 + 0.002 * noise : 1e-6 * noise;
      rows[n++] = (TfvEventScalarRow){ step, wall_time, (double) (float) (2 * exp (-(double) step / 30000) + 0.1 * noise), 1 + (guint32) (i % N_TAGS), TFV_EVENT_ROW_VALID | TFV_EVENT_VALUE_FLOAT32 };
      if (n == BLOCK_ROWS || i + 1 == N_SCALARS)
        {
          append (segment, TFV_EVENT_SCALARS, rows, n);
          n = 0;
        }
    }
  append (segment, TFV_EVENT_STATUS, &status, 1);
  path = g_strdup (tfv_event_segment_get_path (segment));
  if (!tfv_event_segment_flush (segment, &error) || !tfv_event_segment_close (segment, &error))
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
  g_assert_true (tfv_curve_index_update (index, TFV_PLOT_X_STEP, 0, &stop));
  g_assert_cmpuint (index->n_points, ==, N_SCALARS / N_TAGS);
  tfv_envelope_init (&envelope, WIDTH, 1);
  tfv_envelope_add_curve (&envelope, index, TFV_TRACK_RAW, &viewport, FALSE);
  g_assert_true (isfinite (envelope.top[WIDTH / 2]));
  tfv_envelope_clear (&envelope);
}
