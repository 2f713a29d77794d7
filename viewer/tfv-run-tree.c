/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-run-tree.h"

#include <string.h>

#include "viewer/tfv-name-filter.h"
#include "viewer/tfv-run-node-private.h"

struct _TfvRunTree
{
  GObject        parent_instance;
  GListStore    *roots;
  GHashTable    *nodes; /* path -> TfvRunNode */
  GHashTable    *heads; /* see head_key() -> TfvRunNode, not owned */
  GPtrArray     *runs;  /* nodes that have a run, in order of appearance */
  TfvNameFilter *filter;
  GtkFilter     *shown_filter; /* shared by the models of all folders */
  guint          next_color;
  guint          n_visible;
  guint          n_matching;
  gboolean       dark;
};

G_DEFINE_FINAL_TYPE (TfvRunTree, tfv_run_tree, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

static gboolean
is_shown (gpointer item, gpointer data)
{
  return TFV_RUN_NODE (item)->shown;
}

static void
tfv_run_tree_finalize (GObject *object)
{
  TfvRunTree *self = TFV_RUN_TREE (object);

  g_clear_pointer (&self->runs, g_ptr_array_unref);
  g_clear_pointer (&self->heads, g_hash_table_unref);
  g_clear_pointer (&self->nodes, g_hash_table_unref);
  g_clear_object (&self->roots);
  g_clear_object (&self->shown_filter);
  g_clear_pointer (&self->filter, tfv_name_filter_free);
  G_OBJECT_CLASS (tfv_run_tree_parent_class)->finalize (object);
}

static void
tfv_run_tree_class_init (TfvRunTreeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tfv_run_tree_finalize;

  /**
   * TfvRunTree::changed:
   *
   * Runs came or went, or other runs are visible, or their colours changed.
   */
  signals[SIGNAL_CHANGED] =
      g_signal_new ("changed", TFV_TYPE_RUN_TREE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tfv_run_tree_init (TfvRunTree *self)
{
  self->roots = g_list_store_new (TFV_TYPE_RUN_NODE);
  self->nodes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);
  self->heads = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->runs = g_ptr_array_new_with_free_func (g_object_unref);
  self->filter = tfv_name_filter_new ();
  self->shown_filter = GTK_FILTER (gtk_custom_filter_new (is_shown, NULL, NULL));
}

/**
 * tfv_run_tree_new:
 *
 * Returns: (transfer full): a tree without runs
 */
TfvRunTree *
tfv_run_tree_new (void)
{
  return g_object_new (TFV_TYPE_RUN_TREE, NULL);
}

static GListStore *
siblings_of (TfvRunTree *self, TfvRunNode *node)
{
  return node->parent != NULL ? node->parent->children : self->roots;
}

/* Counts what is checked below a node and tells its row when that changed. */
typedef struct
{
  guint n_matching;
  guint n_visible;
} Count;

static Count
recount_node (TfvRunNode *node)
{
  Count         count = { 0, 0 };
  GListModel   *children = G_LIST_MODEL (node->children);
  guint         n_children = g_list_model_get_n_items (children);
  TfvCheckState state;
  gboolean      shown;

  for (guint i = 0; i < n_children; i++)
    {
      g_autoptr (TfvRunNode) child = g_list_model_get_item (children, i);
      Count                  below = recount_node (child);

      count.n_matching += below.n_matching;
      count.n_visible += below.n_visible;
    }
  if (node->run != NULL && node->matches)
    {
      count.n_matching++;
      count.n_visible += node->checked;
    }

  state = count.n_visible == 0                  ? TFV_CHECK_OFF
          : count.n_visible == count.n_matching ? TFV_CHECK_ON
                                                : TFV_CHECK_MIXED;
  shown = count.n_matching > 0;
  if (state != node->check_state)
    {
      node->check_state = state;
      tfv_run_node_changed (node);
    }
  node->shown = shown;
  return count;
}

static void
recount (TfvRunTree *self)
{
  guint n_roots = g_list_model_get_n_items (G_LIST_MODEL (self->roots));

  self->n_matching = 0;
  self->n_visible = 0;
  for (guint i = 0; i < n_roots; i++)
    {
      g_autoptr (TfvRunNode) node = g_list_model_get_item (G_LIST_MODEL (self->roots), i);
      Count                  count = recount_node (node);

      self->n_matching += count.n_matching;
      self->n_visible += count.n_visible;
    }
}

static void
emit_changed (TfvRunTree *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* Views ask once whether a row can be expanded: make them ask again. */
static void
expandable_changed (TfvRunTree *self, TfvRunNode *node)
{
  GListStore *siblings = siblings_of (self, node);
  guint       position;

  if (g_list_store_find (siblings, node, &position))
    g_list_model_items_changed (G_LIST_MODEL (siblings), position, 1, 1);
}

/* Among siblings no two paths begin with the same folder: this names the one
 * that does, "parent/folder". */
static char *
head_key (TfvRunNode *parent, const char *path)
{
  gsize       n_parent = parent != NULL ? strlen (parent->path) + 1 : 0;
  const char *slash = strchr (path + n_parent, '/');

  return slash != NULL ? g_strndup (path, (gsize) (slash - path)) : g_strdup (path);
}

static TfvRunNode *
find_ancestor (TfvRunTree *self, const char *path)
{
  g_autofree char *prefix = g_strdup (path);
  char            *slash;

  while ((slash = strrchr (prefix, '/')) != NULL)
    {
      TfvRunNode *node;

      *slash = '\0';
      node = g_hash_table_lookup (self->nodes, prefix);
      if (node != NULL)
        return node;
    }
  return NULL;
}

/* Length of what two paths have in common, in whole folders. */
static gsize
common_folders (const char *a, const char *b)
{
  gsize common = 0;
  gsize i = 0;

  while (a[i] != '\0' && a[i] == b[i])
    {
      if (a[i] == '/')
        common = i;
      i++;
    }
  if ((a[i] == '\0' && (b[i] == '/' || b[i] == '\0')) || (b[i] == '\0' && a[i] == '/'))
    common = i;
  return common;
}

/* A node goes into its siblings' list last, with everything set, so that views
 * never see it half made. */
static void
attach (TfvRunTree *self, TfvRunNode *node, TfvRunNode *parent)
{
  tfv_run_node_set_parent (node, parent);
  g_hash_table_insert (self->heads, head_key (parent, node->path), node);
  tfv_run_node_insert_sorted (siblings_of (self, node), node);
}

/* What is seen can be found, and so can what `tfv ls` calls it. */
static gboolean
passes_filter (TfvRunTree *self, TfvRunNode *node)
{
  return tfv_name_filter_matches (self->filter, node->path) ||
         (node->own_label != NULL && tfv_name_filter_matches (self->filter, node->own_label));
}

static TfvRunNode *
make_node (TfvRunTree *self, const char *path, TfvRun *run)
{
  TfvRunNode *node = tfv_run_node_new (path, run);

  node->dark = self->dark;
  node->matches = passes_filter (self, node);
  node->shown = TRUE;
  node->check_state = run != NULL && node->matches ? TFV_CHECK_ON : TFV_CHECK_OFF;
  g_hash_table_insert (self->nodes, node->path, node);
  return node;
}

/* Puts a folder of the first @n_common bytes of its path in the place of
 * @node, and @node into it. */
static TfvRunNode *
split (TfvRunTree *self, TfvRunNode *node, gsize n_common, TfvRun *run)
{
  TfvRunNode      *parent = node->parent;
  GListStore      *siblings = siblings_of (self, node);
  g_autofree char *path = g_strndup (node->path, n_common);
  TfvRunNode      *folder = make_node (self, path, run);
  guint            position;

  g_object_ref (node);
  if (g_list_store_find (siblings, node, &position))
    g_list_store_remove (siblings, position);
  attach (self, node, folder);
  attach (self, folder, parent);
  g_object_unref (node);
  return folder;
}

/* Finds the node of a run, or makes it. Folders in which there is nothing but
 * one folder or one run share a row with it, "a/b/c". */
static TfvRunNode *
ensure_node (TfvRunTree *self, const char *path, TfvRun *run)
{
  TfvRunNode      *node = g_hash_table_lookup (self->nodes, path);
  TfvRunNode      *parent;
  TfvRunNode      *sibling;
  g_autofree char *key = NULL;

  if (node != NULL)
    return node;

  parent = find_ancestor (self, path);
  key = head_key (parent, path);
  sibling = g_hash_table_lookup (self->heads, key);
  if (sibling != NULL)
    {
      gsize n_common = common_folders (sibling->path, path);

      if (path[n_common] == '\0')
        return split (self, sibling, n_common, run);
      parent = split (self, sibling, n_common, NULL);
    }

  node = make_node (self, path, run);
  attach (self, node, parent);
  if (parent != NULL && g_list_model_get_n_items (G_LIST_MODEL (parent->children)) == 1)
    expandable_changed (self, parent);
  return node;
}

static void
remove_node (TfvRunTree *self, TfvRunNode *node)
{
  TfvRunNode *parent = node->parent;
  GListStore *siblings = siblings_of (self, node);
  guint       position;

  g_clear_object (&node->run);
  if (g_list_model_get_n_items (G_LIST_MODEL (node->children)) > 0)
    {
      tfv_run_node_changed (node);
      return;
    }
  if (g_list_store_find (siblings, node, &position))
    g_list_store_remove (siblings, position);
  g_autofree char *key = head_key (parent, node->path);
  g_hash_table_remove (self->heads, key);
  g_hash_table_remove (self->nodes, node->path);
  if (parent == NULL || g_list_model_get_n_items (G_LIST_MODEL (parent->children)) > 0)
    return;
  if (parent->run == NULL)
    remove_node (self, parent);
  else
    expandable_changed (self, parent);
}

static void
update_warnings (TfvRunNode *node)
{
  guint64 generation = tfv_run_get_generation (node->run);
  guint   n_warnings;

  if (generation == node->generation)
    return;
  node->generation = generation;
  g_auto (GStrv) warnings = tfv_run_dup_warnings (node->run);
  n_warnings = g_strv_length (warnings) + (tfv_run_get_n_dropped (node->run) > 0);
  if (n_warnings != node->n_warnings)
    {
      node->n_warnings = n_warnings;
      tfv_run_node_changed (node);
    }
}

static int
compare_run_names (gconstpointer a, gconstpointer b)
{
  TfvRun *const   *run_a = a;
  TfvRun *const   *run_b = b;
  g_autofree char *key_a = g_utf8_collate_key_for_filename (tfv_run_get_name (*run_a), -1);
  g_autofree char *key_b = g_utf8_collate_key_for_filename (tfv_run_get_name (*run_b), -1);

  return strcmp (key_a, key_b);
}

/* Colours go by name among runs that turn up together, so that the same folder
 * opened twice looks the same, and are never given to another run later. */
static void
add_runs (TfvRunTree *self, GPtrArray *added)
{
  g_ptr_array_sort (added, compare_run_names);
  for (guint i = 0; i < added->len; i++)
    {
      TfvRun     *run = g_ptr_array_index (added, i);
      TfvRunNode *node = ensure_node (self, tfv_run_get_name (run), run);

      g_set_object (&node->run, run);
      node->generation = G_MAXUINT64;
      node->looked_over = 0;
      node->color_index = self->next_color++;
      g_ptr_array_add (self->runs, g_object_ref (node));
      update_warnings (node);
      tfv_run_node_changed (node);
    }
}

static gboolean
remove_unseen (TfvRunTree *self)
{
  gboolean removed = FALSE;

  for (guint i = self->runs->len; i-- > 0;)
    {
      TfvRunNode *node = g_ptr_array_index (self->runs, i);

      if (node->seen)
        continue;
      remove_node (self, node);
      g_ptr_array_remove_index (self->runs, i);
      removed = TRUE;
    }
  return removed;
}

/**
 * tfv_run_tree_update:
 * @self: the tree
 * @runs: (element-type TfvRun): the runs there are now
 *
 * Adds what is new and takes out what is gone; everything else stays as it is,
 * with what the user chose for it.
 *
 * Returns: whether runs came or went
 */
gboolean
tfv_run_tree_update (TfvRunTree *self, GPtrArray *runs)
{
  g_autoptr (GPtrArray) added = g_ptr_array_new ();
  gboolean              changed;

  for (guint i = 0; i < self->runs->len; i++)
    TFV_RUN_NODE (g_ptr_array_index (self->runs, i))->seen = FALSE;

  for (guint i = 0; i < runs->len; i++)
    {
      TfvRun     *run = g_ptr_array_index (runs, i);
      TfvRunNode *node = g_hash_table_lookup (self->nodes, tfv_run_get_name (run));

      if (node == NULL || node->run == NULL)
        {
          g_ptr_array_add (added, run);
          continue;
        }
      node->seen = TRUE;
      if (g_set_object (&node->run, run))
        {
          node->generation = G_MAXUINT64;
          node->looked_over = 0;
        }
      update_warnings (node);
    }

  changed = remove_unseen (self) || added->len > 0;
  add_runs (self, added);
  if (changed)
    {
      recount (self);
      if (!tfv_name_filter_is_empty (self->filter))
        gtk_filter_changed (self->shown_filter, GTK_FILTER_CHANGE_DIFFERENT);
      emit_changed (self);
    }
  return changed;
}

static gboolean
color_node (TfvRunNode *node, guint *next)
{
  GListModel *children = G_LIST_MODEL (node->children);
  guint       n_children = g_list_model_get_n_items (children);
  gboolean    changed = FALSE;

  if (node->run != NULL)
    {
      changed = node->color_index != *next;
      node->color_index = (*next)++;
      if (changed)
        tfv_run_node_changed (node);
    }
  for (guint i = 0; i < n_children; i++)
    {
      g_autoptr (TfvRunNode) child = g_list_model_get_item (children, i);

      changed |= color_node (child, next);
    }
  return changed;
}

/**
 * tfv_run_tree_color_by_place:
 * @self: the tree
 *
 * Gives all runs colours by their place in the tree, whenever they came. For
 * while a folder is read for the first time, run after run in any order: it
 * looks the same however often it is opened.
 */
void
tfv_run_tree_color_by_place (TfvRunTree *self)
{
  guint    n_roots = g_list_model_get_n_items (G_LIST_MODEL (self->roots));
  guint    next = 0;
  gboolean changed = FALSE;

  for (guint i = 0; i < n_roots; i++)
    {
      g_autoptr (TfvRunNode) node = g_list_model_get_item (G_LIST_MODEL (self->roots), i);

      changed |= color_node (node, &next);
    }
  self->next_color = next;
  if (changed)
    emit_changed (self);
}

/**
 * tfv_run_tree_clear:
 * @self: the tree
 *
 * Takes all runs out, as when another folder is opened. The filter stays.
 */
void
tfv_run_tree_clear (TfvRunTree *self)
{
  g_list_store_remove_all (self->roots);
  g_ptr_array_set_size (self->runs, 0);
  g_hash_table_remove_all (self->heads);
  g_hash_table_remove_all (self->nodes);
  self->next_color = 0;
  recount (self);
  emit_changed (self);
}

static GListModel *
create_children (gpointer item, gpointer data)
{
  TfvRunTree *self = data;
  TfvRunNode *node = item;

  /* A list, were it empty, would give the row an arrow. See expandable_changed(). */
  if (g_list_model_get_n_items (G_LIST_MODEL (node->children)) == 0)
    return NULL;
  return G_LIST_MODEL (gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (node->children)), g_object_ref (self->shown_filter)));
}

/**
 * tfv_run_tree_create_model:
 * @self: the tree
 *
 * Returns: (transfer full): a flat list of [class@Gtk.TreeListRow], each of a
 *   [class@RunNode], of what passes the filter
 */
GListModel *
tfv_run_tree_create_model (TfvRunTree *self)
{
  GtkFilterListModel *roots =
      gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->roots)), g_object_ref (self->shown_filter));

  return G_LIST_MODEL (gtk_tree_list_model_new (G_LIST_MODEL (roots), FALSE, TRUE, create_children, g_object_ref (self), g_object_unref));
}

/**
 * tfv_run_tree_get_runs:
 * @self: the tree
 *
 * Returns: (transfer none) (element-type RunNode): the nodes that have a run,
 *   in order of appearance
 */
GPtrArray *
tfv_run_tree_get_runs (TfvRunTree *self)
{
  return self->runs;
}

/**
 * tfv_run_tree_find:
 * @self: the tree
 * @path: name of a run or a folder
 *
 * Returns: (transfer none) (nullable): its node
 */
TfvRunNode *
tfv_run_tree_find (TfvRunTree *self, const char *path)
{
  return g_hash_table_lookup (self->nodes, path);
}

/**
 * tfv_run_tree_get_n_visible:
 * @self: the tree
 *
 * Returns: number of runs that are checked and pass the filter
 */
guint
tfv_run_tree_get_n_visible (TfvRunTree *self)
{
  return self->n_visible;
}

/**
 * tfv_run_tree_get_n_matching:
 * @self: the tree
 *
 * Returns: number of runs that pass the filter
 */
guint
tfv_run_tree_get_n_matching (TfvRunTree *self)
{
  return self->n_matching;
}

/**
 * tfv_run_tree_set_filter:
 * @self: the tree
 * @pattern: (nullable): a regular expression over the names of runs
 * @error: return location for what is wrong with it
 *
 * Shows only runs whose name matches. A wrong pattern changes nothing.
 *
 * Returns: whether the pattern could be used
 */
gboolean
tfv_run_tree_set_filter (TfvRunTree *self, const char *pattern, GError **error)
{
  GHashTableIter iter;
  gpointer       value;

  if (!tfv_name_filter_set_pattern (self->filter, pattern, error))
    return FALSE;

  g_hash_table_iter_init (&iter, self->nodes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      TfvRunNode *node = value;

      node->matches = passes_filter (self, node);
    }
  recount (self);
  gtk_filter_changed (self->shown_filter, GTK_FILTER_CHANGE_DIFFERENT);
  emit_changed (self);
  return TRUE;
}

/**
 * tfv_run_tree_set_dark:
 * @self: the tree
 * @dark: whether colours are for a dark ground
 */
void
tfv_run_tree_set_dark (TfvRunTree *self, gboolean dark)
{
  GHashTableIter iter;
  gpointer       value;

  if (self->dark == dark)
    return;
  self->dark = dark;
  g_hash_table_iter_init (&iter, self->nodes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      TfvRunNode *node = value;

      node->dark = dark;
      tfv_run_node_changed (node);
    }
  emit_changed (self);
}

static void
check_below (TfvRunNode *node, gboolean checked)
{
  GListModel *children = G_LIST_MODEL (node->children);
  guint       n_children = g_list_model_get_n_items (children);

  if (node->run != NULL && node->matches)
    node->checked = checked;
  for (guint i = 0; i < n_children; i++)
    {
      g_autoptr (TfvRunNode) child = g_list_model_get_item (children, i);

      check_below (child, checked);
    }
}

/**
 * tfv_run_tree_set_checked:
 * @self: the tree
 * @node: a run or a folder
 * @checked: whether to show it
 *
 * Shows or hides a run and every run below it that passes the filter.
 */
void
tfv_run_tree_set_checked (TfvRunTree *self, TfvRunNode *node, gboolean checked)
{
  check_below (node, checked);
  recount (self);
  emit_changed (self);
}

/**
 * tfv_run_tree_set_all_checked:
 * @self: the tree
 * @checked: whether to show them
 *
 * Shows or hides every run that passes the filter.
 */
void
tfv_run_tree_set_all_checked (TfvRunTree *self, gboolean checked)
{
  for (guint i = 0; i < self->runs->len; i++)
    {
      TfvRunNode *node = g_ptr_array_index (self->runs, i);

      if (node->matches)
        node->checked = checked;
    }
  recount (self);
  emit_changed (self);
}

/**
 * tfv_run_tree_show_only:
 * @self: the tree
 * @node: a run or a folder
 *
 * Hides every run but @node and those below it. Where only they are visible
 * already, shows all, so that doing it twice goes back.
 */
void
tfv_run_tree_show_only (TfvRunTree *self, TfvRunNode *node)
{
  Count    below = recount_node (node);
  gboolean already = below.n_visible == self->n_visible && below.n_visible == below.n_matching && below.n_visible > 0;

  for (guint i = 0; i < self->runs->len; i++)
    TFV_RUN_NODE (g_ptr_array_index (self->runs, i))->checked = already;
  check_below (node, TRUE);
  recount (self);
  emit_changed (self);
}
