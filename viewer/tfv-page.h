/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

#include "viewer/tfv-selection.h"

G_BEGIN_DECLS

#define TFV_TYPE_PAGE (tfv_page_get_type ())

/**
 * TfvPage:
 *
 * One page of the window. A page is one folder below `pages/`, with one
 * [struct@PageType] that the window finds by itself.
 */
G_DECLARE_DERIVABLE_TYPE (TfvPage, tfv_page, TFV, PAGE, AdwBin)

/**
 * TfvPageClass:
 * @name: short name, as `--screenshot` takes it
 * @title: what the switcher shows, untranslated
 * @icon_name: name of its icon
 * @set_selection: starts to follow a selection; called once
 * @is_settled: whether nothing on it is still being loaded or drawn
 * @start_search: moves the focus into its search entry
 */
struct _TfvPageClass
{
  AdwBinClass parent_class;

  const char *name;
  const char *title;
  const char *icon_name;

  void (*set_selection) (TfvPage *self, TfvSelection *selection);
  gboolean (*is_settled) (TfvPage *self);
  void (*start_search) (TfvPage *self);
};

/**
 * TfvPageType: (skip)
 * @get_type: gives the type of the page
 *
 * What makes the window have a page: a constant of this type in a file listed
 * in `viewer_pages` of `viewer/meson.build`.
 */
typedef struct
{
  GType (*get_type) (void);
} TfvPageType;

extern const TfvPageType *const tfv_page_types[];

void        tfv_page_set_selection (TfvPage *self, TfvSelection *selection);
void        tfv_page_set_has_data (TfvPage *self, gboolean has_data);
gboolean    tfv_page_has_data (TfvPage *self);
gboolean    tfv_page_is_settled (TfvPage *self);
void        tfv_page_start_search (TfvPage *self);
const char *tfv_page_get_name (TfvPage *self);
const char *tfv_page_get_title (TfvPage *self);
const char *tfv_page_get_icon_name (TfvPage *self);
TfvPage    *tfv_page_new_by_name (const char *name);

G_END_DECLS
