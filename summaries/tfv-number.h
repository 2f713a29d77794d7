/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "summaries/tfv-macros.h"

G_BEGIN_DECLS

/**
 * TFV_NUMBER_MAX_BYTES: (skip)
 *
 * Room for any number that these write, with the NUL at its end.
 */
#define TFV_NUMBER_MAX_BYTES 32

TFV_PUBLIC
gsize tfv_number_write_double (char text[TFV_NUMBER_MAX_BYTES], double value);
TFV_PUBLIC
gsize tfv_number_write_float (char text[TFV_NUMBER_MAX_BYTES], float value);
TFV_PUBLIC
gsize tfv_number_write_integer (char text[TFV_NUMBER_MAX_BYTES], gint64 value);

G_END_DECLS
