/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

GVariant *tfv_git_state_read (const char *folder);
char     *tfv_git_url_without_credentials (const char *url);

G_END_DECLS
