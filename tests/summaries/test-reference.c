/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "event-writer-private.h"
#include "summaries/tfv-logdir.h"

/* Where the points of each tag are, as the reference reader goes through them. */
typedef struct
{
  TfvScalarView *view;
  gsize          n_seen;
} Progress;

static void
progress_free (gpointer data)
{
  Progress *progress = data;

  tfv_scalar_view_unref (progress->view);
  g_free (progress);
}

static GHashTable *
take_views (TfvRun *run, gsize *n_points)
{
  GHashTable           *views = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, progress_free);
  g_autoptr (GPtrArray) tags = tfv_run_dup_tags (run);

  for (guint i = 0; i < tags->len; i++)
    {
      TfvScalarSeries *series = tfv_tag_get_series (tags->pdata[i]);
      Progress        *progress;

      if (series == NULL)
        continue;
      progress = g_new0 (Progress, 1);
      progress->view = tfv_scalar_series_snapshot (series, TFV_SCALAR_VIEW_ALL);
      *n_points += progress->view->n_points;
      g_hash_table_insert (views, g_strdup (tfv_tag_get_name (tags->pdata[i])), progress);
    }
  return views;
}

static char *
decode_tag (const char *hex)
{
  GString *tag = g_string_new (NULL);
  char    *valid;

  for (; hex[0] != '\0'; hex += 2)
    g_string_append_c (tag, (char) (g_ascii_xdigit_value (hex[0]) * 16 + g_ascii_xdigit_value (hex[1])));
  valid = g_utf8_make_valid (tag->str, (gssize) tag->len);
  g_string_free (tag, TRUE);
  return valid;
}

static void
assert_point (Progress *progress, char **columns)
{
  gint64 step;
  double wall_time, value, expected = strtod (columns[3], NULL);

  g_assert_cmpuint (progress->n_seen, <, progress->view->n_points);
  tfv_scalar_view_get (progress->view, progress->n_seen++, &step, &wall_time, &value, NULL);
  g_assert_cmpint (step, ==, g_ascii_strtoll (columns[1], NULL, 10));
  g_assert_cmpfloat (wall_time, ==, strtod (columns[2], NULL));
  if (isnan (expected))
    g_assert_true (isnan (value));
  else
    g_assert_cmpfloat (value, ==, expected);
}

/* Compares what is loaded from a file with the lines that the reference reader
   printed for it, up to the next file's. */
static char **
compare_file (const char *path, char **lines, gsize *n_points)
{
  const char            *paths[] = { path, NULL };
  g_autoptr (TfvLogdir)  logdir = tfv_logdir_new (paths);
  g_autoptr (GPtrArray)  runs = NULL;
  g_autoptr (GHashTable) views = NULL;
  g_autoptr (GError)     error = NULL;
  gsize                  n_loaded = 0, n_lines = 0;

  g_assert_true (tfv_logdir_load (logdir, NULL, &error));
  g_assert_no_error (error);
  runs = tfv_logdir_dup_runs (logdir);
  g_assert_cmpuint (runs->len, ==, 1);
  views = take_views (runs->pdata[0], &n_loaded);

  for (; *lines != NULL && strchr (*lines, '\t') != NULL; lines++, n_lines++)
    {
      g_auto (GStrv)   columns = g_strsplit (*lines, "\t", -1);
      g_autofree char *tag = decode_tag (columns[0]);
      Progress        *progress = g_hash_table_lookup (views, tag);

      g_assert_nonnull (progress);
      assert_point (progress, columns);
    }
  g_assert_cmpuint (n_loaded, ==, n_lines);
  *n_points += n_lines;
  return lines;
}

/* Compares files, all read by one run of the reference reader. Takes @paths. */
static gsize
compare_files (GPtrArray *paths)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError)    error = NULL;
  g_autofree char      *output = NULL;
  g_auto (GStrv)        lines = NULL;
  char                **line;
  int                   status;
  gsize                 n_points = 0;

  g_ptr_array_add (argv, g_strdup ("python3"));
  g_ptr_array_add (argv, g_test_build_filename (G_TEST_DIST, "summaries", "reference-tfevents.py", NULL));
  g_ptr_array_extend_and_steal (argv, paths);
  g_ptr_array_add (argv, NULL);
  g_assert_true (g_spawn_sync (NULL, (char **) argv->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, NULL, &status, &error));
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  g_assert_no_error (error);

  line = lines = g_strsplit (output, "\n", -1);
  for (guint i = 2; argv->pdata[i] != NULL; i++)
    {
      g_assert_cmpstr (*line, ==, argv->pdata[i]);
      line = compare_file (argv->pdata[i], line + 1, &n_points);
    }
  g_assert_cmpstr (*line, ==, "");
  return n_points;
}

static void
find_files (const char *path, GPtrArray *files)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char      *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        find_files (child, files);
      else if (strstr (name, "tfevents") != NULL)
        g_ptr_array_add (files, g_steal_pointer (&child));
    }
}

static gboolean
has_python (void)
{
  g_autofree char *python = g_find_program_in_path ("python3");

  if (python == NULL)
    g_test_skip ("there is no python3");
  return python != NULL;
}

static void
test_files_of_others (void)
{
  const char      *data = g_getenv ("TFV_SHARED_DATA");
  g_autofree char *folder = data != NULL ? g_build_filename (data, "tfevents", NULL) : NULL;
  GPtrArray       *files;

  if (folder == NULL || !g_file_test (folder, G_FILE_TEST_IS_DIR))
    {
      g_test_skip ("the event files of others are not there");
      return;
    }
  if (!has_python ())
    return;
  files = g_ptr_array_new_with_free_func (g_free);
  find_files (folder, files);
  g_assert_cmpuint (files->len, >, 0);
  g_assert_cmpuint (compare_files (files), >, 0);
}

/* A scalar tensor of each type, in both forms, packed and not. */
static void
test_tensors_of_every_type (void)
{
  static const struct
  {
    int     type;
    guint32 field;
    guint   size;
    int     wire_type;
  } types[] = {
    { 1, 5, 4, 5 },
    { 2, 6, 8, 1 },
    { 3, 7, 4, 0 },
    { 4, 7, 1, 0 },
    { 5, 7, 2, 0 },
    { 6, 7, 1, 0 },
    { 9, 10, 8, 0 },
    { 10, 11, 1, 0 },
    { 14, 13, 2, 0 },
    { 17, 7, 2, 0 },
    { 19, 13, 2, 0 },
    { 22, 16, 4, 0 },
    { 23, 17, 8, 0 },
  };
  static const guint64 patterns[] = { 0, 1, 0x7f, 0x3c01, 0x4049, 0x40490fdb, 0x3ff921fb54442d18 };
  g_autofree char     *folder = make_folder ();
  g_autofree char     *path = g_build_filename (folder, "types.tfevents", NULL);

  if (has_python ())
    {
      GPtrArray *files = g_ptr_array_new_with_free_func (g_free);

      write_version (path, 1, "brain.Event:2");
      for (guint i = 0; i < G_N_ELEMENTS (types); i++)
        for (guint j = 0; j < 3 * G_N_ELEMENTS (patterns); j++)
          {
            guint64          mask = types[i].size == 8 ? G_MAXUINT64 : (G_GUINT64_CONSTANT (1) << (8 * types[i].size)) - 1;
            guint64          bits = GUINT64_TO_LE (patterns[j / 3] & (types[i].type == 10 ? 1 : mask));
            gint64           one = 1;
            GByteArray      *value = g_byte_array_new (), *tensor = message_new_tensor (types[i].type, j % 2, &one);
            g_autofree char *tag = g_strdup_printf ("type %d", types[i].type);

            if (types[i].type == 6 || types[i].type == 5)
              bits &= 0x7f;
            if (j % 3 == 0)
              message_add_bytes (tensor, 4, &bits, types[i].size);
            else if (types[i].wire_type == 0)
              message_add_varint (tensor, types[i].field, bits);
            else if (types[i].wire_type == 1)
              message_add_fixed64 (tensor, types[i].field, bits);
            else if (j % 3 == 1)
              message_add_fixed32 (tensor, types[i].field, (guint32) bits);
            else
              message_add_bytes (tensor, types[i].field, &bits, types[i].size);
            message_add_string (value, 1, tag);
            message_add_message (value, 8, tensor);
            if (j == 0)
              message_add_message (value, 9, message_new_metadata ("scalars", NULL));
            write_value (path, 2, j, value);
          }
      g_ptr_array_add (files, g_strdup (path));
      g_assert_cmpuint (compare_files (files), ==, 3 * G_N_ELEMENTS (types) * G_N_ELEMENTS (patterns));
    }
  remove_tree (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/summaries/tfevents/files-of-others-equal-the-reference", test_files_of_others);
  g_test_add_func ("/summaries/tfevents/tensors-of-every-type-equal-the-reference", test_tensors_of_every_type);
  return g_test_run ();
}
