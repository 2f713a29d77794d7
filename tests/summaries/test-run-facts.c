/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is stored of the machine, the environment and the repository of a run. */

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/summaries/load-run-private.h"
#include "summaries/tfv-git-state-private.h"
#include "summaries/tfv-run-facts-private.h"
#include "summaries/tfv-summary-writer.h"

#define COMMIT "0123456789abcdef0123456789abcdef01234567"
#define OTHER_COMMIT "89abcdef0123456789abcdef0123456789abcdef"

static void
put (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0777), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char      *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        remove_all (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

static void
assert_state (const char *folder, const char *branch, const char *commit)
{
  g_autoptr (GVariant) state = tfv_git_state_read (folder);
  const char          *text = NULL;

  g_assert_nonnull (state);
  g_variant_ref_sink (state);
  g_variant_lookup (state, "branch", "&s", &text);
  g_assert_cmpstr (text, ==, branch);
  text = NULL;
  g_variant_lookup (state, "commit", "&s", &text);
  g_assert_cmpstr (text, ==, commit);
}

static void
test_reads_branches_where_they_are (void)
{
  g_autofree char *folder = g_dir_make_tmp ("tfv-facts-XXXXXX", NULL);
  g_autofree char *below = g_build_filename (folder, "a", "b", NULL);
  g_autofree char *linked = g_build_filename (folder, "linked", NULL);

  g_assert_cmpint (g_mkdir_with_parents (below, 0777), ==, 0);
  g_assert_null (tfv_git_state_read (below));

  put (folder, ".git/HEAD", "ref: refs/heads/topic/one\n");
  assert_state (below, "topic/one", NULL);
  put (folder, ".git/refs/heads/topic/one", COMMIT "\n");
  assert_state (below, "topic/one", COMMIT);
  put (folder, ".git/HEAD", "ref: refs/heads/packed\n");
  put (folder, ".git/packed-refs", "# pack-refs with: peeled\n" COMMIT " refs/heads/other\n" OTHER_COMMIT " refs/heads/packed\n^" COMMIT "\n");
  assert_state (folder, "packed", OTHER_COMMIT);
  put (folder, ".git/HEAD", COMMIT "\n");
  assert_state (folder, NULL, COMMIT);

  /* A work tree of its own, with the branches of the other. */
  put (folder, "linked/.git", "gitdir: ../.git/worktrees/linked\n");
  put (folder, ".git/worktrees/linked/HEAD", "ref: refs/heads/packed\n");
  put (folder, ".git/worktrees/linked/commondir", "../..\n");
  assert_state (linked, "packed", OTHER_COMMIT);

  /* A name may be bytes of another time. */
  put (folder, ".git/HEAD", "ref: refs/heads/sch\xf6n\n");
  put (folder, ".git/config", "[remote \"origin\"]\n\turl = /home/j\xf6rg/a.git\n");
  assert_state (folder, "sch\357\277\275n", NULL);
  {
    g_autoptr (GVariant) state = g_variant_ref_sink (tfv_git_state_read (folder));
    const char          *remote = NULL;

    g_assert_true (g_variant_lookup (state, "remote", "&s", &remote));
    g_assert_cmpstr (remote, ==, "/home/j\357\277\275rg/a.git");
  }

  /* What leads elsewhere is not followed. */
  put (folder, ".git/HEAD", "ref: refs/../../secret\n");
  put (folder, "secret", COMMIT "\n");
  assert_state (folder, NULL, NULL);

  remove_all (folder);
}

static void
test_stores_no_credentials (void)
{
  static const struct
  {
    const char *url, *stored;
  } cases[] = {
    { "https://name:pass@host/a.git", "https://host/a.git" },
    { "https://to@ken@host:8443/a@b", "https://host:8443/a@b" },
    { "https://host/a", "https://host/a" },
    { "git@host:a.git", "git@host:a.git" },
    { "../a", "../a" },
    { "https://a:b@one/x,https://c:d@two", "https://one/x,https://two" },
  };
  static const char *const argv[] = { "train.py", "--api-key=1", "--password", "2", "--token", "--lr=0.1", "--num-tokens=3", "--tokenizer=bpe", "HF_TOKEN=4", "--db=postgres://u:p@h/d", "--max-key=5", "--password", "-6secret", "--token", "-v", "--secretKey=7", "https://u:p@h/d?access_token=8&rows=9", "--data=https://h/c?sv=1&sig=a%2B=&se=2", "s3.h/d?X-Amz-Signature", "data=https://h/?X-Amz-Signature=a#b", NULL };
  static const char *const expected[] = { "train.py", "--api-key=***", "--password", "***", "--token", "--lr=0.1", "--num-tokens=3", "--tokenizer=bpe", "HF_TOKEN=***", "--db=postgres://h/d", "--max-key=5", "--password", "***", "--token", "-v", "--secretKey=***", "https://h/d?access_token=***&rows=9", "--data=https://h/c?sv=1&sig=***&se=2", "s3.h/d?X-Amz-Signature", "data=https://h/?X-Amz-Signature=***#b", NULL };
  g_auto (GStrv)           command = tfv_run_facts_dup_command ((int) G_N_ELEMENTS (argv) - 1, argv);
  g_autoptr (GVariant)     environment = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *stored = tfv_git_url_without_credentials (cases[i].url);

      g_assert_cmpstr (stored, ==, cases[i].stored);
    }
  g_assert_cmpstrv (command, expected);

  g_setenv ("AWS_SECRET_ACCESS_KEY", "a secret", TRUE);
  g_setenv ("TF_VAR_password", "a secret", TRUE);
  g_setenv ("CUDA_VISIBLE_DEVICES", "0,1", TRUE);
  environment = g_variant_ref_sink (tfv_run_facts_get_environment ());
  {
    g_autofree char *text = g_variant_print (environment, FALSE);

    g_assert_null (strstr (text, "a secret"));
    g_assert_nonnull (strstr (text, "'CUDA_VISIBLE_DEVICES': <'0,1'>"));
  }
}

static void
run_git (const char *folder, const char *arguments)
{
  g_autofree char   *line = g_strdup_printf ("git -c user.name=n -c user.email=e -c commit.gpgsign=false -c core.hooksPath=/dev/null -C %s %s", folder, arguments);
  g_autoptr (GError) error = NULL;
  int                status;

  g_assert_true (g_spawn_command_line_sync (line, NULL, NULL, &status, &error));
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

static int
is_dirty (const char *folder)
{
  g_autoptr (GVariant) state = g_variant_ref_sink (tfv_git_state_read (folder));
  gboolean             dirty;

  return g_variant_lookup (state, "dirty", "b", &dirty) ? dirty : -1;
}

static void
test_tells_changed_files (void)
{
  g_autofree char *git = g_find_program_in_path ("git");
  g_autofree char *folder = NULL;
  g_autofree char *path = NULL;

  if (git == NULL)
    {
      g_test_skip ("there is no git");
      return;
    }

  folder = g_dir_make_tmp ("tfv-facts-XXXXXX", NULL);
  path = g_build_filename (folder, "sub", "a long name of a file.txt", NULL);
  run_git (folder, "init -q .");
  put (folder, "one.txt", "one\n");
  put (folder, "sub/a long name of a file.txt", "two\n");
  put (folder, "sub/a long name of another file.txt", "three\n");
  run_git (folder, "add .");
  run_git (folder, "commit -q -m message");
  g_assert_cmpint (is_dirty (folder), ==, FALSE);

  for (guint version = 2; version <= 4; version += 2)
    {
      g_autofree char *arguments = g_strdup_printf ("update-index --index-version %u", version);

      run_git (folder, arguments);
      g_assert_cmpint (is_dirty (folder), ==, FALSE);
      put (folder, "untracked", "what git does not know is not looked at");
      g_assert_cmpint (is_dirty (folder), ==, FALSE);
      /* Written again, with the same bytes, and with others of the same number. */
      g_usleep (20000);
      g_assert_true (g_file_set_contents (path, "two\n", -1, NULL));
      g_assert_cmpint (is_dirty (folder), ==, FALSE);
      g_assert_true (g_file_set_contents (path, "owt\n", -1, NULL));
      g_assert_cmpint (is_dirty (folder), ==, TRUE);
      g_assert_cmpint (g_unlink (path), ==, 0);
      g_assert_cmpint (is_dirty (folder), ==, TRUE);
      run_git (folder, "checkout -q .");
      g_assert_cmpint (is_dirty (folder), ==, FALSE);
    }

  /* A damaged index tells nothing. */
  {
    g_autofree char *index = g_build_filename (folder, ".git", "index", NULL);
    g_autofree char *bytes = NULL;
    gsize            n_bytes;

    g_assert_true (g_file_get_contents (index, &bytes, &n_bytes, NULL));
    for (gsize cut = 0; cut < n_bytes; cut++)
      {
        g_assert_true (g_file_set_contents (index, bytes, (gssize) cut, NULL));
        is_dirty (folder);
      }
  }

  remove_all (folder);
}

/* The description of a run has all of it, and what the caller adds. */
static void
test_a_description_has_it_all (void)
{
  g_autofree char             *folder = g_dir_make_tmp ("tfv-facts-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) writer = tfv_summary_writer_new (folder, NULL);
  const char                  *argv[] = { "train" };
  GVariant                    *device = g_variant_new_parsed ("{'name': <'/device:GPU:0'>, 'memory_bytes': <int64 1024>}");
  g_autoptr (TfvRun)           run = NULL;
  g_autofree char             *csv = NULL;
  g_autofree char             *printed = NULL;
  g_autoptr (GVariant)         description = NULL;
  g_autoptr (GVariant)         devices = NULL;

  g_setenv ("OMP_NUM_THREADS", "4", TRUE);
  tfv_summary_writer_add_run_description (writer, 1, argv, NULL);
  tfv_summary_writer_add_run_details (writer, g_variant_new_parsed ("{'packages': <{'torch': '2.1'}>, 'devices': <%@av>}", g_variant_new_array (G_VARIANT_TYPE_VARIANT, (GVariant *[]){ g_variant_new_variant (device) }, 1)));
  tfv_summary_writer_add_run_details (writer, g_variant_new_parsed ("{'packages': <{'torch': '2.2'}>, 'deep': <'{{{{{{{{{{{{{{{{{{{{'>}"));
  g_assert_true (tfv_summary_writer_close (writer, NULL));

  run = load_run (folder);
  csv = dump_run (run, "run");
  g_assert_nonnull (strstr (csv, "machine.cores,"));
  g_assert_nonnull (strstr (csv, "machine.memory_bytes,"));
  g_assert_nonnull (strstr (csv, "machine.kernel,"));
  g_assert_nonnull (strstr (csv, "environment.OMP_NUM_THREADS,4\n"));
  g_assert_nonnull (strstr (csv, "packages.torch,2.1\n"));
  g_assert_nonnull (strstr (csv, "devices,[{\"name\":\"/device:GPU:0\",\"memory_bytes\":1024}]\n"));

  /* Of one name what was stated last counts. */
  description = tfv_run_dup_description (run);
  printed = g_variant_print (description, FALSE);
  g_assert_nonnull (strstr (printed, "'packages': <{'torch': <'2.2'>}>"));
  g_assert_nonnull (strstr (printed, "'command': <['train']>"));
  g_assert_nonnull (strstr (printed, "'OMP_NUM_THREADS': <'4'>"));
  g_assert_nonnull (strstr (printed, "{{{{{{{{{{{{{{{{{{{{"));
  g_assert_true (g_variant_lookup (description, "devices", "@av", &devices));
  g_assert_cmpuint (g_variant_n_children (devices), ==, 1);

  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/summaries/run-facts/reads-branches-where-they-are", test_reads_branches_where_they_are);
  g_test_add_func ("/summaries/run-facts/stores-no-credentials", test_stores_no_credentials);
  g_test_add_func ("/summaries/run-facts/tells-changed-files", test_tells_changed_files);
  g_test_add_func ("/summaries/run-facts/a-description-has-it-all", test_a_description_has_it_all);

  return g_test_run ();
}
