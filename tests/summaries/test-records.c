/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "tests/summaries/load-run-private.h"
#include "summaries/tfv-record-class.h"
#include "summaries/tfv-summary-writer.h"

/* Lines of cells; a cell of the sample that is an asterisk matches any. The last
 * cell takes what is left, commas and all. */
static void
assert_matches (const char *csv, const char *sample, guint n_columns)
{
  g_auto (GStrv) lines = g_strsplit (csv, "\n", -1);
  g_auto (GStrv) expected_lines = g_strsplit (sample, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, g_strv_length (expected_lines));
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) cells = g_strsplit (lines[i], ",", (gint) n_columns);
      g_auto (GStrv) expected = g_strsplit (expected_lines[i], ",", (gint) n_columns);

      g_assert_cmpuint (g_strv_length (cells), ==, g_strv_length (expected));
      for (guint k = 0; cells[k] != NULL; k++)
        {
          if (strcmp (expected[k], "*") != 0)
            g_assert_cmpstr (cells[k], ==, expected[k]);
        }
    }
}

static void
test_reads_what_was_written (gconstpointer data)
{
  const TfvRecordClass *class = data;
  g_autofree char             *folder = g_dir_make_tmp ("tfv-records-XXXXXX", NULL);
  g_autoptr (GError)           error = NULL;
  g_autoptr (TfvSummaryWriter) writer = tfv_summary_writer_new (folder, &error);
  g_autoptr (TfvRun)           run = NULL;
  g_auto (GStrv)               warnings = NULL;
  g_autofree char             *csv = NULL;

  g_assert_no_error (error);
  class->write_sample (writer);
  tfv_summary_writer_close (writer, &error);
  g_assert_no_error (error);

  run = load_run (folder);
  warnings = tfv_run_dup_warnings (run);
  g_assert_cmpstr (warnings[0], ==, NULL);
  csv = dump_run (run, class->name);
  assert_matches (csv, class->sample, g_strv_length ((char **) class->columns));

  remove_folder (folder);
}

static void
test_every_class_is_found_by_name (void)
{
  for (const TfvRecordClass *const *class = tfv_record_class_get_all (); *class != NULL; class ++)
    {
      g_assert_true (tfv_record_class_find ((*class)->name) == *class);
      g_assert_cmpstr ((*class)->name, ==, tfv_record_kind_to_string ((*class)->kind));
    }
  g_assert_null (tfv_record_class_find ("nonsense"));
}

static void
test_kinds_have_names (void)
{
  TfvRecordKind kind = TFV_RECORD_NONE;

  for (guint i = 1; i <= TFV_RECORD_RUN_METADATA; i++)
    {
      g_assert_true (tfv_record_kind_from_string (tfv_record_kind_to_string ((TfvRecordKind) i), &kind));
      g_assert_cmpuint (kind, ==, i);
    }
  g_assert_false (tfv_record_kind_from_string ("none", &kind));
  g_assert_cmpstr (tfv_record_kind_to_string ((TfvRecordKind) 4711), ==, "unknown");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (const TfvRecordClass *const *class = tfv_record_class_get_all (); *class != NULL; class ++)
    {
      g_autofree char *path = g_strdup_printf ("/summaries/records/%s/reads-what-was-written", (*class)->name);

      g_test_add_data_func (path, *class, test_reads_what_was_written);
    }
  g_test_add_func ("/summaries/records/every-class-is-found-by-name", test_every_class_is_found_by_name);
  g_test_add_func ("/summaries/records/kinds-have-names", test_kinds_have_names);

  return g_test_run ();
}
