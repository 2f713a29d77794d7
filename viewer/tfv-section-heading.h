/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TFV_TYPE_SECTION_HEADING (tfv_section_heading_get_type ())

/**
 * TfvSectionHeading:
 *
 * A heading that shows and hides what is below it: an arrow, a title, and how
 * many cards there are. Emits `clicked`.
 */
G_DECLARE_FINAL_TYPE (TfvSectionHeading, tfv_section_heading, TFV, SECTION_HEADING, GtkButton)

GtkWidget *tfv_section_heading_new (void);
void       tfv_section_heading_set (TfvSectionHeading *self, const char *title, guint n_items, gboolean expanded);

G_END_DECLS
