/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/pages/scalars/tfv-scalar-card.h"

#include <glib/gi18n.h>

#include "viewer/tfv-chart-private.h"

struct _TfvScalarCard
{
  AdwBin           parent_instance;
  TfvSelection    *selection;
  TfvScalarTag    *tag;
  GArray          *n_points; /* of each curve when it was last drawn */
  GtkLabel        *title;
  GtkWidget       *reset_button;
  GtkToggleButton *log_button;
  GtkToggleButton *wide_button;
  GtkWidget       *chart_place;
  TfvChart        *chart;
  gboolean         updating;
};

G_DEFINE_FINAL_TYPE (TfvScalarCard, tfv_scalar_card, ADW_TYPE_BIN)

enum
{
  SIGNAL_LAYOUT_CHANGED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

static void
apply_y_scale (TfvScalarCard *self)
{
  TfvAxisScale common = tfv_selection_get_y_scale (self->selection);
  TfvAxisScale y_scale = self->tag != NULL ? tfv_scalar_tag_get_y_scale (self->tag, common) : common;

  self->updating = TRUE;
  gtk_toggle_button_set_active (self->log_button, y_scale != TFV_AXIS_LINEAR);
  self->updating = FALSE;
  g_object_set (self->chart, "y-scale", (int) y_scale, NULL);
}

static void
on_log_toggled (GtkToggleButton *button, TfvScalarCard *self)
{
  TfvAxisScale common = tfv_selection_get_y_scale (self->selection);
  TfvAxisScale curved = common != TFV_AXIS_LINEAR ? common : TFV_AXIS_LOG;

  if (self->updating || self->tag == NULL)
    return;
  tfv_scalar_tag_set_y_scale (self->tag, gtk_toggle_button_get_active (button) ? curved : TFV_AXIS_LINEAR);
  apply_y_scale (self);
}

static void
on_wide_toggled (GtkToggleButton *button, TfvScalarCard *self)
{
  gboolean wide = gtk_toggle_button_get_active (button);

  gtk_button_set_icon_name (GTK_BUTTON (button), wide ? "view-restore-symbolic" : "view-fullscreen-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (button), wide ? _ ("Make Smaller") : _ ("Make Larger"));
  if (self->updating || self->tag == NULL)
    return;
  tfv_scalar_tag_set_wide (self->tag, wide);
  g_signal_emit (self, signals[SIGNAL_LAYOUT_CHANGED], 0);
}

static void
on_reset_clicked (GtkButton *button, TfvScalarCard *self)
{
  tfv_chart_reset_zoom (self->chart);
}

static void
tfv_scalar_card_dispose (GObject *object)
{
  TfvScalarCard *self = TFV_SCALAR_CARD (object);

  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  g_clear_object (&self->selection);
  g_clear_object (&self->tag);
  G_OBJECT_CLASS (tfv_scalar_card_parent_class)->dispose (object);
}

static void
tfv_scalar_card_finalize (GObject *object)
{
  TfvScalarCard *self = TFV_SCALAR_CARD (object);

  g_array_unref (self->n_points);
  G_OBJECT_CLASS (tfv_scalar_card_parent_class)->finalize (object);
}

static void
tfv_scalar_card_class_init (TfvScalarCardClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = tfv_scalar_card_dispose;
  object_class->finalize = tfv_scalar_card_finalize;

  signals[SIGNAL_LAYOUT_CHANGED] =
      g_signal_new ("layout-changed", TFV_TYPE_SCALAR_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/tfview/Tfview/ui/scalar-card.ui");
  gtk_widget_class_bind_template_child (widget_class, TfvScalarCard, title);
  gtk_widget_class_bind_template_child (widget_class, TfvScalarCard, reset_button);
  gtk_widget_class_bind_template_child (widget_class, TfvScalarCard, log_button);
  gtk_widget_class_bind_template_child (widget_class, TfvScalarCard, wide_button);
  gtk_widget_class_bind_template_child (widget_class, TfvScalarCard, chart_place);
  gtk_widget_class_bind_template_callback (widget_class, on_log_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_wide_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_reset_clicked);
}

static void
tfv_scalar_card_init (TfvScalarCard *self)
{
  self->n_points = g_array_new (FALSE, FALSE, sizeof (gsize));
  gtk_widget_init_template (GTK_WIDGET (self));

  self->chart = TFV_CHART (tfv_chart_new ());
  gtk_widget_set_hexpand (GTK_WIDGET (self->chart), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self->chart), TRUE);
  adw_bin_set_child (ADW_BIN (self->chart_place), GTK_WIDGET (self->chart));
  g_object_bind_property (self->chart, "zoomed", self->reset_button, "visible", G_BINDING_SYNC_CREATE);
}

/**
 * tfv_scalar_card_new:
 * @selection: whose settings the chart follows
 *
 * Returns: (transfer floating): a card without a tag
 */
GtkWidget *
tfv_scalar_card_new (TfvSelection *selection)
{
  TfvScalarCard *self = g_object_new (TFV_TYPE_SCALAR_CARD, NULL);

  self->selection = g_object_ref (selection);
  g_object_bind_property (selection, "smoothing", self->chart, "smoothing", G_BINDING_SYNC_CREATE);
  g_object_bind_property (selection, "x-axis", self->chart, "x-axis", G_BINDING_SYNC_CREATE);
  g_object_bind_property (selection, "ignore-outliers", self->chart, "ignore-outliers", G_BINDING_SYNC_CREATE);
  g_object_bind_property (selection, "smooth-kind", self->chart, "smooth-kind", G_BINDING_SYNC_CREATE);
  g_object_bind_property (selection, "x-scale", self->chart, "x-scale", G_BINDING_SYNC_CREATE);
  g_object_bind_property (selection, "shows-superseded", self->chart, "shows-superseded", G_BINDING_SYNC_CREATE);
  g_signal_connect_swapped (selection, "notify::y-scale", G_CALLBACK (apply_y_scale), self);
  return GTK_WIDGET (self);
}

/* A tag may have the empty string for a name. */
static void
show_name (TfvScalarCard *self)
{
  const char *name = tfv_scalar_tag_get_name (self->tag);
  gboolean    is_named = *name != '\0';

  if (!is_named)
    name = _ ("(no name)");
  gtk_label_set_text (self->title, is_named ? tfv_scalar_tag_get_label (self->tag) : name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), name);
  if (is_named)
    gtk_widget_remove_css_class (GTK_WIDGET (self->title), "dim-label");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->title), "dim-label");
  g_object_set (self->chart, "title", name, NULL);
}

/**
 * tfv_scalar_card_set_tag:
 * @self: the card
 * @tag: (nullable): what it shows
 */
void
tfv_scalar_card_set_tag (TfvScalarCard *self, TfvScalarTag *tag)
{
  if (!g_set_object (&self->tag, tag))
    return;
  tfv_chart_reset_zoom (self->chart);
  if (tag != NULL)
    {
      show_name (self);
      self->updating = TRUE;
      gtk_toggle_button_set_active (self->wide_button, tfv_scalar_tag_get_wide (tag));
      self->updating = FALSE;
      apply_y_scale (self);
    }
  tfv_scalar_card_update_curves (self);
}

/**
 * tfv_scalar_card_update_curves:
 * @self: the card
 *
 * Takes over which runs are visible, and their colours.
 */
void
tfv_scalar_card_update_curves (TfvScalarCard *self)
{
  g_autoptr (GPtrArray) curves = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_chart_curve_free);
  GArray               *runs = self->tag != NULL ? tfv_scalar_tag_get_runs (self->tag) : NULL;

  g_array_set_size (self->n_points, 0);
  for (guint i = 0; runs != NULL && i < runs->len; i++)
    {
      const TfvScalarTagRun *run = &g_array_index (runs, TfvScalarTagRun, i);
      const char            *id = tfv_run_node_get_path (run->node);
      TfvScalarSeries       *series = tfv_tag_get_series (run->tag);
      gsize                  n_points = tfv_scalar_series_get_n_points (series);
      GdkRGBA                color;

      if (!tfv_run_node_is_visible (run->node))
        continue;
      tfv_run_node_get_color (run->node, &color);
      g_ptr_array_add (curves, tfv_chart_curve_new (id, tfv_run_node_get_title (run->node), series, &color));
      g_array_append_val (self->n_points, n_points);
    }
  tfv_chart_set_curves (self->chart, curves);
}

/**
 * tfv_scalar_card_update_data:
 * @self: the card
 *
 * Has the chart drawn again if any of its curves grew.
 */
void
tfv_scalar_card_update_data (TfvScalarCard *self)
{
  GArray  *runs = self->tag != NULL ? tfv_scalar_tag_get_runs (self->tag) : NULL;
  guint    curve = 0;
  gboolean grew = FALSE;

  for (guint i = 0; runs != NULL && i < runs->len && curve < self->n_points->len; i++)
    {
      const TfvScalarTagRun *run = &g_array_index (runs, TfvScalarTagRun, i);
      gsize                 *known = &g_array_index (self->n_points, gsize, curve);
      gsize                  n_points;

      if (!tfv_run_node_is_visible (run->node))
        continue;
      curve++;
      n_points = tfv_scalar_series_get_n_points (tfv_tag_get_series (run->tag));
      grew |= n_points != *known;
      *known = n_points;
    }
  if (grew)
    tfv_chart_data_changed (self->chart);
}

/**
 * tfv_scalar_card_moving:
 * @self: the card
 *
 * Has the chart take away what floats over it, before it gets another place:
 * GTK would carry that along, beyond the screen even.
 */
void
tfv_scalar_card_moving (TfvScalarCard *self)
{
  tfv_chart_hide_hover (self->chart);
}

/**
 * tfv_scalar_card_placed:
 * @self: the card
 *
 * Has the chart look whether it is in sight. GTK does not tell a widget that it
 * was moved without getting another size.
 */
void
tfv_scalar_card_placed (TfvScalarCard *self)
{
  tfv_chart_check_visibility (self->chart);
}

/**
 * tfv_scalar_card_is_zoomed:
 * @self: the card
 *
 * Returns: whether the user looks at a part of the chart
 */
gboolean
tfv_scalar_card_is_zoomed (TfvScalarCard *self)
{
  gboolean zoomed = FALSE;

  g_object_get (self->chart, "zoomed", &zoomed, NULL);
  return zoomed;
}

/**
 * tfv_scalar_card_is_settled:
 * @self: the card
 *
 * Returns: whether its chart shows what it was last told to
 */
gboolean
tfv_scalar_card_is_settled (TfvScalarCard *self)
{
  return tfv_chart_is_settled (self->chart);
}
