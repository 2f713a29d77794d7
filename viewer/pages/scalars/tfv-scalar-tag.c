/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/pages/scalars/tfv-scalar-tag.h"

#include <string.h>

#define COMMON_SCALE (-1)

struct _TfvScalarTag
{
  GObject     parent_instance;
  char       *name;
  const char *label; /* within name */
  char       *sort_key;
  GArray     *runs; /* of TfvScalarTagRun */
  gboolean    wide;
  int         y_scale; /* TfvAxisScale, or COMMON_SCALE */
};

G_DEFINE_FINAL_TYPE (TfvScalarTag, tfv_scalar_tag, G_TYPE_OBJECT)

static void
clear_run (gpointer data)
{
  TfvScalarTagRun *run = data;

  g_clear_object (&run->node);
  g_clear_pointer (&run->tag, tfv_tag_unref);
}

static void
tfv_scalar_tag_finalize (GObject *object)
{
  TfvScalarTag *self = TFV_SCALAR_TAG (object);

  g_free (self->name);
  g_free (self->sort_key);
  g_array_unref (self->runs);
  G_OBJECT_CLASS (tfv_scalar_tag_parent_class)->finalize (object);
}

static void
tfv_scalar_tag_class_init (TfvScalarTagClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tfv_scalar_tag_finalize;
}

static void
tfv_scalar_tag_init (TfvScalarTag *self)
{
  self->y_scale = COMMON_SCALE;
  self->runs = g_array_new (FALSE, FALSE, sizeof (TfvScalarTagRun));
  g_array_set_clear_func (self->runs, clear_run);
}

/**
 * tfv_scalar_tag_new:
 * @name: name of the tag
 *
 * Returns: (transfer full): a tag without runs
 */
TfvScalarTag *
tfv_scalar_tag_new (const char *name)
{
  TfvScalarTag *self = g_object_new (TFV_TYPE_SCALAR_TAG, NULL);
  const char   *slash = strchr (name, '/');

  self->name = g_strdup (name);
  self->label = slash != NULL && slash > name && slash[1] != '\0' ? self->name + (slash - name) + 1 : self->name;
  self->sort_key = g_utf8_collate_key_for_filename (name, -1);
  return self;
}

/**
 * tfv_scalar_tag_get_name:
 * @self: the tag
 *
 * Returns: (transfer none): its whole name
 */
const char *
tfv_scalar_tag_get_name (TfvScalarTag *self)
{
  return self->name;
}

/**
 * tfv_scalar_tag_get_label:
 * @self: the tag
 *
 * Returns: (transfer none): what its card says below the heading of its group:
 *   the name without the group
 */
const char *
tfv_scalar_tag_get_label (TfvScalarTag *self)
{
  return self->label;
}

/**
 * tfv_scalar_tag_dup_group:
 * @self: the tag
 *
 * Returns: (transfer full) (nullable): what is before the first slash of its
 *   name, or %NULL where there is none
 */
char *
tfv_scalar_tag_dup_group (TfvScalarTag *self)
{
  if (self->label == self->name)
    return NULL;
  return g_strndup (self->name, (gsize) (self->label - self->name - 1));
}

/**
 * tfv_scalar_tag_compare:
 * @self: a tag
 * @other: a tag
 *
 * Orders tags as a list shows them: those without a group first, then by name,
 * numbers by their value.
 *
 * Returns: less than, equal to or greater than 0
 */
int
tfv_scalar_tag_compare (TfvScalarTag *self, TfvScalarTag *other)
{
  gsize group_a = (gsize) (self->label - self->name);
  gsize group_b = (gsize) (other->label - other->name);

  if ((group_a == 0) != (group_b == 0))
    return group_a == 0 ? -1 : 1;
  /* By group first: "a-b/x" must not come between "a/x" and "a/y". */
  if (group_a != group_b || strncmp (self->name, other->name, group_a) != 0)
    {
      g_autofree char *key_a = g_utf8_collate_key_for_filename (self->name, (gssize) group_a - 1);
      g_autofree char *key_b = g_utf8_collate_key_for_filename (other->name, (gssize) group_b - 1);
      int              order = strcmp (key_a, key_b);

      if (order != 0)
        return order;
    }
  return strcmp (self->sort_key, other->sort_key);
}

/**
 * tfv_scalar_tag_clear_runs:
 * @self: the tag
 *
 * Takes out all runs.
 */
void
tfv_scalar_tag_clear_runs (TfvScalarTag *self)
{
  g_array_set_size (self->runs, 0);
}

/**
 * tfv_scalar_tag_add_run:
 * @self: the tag
 * @node: a run that has it
 * @tag: the run's records
 */
void
tfv_scalar_tag_add_run (TfvScalarTag *self, TfvRunNode *node, TfvTag *tag)
{
  TfvScalarTagRun run = { g_object_ref (node), tfv_tag_ref (tag) };

  g_array_append_val (self->runs, run);
}

/**
 * tfv_scalar_tag_get_runs:
 * @self: the tag
 *
 * Returns: (transfer none) (element-type TfvScalarTagRun): the runs that have it
 */
GArray *
tfv_scalar_tag_get_runs (TfvScalarTag *self)
{
  return self->runs;
}

/**
 * tfv_scalar_tag_is_visible:
 * @self: the tag
 *
 * Returns: whether a visible run has it
 */
gboolean
tfv_scalar_tag_is_visible (TfvScalarTag *self)
{
  for (guint i = 0; i < self->runs->len; i++)
    if (tfv_run_node_is_visible (g_array_index (self->runs, TfvScalarTagRun, i).node))
      return TRUE;
  return FALSE;
}

/**
 * tfv_scalar_tag_get_wide:
 * @self: the tag
 *
 * Returns: whether its card takes a whole row
 */
gboolean
tfv_scalar_tag_get_wide (TfvScalarTag *self)
{
  return self->wide;
}

/**
 * tfv_scalar_tag_set_wide:
 * @self: the tag
 * @wide: whether its card takes a whole row
 */
void
tfv_scalar_tag_set_wide (TfvScalarTag *self, gboolean wide)
{
  self->wide = wide;
}

/**
 * tfv_scalar_tag_get_y_scale:
 * @self: the tag
 * @common: what holds for cards that were not told otherwise
 *
 * Returns: where values stand on its y axis
 */
TfvAxisScale
tfv_scalar_tag_get_y_scale (TfvScalarTag *self, TfvAxisScale common)
{
  return self->y_scale == COMMON_SCALE ? common : (TfvAxisScale) self->y_scale;
}

/**
 * tfv_scalar_tag_set_y_scale:
 * @self: the tag
 * @y_scale: where values stand on its y axis, whatever holds for the others
 */
void
tfv_scalar_tag_set_y_scale (TfvScalarTag *self, TfvAxisScale y_scale)
{
  self->y_scale = (int) y_scale;
}
