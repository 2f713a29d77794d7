/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Values as JSON, at the end of a text. */

void tfv_json_append_string (GString *json, const char *string);
void tfv_json_append_double (GString *json, double value);
void tfv_json_append_float (GString *json, float value);

G_END_DECLS
