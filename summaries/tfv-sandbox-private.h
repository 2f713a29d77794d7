/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-format-private.h"

G_BEGIN_DECLS

/* Formats whose files are parsed in a process of their own, tfv-reader, which may
 * do nothing but parse. */
const TfvFormat *tfv_sandbox_wrap (const TfvFormat *format);
gboolean         tfv_sandbox_is_lost (const TfvFormat *format, TfvFileReader *reader);
gboolean         tfv_sandbox_is_suspect (const TfvFormat *format, TfvFileReader *reader);
void             tfv_sandbox_suspect (const TfvFormat *format, TfvFileReader *reader);
const char      *tfv_sandbox_get_state (void);
GVariant        *tfv_sandbox_check (const char *path, gboolean is_brief, GError **error);

G_END_DECLS
