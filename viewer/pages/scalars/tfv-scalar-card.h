/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

#include "viewer/pages/scalars/tfv-scalar-tag.h"
#include "viewer/tfv-selection.h"

G_BEGIN_DECLS

#define TFV_TYPE_SCALAR_CARD (tfv_scalar_card_get_type ())

/**
 * TfvScalarCard:
 *
 * A chart of one tag with its title and buttons. Emits `layout-changed` when
 * the card wants another size.
 */
G_DECLARE_FINAL_TYPE (TfvScalarCard, tfv_scalar_card, TFV, SCALAR_CARD, AdwBin)

GtkWidget *tfv_scalar_card_new (TfvSelection *selection);
void       tfv_scalar_card_set_tag (TfvScalarCard *self, TfvScalarTag *tag);
void       tfv_scalar_card_update_curves (TfvScalarCard *self);
void       tfv_scalar_card_update_data (TfvScalarCard *self);
void       tfv_scalar_card_moving (TfvScalarCard *self);
void       tfv_scalar_card_placed (TfvScalarCard *self);
gboolean   tfv_scalar_card_is_zoomed (TfvScalarCard *self);
gboolean   tfv_scalar_card_is_settled (TfvScalarCard *self);

G_END_DECLS
