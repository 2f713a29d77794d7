/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-tensor.h"

G_BEGIN_DECLS

/* Messages in the encoding of protocol buffers, put together field by field. */

void tfv_message_put_varint (GByteArray *out, guint64 value);
void tfv_message_put_int (GByteArray *out, guint field, gint64 value);
void tfv_message_put_bytes (GByteArray *out, guint field, gconstpointer data, gsize length);
void tfv_message_put_string (GByteArray *out, guint field, const char *string);
void tfv_message_put_float (GByteArray *out, guint field, float value);
void tfv_message_put_double (GByteArray *out, guint field, double value);
void tfv_message_put_doubles (GByteArray *out, guint field, const double *values, gsize n_values);
void tfv_message_put_message (GByteArray *out, guint field, GByteArray *message);

GByteArray *tfv_message_new_shape (const TfvShape *shape);
GByteArray *tfv_message_new_tensor (TfvTensor *tensor);

G_END_DECLS
