/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-run-private.h"
#include "viewer/pages/scalars/tfv-tag-index.h"
#include "viewer/tfv-run-tree.h"

typedef struct
{
  TfvRunTree    *tree;
  TfvTagIndex   *index;
  TfvNameFilter *filter;
  GPtrArray     *runs;
} Fixture;

static const TfvFormat no_format = { .name = "test" };

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->tree = tfv_run_tree_new ();
  fixture->index = tfv_tag_index_new ();
  fixture->filter = tfv_name_filter_new ();
  fixture->runs = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  tfv_tag_index_free (fixture->index);
  tfv_name_filter_free (fixture->filter);
  g_ptr_array_unref (fixture->runs);
  g_assert_finalize_object (fixture->tree);
}

static TfvRunPart *
add_run (Fixture *fixture, const char *name)
{
  TfvRun *run = tfv_run_new (name, name);

  g_ptr_array_add (fixture->runs, run);
  return tfv_run_add_part (run, name, &no_format);
}

static void
add_tag (TfvRunPart *part, const char *tag)
{
  tfv_tag_part_append_scalar (tfv_run_part_add_tag (part, tag, -1, TFV_RECORD_SCALAR, "scalars"), 0, 0, 1);
}

static gboolean
update (Fixture *fixture)
{
  for (guint i = 0; i < fixture->runs->len; i++)
    tfv_run_touch (g_ptr_array_index (fixture->runs, i));
  tfv_run_tree_update (fixture->tree, fixture->runs);
  return tfv_tag_index_update (fixture->index, tfv_run_tree_get_runs (fixture->tree));
}

/* "group: label label; group: …" */
static char *
describe (Fixture *fixture)
{
  guint                 n_visible;
  g_autoptr (GPtrArray) sections = tfv_tag_index_create_sections (fixture->index, fixture->filter, &n_visible);
  GString              *text = g_string_new (NULL);

  for (guint i = 0; i < sections->len; i++)
    {
      TfvCardSection *section = g_ptr_array_index (sections, i);

      g_string_append_printf (text, "%s%s:", i > 0 ? "; " : "", section->title != NULL ? section->title : "");
      for (guint j = 0; j < section->items->len; j++)
        g_string_append_printf (text, " %s", tfv_scalar_tag_get_label (g_ptr_array_index (section->items, j)));
    }
  return g_string_free (text, FALSE);
}

static void
assert_sections (Fixture *fixture, const char *expected)
{
  g_autofree char *sections = describe (fixture);

  g_assert_cmpstr (sections, ==, expected);
}

static void
groups_by_what_is_before_the_first_slash (Fixture *fixture, gconstpointer data)
{
  TfvRunPart *part = add_run (fixture, "a");

  add_tag (part, "train/loss");
  add_tag (part, "train/sub/accuracy");
  add_tag (part, "eval/loss");
  add_tag (part, "loss");
  g_assert_true (update (fixture));
  assert_sections (fixture, "Ungrouped: loss; eval: loss; train: loss sub/accuracy");
}

static void
needs_no_heading_without_groups (Fixture *fixture, gconstpointer data)
{
  TfvRunPart *part = add_run (fixture, "a");

  add_tag (part, "loss");
  add_tag (part, "accuracy");
  update (fixture);
  assert_sections (fixture, ": accuracy loss");
}

static void
keeps_groups_together_and_in_order (Fixture *fixture, gconstpointer data)
{
  TfvRunPart *part = add_run (fixture, "a");

  add_tag (part, "layer-10/w");
  add_tag (part, "layer-9/w10");
  add_tag (part, "layer/w");
  add_tag (part, "layer-9/w9");
  add_tag (part, "layer/b");
  update (fixture);
  assert_sections (fixture, "layer: b w; layer-9: w9 w10; layer-10: w");
}

static void
takes_odd_slashes_as_they_are (Fixture *fixture, gconstpointer data)
{
  TfvRunPart *part = add_run (fixture, "a");

  add_tag (part, "/absolute");
  add_tag (part, "trailing/");
  update (fixture);
  assert_sections (fixture, ": /absolute trailing/");
}

static void
joins_the_runs_of_a_tag (Fixture *fixture, gconstpointer data)
{
  TfvRunPart   *a = add_run (fixture, "a");
  TfvRunPart   *b = add_run (fixture, "b");
  TfvScalarTag *tag;

  add_tag (a, "loss");
  add_tag (b, "loss");
  update (fixture);
  tag = tfv_tag_index_lookup (fixture->index, "loss");
  g_assert_cmpuint (tfv_scalar_tag_get_runs (tag)->len, ==, 2);
  g_assert_cmpuint (tfv_tag_index_get_n_tags (fixture->index), ==, 1);
}

static void
leaves_out_tags_of_hidden_runs (Fixture *fixture, gconstpointer data)
{
  TfvRunPart *a = add_run (fixture, "a");
  TfvRunPart *b = add_run (fixture, "b");

  add_tag (a, "loss");
  add_tag (b, "reward");
  update (fixture);
  tfv_run_tree_set_checked (fixture->tree, tfv_run_tree_find (fixture->tree, "a"), FALSE);
  assert_sections (fixture, ": reward");
}

static void
filters_by_the_whole_name (Fixture *fixture, gconstpointer data)
{
  TfvRunPart *part = add_run (fixture, "a");

  add_tag (part, "train/loss");
  add_tag (part, "eval/loss");
  update (fixture);
  g_assert_true (tfv_name_filter_set_pattern (fixture->filter, "^train/", NULL));
  assert_sections (fixture, "train: loss");
}

static void
notices_new_tags_only (Fixture *fixture, gconstpointer data)
{
  TfvRunPart *part = add_run (fixture, "a");

  add_tag (part, "loss");
  g_assert_true (update (fixture));
  add_tag (part, "loss");
  g_assert_false (update (fixture));
  add_tag (part, "accuracy");
  g_assert_true (update (fixture));
  g_assert_cmpuint (tfv_scalar_tag_get_runs (tfv_tag_index_lookup (fixture->index, "loss"))->len, ==, 1);
  assert_sections (fixture, ": accuracy loss");
}

static void
leaves_out_other_kinds (Fixture *fixture, gconstpointer data)
{
  TfvRunPart *part = add_run (fixture, "a");

  tfv_run_part_add_tag (part, "image", -1, TFV_RECORD_IMAGE, "images");
  update (fixture);
  g_assert_cmpuint (tfv_tag_index_get_n_tags (fixture->index), ==, 0);
}

static void
forgets_runs_that_are_gone (Fixture *fixture, gconstpointer data)
{
  TfvRunPart *a = add_run (fixture, "a");
  TfvRunPart *b = add_run (fixture, "b");

  add_tag (a, "loss");
  add_tag (a, "accuracy");
  add_tag (b, "loss");
  update (fixture);
  tfv_scalar_tag_set_wide (tfv_tag_index_lookup (fixture->index, "loss"), TRUE);
  g_ptr_array_remove_index (fixture->runs, 0);
  g_assert_true (update (fixture));
  assert_sections (fixture, ": loss");
  g_assert_cmpuint (tfv_scalar_tag_get_runs (tfv_tag_index_lookup (fixture->index, "loss"))->len, ==, 1);
  g_assert_true (tfv_scalar_tag_get_wide (tfv_tag_index_lookup (fixture->index, "loss")));
}

#define ADD(path, function) g_test_add ("/viewer/tag-index/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("groups-by-what-is-before-the-first-slash", groups_by_what_is_before_the_first_slash);
  ADD ("needs-no-heading-without-groups", needs_no_heading_without_groups);
  ADD ("keeps-groups-together-and-in-order", keeps_groups_together_and_in_order);
  ADD ("takes-odd-slashes-as-they-are", takes_odd_slashes_as_they_are);
  ADD ("joins-the-runs-of-a-tag", joins_the_runs_of_a_tag);
  ADD ("leaves-out-tags-of-hidden-runs", leaves_out_tags_of_hidden_runs);
  ADD ("filters-by-the-whole-name", filters_by_the_whole_name);
  ADD ("notices-new-tags-only", notices_new_tags_only);
  ADD ("leaves-out-other-kinds", leaves_out_other_kinds);
  ADD ("forgets-runs-that-are-gone", forgets_runs_that_are_gone);
  return g_test_run ();
}
