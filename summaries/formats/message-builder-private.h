/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/formats/wire-private.h"

G_BEGIN_DECLS

/* Puts a serialised protocol buffer together, field after field, in a byte array. */

void tfv_message_add_varint (GByteArray *message, guint32 field, guint64 value);
void tfv_message_add_float (GByteArray *message, guint32 field, float value);
void tfv_message_add_double (GByteArray *message, guint32 field, double value);
void tfv_message_add_doubles (GByteArray *message, guint32 field, const double *values, gsize n_values);
void tfv_message_add_bytes (GByteArray *message, guint32 field, gconstpointer data, gsize n_bytes);
void tfv_message_add_string (GByteArray *message, guint32 field, const char *string);
void tfv_message_add_slice (GByteArray *message, guint32 field, TfvSlice slice);
void tfv_message_add_message (GByteArray *message, guint32 field, GByteArray *child);
void tfv_message_append_doubles (GByteArray *bytes, const double *values, gsize n_values);

GByteArray *tfv_message_new_tensor (int type, guint n_dimensions, const gint64 *dimensions);

G_END_DECLS
