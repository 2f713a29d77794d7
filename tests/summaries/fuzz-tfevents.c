/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "event-writer-private.h"
#include "summaries/formats/tfrecord-private.h"
#include "summaries/tfv-crc32c-private.h"
#include "summaries/tfv-logdir.h"

/* Loads mutated copies of an event file: a quarter of TFV_FUZZ_RUNS, always the
   same. Half of them get good checksums again, so that the damage reaches the
   decoder. All is done in this process, which is to survive it. */
#define DEFAULT_RUNS 2000

static void
write_seed (const char *path)
{
  static const char *const plugins[] = { "scalars", "text", "images", "histograms", "hparams", "other" };
  gint64                   size = 1;
  GByteArray              *event, *child;

  write_version (path, 1, "brain.Event:2");
  for (gint64 step = 0; step < 5; step++)
    {
      write_scalar (path, 2, step, "loss", (float) step);
      write_scalar (path, 2, step, "accuracy", (float) step);
    }
  write_session (path, 3, 2, 1);
  for (guint i = 0; i < G_N_ELEMENTS (plugins); i++)
    {
      GByteArray *value = g_byte_array_new (), *tensor = message_new_tensor (i == 1 ? 7 : 1 + (int) i, 1, &size);

      message_add_float (tensor, 5, 1);
      message_add_string (tensor, 8, "text");
      message_add_string (tensor, 8, "more text");
      message_add_string (value, 1, plugins[i]);
      message_add_message (value, 8, tensor);
      message_add_message (value, 9, message_new_metadata (plugins[i], "content"));
      write_value (path, 4, i, value);
    }
  event = message_new_event (5, 0);
  child = g_byte_array_new ();
  message_add_string (child, 2, "graph");
  message_add_message (event, 9, child);
  write_event (path, event);
  event = message_new_event (5, 0);
  child = g_byte_array_new ();
  message_add_string (child, 1, "step1");
  message_add_string (child, 2, "metadata");
  message_add_message (event, 8, child);
  write_event (path, event);
}

static void
put_checksum (guint8 *place, const guint8 *data, gsize n_bytes)
{
  guint32 crc = GUINT32_TO_LE (tfv_tfrecord_mask (tfv_crc32c (0, data, n_bytes)));

  memcpy (place, &crc, sizeof crc);
}

/* Makes the checksums good for as long as the lengths lead through the file. */
static void
mend_checksums (GByteArray *file)
{
  for (gsize at = 0; at + 16 <= file->len;)
    {
      guint64 length;

      memcpy (&length, file->data + at, sizeof length);
      length = GUINT64_FROM_LE (length);
      put_checksum (file->data + at + 8, file->data + at, 8);
      if (length > file->len - at - 16)
        return;
      put_checksum (file->data + at + 12 + length, file->data + at + 12, length);
      at += 16 + length;
    }
}

static void
mutate (GByteArray *file, GRand *rand)
{
  guint n_changes = (guint) g_rand_int_range (rand, 1, 6);

  for (guint i = 0; i < n_changes && file->len > 16; i++)
    {
      guint at = (guint) g_rand_int_range (rand, 0, (gint32) file->len);
      guint wanted = (guint) g_rand_int_range (rand, 1, 40);
      guint n = MIN (wanted, file->len - at);

      switch (g_rand_int_range (rand, 0, 6))
        {
        case 0:
          file->data[at] ^= (guint8) (1 << g_rand_int_range (rand, 0, 8));
          break;
        case 1:
          file->data[at] = (guint8) g_rand_int (rand);
          break;
        case 2:
          memset (file->data + at, g_rand_boolean (rand) ? 0xff : 0, n);
          break;
        case 3:
          g_byte_array_remove_range (file, at, n);
          break;
        case 4:
          g_byte_array_set_size (file, at + 1);
          break;
        default:
          memmove (file->data + at, file->data + (guint) g_rand_int_range (rand, 0, (gint32) (file->len - n)), n);
          break;
        }
    }
  if (g_rand_boolean (rand))
    mend_checksums (file);
}

/* Looks at everything that was loaded. */
static void
look_at (TfvRun *run)
{
  g_autoptr (GPtrArray) tags = tfv_run_dup_tags (run);

  for (guint i = 0; i < tags->len; i++)
    {
      TfvTag          *tag = tags->pdata[i];
      TfvScalarSeries *series = tfv_tag_get_series (tag);
      TfvTagSummary    summary;

      g_assert_true (g_utf8_validate (tfv_tag_get_name (tag), -1, NULL));
      tfv_tag_get_summary (tag, &summary);
      if (series != NULL)
        {
          g_autoptr (TfvScalarView) all = tfv_scalar_series_snapshot (series, TFV_SCALAR_VIEW_ALL);
          g_autoptr (TfvScalarView) purged = tfv_scalar_series_snapshot (series, TFV_SCALAR_VIEW_PURGED);

          g_assert_cmpuint (all->n_points, ==, summary.count);
          g_assert_cmpuint (purged->n_points, <=, all->n_points);
          continue;
        }
      for (guint64 j = 0; j < summary.count; j++)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (GBytes) bytes = tfv_tag_read_record (tag, j, &error);

          g_assert_no_error (error);
        }
    }
}

static void
test_mutated_files (void)
{
  const char       *runs_text = g_getenv ("TFV_FUZZ_RUNS");
  guint             n_runs = (runs_text != NULL ? (guint) atoi (runs_text) : DEFAULT_RUNS) / 4;
  g_autofree char  *folder = make_folder ();
  g_autofree char  *seed_path = g_build_filename (folder, "seed", NULL);
  g_autofree char  *path = g_build_filename (folder, "events.out.tfevents.1", NULL);
  g_autofree char  *seed = NULL;
  const char       *paths[] = { path, NULL };
  gsize             n_seed;
  g_autoptr (GRand) rand = g_rand_new_with_seed (20);

  write_seed (seed_path);
  g_assert_true (g_file_get_contents (seed_path, &seed, &n_seed, NULL));
  for (guint i = 0; i < n_runs; i++)
    {
      g_autoptr (GByteArray) file = g_byte_array_new ();
      g_autoptr (TfvLogdir)  logdir = tfv_logdir_new (paths);
      g_autoptr (GPtrArray)  runs = NULL;
      g_autoptr (GError)     error = NULL;

      g_byte_array_append (file, (const guint8 *) seed, (guint) n_seed);
      mutate (file, rand);
      g_remove (path);
      write_bytes (path, file->data, file->len);
      tfv_logdir_load (logdir, NULL, &error);
      g_assert_no_error (error);
      runs = tfv_logdir_dup_runs (logdir);
      for (guint j = 0; j < runs->len; j++)
        look_at (runs->pdata[j]);
    }
  remove_tree (folder);
}

int
main (int argc, char *argv[])
{
  g_setenv ("TFV_READER", "none", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/summaries/tfevents/survives-mutated-files", test_mutated_files);
  return g_test_run ();
}
