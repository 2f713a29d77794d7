/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-run-node-private.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n.h>

#include "viewer/tfv-palette.h"

G_DEFINE_FINAL_TYPE (TfvRunNode, tfv_run_node, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

static void
tfv_run_node_finalize (GObject *object)
{
  TfvRunNode *self = TFV_RUN_NODE (object);

  g_free (self->path);
  g_free (self->own_label);
  g_free (self->sort_key);
  g_clear_object (&self->run);
  g_clear_object (&self->children);
  G_OBJECT_CLASS (tfv_run_node_parent_class)->finalize (object);
}

static void
tfv_run_node_class_init (TfvRunNodeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tfv_run_node_finalize;

  signals[SIGNAL_CHANGED] =
      g_signal_new ("changed", TFV_TYPE_RUN_NODE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tfv_run_node_init (TfvRunNode *self)
{
  self->children = g_list_store_new (TFV_TYPE_RUN_NODE);
  self->checked = TRUE;
  self->health.last_written = NAN;
}

/* @run is NULL for a mere folder. The run of the opened folder itself is named
 * ".", which tells nobody anything once it is on the screen. */
TfvRunNode *
tfv_run_node_new (const char *path, TfvRun *run)
{
  TfvRunNode *self = g_object_new (TFV_TYPE_RUN_NODE, NULL);

  self->path = g_strdup (path);
  if (run != NULL)
    {
      self->run = g_object_ref (run);
      if (g_str_equal (path, "."))
        self->own_label = g_filename_display_basename (tfv_run_get_directory (run));
    }
  self->label = tfv_run_node_get_title (self);
  return self;
}

void
tfv_run_node_set_parent (TfvRunNode *self, TfvRunNode *parent)
{
  self->parent = parent;
  self->label = self->path + (parent != NULL ? strlen (parent->path) + 1 : 0);
  /* As a file manager sorts: run-2 before run-10. */
  g_free (self->sort_key);
  self->sort_key = g_utf8_collate_key_for_filename (self->label, -1);
  if (self->own_label != NULL)
    self->label = self->own_label;
}

static int
compare_nodes (gconstpointer a, gconstpointer b, gpointer data)
{
  return g_strcmp0 (((const TfvRunNode *) a)->sort_key, ((const TfvRunNode *) b)->sort_key);
}

void
tfv_run_node_insert_sorted (GListStore *siblings, TfvRunNode *node)
{
  g_list_store_insert_sorted (siblings, node, compare_nodes, NULL);
}

void
tfv_run_node_changed (TfvRunNode *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/**
 * tfv_run_node_get_label:
 * @self: the node
 *
 * Returns: (transfer none): its title below its parent's path, as a row shows it
 */
const char *
tfv_run_node_get_label (TfvRunNode *self)
{
  return self->label;
}

/**
 * tfv_run_node_get_path:
 * @self: the node
 *
 * Returns: (transfer none): the run's or the folder's whole name
 */
const char *
tfv_run_node_get_path (TfvRunNode *self)
{
  return self->path;
}

/**
 * tfv_run_node_get_title:
 * @self: the node
 *
 * Returns: (transfer none): what the run is called where it stands alone: its
 *   path, or the name of the opened folder for the run in that folder itself
 */
const char *
tfv_run_node_get_title (TfvRunNode *self)
{
  return self->own_label != NULL ? self->own_label : self->path;
}

/**
 * tfv_run_node_get_run:
 * @self: the node
 *
 * Returns: (transfer none) (nullable): its run, or %NULL for a mere folder
 */
TfvRun *
tfv_run_node_get_run (TfvRunNode *self)
{
  return self->run;
}

/**
 * tfv_run_node_get_children:
 * @self: the node
 *
 * Returns: (transfer none): a list of [class@RunNode], sorted
 */
GListModel *
tfv_run_node_get_children (TfvRunNode *self)
{
  return G_LIST_MODEL (self->children);
}

/**
 * tfv_run_node_get_check_state:
 * @self: the node
 *
 * Returns: what its check box shows: the run and all runs below it that pass
 *   the filter
 */
TfvCheckState
tfv_run_node_get_check_state (TfvRunNode *self)
{
  return self->check_state;
}

/**
 * tfv_run_node_is_visible:
 * @self: the node
 *
 * Returns: whether its curves are to be drawn: it has a run that is checked
 *   and passes the filter
 */
gboolean
tfv_run_node_is_visible (TfvRunNode *self)
{
  return self->run != NULL && self->checked && self->matches;
}

/**
 * tfv_run_node_get_color:
 * @self: the node
 * @color: (out): the colour of its run in the present colour scheme
 */
void
tfv_run_node_get_color (TfvRunNode *self, GdkRGBA *color)
{
  tfv_palette_get (self->color_index, self->dark, color);
}

/**
 * tfv_run_node_get_n_warnings:
 * @self: the node
 *
 * Returns: number of things that are wrong with the run's files
 */
guint
tfv_run_node_get_n_warnings (TfvRunNode *self)
{
  return self->n_warnings;
}

/**
 * tfv_run_node_get_health:
 * @self: the node
 *
 * Returns: (transfer none): what was found when its run was last looked over
 */
const TfvRunHealth *
tfv_run_node_get_health (TfvRunNode *self)
{
  return &self->health;
}

static guint64
count_points (TfvRun *run)
{
  g_autoptr (GPtrArray) tags = tfv_run_dup_tags (run);
  guint64               n_points = 0;

  for (guint i = 0; i < tags->len; i++)
    {
      TfvTag *tag = g_ptr_array_index (tags, i);

      if (tfv_tag_get_kind (tag) == TFV_RECORD_SCALAR)
        n_points += tfv_scalar_series_get_n_points (tfv_tag_get_series (tag));
    }
  return n_points;
}

/**
 * tfv_run_node_dup_description:
 * @self: the node
 *
 * What a tooltip tells: path, start, number of points, then what is wrong.
 *
 * Returns: (transfer full): a few lines of plain text
 */
char *
tfv_run_node_dup_description (TfvRunNode *self)
{
  GString *text = g_string_new (tfv_run_node_get_title (self));
  double   start;
  guint64  n_points;

  if (self->run == NULL)
    return g_string_free (text, FALSE);

  g_string_append_printf (text, "\n%s", tfv_run_get_directory (self->run));
  start = tfv_run_get_start_time (self->run);
  if (start > 0)
    {
      g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc ((gint64) start);
      g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;
      g_autofree char      *formatted = local != NULL ? g_date_time_format (local, "%x %X") : NULL;

      if (formatted != NULL)
        {
          g_string_append_c (text, '\n');
          /* Translators: %s is a date and a time */
          g_string_append_printf (text, _ ("Started %s"), formatted);
        }
    }
  n_points = count_points (self->run);
  g_string_append_c (text, '\n');
  g_autofree char *points = g_strdup_printf ("%'" G_GUINT64_FORMAT, n_points);
  g_string_append_printf (text, ngettext ("%s point", "%s points", (gulong) n_points), points);
  tfv_run_health_append_lines (&self->health, self->run, text);
  return g_string_free (text, FALSE);
}
