/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-run-private.h"
#include "viewer/tfv-run-tree.h"

typedef struct
{
  TfvRunTree *tree;
  GPtrArray  *runs;
  guint       n_changed;
} Fixture;

static void
count_change (Fixture *fixture)
{
  fixture->n_changed++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->tree = tfv_run_tree_new ();
  fixture->runs = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect_swapped (fixture->tree, "changed", G_CALLBACK (count_change), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_ptr_array_unref (fixture->runs);
  g_assert_finalize_object (fixture->tree);
}

static void
add (Fixture *fixture, const char *first, ...)
{
  va_list names;

  va_start (names, first);
  for (const char *name = first; name != NULL; name = va_arg (names, const char *))
    g_ptr_array_add (fixture->runs, tfv_run_new (name, name));
  va_end (names);
  tfv_run_tree_update (fixture->tree, fixture->runs);
}

/* The rows as text: depth as dots, label, state. */
static char *
describe (Fixture *fixture)
{
  g_autoptr (GListModel) model = tfv_run_tree_create_model (fixture->tree);
  GString               *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (GtkTreeListRow) row = g_list_model_get_item (model, i);
      g_autoptr (TfvRunNode)     node = gtk_tree_list_row_get_item (row);

      for (guint depth = gtk_tree_list_row_get_depth (row); depth > 0; depth--)
        g_string_append_c (text, '.');
      g_string_append_printf (text, "%s%s %c\n", tfv_run_node_get_label (node), tfv_run_node_get_run (node) != NULL ? "" : "/", "-+~"[tfv_run_node_get_check_state (node)]);
    }
  return g_string_free (text, FALSE);
}

static void
assert_rows (Fixture *fixture, const char *expected)
{
  g_autofree char *rows = describe (fixture);

  g_assert_cmpstr (rows, ==, expected);
}

static void
nests_runs_by_folder (Fixture *fixture, gconstpointer data)
{
  add (fixture, "b/train", "b/validation", "a", ".", NULL);
  assert_rows (fixture, ". +\na +\nb/ +\n.train +\n.validation +\n");
  g_assert_cmpuint (tfv_run_tree_get_n_visible (fixture->tree), ==, 4);
}

static void
names_the_run_of_the_opened_folder (Fixture *fixture, gconstpointer data)
{
  TfvRunNode *node;

  g_ptr_array_add (fixture->runs, tfv_run_new (".", "/logs/digits"));
  add (fixture, "a", "z", NULL);
  assert_rows (fixture, "digits +\na +\nz +\n");
  node = tfv_run_tree_find (fixture->tree, ".");
  g_assert_cmpstr (tfv_run_node_get_title (node), ==, "digits");
  g_assert_true (tfv_run_tree_set_filter (fixture->tree, "^dig", NULL));
  assert_rows (fixture, "digits +\n");
  g_assert_true (tfv_run_tree_set_filter (fixture->tree, "^\\.$", NULL));
  assert_rows (fixture, "digits +\n");
  g_assert_true (tfv_run_tree_set_filter (fixture->tree, "^z", NULL));
  assert_rows (fixture, "z +\n");
}

static void
sorts_numbers_by_value (Fixture *fixture, gconstpointer data)
{
  add (fixture, "run-10", "run-9", "run-100", NULL);
  assert_rows (fixture, "run-9 +\nrun-10 +\nrun-100 +\n");
}

static void
shares_a_row_among_lone_folders (Fixture *fixture, gconstpointer data)
{
  add (fixture, "logs/2024/a/train", NULL);
  assert_rows (fixture, "logs/2024/a/train +\n");
  add (fixture, "logs/2024/a/test", NULL);
  assert_rows (fixture, "logs/2024/a/ +\n.test +\n.train +\n");
  add (fixture, "logs/2025", NULL);
  assert_rows (fixture, "logs/ +\n.2024/a/ +\n..test +\n..train +\n.2025 +\n");
  add (fixture, "logs/2024", NULL);
  assert_rows (fixture, "logs/ +\n.2024 +\n..a/ +\n...test +\n...train +\n.2025 +\n");
}

static void
does_not_split_within_a_name (Fixture *fixture, gconstpointer data)
{
  add (fixture, "run-1/train", "run-10/train", "run-1", NULL);
  assert_rows (fixture, "run-1 +\n.train +\nrun-10/train +\n");
}

static void
lets_a_run_become_a_folder (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GListModel) model = tfv_run_tree_create_model (fixture->tree);

  add (fixture, "a", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 1);
  add (fixture, "a/eval", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 2);
  assert_rows (fixture, "a +\n.eval +\n");
}

static void
toggles_a_folder (Fixture *fixture, gconstpointer data)
{
  add (fixture, "a/1", "a/2", "b/1", "b/2", NULL);
  tfv_run_tree_set_checked (fixture->tree, tfv_run_tree_find (fixture->tree, "a/1"), FALSE);
  assert_rows (fixture, "a/ ~\n.1 -\n.2 +\nb/ +\n.1 +\n.2 +\n");
  tfv_run_tree_set_checked (fixture->tree, tfv_run_tree_find (fixture->tree, "b"), FALSE);
  assert_rows (fixture, "a/ ~\n.1 -\n.2 +\nb/ -\n.1 -\n.2 -\n");
  tfv_run_tree_set_all_checked (fixture->tree, TRUE);
  g_assert_cmpuint (tfv_run_tree_get_n_visible (fixture->tree), ==, 4);
}

static void
shows_only_one_and_goes_back (Fixture *fixture, gconstpointer data)
{
  TfvRunNode *node;

  add (fixture, "a/1", "a/2", "b", NULL);
  node = tfv_run_tree_find (fixture->tree, "a");
  tfv_run_tree_show_only (fixture->tree, node);
  assert_rows (fixture, "a/ +\n.1 +\n.2 +\nb -\n");
  tfv_run_tree_show_only (fixture->tree, node);
  g_assert_cmpuint (tfv_run_tree_get_n_visible (fixture->tree), ==, 3);
}

static void
filters_by_name (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  add (fixture, "a/train", "a/eval", "b/train", NULL);
  g_assert_true (tfv_run_tree_set_filter (fixture->tree, "^a/|b/eval", &error));
  assert_rows (fixture, "a/ +\n.eval +\n.train +\n");
  g_assert_cmpuint (tfv_run_tree_get_n_visible (fixture->tree), ==, 2);

  /* All and none mean those that are listed. */
  tfv_run_tree_set_all_checked (fixture->tree, FALSE);
  g_assert_true (tfv_run_tree_set_filter (fixture->tree, NULL, &error));
  g_assert_cmpuint (tfv_run_tree_get_n_visible (fixture->tree), ==, 1);
  g_assert_true (tfv_run_node_is_visible (tfv_run_tree_find (fixture->tree, "b/train")));

  g_assert_false (tfv_run_tree_set_filter (fixture->tree, "[", &error));
  g_assert_nonnull (error);
  g_assert_cmpuint (tfv_run_tree_get_n_matching (fixture->tree), ==, 3);
}

static void
filters_runs_that_come_later (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GListModel) model = tfv_run_tree_create_model (fixture->tree);

  add (fixture, "a/train", NULL);
  g_assert_true (tfv_run_tree_set_filter (fixture->tree, "eval", NULL));
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 0);
  add (fixture, "a/eval", "b/train", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 2);
  assert_rows (fixture, "a/ +\n.eval +\n");
}

static void
keeps_choices_and_colors_when_runs_come (Fixture *fixture, gconstpointer data)
{
  GdkRGBA before;
  GdkRGBA after;
  GdkRGBA other;

  add (fixture, "m", "n", NULL);
  tfv_run_node_get_color (tfv_run_tree_find (fixture->tree, "n"), &before);
  tfv_run_tree_set_checked (fixture->tree, tfv_run_tree_find (fixture->tree, "m"), FALSE);
  add (fixture, "a", "z", NULL);
  assert_rows (fixture, "a +\nm -\nn +\nz +\n");
  tfv_run_node_get_color (tfv_run_tree_find (fixture->tree, "n"), &after);
  tfv_run_node_get_color (tfv_run_tree_find (fixture->tree, "a"), &other);
  g_assert_true (gdk_rgba_equal (&before, &after));
  g_assert_false (gdk_rgba_equal (&before, &other));
}

static void
gives_colors_by_name_whatever_the_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TfvRunTree) tree = tfv_run_tree_new ();
  g_autoptr (GPtrArray)  reversed = g_ptr_array_new ();

  add (fixture, "a", "b", "c", NULL);
  for (guint i = fixture->runs->len; i-- > 0;)
    g_ptr_array_add (reversed, g_ptr_array_index (fixture->runs, i));
  tfv_run_tree_update (tree, reversed);
  for (guint i = 0; i < reversed->len; i++)
    {
      const char *name = tfv_run_get_name (g_ptr_array_index (reversed, i));
      GdkRGBA     a;
      GdkRGBA     b;

      tfv_run_node_get_color (tfv_run_tree_find (fixture->tree, name), &a);
      tfv_run_node_get_color (tfv_run_tree_find (tree, name), &b);
      g_assert_true (gdk_rgba_equal (&a, &b));
    }
}

static void
gives_colors_by_place_while_a_folder_is_read (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "a", "b/x", "b/y", "c" };
  g_autoptr (TfvRunTree)   tree = tfv_run_tree_new ();

  add (fixture, "c", NULL);
  add (fixture, "b/y", NULL);
  add (fixture, "b/x", "a", NULL);
  tfv_run_tree_color_by_place (fixture->tree);
  tfv_run_tree_update (tree, fixture->runs);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GdkRGBA a;
      GdkRGBA b;

      tfv_run_node_get_color (tfv_run_tree_find (fixture->tree, names[i]), &a);
      tfv_run_node_get_color (tfv_run_tree_find (tree, names[i]), &b);
      g_assert_true (gdk_rgba_equal (&a, &b));
    }
  fixture->n_changed = 0;
  tfv_run_tree_color_by_place (fixture->tree);
  g_assert_cmpuint (fixture->n_changed, ==, 0);
}

static void
takes_out_runs_that_are_gone (Fixture *fixture, gconstpointer data)
{
  add (fixture, "a/1", "a/2", "b/x/1", "b/y", NULL);
  g_ptr_array_remove_index (fixture->runs, 2);
  g_ptr_array_remove_index (fixture->runs, 0);
  g_assert_true (tfv_run_tree_update (fixture->tree, fixture->runs));
  assert_rows (fixture, "a/ +\n.2 +\nb/ +\n.y +\n");
  g_ptr_array_set_size (fixture->runs, 0);
  g_assert_true (tfv_run_tree_update (fixture->tree, fixture->runs));
  assert_rows (fixture, "");
  g_assert_cmpuint (tfv_run_tree_get_runs (fixture->tree)->len, ==, 0);
  add (fixture, "a/2", NULL);
  assert_rows (fixture, "a/2 +\n");
}

static void
says_nothing_when_nothing_changed (Fixture *fixture, gconstpointer data)
{
  add (fixture, "a", "b", NULL);
  g_assert_cmpuint (fixture->n_changed, ==, 1);
  g_assert_false (tfv_run_tree_update (fixture->tree, fixture->runs));
  g_assert_cmpuint (fixture->n_changed, ==, 1);
}

static void
counts_warnings (Fixture *fixture, gconstpointer data)
{
  TfvRunNode *node;

  add (fixture, "a", NULL);
  node = tfv_run_tree_find (fixture->tree, "a");
  g_assert_cmpuint (tfv_run_node_get_n_warnings (node), ==, 0);
  tfv_run_add_warning (g_ptr_array_index (fixture->runs, 0), "events.out: bad checksum at byte 24");
  tfv_run_touch (g_ptr_array_index (fixture->runs, 0));
  tfv_run_tree_update (fixture->tree, fixture->runs);
  g_assert_cmpuint (tfv_run_node_get_n_warnings (node), ==, 1);
  g_autofree char *description = tfv_run_node_dup_description (node);
  g_assert_nonnull (strstr (description, "bad checksum at byte 24"));
}

static void
holds_thousands_of_runs (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GListModel) model = tfv_run_tree_create_model (fixture->tree);

  for (int i = 0; i < 2000; i++)
    {
      g_autofree char *name = g_strdup_printf ("sweep-%d/run-%d", i % 20, i);

      g_ptr_array_add (fixture->runs, tfv_run_new (name, name));
    }
  tfv_run_tree_update (fixture->tree, fixture->runs);
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 2020);
  g_assert_cmpuint (tfv_run_tree_get_n_visible (fixture->tree), ==, 2000);
  g_assert_true (tfv_run_tree_set_filter (fixture->tree, "run-1999$", NULL));
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 2);
}

#define ADD(path, function) g_test_add ("/viewer/run-tree/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("nests-runs-by-folder", nests_runs_by_folder);
  ADD ("names-the-run-of-the-opened-folder", names_the_run_of_the_opened_folder);
  ADD ("sorts-numbers-by-value", sorts_numbers_by_value);
  ADD ("shares-a-row-among-lone-folders", shares_a_row_among_lone_folders);
  ADD ("does-not-split-within-a-name", does_not_split_within_a_name);
  ADD ("lets-a-run-become-a-folder", lets_a_run_become_a_folder);
  ADD ("toggles-a-folder", toggles_a_folder);
  ADD ("shows-only-one-and-goes-back", shows_only_one_and_goes_back);
  ADD ("filters-by-name", filters_by_name);
  ADD ("filters-runs-that-come-later", filters_runs_that_come_later);
  ADD ("keeps-choices-and-colors-when-runs-come", keeps_choices_and_colors_when_runs_come);
  ADD ("gives-colors-by-name-whatever-the-order", gives_colors_by_name_whatever_the_order);
  ADD ("gives-colors-by-place-while-a-folder-is-read", gives_colors_by_place_while_a_folder_is_read);
  ADD ("takes-out-runs-that-are-gone", takes_out_runs_that_are_gone);
  ADD ("says-nothing-when-nothing-changed", says_nothing_when_nothing_changed);
  ADD ("counts-warnings", counts_warnings);
  ADD ("holds-thousands-of-runs", holds_thousands_of_runs);
  return g_test_run ();
}
