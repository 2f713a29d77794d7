/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TFV_AXIS_NUMBER_LENGTH 40

void tfv_axis_number_format (double value, char text[static TFV_AXIS_NUMBER_LENGTH]);
void tfv_axis_number_format_tick (double value, double step, double largest, char text[static TFV_AXIS_NUMBER_LENGTH]);
void tfv_axis_number_format_duration (double seconds, char text[static TFV_AXIS_NUMBER_LENGTH]);

G_END_DECLS
