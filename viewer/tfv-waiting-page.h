/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

#include "viewer/tfv-path-kind.h"

G_BEGIN_DECLS

#define TFV_TYPE_WAITING_PAGE (tfv_waiting_page_get_type ())

/**
 * TfvWaitingPage:
 *
 * What a window shows while there is nothing yet in what was opened: what is
 * waited for, and how to make it come.
 */
G_DECLARE_FINAL_TYPE (TfvWaitingPage, tfv_waiting_page, TFV, WAITING_PAGE, AdwBin)

void tfv_waiting_page_set_path (TfvWaitingPage *self, const char *path, TfvPathKind kind);

G_END_DECLS
