/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* TensorFlow's `Summary` message, as far as ops write and check it. */

/* Fields of a Summary.Value that hold a message. */
typedef enum
{
  TFV_SUMMARY_IMAGE = 4,
  TFV_SUMMARY_HISTOGRAM = 5,
  TFV_SUMMARY_AUDIO = 6,
  TFV_SUMMARY_TENSOR = 8,
} TfvSummaryField;

void     tfv_summary_message_add_scalar (GByteArray *summary, const char *tag, gsize tag_bytes, float number);
void     tfv_summary_message_add_message (GByteArray *summary, GBytes *tag, const char *suffix, TfvSummaryField field, GByteArray *message, GBytes *metadata);
gboolean tfv_summary_message_next_tag (const guint8 **at, const guint8 *end, const guint8 **tag, gsize *tag_bytes);

G_END_DECLS
