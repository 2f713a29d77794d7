/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Buffered writing to a file descriptor. A write that fails is told once, when
 * the output is closed; what is put after it goes nowhere. One thread. */
typedef struct _TfvOutput TfvOutput;

TfvOutput *tfv_output_new (int fd);
void       tfv_output_free (TfvOutput *self);
void       tfv_output_put_bytes (TfvOutput *self, const char *bytes, gsize n_bytes);
void       tfv_output_put (TfvOutput *self, const char *text);
void       tfv_output_put_char (TfvOutput *self, char c);
void       tfv_output_put_integer (TfvOutput *self, gint64 value);
void       tfv_output_put_json_string (TfvOutput *self, const char *text);
void       tfv_output_put_csv_field (TfvOutput *self, const char *text);
gboolean   tfv_output_has_failed (TfvOutput *self);
gboolean   tfv_output_close (TfvOutput *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvOutput, tfv_output_free)

G_END_DECLS
