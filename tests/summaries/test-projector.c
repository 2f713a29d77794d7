/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Embeddings in the files that PyTorch and TensorFlow write for the projector. */

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/summaries/event-writer-private.h"
#include "tests/summaries/load-run-private.h"
#include "summaries/formats/projector-config-private.h"
#include "summaries/tfv-array.h"
#include "summaries/tfv-embedding.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-projector-files-private.h"

#define CONFIG "projector_config.pbtxt"

static void
put (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0777), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static TfvEmbedding *
read_embedding (TfvRun *run, const char *name, guint64 index, gint64 expected_step)
{
  g_autoptr (TfvTag) tag = tfv_run_dup_tag (run, TFV_RECORD_EMBEDDING, name);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) record = NULL;
  TfvEmbedding      *embedding;
  gint64             step;

  g_assert_nonnull (tag);
  g_assert_cmpstr (tfv_tag_get_plugin (tag), ==, "projector");
  g_assert_true (tfv_tag_get_record (tag, index, &step, NULL, NULL));
  g_assert_cmpint (step, ==, expected_step);
  record = tfv_tag_read_record (tag, index, &error);
  g_assert_no_error (error);
  embedding = tfv_embedding_decode (record, &error);
  g_assert_no_error (error);
  return embedding;
}

/* As torch.utils.tensorboard writes it, add_embedding() called at two steps. */
static void
put_pytorch_files (const char *folder)
{
  put (folder, CONFIG,
       "embeddings {\n"
       "tensor_name: \"default:00000\"\n"
       "tensor_path: \"00000/default/tensors.tsv\"\n"
       "metadata_path: \"00000/default/metadata.tsv\"\n"
       "sprite {\n"
       "image_path: \"00000/default/sprite.png\"\n"
       "single_image_dim: 28\n"
       "single_image_dim: 14\n"
       "}\n"
       "}\n"
       "embeddings {\n"
       "tensor_name: \"default:00012\"\n"
       "tensor_path: \"00012/default/tensors.tsv\"\n"
       "}\n");
  put (folder, "00000/default/tensors.tsv", "1.5\t-2e-3\tnan\n4\t5\t6\n");
  put (folder, "00000/default/metadata.tsv", "name\tclass\na\t1\nb\t2\n");
  put (folder, "00000/default/sprite.png", "a picture");
  put (folder, "00012/default/tensors.tsv", "7\t8\r\n9\t10");
}

static void
test_reads_what_pytorch_writes (void)
{
  g_autofree char         *folder = make_folder ();
  g_autoptr (TfvRun)       run = NULL;
  g_autoptr (TfvEmbedding) first = NULL;
  g_autoptr (TfvEmbedding) second = NULL;
  g_auto (GStrv)           warnings = NULL;
  g_autofree char         *csv = NULL;

  put_pytorch_files (folder);
  run = load_run (folder);
  warnings = tfv_run_dup_warnings (run);
  g_assert_cmpstr (warnings[0], ==, NULL);

  first = read_embedding (run, "default", 0, 0);
  g_assert_cmpint (first->points->dimensions[0], ==, 2);
  g_assert_cmpint (first->points->dimensions[1], ==, 3);
  g_assert_cmpstr (first->metadata, ==, "name\tclass\na\t1\nb\t2\n");
  g_assert_cmpmem (g_bytes_get_data (first->sprite, NULL), g_bytes_get_size (first->sprite), "a picture", 9);
  g_assert_cmpuint (first->sprite_width, ==, 28);
  g_assert_cmpuint (first->sprite_height, ==, 14);

  second = read_embedding (run, "default", 1, 12);
  g_assert_cmpint (second->points->dimensions[0], ==, 2);
  g_assert_null (second->metadata);
  g_assert_null (second->sprite);

  csv = dump_run (run, "embedding");
  g_assert_nonnull (strstr (csv, "1.5"));
  g_assert_nonnull (strstr (csv, "-0.002"));
  remove_tree (folder);
}

static void
test_reads_a_folder_with_a_relative_path (void)
{
  g_autofree char         *folder = make_folder ();
  g_autofree char         *parent = g_path_get_dirname (folder);
  g_autofree char         *name = g_path_get_basename (folder);
  g_autofree char         *back = g_get_current_dir ();
  g_autoptr (TfvRun)       run = NULL;
  g_autoptr (TfvEmbedding) first = NULL;

  put_pytorch_files (folder);
  g_assert_cmpint (g_chdir (parent), ==, 0);
  run = load_run (name);
  first = read_embedding (run, "default", 0, 0);
  g_assert_cmpint (first->points->dimensions[0], ==, 2);
  g_assert_cmpstr (first->metadata, ==, "name\tclass\na\t1\nb\t2\n");
  g_assert_cmpint (g_chdir (back), ==, 0);
  remove_tree (folder);
}

/* As TensorFlow's users write it: other spellings, numbers as bytes, and what is
 * in a checkpoint. */
static void
test_reads_what_tensorflow_takes (void)
{
  g_autofree char         *folder = make_folder ();
  g_autofree char         *tensor = g_build_filename (folder, "tensor.bytes", NULL);
  g_autoptr (TfvRun)       run = NULL;
  g_autoptr (TfvEmbedding) embedding = NULL;
  g_auto (GStrv)           warnings = NULL;
  static const guint8      numbers[] = { 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40 };

  put (folder, CONFIG,
       "# a comment\n"
       "model_checkpoint_path: 'model.ckpt'\n"
       "embeddings: < tensor_name: \"word\" '\\163', tensor_path: \"tensor.bytes\"; tensor_shape: [1, 2] bookmarks_path: \"\" >\n"
       "embeddings { tensor_name: \"variable\" metadata_path: \"metadata.tsv\" }\n");
  g_assert_true (g_file_set_contents (tensor, (const char *) numbers, sizeof numbers, NULL));

  run = load_run (folder);
  embedding = read_embedding (run, "words", 0, 0);
  g_assert_cmpint (embedding->points->dimensions[0], ==, 1);
  g_assert_cmpint (embedding->points->dimensions[1], ==, 2);
  warnings = tfv_run_dup_warnings (run);
  g_assert_cmpuint (g_strv_length (warnings), ==, 1);
  g_assert_true (g_str_has_suffix (warnings[0], CONFIG ": line 4: the tensor “variable” is in a checkpoint, which is not read"));
  remove_tree (folder);
}

/* What tfv export leaves for TensorBoard is in its event file, too. */
static void
test_leaves_our_own_to_the_event_file (void)
{
  g_autofree char      *folder = make_folder ();
  g_autoptr (GString)   config = g_string_new ("embeddings {\n  tensor_name: \"points\"\n  tensor_path: \"tensors.tsv\"\n}\n");
  g_autoptr (TfvRun)    run = NULL;
  g_autoptr (GPtrArray) tags = NULL;
  g_autoptr (GError)    error = NULL;

  g_assert_true (tfv_projector_files_finish (folder, config, &error));
  g_assert_no_error (error);
  put (folder, "tensors.tsv", "1\t2\n");
  run = load_run (folder);
  tags = tfv_run_dup_tags (run);
  g_assert_cmpuint (tags->len, ==, 0);
  remove_tree (folder);
}

static void
assert_unreadable (const char *tensor_path, const char *reason)
{
  g_autofree char   *folder = make_folder ();
  g_autofree char   *below = g_build_filename (folder, "run", NULL);
  g_autofree char   *link = g_build_filename (below, "link.tsv", NULL);
  g_autofree char   *config = g_strdup_printf ("\nembeddings {\n  tensor_name: \"points\"\n  tensor_path: \"%s\"\n}\n", tensor_path);
  g_autoptr (TfvRun) run = NULL;
  g_autoptr (TfvTag) tag = NULL;
  g_autoptr (GBytes) record = NULL;
  g_autoptr (GError) error = NULL;

  put (below, CONFIG, config);
  put (folder, "secret.tsv", "1\t2\n");
  put (below, "folder.tsv/nothing", "");
  put (below, "letters.tsv", "1\t2\n3\tx\n");
  put (below, "ragged.tsv", "1\t2\n3\n");
  put (below, "hole.tsv", "1\t2\n\n3\t4\n");
  put (below, "short.bytes", "123");
  g_assert_cmpint (symlink ("../secret.tsv", link), ==, 0);

  run = load_run (below);
  tag = tfv_run_dup_tag (run, TFV_RECORD_EMBEDDING, "points");
  record = tfv_tag_read_record (tag, 0, &error);
  g_assert_null (record);
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, CONFIG ": line 2: "));
  g_assert_nonnull (strstr (error->message, reason));
  remove_tree (folder);
}

static void
test_refuses_what_leads_elsewhere (void)
{
  assert_unreadable ("../secret.tsv", "is outside the folder");
  assert_unreadable ("a/../../secret.tsv", "is outside the folder");
  assert_unreadable ("/etc/passwd", "is outside the folder");
  assert_unreadable ("link.tsv", "is outside the folder");
  assert_unreadable ("missing.tsv", "No such file");
  assert_unreadable (".", "is outside the folder");
  assert_unreadable ("folder.tsv", "not a regular file");
}

static void
test_tells_where_a_table_is_wrong (void)
{
  assert_unreadable ("letters.tsv", "letters.tsv: line 2: what stands in column 2 is no number");
  assert_unreadable ("ragged.tsv", "ragged.tsv: line 2 has 1 numbers, those before it 2");
  assert_unreadable ("hole.tsv", "hole.tsv: line 2: what stands in column 1 is no number");
  assert_unreadable ("short.bytes", "are not a tensor of the shape");
}

static void
test_tells_the_line_of_an_error (void)
{
  static const struct
  {
    const char *text, *error;
    guint       n_embeddings;
  } cases[] = {
    { "embeddings {\n}\nembeddings {\n  nonsense: 1\n}", "line 4: an embedding has no field “nonsense”", 1 },
    { "nonsense: 1", "line 1: a projector has no field “nonsense”", 0 },
    { "embeddings {\n sprite {\n single_image_dim: -1 } }", "line 3: a number was expected", 0 },
    { "embeddings {\n tensor_name: \"open\n}", "line 2: a string does not end", 0 },
    { "embeddings {\n tensor_name: 'a\\q' }", "line 2: an escape in a string is none", 0 },
    { "embeddings {\n\n", "line 3: the text ends before “}”", 0 },
    { "embeddings", "line 1: “{” was expected", 0 },
    { "embeddings { tensor_shape: [1, 2, 3] }", "line 1: there are more numbers than two", 0 },
    { "embeddings { tensor_name 'a' }", "line 1: “:” was expected", 0 },
    { "}", "line 1: a field is missing its name", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GArray) embeddings = tfv_projector_config_parse (cases[i].text, strlen (cases[i].text), &error);

      g_assert_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT);
      g_assert_cmpstr (error->message, ==, cases[i].error);
      g_assert_cmpuint (embeddings->len, ==, cases[i].n_embeddings);
    }
}

static void
mutate (GRand *random, GByteArray *bytes)
{
  static const char syntax[] = "{}<>[]:,;\"'\\#\n\t 0159xe-.";

  for (int n = g_rand_int_range (random, 1, 6); n > 0 && bytes->len > 1; n--)
    {
      guint at = (guint) g_rand_int_range (random, 0, (gint32) bytes->len);
      guint n_cut = (guint) g_rand_int_range (random, 1, 30);

      switch (g_rand_int_range (random, 0, 4))
        {
        case 0:
          bytes->data[at] = (guint8) g_rand_int (random);
          break;
        case 1:
          bytes->data[at] = (guint8) syntax[g_rand_int_range (random, 0, sizeof syntax - 1)];
          break;
        case 2:
          g_byte_array_remove_range (bytes, at, MIN (bytes->len - at, n_cut));
          break;
        default:
          g_byte_array_set_size (bytes, at + 1);
          break;
        }
    }
}

/* Neither the configuration nor a table harms its reader, however wrong. */
static void
test_survives_mutations (void)
{
  static const char *const files[] = { CONFIG, "00000/default/tensors.tsv", "00000/default/metadata.tsv" };
  g_autofree char         *folder = make_folder ();
  g_autoptr (GRand)        random = g_rand_new_with_seed (17);
  guint                    n_read = 0, n_refused = 0;

  put_pytorch_files (folder);
  for (guint round = 0; round < 400; round++)
    {
      g_autofree char       *path = g_build_filename (folder, files[round % G_N_ELEMENTS (files)], NULL);
      g_autofree char       *text = NULL;
      gsize                  n_bytes;
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      g_autoptr (TfvRun)     run = NULL;
      g_autoptr (GPtrArray)  tags = NULL;

      g_assert_true (g_file_get_contents (path, &text, &n_bytes, NULL));
      g_byte_array_append (bytes, (const guint8 *) text, (guint) n_bytes);
      mutate (random, bytes);
      g_assert_true (g_file_set_contents_full (path, (const char *) bytes->data, bytes->len, G_FILE_SET_CONTENTS_NONE, 0644, NULL));

      run = load_run (folder);
      tags = tfv_run_dup_tags (run);
      for (guint i = 0; i < tags->len; i++)
        {
          g_autoptr (GError)       error = NULL;
          g_autoptr (GBytes)       record = tfv_tag_read_record (tags->pdata[i], 0, &error);
          g_autoptr (TfvEmbedding) embedding = record != NULL ? tfv_embedding_decode (record, &error) : NULL;

          g_assert_true ((embedding != NULL) == (error == NULL));
          n_read += embedding != NULL;
          n_refused += embedding == NULL;
        }
      g_assert_true (g_file_set_contents_full (path, text, (gssize) n_bytes, G_FILE_SET_CONTENTS_NONE, 0644, NULL));
    }
  g_assert_cmpuint (n_read, >, 0);
  g_assert_cmpuint (n_refused, >, 0);
  remove_tree (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function) g_test_add_func ("/summaries/projector/" name, function)
  ADD ("reads-what-pytorch-writes", test_reads_what_pytorch_writes);
  ADD ("reads-a-folder-with-a-relative-path", test_reads_a_folder_with_a_relative_path);
  ADD ("reads-what-tensorflow-takes", test_reads_what_tensorflow_takes);
  ADD ("leaves-our-own-to-the-event-file", test_leaves_our_own_to_the_event_file);
  ADD ("refuses-what-leads-elsewhere", test_refuses_what_leads_elsewhere);
  ADD ("tells-where-a-table-is-wrong", test_tells_where_a_table_is_wrong);
  ADD ("tells-the-line-of-an-error", test_tells_the_line_of_an_error);
  ADD ("survives-mutations", test_survives_mutations);

  return g_test_run ();
}
