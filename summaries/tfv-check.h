/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-macros.h"

G_BEGIN_DECLS

TFV_PUBLIC
GVariant *tfv_check_file (const char *path, GError **error);

G_END_DECLS
