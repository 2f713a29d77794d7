/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

#include "viewer/tfv-selection.h"

G_BEGIN_DECLS

#define TFV_TYPE_HEALTH_BADGE (tfv_health_badge_get_type ())

/**
 * TfvHealthBadge:
 *
 * Says in a few words what is wrong with the runs that are shown, and in all
 * words when it is clicked or pointed at. Not there while all is well.
 */
G_DECLARE_FINAL_TYPE (TfvHealthBadge, tfv_health_badge, TFV, HEALTH_BADGE, AdwBin)

void tfv_health_badge_set_selection (TfvHealthBadge *self, TfvSelection *selection);

G_END_DECLS
