/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-chart-private.h"

#include "curves.h"

#define PATIENCE_US (10 * G_USEC_PER_SEC)

typedef struct
{
  GtkWidget *window;
  TfvChart  *chart;
  GPtrArray *series;
} Fixture;

static void
wait_until_settled (TfvChart *chart)
{
  gint64 give_up = g_get_monotonic_time () + PATIENCE_US;

  while (!gtk_widget_get_mapped (GTK_WIDGET (chart)) || !tfv_chart_is_settled (chart))
    {
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (500);
      if (g_get_monotonic_time () > give_up)
        g_error ("mapped %d, width %d, near %d, stale %d, job %d", gtk_widget_get_mapped (GTK_WIDGET (chart)), gtk_widget_get_width (GTK_WIDGET (chart)), chart->is_near, chart->is_stale, chart->job != NULL);
    }
}

static void
set_curves (TfvChart *chart, GPtrArray *series)
{
  g_autoptr (GPtrArray) curves = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_chart_curve_free);

  for (guint i = 0; i < series->len; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i);
      g_autofree char *name = g_strdup_printf ("run/%u", i);

      g_ptr_array_add (curves, tfv_chart_curve_new (id, name, g_ptr_array_index (series, i), &(GdkRGBA){ 0.9f, 0.4f, 0.1f, 1 }));
    }
  tfv_chart_set_curves (chart, curves);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->series = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_scalar_series_unref);
  for (guint i = 0; i < 3; i++)
    g_ptr_array_add (fixture->series, noisy_series (1000, i));
  fixture->window = gtk_window_new ();
  fixture->chart = TFV_CHART (tfv_chart_new ());
  g_object_set (fixture->chart, "title", "loss", NULL);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 480, 320);
  gtk_window_set_child (GTK_WINDOW (fixture->window), GTK_WIDGET (fixture->chart));
  set_curves (fixture->chart, fixture->series);
  gtk_window_present (GTK_WINDOW (fixture->window));
  wait_until_settled (fixture->chart);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  TfvChart *chart = fixture->chart;

  g_object_add_weak_pointer (G_OBJECT (chart), (gpointer *) &chart);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (chart);
  g_ptr_array_unref (fixture->series);
}

static GtkEventController *
controller_of (TfvChart *chart, GType type)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (chart));

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (G_OBJECT_TYPE (controller) == type)
        return controller;
    }
  g_assert_not_reached ();
}

static gboolean
is_zoomed (TfvChart *chart)
{
  gboolean zoomed;

  g_object_get (chart, "zoomed", &zoomed, NULL);
  return zoomed;
}

static void
drag (TfvChart *chart, double x0, double y0, double x1, double y1)
{
  GtkEventController *gesture = controller_of (chart, GTK_TYPE_GESTURE_DRAG);

  g_signal_emit_by_name (gesture, "drag-begin", x0, y0);
  g_signal_emit_by_name (gesture, "drag-update", (x1 - x0) / 2, (y1 - y0) / 2);
  g_signal_emit_by_name (gesture, "drag-end", x1 - x0, y1 - y0);
}

static gboolean
press_key (TfvChart *chart, guint key)
{
  gboolean handled = FALSE;

  g_signal_emit_by_name (controller_of (chart, GTK_TYPE_EVENT_CONTROLLER_KEY), "key-pressed", key, 0, 0, &handled);
  return handled;
}

static void
test_settles (Fixture *fixture, gconstpointer data)
{
  TfvChart *chart = fixture->chart;

  g_assert_nonnull (chart->picture);
  g_assert_false (chart->layout.is_empty);
  g_assert_cmpfloat (chart->layout.x0, <=, 0);
  g_assert_cmpfloat (chart->layout.x1, >=, 9990);
  g_assert_false (is_zoomed (chart));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (chart), GTK_ACCESSIBLE_PROPERTY_LABEL, "loss");
  while (chart->describe_id != 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (gtk_test_accessible_has_property (GTK_ACCESSIBLE (chart), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION));
}

static void
test_growth (Fixture *fixture, gconstpointer data)
{
  TfvChart      *chart = fixture->chart;
  GskRenderNode *before = gsk_render_node_ref (chart->picture);

  for (guint i = 0; i < 500; i++)
    {
      tfv_scalar_series_append (g_ptr_array_index (fixture->series, 1), 10000 + i * 10, 1.7e9 + i, 0.3);
      tfv_chart_data_changed (chart);
    }
  g_assert_false (tfv_chart_is_settled (chart));
  wait_until_settled (chart);
  g_assert_cmpfloat (chart->layout.x1, >=, 14990);
  g_assert_true (chart->picture != before);
  gsk_render_node_unref (before);
}

static void
test_zoom_holds (Fixture *fixture, gconstpointer data)
{
  TfvChart *chart = fixture->chart;
  double    x1;

  drag (chart, 100, 60, 200, 61);
  wait_until_settled (chart);
  x1 = chart->layout.x1;
  tfv_scalar_series_append (g_ptr_array_index (fixture->series, 1), 50000, 1.7e9, 0.3);
  tfv_chart_data_changed (chart);
  wait_until_settled (chart);
  g_assert_cmpfloat (chart->layout.x1, ==, x1);
  tfv_chart_reset_zoom (chart);
  wait_until_settled (chart);
  g_assert_cmpfloat (chart->layout.x1, >=, 50000);
}

static void
test_drag (Fixture *fixture, gconstpointer data)
{
  TfvChart *chart = fixture->chart;
  double    x0 = chart->layout.x0;
  double    per_pixel = (chart->layout.x1 - x0) / chart->layout.width;
  double    y0 = chart->layout.y0;
  double    y1 = chart->layout.y1;
  double    left = chart->layout.left;

  /* A flat box zooms x only. */
  drag (chart, left + 50, 100, left + 150, 104);
  wait_until_settled (chart);
  g_assert_true (is_zoomed (chart));
  g_assert_cmpfloat_with_epsilon (chart->layout.x0, x0 + 50 * per_pixel, per_pixel);
  g_assert_cmpfloat_with_epsilon (chart->layout.x1, x0 + 150 * per_pixel, per_pixel);
  g_assert_cmpfloat (chart->layout.y0, ==, y0);
  g_assert_cmpfloat (chart->layout.y1, ==, y1);

  /* A double click shows everything again. */
  g_signal_emit_by_name (controller_of (chart, GTK_TYPE_GESTURE_CLICK), "pressed", 2, 100.0, 100.0);
  wait_until_settled (chart);
  g_assert_false (is_zoomed (chart));
  g_assert_cmpfloat (chart->layout.x0, ==, x0);

  /* A box that is both wide and high zooms both ways; a click does nothing. */
  drag (chart, 100, 50, 260, 150);
  wait_until_settled (chart);
  g_assert_cmpfloat (chart->layout.y1 - chart->layout.y0, <, (y1 - y0) * 0.6);
  tfv_chart_reset_zoom (chart);
  drag (chart, 100, 50, 101, 51);
  g_assert_false (is_zoomed (chart));
}

static void
test_keys (Fixture *fixture, gconstpointer data)
{
  TfvChart *chart = fixture->chart;
  double    width = chart->layout.x1 - chart->layout.x0;
  double    x0;

  g_assert_false (press_key (chart, GDK_KEY_Escape));
  g_assert_false (press_key (chart, GDK_KEY_a));
  g_assert_true (press_key (chart, GDK_KEY_plus));
  wait_until_settled (chart);
  g_assert_cmpfloat (chart->layout.x1 - chart->layout.x0, <, width * 0.9);
  x0 = chart->layout.x0;
  g_assert_true (press_key (chart, GDK_KEY_Right));
  wait_until_settled (chart);
  g_assert_cmpfloat (chart->layout.x0, >, x0);
  g_assert_true (press_key (chart, GDK_KEY_0));
  g_assert_false (is_zoomed (chart));
}

static void
test_wheel (Fixture *fixture, gconstpointer data)
{
  gboolean handled = TRUE;

  g_signal_emit_by_name (controller_of (fixture->chart, GTK_TYPE_EVENT_CONTROLLER_SCROLL), "scroll", 0.0, 1.0, &handled);
  g_assert_false (handled);
  g_assert_false (is_zoomed (fixture->chart));
}

static void
test_hover (Fixture *fixture, gconstpointer data)
{
  TfvChart                 *chart = fixture->chart;
  GtkEventController       *motion = controller_of (chart, GTK_TYPE_EVENT_CONTROLLER_MOTION);
  double                    x = tfv_scene_layout_place_x (&chart->layout, 5000);
  double                    value;
  char                      text[TFV_AXIS_NUMBER_LENGTH];
  const TfvChartHit        *nearest;
  g_autoptr (TfvScalarView) view = NULL;

  g_signal_emit_by_name (motion, "motion", x, chart->layout.top + 100);
  g_assert_cmpuint (tfv_chart_card_get_n_rows (chart->card), ==, 3);
  nearest = &g_array_index (chart->hits, TfvChartHit, 0);
  g_assert_cmpint (nearest->hit.step, ==, 5000);
  for (guint i = 1; i < chart->hits->len; i++)
    g_assert_cmpfloat (g_array_index (chart->hits, TfvChartHit, i).distance, >=, nearest->distance);

  view = tfv_scalar_series_snapshot (g_ptr_array_index (fixture->series, nearest->curve), TFV_SCALAR_VIEW_ALL);
  tfv_scalar_view_get (view, 500, NULL, NULL, &value, NULL);
  tfv_axis_number_format (value, text);
  g_assert_cmpstr (tfv_chart_card_get_text (chart->card, 0, TFV_CHART_CARD_VALUE), ==, text);
  g_assert_cmpstr (tfv_chart_card_get_text (chart->card, 0, TFV_CHART_CARD_STEP), ==, "5000");
  g_assert_true (gtk_widget_get_visible (chart->popover));

  g_signal_emit_by_name (motion, "leave");
  g_assert_false (gtk_widget_get_visible (chart->popover));
  g_assert_cmpuint (chart->hits->len, ==, 0);
}

static void
test_properties (Fixture *fixture, gconstpointer data)
{
  static const char *names[] = { "smoothing", "x-axis", "smooth-kind", "x-scale", "y-scale", "shows-superseded", "ignore-outliers" };
  TfvChart          *chart = fixture->chart;

  g_object_set (chart, "smoothing", 0.9, NULL);
  g_assert_false (tfv_chart_is_settled (chart));
  wait_until_settled (chart);
  g_object_set (chart, "x-axis", TFV_X_AXIS_WALL, NULL);
  wait_until_settled (chart);
  g_assert_cmpfloat (chart->layout.x0, >, 1e9);
  g_object_set (chart, "x-axis", TFV_X_AXIS_RELATIVE, NULL);
  wait_until_settled (chart);
  g_assert_cmpfloat (chart->layout.x1, <, 1e6);
  g_object_set (chart, "y-scale", TFV_AXIS_LOG, "ignore-outliers", FALSE, NULL);
  wait_until_settled (chart);
  g_assert_cmpint (chart->layout.y_scale, ==, TFV_AXIS_LOG);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_nonnull (g_object_class_find_property (G_OBJECT_GET_CLASS (chart), names[i]));
}

static void
test_dark (Fixture *fixture, gconstpointer data)
{
  TfvChart    *chart = fixture->chart;
  GtkSettings *settings = gtk_widget_get_settings (GTK_WIDGET (chart));
  GdkRGBA      before = chart->foreground;
  gint64       give_up = g_get_monotonic_time () + PATIENCE_US;

  g_object_set (settings, "gtk-application-prefer-dark-theme", TRUE, NULL);
  while (gdk_rgba_equal (&before, &chart->foreground))
    {
      g_main_context_iteration (NULL, FALSE);
      g_assert_cmpint (g_get_monotonic_time (), <, give_up);
    }
  g_assert_false (tfv_chart_is_settled (chart));
  wait_until_settled (chart);
  g_object_set (settings, "gtk-application-prefer-dark-theme", FALSE, NULL);
}

static void
test_curves (Fixture *fixture, gconstpointer data)
{
  TfvCurveIndex *kept = g_ptr_array_index (fixture->chart->indexes, 0);

  g_ptr_array_set_size (fixture->series, 1);
  set_curves (fixture->chart, fixture->series);
  g_assert_true (g_ptr_array_index (fixture->chart->indexes, 0) == kept);
  wait_until_settled (fixture->chart);
  tfv_chart_set_curves (fixture->chart, NULL);
  wait_until_settled (fixture->chart);
  g_assert_true (fixture->chart->layout.is_empty);
}

/* Of a long page only what is in sight is kept. */
static void
test_page (void)
{
  GtkWidget            *window = gtk_window_new ();
  GtkWidget            *scroller = gtk_scrolled_window_new ();
  GtkWidget            *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  TfvChart             *charts[40];
  GtkAdjustment        *adjustment;
  g_autoptr (GPtrArray) series = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_scalar_series_unref);

  g_ptr_array_add (series, noisy_series (500, 1));
  for (guint i = 0; i < G_N_ELEMENTS (charts); i++)
    {
      charts[i] = TFV_CHART (tfv_chart_new ());
      gtk_widget_set_size_request (GTK_WIDGET (charts[i]), 300, 200);
      set_curves (charts[i], series);
      gtk_box_append (GTK_BOX (box), GTK_WIDGET (charts[i]));
    }
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), box);
  gtk_window_set_child (GTK_WINDOW (window), scroller);
  gtk_window_set_default_size (GTK_WINDOW (window), 480, 500);
  gtk_window_present (GTK_WINDOW (window));
  for (guint i = 0; i < G_N_ELEMENTS (charts); i++)
    wait_until_settled (charts[i]);
  g_assert_nonnull (charts[0]->picture);
  g_assert_null (charts[39]->picture);
  g_assert_cmpuint (charts[39]->indexes->len, ==, 0);

  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
  for (guint i = 0; i < 20; i++)
    g_main_context_iteration (NULL, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (charts); i++)
    wait_until_settled (charts[i]);
  g_assert_nonnull (charts[39]->picture);
  g_assert_null (charts[0]->picture);
  g_assert_cmpuint (charts[0]->indexes->len, ==, 0);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* Closed while workers draw. */
static void
test_close (void)
{
  for (guint i = 0; i < 5; i++)
    {
      GtkWidget            *window = gtk_window_new ();
      TfvChart             *chart = TFV_CHART (tfv_chart_new ());
      g_autoptr (GPtrArray) series = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_scalar_series_unref);

      g_ptr_array_add (series, noisy_series (300000, 1));
      set_curves (chart, series);
      gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (chart));
      gtk_window_present (GTK_WINDOW (window));
      for (guint k = 0; chart->job == NULL && k < 10000; k++)
        g_main_context_iteration (NULL, FALSE);
      g_assert_nonnull (chart->job);
      gtk_window_destroy (GTK_WINDOW (window));
    }
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP there is no display; with xvfb-run there would be one\n");
      return 0;
    }
  ADD ("/chart/settles-on-a-picture", test_settles);
  ADD ("/chart/shows-new-points", test_growth);
  ADD ("/chart/holds-a-zoom-while-points-come", test_zoom_holds);
  ADD ("/chart/a-drag-zooms-and-a-double-click-resets", test_drag);
  ADD ("/chart/is-moved-by-keys", test_keys);
  ADD ("/chart/leaves-the-plain-wheel-to-the-page", test_wheel);
  ADD ("/chart/hovering-tells-the-nearest-values", test_hover);
  ADD ("/chart/every-property-draws-anew", test_properties);
  ADD ("/chart/follows-the-dark-style", test_dark);
  ADD ("/chart/keeps-what-it-knows-of-a-curve", test_curves);
  g_test_add_func ("/chart/keeps-only-what-is-in-sight", test_page);
  g_test_add_func ("/chart/can-be-closed-at-any-time", test_close);
  return g_test_run ();
}
