/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Files of every version of the format that was ever released are kept, packed,
 * with what must be read from them for ever.
 *
 * `test-event-golden --make FOLDER` writes the file of the current version. */

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "tests/summaries/load-run-private.h"
#include "summaries/tfv-record-class.h"
#include "summaries/tfv-summary-writer.h"

/* A version, and the kinds that its file holds. The last one is the current. */
typedef struct
{
  const char *name;
  const char *kinds[24];
} Version;

static const Version versions[] = {
  { "1.0", { "scalar", "span", "text", "graph", "session" } },
  { "1.1", { "scalar", "span", "text", "graph", "session", "histogram", "image", "audio", "tensor", "hparams", "pr-curve", "mesh", "layout", "embedding", "log-message" } },
  { "1.2", { "scalar", "span", "text", "graph", "session", "histogram", "image", "audio", "tensor", "hparams", "pr-curve", "mesh", "layout", "embedding", "log-message", "counter", "flow", "marker", "run-metadata" } },
};

static void
convert_file (const char *from, const char *to, GConverter *converter)
{
  g_autoptr (GFile)             source = g_file_new_for_path (from);
  g_autoptr (GFile)             target = g_file_new_for_path (to);
  g_autoptr (GError)            error = NULL;
  g_autoptr (GFileInputStream)  in = g_file_read (source, NULL, &error);
  g_autoptr (GFileOutputStream) out = NULL;
  g_autoptr (GInputStream)      converted = NULL;

  g_assert_no_error (error);
  out = g_file_replace (target, NULL, FALSE, G_FILE_CREATE_NONE, NULL, &error);
  g_assert_no_error (error);
  converted = g_converter_input_stream_new (G_INPUT_STREAM (in), converter);
  g_output_stream_splice (G_OUTPUT_STREAM (out), converted, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
  g_assert_no_error (error);
}

static char *
dump_all (const char *path, const Version *version)
{
  g_autoptr (TfvRun) run = load_run (path);
  g_auto (GStrv)     warnings = tfv_run_dup_warnings (run);
  GString           *all = g_string_new (NULL);

  g_assert_cmpstr (warnings[0], ==, NULL);
  for (guint i = 0; version->kinds[i] != NULL; i++)
    {
      g_autofree char *csv = dump_run (run, version->kinds[i]);

      g_string_append_printf (all, "# %s\n%s", version->kinds[i], csv);
    }

  return g_string_free (all, FALSE);
}

static void
test_is_read_as_ever (gconstpointer data)
{
  const Version         *version = data;
  g_autofree char       *folder = g_dir_make_tmp ("tfv-golden-XXXXXX", NULL);
  g_autofree char       *packed_name = g_strconcat (version->name, ".tfv.h5.gz", NULL);
  g_autofree char       *packed = g_test_build_filename (G_TEST_DIST, "summaries", "golden", packed_name, NULL);
  g_autofree char       *csv_name = g_strconcat (version->name, ".csv", NULL);
  g_autofree char       *csv_path = g_test_build_filename (G_TEST_DIST, "summaries", "golden", csv_name, NULL);
  g_autofree char       *path = g_build_filename (folder, "golden.tfv.h5", NULL);
  g_autoptr (GConverter) unpack = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  g_autofree char       *expected = NULL;
  g_autofree char       *all = NULL;

  convert_file (packed, path, unpack);
  all = dump_all (path, version);
  g_assert_true (g_file_get_contents (csv_path, &expected, NULL, NULL));
  g_assert_cmpstr (all, ==, expected);

  remove_folder (folder);
}

static void
write_golden (const char *folder)
{
  g_autoptr (TfvSummaryWriter) writer = tfv_summary_writer_new (folder, NULL);
  g_autofree char             *long_name = g_strnfill (300, 'n');

  for (const TfvRecordClass *const *class = tfv_record_class_get_all (); *class != NULL; class ++)
    {
      /* A description of the run would name the machine that made the file. */
      if ((*class)->kind != TFV_RECORD_RUN)
        (*class)->write_sample (writer);
    }
  for (gint64 step = 0; step < 100; step++)
    tfv_summary_writer_add_scalar_at (writer, "train/loss", 1 / (double) (step + 1), step, 1.7e9 + (double) step);
  tfv_summary_writer_add_session (writer, TFV_SESSION_START, 90);
  tfv_summary_writer_add_scalar_float_at (writer, long_name, 0.1f, 90, 1.7e9);
  g_assert_true (tfv_summary_writer_close (writer, NULL));
}

static int
make (const char *folder)
{
  const Version         *version = &versions[G_N_ELEMENTS (versions) - 1];
  g_autofree char       *written = g_dir_make_tmp ("tfv-golden-XXXXXX", NULL);
  g_autoptr (GDir)       listing = NULL;
  g_autofree char       *path = NULL;
  g_autofree char       *packed_name = g_strconcat (version->name, ".tfv.h5.gz", NULL);
  g_autofree char       *packed = g_build_filename (folder, packed_name, NULL);
  g_autofree char       *csv_name = g_strconcat (version->name, ".csv", NULL);
  g_autofree char       *csv_path = g_build_filename (folder, csv_name, NULL);
  g_autoptr (GConverter) pack = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9));
  g_autofree char       *all = NULL;

  write_golden (written);
  listing = g_dir_open (written, 0, NULL);
  path = g_build_filename (written, g_dir_read_name (listing), NULL);
  convert_file (path, packed, pack);
  all = dump_all (path, version);
  remove_folder (written);

  return g_file_set_contents (csv_path, all, -1, NULL) ? 0 : 1;
}

int
main (int argc, char **argv)
{
  if (argc == 3 && strcmp (argv[1], "--make") == 0)
    return make (argv[2]);

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      g_autofree char *path = g_strdup_printf ("/summaries/event-golden/version-%s-is-read-as-ever", versions[i].name);

      g_test_add_data_func (path, &versions[i], test_is_read_as_ever);
    }

  return g_test_run ();
}
