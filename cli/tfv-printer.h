/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Buffered writing to a file descriptor. A write that fails is told once, when
 * the printer is closed; what is put after it goes nowhere. One thread. */
typedef struct _TfvPrinter TfvPrinter;

TfvPrinter *tfv_printer_new (int fd);
void        tfv_printer_free (TfvPrinter *self);
void        tfv_printer_put_bytes (TfvPrinter *self, const char *bytes, gsize n_bytes);
void        tfv_printer_put (TfvPrinter *self, const char *text);
void        tfv_printer_put_char (TfvPrinter *self, char c);
void        tfv_printer_put_integer (TfvPrinter *self, gint64 value);
void        tfv_printer_put_json_string (TfvPrinter *self, const char *text);
void        tfv_printer_put_csv_field (TfvPrinter *self, const char *text);
gboolean    tfv_printer_has_failed (TfvPrinter *self);
gboolean    tfv_printer_close (TfvPrinter *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvPrinter, tfv_printer_free)

G_END_DECLS
