/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-health-badge.h"

#include <glib/gi18n.h>

#define MAX_RUNS 40
#define MAX_TOOLTIP_RUNS 5

struct _TfvHealthBadge
{
  AdwBin         parent_instance;
  TfvSelection  *selection;
  GtkMenuButton *button;
  GtkImage      *icon;
  GtkLabel      *summary;
  GtkLabel      *details;
};

G_DEFINE_FINAL_TYPE (TfvHealthBadge, tfv_health_badge, ADW_TYPE_BIN)

/* Over all runs that are shown. */
typedef struct
{
  guint64 n_dropped;
  guint64 n_superseded;
  guint   n_damaged;
  guint   n_failed;
  guint   n_runs;
} Sum;

/* Whether the run adds to the sum. */
static gboolean
add_run (Sum *sum, TfvRunNode *node)
{
  const TfvRunHealth *health = tfv_run_node_get_health (node);
  guint64             n_dropped = tfv_run_get_n_dropped (tfv_run_node_get_run (node));
  gboolean            is_failed = health->status == TFV_HPARAMS_STATUS_FAILURE;
  gboolean            is_damaged = tfv_run_node_get_n_warnings (node) > (n_dropped > 0);

  sum->n_dropped += n_dropped;
  sum->n_superseded += health->n_superseded;
  sum->n_damaged += is_damaged;
  sum->n_failed += is_failed;
  return n_dropped > 0 || health->n_superseded > 0 || is_damaged || is_failed;
}

static GString *
begin_part (GString *text)
{
  return text->len > 0 ? g_string_append (text, " · ") : text;
}

static char *
summarize (const Sum *sum)
{
  GString *text = g_string_new (NULL);

  if (sum->n_dropped > 0)
    g_string_append_printf (begin_part (text), ngettext ("%'lu record dropped", "%'lu records dropped", (gulong) sum->n_dropped), (gulong) sum->n_dropped);
  if (sum->n_damaged > 0)
    g_string_append_printf (begin_part (text), ngettext ("%u run damaged", "%u runs damaged", sum->n_damaged), sum->n_damaged);
  if (sum->n_failed > 0)
    g_string_append_printf (begin_part (text), ngettext ("%u run failed", "%u runs failed", sum->n_failed), sum->n_failed);
  if (sum->n_superseded > 0)
    g_string_append_printf (begin_part (text), ngettext ("%'lu point superseded", "%'lu points superseded", (gulong) sum->n_superseded), (gulong) sum->n_superseded);
  return g_string_free (text, FALSE);
}

static void
append_run (GString *text, TfvRunNode *node)
{
  if (text->len > 0)
    g_string_append (text, "\n\n");
  g_string_append (text, tfv_run_node_get_title (node));
  tfv_run_health_append_lines (tfv_run_node_get_health (node), tfv_run_node_get_run (node), text);
}

static void
append_more (GString *text, guint n_runs, guint n_told)
{
  if (n_runs <= n_told)
    return;
  g_string_append (text, "\n\n");
  g_string_append_printf (text, ngettext ("%u more run", "%u more runs", n_runs - n_told), n_runs - n_told);
}

static void
update (TfvHealthBadge *self)
{
  GPtrArray          *nodes = tfv_run_tree_get_runs (tfv_selection_get_runs (self->selection));
  g_autoptr (GString) details = g_string_new (NULL);
  g_autoptr (GString) tooltip = g_string_new (NULL);
  g_autofree char    *summary = NULL;
  Sum                 sum = { 0 };
  gboolean            is_bad;

  for (guint i = 0; i < nodes->len; i++)
    {
      TfvRunNode *node = g_ptr_array_index (nodes, i);

      if (!tfv_run_node_is_visible (node) || !add_run (&sum, node))
        continue;
      if (++sum.n_runs <= MAX_RUNS)
        append_run (details, node);
      if (sum.n_runs <= MAX_TOOLTIP_RUNS)
        append_run (tooltip, node);
    }
  gtk_widget_set_visible (GTK_WIDGET (self), sum.n_runs > 0);
  if (sum.n_runs == 0)
    return;
  append_more (details, sum.n_runs, MAX_RUNS);
  append_more (tooltip, sum.n_runs, MAX_TOOLTIP_RUNS);
  summary = summarize (&sum);
  is_bad = sum.n_dropped > 0 || sum.n_damaged > 0 || sum.n_failed > 0;
  gtk_image_set_from_icon_name (self->icon, is_bad ? "dialog-warning-symbolic" : "dialog-information-symbolic");
  if (is_bad)
    gtk_widget_add_css_class (GTK_WIDGET (self->icon), "warning");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->icon), "warning");
  gtk_label_set_text (self->summary, summary);
  gtk_label_set_text (self->details, details->str);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), tooltip->str);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, summary, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, details->str, -1);
}

static void
tfv_health_badge_dispose (GObject *object)
{
  TfvHealthBadge *self = TFV_HEALTH_BADGE (object);

  if (self->selection != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->selection, self);
      g_signal_handlers_disconnect_by_data (tfv_selection_get_runs (self->selection), self);
    }
  g_clear_object (&self->selection);
  G_OBJECT_CLASS (tfv_health_badge_parent_class)->dispose (object);
}

static void
tfv_health_badge_class_init (TfvHealthBadgeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tfv_health_badge_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/tfview/Tfview/ui/health-badge.ui");
  gtk_widget_class_bind_template_child (widget_class, TfvHealthBadge, button);
  gtk_widget_class_bind_template_child (widget_class, TfvHealthBadge, icon);
  gtk_widget_class_bind_template_child (widget_class, TfvHealthBadge, summary);
  gtk_widget_class_bind_template_child (widget_class, TfvHealthBadge, details);
}

static void
tfv_health_badge_init (TfvHealthBadge *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * tfv_health_badge_set_selection:
 * @self: the badge
 * @selection: whose runs it tells of; set once
 */
void
tfv_health_badge_set_selection (TfvHealthBadge *self, TfvSelection *selection)
{
  g_return_if_fail (self->selection == NULL);
  self->selection = g_object_ref (selection);
  g_signal_connect_swapped (selection, "health-changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (tfv_selection_get_runs (selection), "changed", G_CALLBACK (update), self);
  update (self);
}
