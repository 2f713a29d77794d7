/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* TensorFlow's `Summary` message, as far as ops write and check it. */

void     tfv_summary_message_add_scalar (GByteArray *message, const char *tag, gsize tag_bytes, float value);
gboolean tfv_summary_message_next_tag (const guint8 **at, const guint8 *end, const guint8 **tag, gsize *tag_bytes);

G_END_DECLS
