/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-page.h"

#include <glib/gi18n.h>

typedef struct
{
  gboolean has_data;
} TfvPagePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (TfvPage, tfv_page, ADW_TYPE_BIN)

enum
{
  PROP_HAS_DATA = 1,
  N_PROPS,
};
static GParamSpec *properties[N_PROPS];

static void
tfv_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_HAS_DATA)
    g_value_set_boolean (value, tfv_page_has_data (TFV_PAGE (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
tfv_page_class_init (TfvPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = tfv_page_get_property;

  /**
   * TfvPage:has-data:
   *
   * Whether the files have anything for this page; without, it is not offered.
   */
  properties[PROP_HAS_DATA] =
      g_param_spec_boolean ("has-data", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
tfv_page_init (TfvPage *self)
{
}

/**
 * tfv_page_new_by_name:
 * @name: short name of a page
 *
 * Returns: (transfer floating) (nullable): a new page, or %NULL where there is
 *   none of that name
 */
TfvPage *
tfv_page_new_by_name (const char *name)
{
  for (guint i = 0; tfv_page_types[i] != NULL; i++)
    {
      GType                  type = tfv_page_types[i]->get_type ();
      g_autoptr (GTypeClass) klass = g_type_class_ref (type);

      if (g_strcmp0 (((TfvPageClass *) klass)->name, name) == 0)
        return g_object_new (type, NULL);
    }
  return NULL;
}

/**
 * tfv_page_set_selection:
 * @self: the page
 * @selection: what to look at
 *
 * Makes the page follow a selection, from now to its end.
 */
void
tfv_page_set_selection (TfvPage *self, TfvSelection *selection)
{
  TFV_PAGE_GET_CLASS (self)->set_selection (self, selection);
}

/**
 * tfv_page_set_has_data:
 * @self: the page
 * @has_data: whether there is anything for it
 *
 * For pages: tells the window.
 */
void
tfv_page_set_has_data (TfvPage *self, gboolean has_data)
{
  TfvPagePrivate *priv = tfv_page_get_instance_private (self);

  if (priv->has_data == has_data)
    return;
  priv->has_data = has_data;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HAS_DATA]);
}

/**
 * tfv_page_has_data:
 * @self: the page
 *
 * Returns: whether there is anything for it
 */
gboolean
tfv_page_has_data (TfvPage *self)
{
  TfvPagePrivate *priv = tfv_page_get_instance_private (self);

  return priv->has_data;
}

/**
 * tfv_page_is_settled:
 * @self: the page
 *
 * Returns: whether nothing on it is still being drawn
 */
gboolean
tfv_page_is_settled (TfvPage *self)
{
  return TFV_PAGE_GET_CLASS (self)->is_settled (self);
}

/**
 * tfv_page_start_search:
 * @self: the page
 *
 * Moves the focus into its search entry.
 */
void
tfv_page_start_search (TfvPage *self)
{
  TFV_PAGE_GET_CLASS (self)->start_search (self);
}

/**
 * tfv_page_get_name:
 * @self: the page
 *
 * Returns: (transfer none): its short name
 */
const char *
tfv_page_get_name (TfvPage *self)
{
  return TFV_PAGE_GET_CLASS (self)->name;
}

/**
 * tfv_page_get_title:
 * @self: the page
 *
 * Returns: (transfer none): its title in the user's language
 */
const char *
tfv_page_get_title (TfvPage *self)
{
  return _ (TFV_PAGE_GET_CLASS (self)->title);
}

/**
 * tfv_page_get_icon_name:
 * @self: the page
 *
 * Returns: (transfer none): name of its icon
 */
const char *
tfv_page_get_icon_name (TfvPage *self)
{
  return TFV_PAGE_GET_CLASS (self)->icon_name;
}
