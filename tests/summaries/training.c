/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/summaries/training-private.h"

#include <hdf5.h>
#include <string.h>

#include "summaries/tfv-event-layout-private.h"
#include "summaries/tfv-run-private.h"
#include "summaries/tfv-scalar-series.h"
#include "summaries/tfv-summary-writer-private.h"
#include "summaries/tfv-tag.h"

#define WAIT_US (20 * G_USEC_PER_SEC)

TfvSummaryWriter *
new_writer (const char *folder)
{
  g_autoptr (GError) error = NULL;
  TfvSummaryWriter  *writer = tfv_summary_writer_new (folder, &error);

  g_assert_no_error (error);
  return writer;
}

void
close_writer (TfvSummaryWriter *writer)
{
  g_autoptr (GError) error = NULL;

  tfv_summary_writer_close (writer, &error);
  g_assert_no_error (error);
}

/* The process that writes the file. */
gint64
get_helper (TfvSummaryWriter *writer)
{
  return atomic_load (&writer->region->header->consumer_pid);
}

gboolean
is_process_there (gint64 pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", (int) pid);
  g_autofree char *status = NULL;

  return g_file_get_contents (path, &status, NULL, NULL) && strstr (status, ") Z ") == NULL;
}

void
wait_for_end (gint64 pid)
{
  gint64 deadline_us = g_get_monotonic_time () + WAIT_US;

  while (is_process_there (pid) && g_get_monotonic_time () < deadline_us)
    g_usleep (1000);
  g_assert_false (is_process_there (pid));
}

/* What the last row of the status of the newest file says; 0 where it can only
 * be read by SWMR, that is, where it was not closed. */
guint32
get_last_state (const char *folder)
{
  g_autoptr (GDir)  listing = g_dir_open (folder, 0, NULL);
  g_autofree char  *newest = NULL;
  const char       *name;
  TfvEventStatusRow rows[1024];
  hid_t             file, dataset, space, type;
  hsize_t           n_rows = 0;

  while ((name = g_dir_read_name (listing)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (newest == NULL || strcmp (strrchr (path, '.') - 26, strrchr (newest, '.') - 26) > 0)
        {
          g_free (newest);
          newest = g_steal_pointer (&path);
        }
    }

  file = H5Fopen (newest, H5F_ACC_RDONLY, H5P_DEFAULT);
  if (file < 0)
    return 0;
  dataset = H5Dopen2 (file, "status", H5P_DEFAULT);
  space = H5Dget_space (dataset);
  H5Sget_simple_extent_dims (space, &n_rows, NULL);
  g_assert_cmpuint (n_rows, <, G_N_ELEMENTS (rows));
  type = tfv_event_dataset_create_memory_type (TFV_EVENT_STATUS);
  H5Dread (dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, rows);
  H5Tclose (type);
  H5Sclose (space);
  H5Dclose (dataset);
  H5Fclose (file);

  return n_rows > 0 ? rows[n_rows - 1].state : 0;
}

/* The points of the tag "loss". */
gint64
count_points (TfvRun *run)
{
  g_autoptr (TfvTag) tag = tfv_run_dup_tag (run, TFV_RECORD_SCALAR, "loss");

  return tag != NULL ? (gint64) tfv_scalar_series_get_n_points (tfv_tag_get_series (tag)) : 0;
}

/* The steps from 0 on, each once and in order; how many they are. */
gint64
count_steps (TfvRun *run)
{
  g_autoptr (TfvTag)        tag = tfv_run_dup_tag (run, TFV_RECORD_SCALAR, "loss");
  g_autoptr (TfvScalarView) view = tag != NULL ? tfv_scalar_series_snapshot (tfv_tag_get_series (tag), TFV_SCALAR_VIEW_ALL) : NULL;
  g_auto (GStrv)            warnings = tfv_run_dup_warnings (run);

  g_assert_cmpstr (warnings[0], ==, NULL);
  for (gsize i = 0; view != NULL && i < view->n_points; i++)
    {
      gint64 step;
      double value;

      tfv_scalar_view_get (view, i, &step, NULL, &value, NULL);
      g_assert_cmpint (step, ==, (gint64) i);
      g_assert_cmpfloat (value, ==, (double) i);
    }

  return view != NULL ? (gint64) view->n_points : 0;
}
