/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "logdir-fixture.h"
#include "summaries/tfv-summary-writer.h"
#include "viewer/pages/scalars/tfv-scalar-card.h"
#include "viewer/tfv-application.h"
#include "viewer/tfv-chart-private.h"
#include "viewer/tfv-section-heading.h"
#include "viewer/tfv-settings.h"
#include "viewer/tfv-window.h"

#define TIMEOUT_US (20 * G_USEC_PER_SEC)

static GtkApplication *application;

typedef struct
{
  char      *logdir;
  TfvWindow *window;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->logdir = logdir_fixture_new ();
  fixture->window = tfv_window_new (application, NULL);
  g_object_add_weak_pointer (G_OBJECT (fixture->window), (gpointer *) &fixture->window);
}

static void
iterate_until (gboolean (*condition) (Fixture *fixture), Fixture *fixture)
{
  gint64 start_us = g_get_monotonic_time ();

  while (!condition (fixture))
    {
      g_assert_cmpint (g_get_monotonic_time () - start_us, <, TIMEOUT_US);
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
}

static gboolean
is_closed (Fixture *fixture)
{
  return fixture->window == NULL;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_close (GTK_WINDOW (fixture->window));
  iterate_until (is_closed, fixture);
  logdir_fixture_free (fixture->logdir);
}

static void
open_logdir (Fixture *fixture)
{
  tfv_window_open (fixture->window, (const char *const[]){ fixture->logdir, NULL });
  gtk_window_present (GTK_WINDOW (fixture->window));
}

/* Depth first; @type or a type derived from it, and the n-th of those. */
static GtkWidget *
find_widget (GtkWidget *widget, GType type, const char *builder_id, guint *n)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type) && (builder_id == NULL || g_strcmp0 (gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)), builder_id) == 0) && (*n)-- == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_widget (child, type, builder_id, n);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkWidget *
find_by_id (Fixture *fixture, const char *builder_id)
{
  guint      n = 0;
  GtkWidget *widget = find_widget (GTK_WIDGET (fixture->window), GTK_TYPE_WIDGET, builder_id, &n);

  g_assert_nonnull (widget);
  return widget;
}

static guint
count_widgets (Fixture *fixture, GType type)
{
  guint n = G_MAXUINT;

  find_widget (GTK_WIDGET (fixture->window), type, NULL, &n);
  return G_MAXUINT - n;
}

static gboolean
shows_content (Fixture *fixture)
{
  return g_str_equal (tfv_window_get_state (fixture->window), "content") && tfv_window_is_settled (fixture->window);
}

static gboolean
has_one_card (Fixture *fixture)
{
  return shows_content (fixture) && count_widgets (fixture, TFV_TYPE_SCALAR_CARD) == 1;
}

static gboolean
has_three_cards (Fixture *fixture)
{
  return shows_content (fixture) && count_widgets (fixture, TFV_TYPE_SCALAR_CARD) == 3;
}

static gboolean
is_waiting (Fixture *fixture)
{
  return g_str_equal (tfv_window_get_state (fixture->window), "waiting");
}

static const char *const three_tags[] = { "loss", "eval/loss", "eval/accuracy", NULL };

static void
open_two_runs (Fixture *fixture)
{
  logdir_fixture_write_run (fixture->logdir, "a", three_tags, 50);
  logdir_fixture_write_run (fixture->logdir, "b", (const char *const[]){ "loss", NULL }, 50);
  open_logdir (fixture);
  iterate_until (has_three_cards, fixture);
}

static void
starts_with_a_way_to_open (Fixture *fixture, gconstpointer data)
{
  gtk_window_present (GTK_WINDOW (fixture->window));
  g_assert_cmpstr (tfv_window_get_state (fixture->window), ==, "start");
  g_assert_true (tfv_window_is_empty (fixture->window));
}

static void
waits_for_data (Fixture *fixture, gconstpointer data)
{
  open_logdir (fixture);
  iterate_until (is_waiting, fixture);
  logdir_fixture_write_run (fixture->logdir, "late", (const char *const[]){ "loss", NULL }, 3);
  iterate_until (has_one_card, fixture);
}

static gboolean
says_it_is_missing (Fixture *fixture)
{
  return is_waiting (fixture) && strstr (adw_status_page_get_description (ADW_STATUS_PAGE (find_by_id (fixture, "status"))), "does not exist") != NULL;
}

static void
waits_for_a_folder_that_is_missing (Fixture *fixture, gconstpointer data)
{
  g_autofree char *late = g_build_filename (fixture->logdir, "late", NULL);

  tfv_window_open (fixture->window, (const char *const[]){ late, NULL });
  gtk_window_present (GTK_WINDOW (fixture->window));
  iterate_until (says_it_is_missing, fixture);
  logdir_fixture_write_run (fixture->logdir, "late", (const char *const[]){ "loss", NULL }, 3);
  iterate_until (has_one_card, fixture);
}

static gboolean
tells_what_is_wrong (Fixture *fixture)
{
  GtkRevealer *revealer = GTK_REVEALER (find_by_id (fixture, "revealer"));

  return gtk_revealer_get_reveal_child (revealer);
}

static gboolean
tells_nothing (Fixture *fixture)
{
  return !tells_what_is_wrong (fixture);
}

static void
tells_which_of_several_paths_is_missing (Fixture *fixture, gconstpointer data)
{
  g_autofree char *here = g_build_filename (fixture->logdir, "here", NULL);
  g_autofree char *late = g_build_filename (fixture->logdir, "late", NULL);
  g_autofree char *message = g_strdup_printf ("%s does not exist yet", late);

  logdir_fixture_write_run (fixture->logdir, "here", (const char *const[]){ "loss", NULL }, 3);
  tfv_window_open (fixture->window, (const char *const[]){ here, late, NULL });
  gtk_window_present (GTK_WINDOW (fixture->window));
  iterate_until (tells_what_is_wrong, fixture);
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (find_by_id (fixture, "first"))), ==, message);
  iterate_until (has_one_card, fixture);
  logdir_fixture_write_run (fixture->logdir, "late", (const char *const[]){ "loss", NULL }, 3);
  iterate_until (tells_nothing, fixture);
}

static gboolean
waits_for_a_file (Fixture *fixture)
{
  return is_waiting (fixture) && tells_what_is_wrong (fixture) && tfv_window_is_settled (fixture->window);
}

static void
gives_no_advice_on_a_file_without_events (Fixture *fixture, gconstpointer data)
{
  g_autofree char   *notes = g_build_filename (fixture->logdir, "notes.txt", NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (notes, "try a smaller rate\n", -1, &error);
  g_assert_no_error (error);
  tfv_window_open (fixture->window, (const char *const[]){ notes, NULL });
  gtk_window_present (GTK_WINDOW (fixture->window));
  iterate_until (waits_for_a_file, fixture);
  g_assert_nonnull (strstr (gtk_label_get_text (GTK_LABEL (find_by_id (fixture, "first"))), "notes.txt: "));
  g_assert_false (gtk_widget_get_visible (find_by_id (fixture, "hint_box")));
}

static void
remembers_what_is_there (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSettings) settings = tfv_settings_new ();
  g_autofree char      *here = g_build_filename (fixture->logdir, "here", NULL);
  g_autofree char      *late = g_build_filename (fixture->logdir, "late", NULL);

  g_assert_nonnull (settings);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  fixture->window = tfv_window_new (application, settings);
  g_object_add_weak_pointer (G_OBJECT (fixture->window), (gpointer *) &fixture->window);
  logdir_fixture_write_run (fixture->logdir, "here", (const char *const[]){ "loss", NULL }, 3);
  tfv_window_open (fixture->window, (const char *const[]){ here, late, NULL });
  gtk_window_present (GTK_WINDOW (fixture->window));
  iterate_until (has_one_card, fixture);
  g_auto (GStrv) without = g_settings_get_strv (settings, "recent-paths");
  g_assert_cmpuint (g_strv_length (without), ==, 1);
  g_assert_cmpstr (without[0], ==, here);

  logdir_fixture_write_run (fixture->logdir, "late", (const char *const[]){ "loss", NULL }, 3);
  iterate_until (tells_nothing, fixture);
  g_auto (GStrv) with = g_settings_get_strv (settings, "recent-paths");
  g_assert_cmpuint (g_strv_length (with), ==, 2);
  g_assert_cmpstr (with[1], ==, late);
}

static void
tells_of_a_damaged_run (Fixture *fixture, gconstpointer data)
{
  g_autofree char   *name = g_build_filename (fixture->logdir, "events.out.tfevents.1.host", NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (name, "not what it is called", -1, &error);
  g_assert_no_error (error);
  open_logdir (fixture);
  iterate_until (tells_what_is_wrong, fixture);
  g_assert_nonnull (strstr (gtk_label_get_text (GTK_LABEL (find_by_id (fixture, "first"))), name));
}

static gboolean
tells_of_superseded_points (Fixture *fixture)
{
  return shows_content (fixture) && gtk_widget_get_visible (find_by_id (fixture, "health_badge"));
}

static gboolean
tells_of_no_run (Fixture *fixture)
{
  return !gtk_widget_get_visible (find_by_id (fixture, "health_badge"));
}

/* A session that began at @first and got as far as @end. */
static void
write_session (Fixture *fixture, const char *run, gint64 first, gint64 end)
{
  g_autofree char             *folder = g_build_filename (fixture->logdir, run, NULL);
  g_autoptr (GError)           error = NULL;
  g_autoptr (TfvSummaryWriter) writer = tfv_summary_writer_new (folder, &error);

  g_assert_no_error (error);
  for (gint64 step = first; step < end; step++)
    tfv_summary_writer_add_scalar (writer, "loss", 1.0 / (double) (step + 1), step);
  tfv_summary_writer_close (writer, &error);
  g_assert_no_error (error);
}

static void
tells_of_points_that_a_restart_superseded (Fixture *fixture, gconstpointer data)
{
  TfvRunTree *runs = tfv_selection_get_runs (tfv_window_get_selection (fixture->window));

  write_session (fixture, "plain", 0, 5);
  write_session (fixture, "again", 0, 30);
  write_session (fixture, "again", 10, 40);
  open_logdir (fixture);
  iterate_until (tells_of_superseded_points, fixture);
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (find_by_id (fixture, "summary"))), ==, "20 points superseded");
  g_assert_nonnull (strstr (gtk_label_get_text (GTK_LABEL (find_by_id (fixture, "details"))), "again\n"));
  g_assert_null (strstr (gtk_label_get_text (GTK_LABEL (find_by_id (fixture, "details"))), "plain"));
  tfv_run_tree_set_checked (runs, tfv_run_tree_find (runs, "again"), FALSE);
  iterate_until (tells_of_no_run, fixture);
}

static TfvChart *
first_chart (Fixture *fixture)
{
  guint n = 0;

  return TFV_CHART (find_widget (GTK_WIDGET (fixture->window), TFV_TYPE_CHART, NULL, &n));
}

static gsize
count_drawn_points (Fixture *fixture)
{
  TfvChart *chart = first_chart (fixture);

  return chart->indexes->len == 1 ? ((TfvCurveIndex *) g_ptr_array_index (chart->indexes, 0))->n_points : 0;
}

static void
activate (Fixture *fixture, const char *action, GVariant *target)
{
  g_assert_true (gtk_widget_activate_action_variant (find_by_id (fixture, "page_menu_button"), action, target));
  iterate_until (shows_content, fixture);
}

static void
shows_superseded_points_if_wanted (Fixture *fixture, gconstpointer data)
{
  write_session (fixture, "again", 0, 30);
  write_session (fixture, "again", 10, 40);
  open_logdir (fixture);
  iterate_until (has_one_card, fixture);
  g_assert_cmpuint (count_drawn_points (fixture), ==, 40);
  activate (fixture, "scalars.shows-superseded", NULL);
  g_assert_cmpuint (count_drawn_points (fixture), ==, 60);
  activate (fixture, "scalars.shows-superseded", NULL);
  g_assert_cmpuint (count_drawn_points (fixture), ==, 40);
}

static double
smoothed_end (Fixture *fixture)
{
  TfvHit hit;

  iterate_until (shows_content, fixture);
  g_assert_true (tfv_hit_last (g_ptr_array_index (first_chart (fixture)->indexes, 0), &hit));
  return hit.smoothed;
}

static void
smooths_in_the_way_that_is_chosen (Fixture *fixture, gconstpointer data)
{
  double       ends[TFV_CHART_SMOOTH_OFF + 1];
  GtkDropDown *kind;

  write_session (fixture, "run", 0, 40);
  open_logdir (fixture);
  iterate_until (has_one_card, fixture);
  kind = GTK_DROP_DOWN (find_by_id (fixture, "smooth_kind"));
  for (guint i = 0; i <= TFV_CHART_SMOOTH_OFF; i++)
    {
      gtk_drop_down_set_selected (kind, i);
      ends[i] = smoothed_end (fixture);
      g_assert_true (gtk_widget_get_sensitive (find_by_id (fixture, "smoothing_scale")) == (i != TFV_CHART_SMOOTH_OFF));
      for (guint j = 0; j < i; j++)
        g_assert_cmpfloat (ends[i], !=, ends[j]);
    }
  g_assert_cmpfloat (ends[TFV_CHART_SMOOTH_OFF], ==, 1.0 / 40);
  /* What falls is late when it is averaged, but not much. */
  for (guint i = 0; i < TFV_CHART_SMOOTH_OFF; i++)
    g_assert_cmpfloat_with_epsilon (ends[i], 1.0 / 40, 0.003);
}

static void
scales_axes_as_chosen (Fixture *fixture, gconstpointer data)
{
  GtkToggleButton *button;

  write_session (fixture, "run", 0, 40);
  open_logdir (fixture);
  iterate_until (has_one_card, fixture);
  button = GTK_TOGGLE_BUTTON (find_by_id (fixture, "log_button"));
  activate (fixture, "scalars.y-scale", g_variant_new_int32 (TFV_AXIS_SYMLOG));
  g_assert_cmpint (first_chart (fixture)->layout.y_scale, ==, TFV_AXIS_SYMLOG);
  g_assert_true (gtk_toggle_button_get_active (button));
  gtk_toggle_button_set_active (button, FALSE);
  activate (fixture, "scalars.x-scale", g_variant_new_int32 (TFV_AXIS_LOG));
  g_assert_cmpint (first_chart (fixture)->layout.y_scale, ==, TFV_AXIS_LINEAR);
  g_assert_cmpint (first_chart (fixture)->layout.x_scale, ==, TFV_AXIS_LOG);
  gtk_toggle_button_set_active (button, TRUE);
  g_object_set (tfv_window_get_selection (fixture->window), "x-axis", TFV_X_AXIS_WALL, NULL);
  iterate_until (shows_content, fixture);
  g_assert_cmpint (first_chart (fixture)->layout.y_scale, ==, TFV_AXIS_LOG);
  g_assert_cmpint (first_chart (fixture)->layout.x_scale, ==, TFV_AXIS_LINEAR);
}

static void
use_settings (Fixture *fixture, GSettings *settings)
{
  /* One that was never shown is not closed, which is when settings are kept. */
  gtk_window_present (GTK_WINDOW (fixture->window));
  gtk_window_close (GTK_WINDOW (fixture->window));
  iterate_until (is_closed, fixture);
  fixture->window = tfv_window_new (application, settings);
  g_object_add_weak_pointer (G_OBJECT (fixture->window), (gpointer *) &fixture->window);
}

static void
remembers_how_curves_are_drawn (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSettings) settings = tfv_settings_new ();
  g_autofree char      *kind_name = NULL;
  int                   kind, x_scale, y_scale;
  gboolean              shows_superseded;

  use_settings (fixture, settings);
  g_object_set (tfv_window_get_selection (fixture->window), "smooth-kind", TFV_SMOOTH_GAUSSIAN, "x-scale", TFV_AXIS_LOG, "y-scale", TFV_AXIS_SYMLOG, "shows-superseded", TRUE, NULL);
  use_settings (fixture, settings);
  g_object_get (tfv_window_get_selection (fixture->window), "smooth-kind", &kind, "x-scale", &x_scale, "y-scale", &y_scale, "shows-superseded", &shows_superseded, NULL);
  g_assert_cmpint (kind, ==, TFV_SMOOTH_GAUSSIAN);
  g_assert_cmpint (x_scale, ==, TFV_AXIS_LOG);
  g_assert_cmpint (y_scale, ==, TFV_AXIS_SYMLOG);
  g_assert_true (shows_superseded);
  kind_name = g_settings_get_string (settings, "smooth-kind");
  g_assert_cmpstr (kind_name, ==, "gaussian");
  gtk_window_present (GTK_WINDOW (fixture->window));
  for (const char *const *key = (const char *const[]){ "smooth-kind", "x-scale", "y-scale", "shows-superseded", NULL }; *key != NULL; key++)
    g_settings_reset (settings, *key);
}

static void
shows_a_card_for_each_tag (Fixture *fixture, gconstpointer data)
{
  open_two_runs (fixture);
  g_assert_cmpuint (count_widgets (fixture, TFV_TYPE_SCALAR_CARD), ==, 3);
  g_assert_cmpuint (count_widgets (fixture, TFV_TYPE_SECTION_HEADING), ==, 2);
}

static void
says_that_a_tag_has_no_name (Fixture *fixture, gconstpointer data)
{
  GtkWidget *title;
  GtkWidget *card;
  guint      n = 0;

  logdir_fixture_write_run (fixture->logdir, "a", (const char *const[]){ "", NULL }, 5);
  open_logdir (fixture);
  iterate_until (has_one_card, fixture);
  card = find_widget (GTK_WIDGET (fixture->window), TFV_TYPE_SCALAR_CARD, NULL, &n);
  n = 0;
  title = find_widget (card, GTK_TYPE_LABEL, "title", &n);
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (title)), ==, "(no name)");
  g_assert_true (gtk_widget_has_css_class (title, "dim-label"));
}

static void
rests_when_all_is_read (Fixture *fixture, gconstpointer data)
{
  open_two_runs (fixture);
  g_assert_false (gtk_spinner_get_spinning (GTK_SPINNER (find_by_id (fixture, "spinner"))));
}

static void
hides_cards_of_hidden_runs (Fixture *fixture, gconstpointer data)
{
  TfvRunTree *runs = tfv_selection_get_runs (tfv_window_get_selection (fixture->window));

  open_two_runs (fixture);
  tfv_run_tree_set_checked (runs, tfv_run_tree_find (runs, "a"), FALSE);
  iterate_until (has_one_card, fixture);
  tfv_run_tree_set_all_checked (runs, FALSE);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (gtk_widget_get_ancestor (find_by_id (fixture, "scroller"), GTK_TYPE_STACK))), ==, "all-hidden");
  tfv_run_tree_set_all_checked (runs, TRUE);
  iterate_until (has_three_cards, fixture);
}

static void
filters_tags (Fixture *fixture, gconstpointer data)
{
  GtkWidget *stack;

  open_two_runs (fixture);
  stack = gtk_widget_get_ancestor (find_by_id (fixture, "scroller"), GTK_TYPE_STACK);
  g_object_set (tfv_window_get_selection (fixture->window), "tag-filter", "acc", NULL);
  iterate_until (has_one_card, fixture);
  g_object_set (tfv_window_get_selection (fixture->window), "tag-filter", "acc(", NULL);
  g_assert_true (gtk_widget_has_css_class (find_by_id (fixture, "tag_entry"), "error"));
  g_object_set (tfv_window_get_selection (fixture->window), "tag-filter", "nothing", NULL);
  g_assert_false (gtk_widget_has_css_class (find_by_id (fixture, "tag_entry"), "error"));
  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (stack)), ==, "no-match");
  g_object_set (tfv_window_get_selection (fixture->window), "tag-filter", "", NULL);
  iterate_until (has_three_cards, fixture);
}

static void
closes_a_section (Fixture *fixture, gconstpointer data)
{
  guint      n = 1;
  GtkWidget *heading;

  open_two_runs (fixture);
  heading = find_widget (GTK_WIDGET (fixture->window), TFV_TYPE_SECTION_HEADING, NULL, &n);
  gtk_test_accessible_assert_property (heading, GTK_ACCESSIBLE_PROPERTY_LABEL, "eval");
  g_signal_emit_by_name (heading, "clicked");
  iterate_until (has_one_card, fixture);
  /* It stays closed when runs come. */
  logdir_fixture_write_run (fixture->logdir, "c", three_tags, 5);
  for (int i = 0; i < 300; i++)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_assert_cmpuint (count_widgets (fixture, TFV_TYPE_SCALAR_CARD), ==, 1);
}

static void
makes_only_cards_in_sight (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (int i = 0; i < 2000; i++)
    {
      g_autofree char *tag = g_strdup_printf ("layer_%d/metric_%d", i / 10, i % 10);

      g_strv_builder_add (builder, tag);
    }
  g_auto (GStrv) tags = g_strv_builder_end (builder);
  logdir_fixture_write_run (fixture->logdir, "big", (const char *const *) tags, 2);
  open_logdir (fixture);
  iterate_until (shows_content, fixture);
  g_assert_cmpuint (count_widgets (fixture, TFV_TYPE_SCALAR_CARD), >, 3);
  g_assert_cmpuint (count_widgets (fixture, TFV_TYPE_SCALAR_CARD), <, 60);
}

static void
draws_a_card_that_moved_into_sight (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint                    n = 0;

  for (int i = 0; i < 30; i++)
    {
      g_autofree char *tag = g_strdup_printf ("metric_%d", i);

      g_strv_builder_add (builder, tag);
    }
  g_auto (GStrv) tags = g_strv_builder_end (builder);
  logdir_fixture_write_run (fixture->logdir, "a", (const char *const *) tags, 5);
  open_logdir (fixture);
  iterate_until (shows_content, fixture);
  for (int i = 29; i >= 0; i--)
    {
      GtkWidget       *chart;
      g_autofree char *pattern = g_strdup_printf ("metric_%d$", i);

      g_object_set (tfv_window_get_selection (fixture->window), "tag-filter", pattern, NULL);
      iterate_until (has_one_card, fixture);
      n = 0;
      chart = find_widget (GTK_WIDGET (fixture->window), TFV_TYPE_CHART, NULL, &n);
      g_assert_nonnull (TFV_CHART (chart)->picture);
      g_object_set (tfv_window_get_selection (fixture->window), "tag-filter", "", NULL);
      iterate_until (shows_content, fixture);
    }
}

static void
makes_a_card_large (Fixture *fixture, gconstpointer data)
{
  GtkWidget *button;
  GtkWidget *card;
  int        width;

  open_two_runs (fixture);
  button = find_by_id (fixture, "wide_button");
  card = gtk_widget_get_ancestor (button, TFV_TYPE_SCALAR_CARD);
  width = gtk_widget_get_width (card);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
  for (int i = 0; i < 200; i++)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_assert_cmpint (gtk_widget_get_width (card), >, width + 100);
}

static void
takes_the_hover_card_away_from_a_chart_that_moves (Fixture *fixture, gconstpointer data)
{
  guint     n = 1;
  TfvChart *chart;

  open_two_runs (fixture);
  chart = TFV_CHART (find_widget (GTK_WIDGET (fixture->window), TFV_TYPE_CHART, NULL, &n));
  chart->is_hovering = TRUE;
  chart->pointer_x = chart->layout.left + chart->layout.width / 2;
  chart->pointer_y = chart->layout.top + chart->layout.height / 2;
  tfv_chart_update_hover (chart);
  g_assert_cmpuint (chart->hits->len, ==, 1);
  g_assert_true (gtk_widget_get_visible (chart->popover));

  /* The first section's card goes; that of the second takes its place. */
  n = 0;
  g_signal_emit_by_name (find_widget (GTK_WIDGET (fixture->window), TFV_TYPE_SECTION_HEADING, NULL, &n), "clicked");
  iterate_until (shows_content, fixture);
  g_assert_cmpuint (chart->hits->len, ==, 0);
  g_assert_true (chart->popover == NULL || !gtk_widget_get_visible (chart->popover));
}

static void
follows_the_style_of_the_menu (Fixture *fixture, gconstpointer data)
{
  AdwStyleManager *style = adw_style_manager_get_default ();
  TfvRunTree      *runs = tfv_selection_get_runs (tfv_window_get_selection (fixture->window));
  GdkRGBA          light;
  GdkRGBA          dark;

  open_two_runs (fixture);
  tfv_run_node_get_color (tfv_run_tree_find (runs, "a"), &light);
  g_action_group_activate_action (G_ACTION_GROUP (application), "color-scheme", g_variant_new_string ("dark"));
  g_assert_true (adw_style_manager_get_dark (style));
  tfv_run_node_get_color (tfv_run_tree_find (runs, "a"), &dark);
  g_assert_false (gdk_rgba_equal (&light, &dark));
  iterate_until (shows_content, fixture);
  g_action_group_activate_action (G_ACTION_GROUP (application), "color-scheme", g_variant_new_string ("light"));
  g_assert_false (adw_style_manager_get_dark (style));
}

static void
names_its_controls (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *id;
    const char *label;
  } expected[] = {
    { "open_button", "Open folder" },
    { "menu_button", "Main menu" },
    { "sidebar_button", "Show runs" },
    { "entry", "Filter runs by a regular expression" },
    { "all_check", "Show all runs" },
    { "list", "Runs" },
    { "tag_entry", "Filter tags by a regular expression" },
    { "outliers_button", "Ignore outliers" },
    { "log_button", "Logarithmic y axis in all charts" },
    { "smooth_kind", "Kind of smoothing" },
    { "page_menu_button", "More settings of charts" },
    { "wide_button", "Larger" },
  };

  open_two_runs (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    gtk_test_accessible_assert_property (find_by_id (fixture, expected[i].id), GTK_ACCESSIBLE_PROPERTY_LABEL, expected[i].label);
}

#define ADD(path, function) g_test_add ("/viewer/window/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  int result;

  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP there is no display\n");
      return 0;
    }
  g_test_init (&argc, &argv, NULL);
  application = g_object_new (TFV_TYPE_APPLICATION, "application-id", TFV_APP_ID, "flags", G_APPLICATION_NON_UNIQUE, "resource-base-path", "/org/tfview/Tfview", NULL);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));

  ADD ("starts-with-a-way-to-open", starts_with_a_way_to_open);
  ADD ("waits-for-data", waits_for_data);
  ADD ("waits-for-a-folder-that-is-missing", waits_for_a_folder_that_is_missing);
  ADD ("tells-which-of-several-paths-is-missing", tells_which_of_several_paths_is_missing);
  ADD ("gives-no-advice-on-a-file-without-events", gives_no_advice_on_a_file_without_events);
  ADD ("remembers-what-is-there", remembers_what_is_there);
  ADD ("tells-of-a-damaged-run", tells_of_a_damaged_run);
  ADD ("tells-of-points-that-a-restart-superseded", tells_of_points_that_a_restart_superseded);
  ADD ("shows-superseded-points-if-wanted", shows_superseded_points_if_wanted);
  ADD ("smooths-in-the-way-that-is-chosen", smooths_in_the_way_that_is_chosen);
  ADD ("scales-axes-as-chosen", scales_axes_as_chosen);
  ADD ("remembers-how-curves-are-drawn", remembers_how_curves_are_drawn);
  ADD ("shows-a-card-for-each-tag", shows_a_card_for_each_tag);
  ADD ("says-that-a-tag-has-no-name", says_that_a_tag_has_no_name);
  ADD ("rests-when-all-is-read", rests_when_all_is_read);
  ADD ("hides-cards-of-hidden-runs", hides_cards_of_hidden_runs);
  ADD ("filters-tags", filters_tags);
  ADD ("closes-a-section", closes_a_section);
  ADD ("makes-only-cards-in-sight", makes_only_cards_in_sight);
  ADD ("draws-a-card-that-moved-into-sight", draws_a_card_that_moved_into_sight);
  ADD ("makes-a-card-large", makes_a_card_large);
  ADD ("takes-the-hover-card-away-from-a-chart-that-moves", takes_the_hover_card_away_from_a_chart_that_moves);
  ADD ("follows-the-style-of-the-menu", follows_the_style_of_the_menu);
  ADD ("names-its-controls", names_its_controls);
  result = g_test_run ();
  g_object_unref (application);
  return result;
}
