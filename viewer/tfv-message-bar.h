/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TFV_TYPE_MESSAGE_BAR (tfv_message_bar_get_type ())

/**
 * TfvMessageBar:
 *
 * A bar with what went wrong: one line, and the others on demand.
 */
G_DECLARE_FINAL_TYPE (TfvMessageBar, tfv_message_bar, TFV, MESSAGE_BAR, AdwBin)

void tfv_message_bar_set_messages (TfvMessageBar *self, const char *const *messages);

G_END_DECLS
