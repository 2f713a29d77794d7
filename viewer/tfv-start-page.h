/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TFV_TYPE_START_PAGE (tfv_start_page_get_type ())

/**
 * TfvStartPage:
 *
 * What a window shows before anything is opened: how to open, and what was
 * opened last. Emits `open-path` with a path.
 */
G_DECLARE_FINAL_TYPE (TfvStartPage, tfv_start_page, TFV, START_PAGE, AdwBin)

void tfv_start_page_set_settings (TfvStartPage *self, GSettings *settings);

G_END_DECLS
