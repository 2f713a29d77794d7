/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GSettings *tfv_settings_new (void);
void       tfv_settings_add_recent (GSettings *settings, const char *const *paths);

G_END_DECLS
