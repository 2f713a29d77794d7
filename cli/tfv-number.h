/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Room for any number that these write, with the 0 at its end. */
#define TFV_NUMBER_MAX_BYTES 32

gsize tfv_number_write_double (char *text, double value);
gsize tfv_number_write_float (char *text, float value);
gsize tfv_number_write_integer (char *text, gint64 value);

G_END_DECLS
