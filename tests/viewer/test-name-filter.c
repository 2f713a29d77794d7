/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-name-filter.h"

static void
lets_everything_through_at_first (void)
{
  g_autoptr (TfvNameFilter) filter = tfv_name_filter_new ();

  g_assert_true (tfv_name_filter_is_empty (filter));
  g_assert_true (tfv_name_filter_matches (filter, "train/loss"));
  g_assert_true (tfv_name_filter_matches (filter, ""));
}

static void
finds_an_expression_anywhere (void)
{
  g_autoptr (TfvNameFilter) filter = tfv_name_filter_new ();
  g_autoptr (GError)        error = NULL;

  g_assert_true (tfv_name_filter_set_pattern (filter, "LOSS|acc.*1$", &error));
  g_assert_no_error (error);
  g_assert_true (tfv_name_filter_matches (filter, "train/loss"));
  g_assert_true (tfv_name_filter_matches (filter, "accuracy_1"));
  g_assert_false (tfv_name_filter_matches (filter, "accuracy_2"));
}

static void
keeps_what_was_there_when_an_expression_is_wrong (void)
{
  g_autoptr (TfvNameFilter) filter = tfv_name_filter_new ();
  g_autoptr (GError)        error = NULL;

  g_assert_true (tfv_name_filter_set_pattern (filter, "loss", NULL));
  g_assert_false (tfv_name_filter_set_pattern (filter, "loss(", &error));
  g_assert_error (error, G_REGEX_ERROR, G_REGEX_ERROR_UNMATCHED_PARENTHESIS);
  g_assert_true (tfv_name_filter_matches (filter, "loss"));
  g_assert_false (tfv_name_filter_matches (filter, "accuracy"));
}

static void
lets_everything_through_when_emptied (void)
{
  g_autoptr (TfvNameFilter) filter = tfv_name_filter_new ();

  g_assert_true (tfv_name_filter_set_pattern (filter, "loss", NULL));
  g_assert_true (tfv_name_filter_set_pattern (filter, "", NULL));
  g_assert_true (tfv_name_filter_matches (filter, "accuracy"));
}

static void
gives_up_on_endless_backtracking (void)
{
  g_autoptr (TfvNameFilter) filter = tfv_name_filter_new ();
  g_autofree char          *name = g_strnfill (64, 'a');

  g_assert_true (tfv_name_filter_set_pattern (filter, "(a+)+b", NULL));
  for (int i = 0; i < 1000; i++)
    g_assert_false (tfv_name_filter_matches (filter, name));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/viewer/name-filter/lets-everything-through-at-first", lets_everything_through_at_first);
  g_test_add_func ("/viewer/name-filter/finds-an-expression-anywhere", finds_an_expression_anywhere);
  g_test_add_func ("/viewer/name-filter/keeps-what-was-there-when-an-expression-is-wrong", keeps_what_was_there_when_an_expression_is_wrong);
  g_test_add_func ("/viewer/name-filter/lets-everything-through-when-emptied", lets_everything_through_when_emptied);
  g_test_add_func ("/viewer/name-filter/gives-up-on-endless-backtracking", gives_up_on_endless_backtracking);
  return g_test_run ();
}
