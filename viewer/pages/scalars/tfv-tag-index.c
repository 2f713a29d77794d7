/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/pages/scalars/tfv-tag-index.h"

#include <glib/gi18n.h>

/* What was taken over of a run already; `entries` are the tags that have it. */
typedef struct
{
  TfvRun     *run;
  GHashTable *entries;
  guint64     generation;
  guint       n_tags;
} KnownRun;

struct _TfvTagIndex
{
  GHashTable *tags;   /* name -> TfvScalarTag */
  GHashTable *known;  /* TfvRunNode -> KnownRun */
  GPtrArray  *sorted; /* the tags in order, or NULL when it must be made again */
};

static void
known_run_free (gpointer data)
{
  KnownRun *known = data;

  g_clear_object (&known->run);
  g_hash_table_unref (known->entries);
  g_free (known);
}

/**
 * tfv_tag_index_new: (skip)
 *
 * The scalar tags of a set of runs, each once.
 *
 * Returns: (transfer full): an index without tags
 */
TfvTagIndex *
tfv_tag_index_new (void)
{
  TfvTagIndex *self = g_new0 (TfvTagIndex, 1);

  self->tags = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);
  self->known = g_hash_table_new_full (NULL, NULL, g_object_unref, known_run_free);
  return self;
}

/**
 * tfv_tag_index_free: (skip)
 * @self: (transfer full) (nullable): the index
 */
void
tfv_tag_index_free (TfvTagIndex *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->tags);
  g_hash_table_unref (self->known);
  g_clear_pointer (&self->sorted, g_ptr_array_unref);
  g_free (self);
}

static TfvScalarTag *
ensure_entry (TfvTagIndex *self, TfvTag *tag)
{
  TfvScalarTag *entry = g_hash_table_lookup (self->tags, tfv_tag_get_name (tag));

  if (entry == NULL)
    {
      entry = tfv_scalar_tag_new (tfv_tag_get_name (tag));
      g_hash_table_insert (self->tags, (gpointer) tfv_scalar_tag_get_name (entry), entry);
      g_clear_pointer (&self->sorted, g_ptr_array_unref);
    }
  return entry;
}

static gboolean
update_run (TfvTagIndex *self, TfvRunNode *node, KnownRun *known)
{
  guint64  generation = tfv_run_get_generation (known->run);
  gboolean changed = FALSE;

  if (generation == known->generation)
    return FALSE;
  known->generation = generation;
  g_autoptr (GPtrArray) tags = tfv_run_dup_tags (known->run);
  if (tags->len == known->n_tags)
    return FALSE;
  known->n_tags = tags->len;
  for (guint i = 0; i < tags->len; i++)
    {
      TfvTag       *tag = g_ptr_array_index (tags, i);
      TfvScalarTag *entry;

      if (tfv_tag_get_kind (tag) != TFV_RECORD_SCALAR)
        continue;
      entry = ensure_entry (self, tag);
      if (!g_hash_table_add (known->entries, entry))
        continue;
      tfv_scalar_tag_add_run (entry, node, tag);
      changed = TRUE;
    }
  return changed;
}

static gboolean
is_without_runs (gpointer key, gpointer value, gpointer data)
{
  return tfv_scalar_tag_get_runs (value)->len == 0;
}

/* A run went or was replaced: rare enough to begin anew. What the user chose
 * for a tag stays with it. */
static void
forget_runs (TfvTagIndex *self)
{
  GHashTableIter iter;
  gpointer       value;

  g_hash_table_iter_init (&iter, self->tags);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    tfv_scalar_tag_clear_runs (value);
  g_hash_table_remove_all (self->known);
}

static gboolean
is_stale (TfvTagIndex *self, GPtrArray *nodes)
{
  guint n_known = 0;

  for (guint i = 0; i < nodes->len; i++)
    {
      TfvRunNode *node = g_ptr_array_index (nodes, i);
      KnownRun   *known = g_hash_table_lookup (self->known, node);

      if (known == NULL)
        continue;
      if (known->run != tfv_run_node_get_run (node))
        return TRUE;
      n_known++;
    }
  return n_known < g_hash_table_size (self->known);
}

/**
 * tfv_tag_index_update: (skip)
 * @self: the index
 * @nodes: (element-type RunNode): the runs there are now
 *
 * Takes over tags that are new. A run that has not changed costs next to
 * nothing.
 *
 * Returns: whether any tag has other runs than before
 */
gboolean
tfv_tag_index_update (TfvTagIndex *self, GPtrArray *nodes)
{
  gboolean stale = is_stale (self, nodes);
  gboolean changed = stale;

  if (stale)
    forget_runs (self);
  for (guint i = 0; i < nodes->len; i++)
    {
      TfvRunNode *node = g_ptr_array_index (nodes, i);
      KnownRun   *known = g_hash_table_lookup (self->known, node);

      if (known == NULL)
        {
          known = g_new0 (KnownRun, 1);
          known->run = g_object_ref (tfv_run_node_get_run (node));
          known->entries = g_hash_table_new (NULL, NULL);
          known->generation = G_MAXUINT64;
          g_hash_table_insert (self->known, g_object_ref (node), known);
        }
      changed |= update_run (self, node, known);
    }
  if (stale && g_hash_table_foreach_remove (self->tags, is_without_runs, NULL) > 0)
    g_clear_pointer (&self->sorted, g_ptr_array_unref);
  return changed;
}

/**
 * tfv_tag_index_get_n_tags: (skip)
 * @self: the index
 *
 * Returns: number of different tags
 */
guint
tfv_tag_index_get_n_tags (TfvTagIndex *self)
{
  return g_hash_table_size (self->tags);
}

/**
 * tfv_tag_index_lookup: (skip)
 * @self: the index
 * @name: name of a tag
 *
 * Returns: (transfer none) (nullable): the tag
 */
TfvScalarTag *
tfv_tag_index_lookup (TfvTagIndex *self, const char *name)
{
  return g_hash_table_lookup (self->tags, name);
}

static int
compare_tags (gconstpointer a, gconstpointer b)
{
  return tfv_scalar_tag_compare (*(TfvScalarTag *const *) a, *(TfvScalarTag *const *) b);
}

static void
sort_tags (TfvTagIndex *self)
{
  GHashTableIter iter;
  gpointer       value;

  if (self->sorted != NULL)
    return;
  self->sorted = g_ptr_array_new_with_free_func (g_object_unref);
  g_hash_table_iter_init (&iter, self->tags);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (self->sorted, g_object_ref (value));
  g_ptr_array_sort (self->sorted, compare_tags);
}

/**
 * tfv_tag_index_create_sections: (skip)
 * @self: the index
 * @filter: which tags
 * @n_visible: (out): number of tags that a visible run has, whether or not
 *   they pass the filter
 *
 * Groups the tags that pass the filter and that a visible run has.
 *
 * Returns: (transfer full) (element-type TfvCardSection): the groups
 */
GPtrArray *
tfv_tag_index_create_sections (TfvTagIndex *self, TfvNameFilter *filter, guint *n_visible)
{
  GPtrArray      *sections = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_card_section_free);
  TfvCardSection *section = NULL;

  sort_tags (self);
  *n_visible = 0;
  for (guint i = 0; i < self->sorted->len; i++)
    {
      TfvScalarTag    *tag = g_ptr_array_index (self->sorted, i);
      g_autofree char *group = NULL;

      if (!tfv_scalar_tag_is_visible (tag))
        continue;
      (*n_visible)++;
      if (!tfv_name_filter_matches (filter, tfv_scalar_tag_get_name (tag)))
        continue;
      group = tfv_scalar_tag_dup_group (tag);
      /* Tags without a slash come first, so a NULL group only ever begins one. */
      if (section == NULL || g_strcmp0 (section->title, group) != 0)
        {
          section = tfv_card_section_new (group);
          g_ptr_array_add (sections, section);
        }
      g_ptr_array_add (section->items, g_object_ref (tag));
    }

  /* On its own the group of tags without a slash needs no heading. */
  section = sections->len > 1 ? g_ptr_array_index (sections, 0) : NULL;
  if (section != NULL && section->title == NULL)
    /* Translators: heading of the charts whose tag names no group */
    section->title = g_strdup (_ ("Ungrouped"));
  return sections;
}
