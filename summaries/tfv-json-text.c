/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-json-text-private.h"

#include <math.h>

#include "summaries/tfv-number.h"

/* A string, with what is no UTF-8 mended. */
void
tfv_json_append_string (GString *json, const char *string)
{
  g_autofree char *valid = g_utf8_make_valid (string, -1);

  g_string_append_c (json, '"');
  for (const char *at = valid; *at != '\0'; at++)
    {
      if (*at == '"' || *at == '\\')
        g_string_append_printf (json, "\\%c", *at);
      else if ((guchar) *at < 0x20)
        g_string_append_printf (json, "\\u%04x", (guint) *at);
      else
        g_string_append_c (json, *at);
    }
  g_string_append_c (json, '"');
}

/* A number with the fewest digits; what JSON has no number for is a string. */
void
tfv_json_append_double (GString *json, double value)
{
  char text[TFV_NUMBER_MAX_BYTES];

  tfv_number_write_double (text, value);
  g_string_append_printf (json, isfinite (value) ? "%s" : "\"%s\"", text);
}

void
tfv_json_append_float (GString *json, float value)
{
  char text[TFV_NUMBER_MAX_BYTES];

  tfv_number_write_float (text, value);
  g_string_append_printf (json, isfinite (value) ? "%s" : "\"%s\"", text);
}
