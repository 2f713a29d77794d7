/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Writes a run with a record of every kind that there is, and one that went back to
   an earlier step: what is to come through an export and an import. */

#include <math.h>

#include "summaries/tfv-embedding.h"
#include "summaries/tfv-histogram.h"
#include "summaries/tfv-image.h"
#include "summaries/tfv-record-class.h"
#include "summaries/tfv-text.h"

#define N_STEPS 20
#define SIZE 8

static void
write_media (TfvSummaryWriter *writer, gint64 step)
{
  guint8             pixels[SIZE * SIZE * 3];
  float              points[3 * 4];
  double             values[100];
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (pixels); i++)
    pixels[i] = (guint8) (i * 7 + (guint) step);
  for (guint i = 0; i < G_N_ELEMENTS (points); i++)
    points[i] = sinf ((float) i + (float) step);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    values[i] = sin ((double) i) / 3;
  bytes = g_bytes_new (pixels, sizeof pixels);
  tfv_summary_writer_add_image_pixels (writer, "media/pixels", bytes, SIZE, SIZE, 3, step, &error);
  g_assert_no_error (error);
  tfv_summary_writer_add_histogram (writer, "media/weights", values, G_N_ELEMENTS (values), step);
  tfv_summary_writer_add_text (writer, "media/note", "a *note*", step);
  tfv_summary_writer_add_embedding (writer, "media/words", 3, 4, points, "one\ntwo\nthree", NULL, 0, 0, step);
}

static void
write_samples (TfvSummaryWriter *writer, gboolean with_sessions)
{
  for (const TfvRecordClass *const *known = tfv_record_class_get_all (); *known != NULL; known++)
    if (with_sessions || (*known)->kind != TFV_RECORD_SESSION)
      (*known)->write_sample (writer);
}

static TfvSummaryWriter *
open_run (const char *logdir, const char *name)
{
  g_autofree char   *folder = g_build_filename (logdir, name, NULL);
  g_autoptr (GError) error = NULL;
  TfvSummaryWriter  *writer = tfv_summary_writer_new (folder, &error);

  if (writer == NULL)
    g_error ("%s", error->message);
  return writer;
}

static void
close_run (TfvSummaryWriter *writer)
{
  g_autoptr (GError) error = NULL;

  if (!tfv_summary_writer_close (writer, &error))
    g_error ("%s", error->message);
  g_object_unref (writer);
}

int
main (int argc, char **argv)
{
  TfvSummaryWriter *writer;

  if (argc != 2)
    return 2;

  writer = open_run (argv[1], "everything");
  write_samples (writer, TRUE);
  for (gint64 step = 0; step < N_STEPS; step++)
    {
      tfv_summary_writer_add_scalar_float (writer, "loss/float", 1 / (1 + (float) step), step);
      tfv_summary_writer_add_scalar (writer, "loss/double", 1 / (3 + (double) step), step);
    }
  tfv_summary_writer_add_scalar (writer, "loss/double", NAN, N_STEPS);
  tfv_summary_writer_add_scalar (writer, "loss/double", INFINITY, N_STEPS + 1);
  write_media (writer, 1);
  write_media (writer, 9);
  tfv_summary_writer_add_session (writer, TFV_SESSION_START, 5);
  for (gint64 step = 5; step < N_STEPS; step++)
    tfv_summary_writer_add_scalar_float (writer, "loss/float", -1, step);
  write_media (writer, 6);
  write_samples (writer, FALSE);
  close_run (writer);

  /* Killed and started again, without a word. */
  for (gint64 begin = 0; begin <= 10; begin += 10)
    {
      writer = open_run (argv[1], "again/and/again");
      for (gint64 step = begin; step < begin + N_STEPS; step++)
        tfv_summary_writer_add_scalar_float (writer, "loss", (float) begin, step);
      close_run (writer);
    }
  return 0;
}
