/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-options.h"

#include <string.h>

#include <glib/gi18n.h>

#include "config.h"

#define MAX_SIDE 16384

static gboolean
parse_screenshot (TfvOptions *options, const char *text, GError **error)
{
  const char *colon = strchr (text, ':');

  if (colon == NULL || colon == text || colon[1] == '\0')
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _ ("--screenshot=%s: PAGE:FILE.png is wanted"), text);
      return FALSE;
    }
  if (!g_str_has_suffix (colon, ".png"))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _ ("--screenshot=%s: only .png can be written"), text);
      return FALSE;
    }
  options->screenshot_page = g_strndup (text, (gsize) (colon - text));
  options->screenshot_file = g_strdup (colon + 1);
  return TRUE;
}

static gboolean
parse_size (TfvOptions *options, const char *text, GError **error)
{
  char  *end;
  gint64 width = g_ascii_strtoll (text, &end, 10);
  gint64 height = *end == 'x' ? g_ascii_strtoll (end + 1, &end, 10) : 0;

  if (*end != '\0' || width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _ ("--size=%s: WIDTHxHEIGHT in pixels is wanted"), text);
      return FALSE;
    }
  options->width = (int) width;
  options->height = (int) height;
  return TRUE;
}

/**
 * tfv_options_parse: (skip)
 * @arguments: (array zero-terminated=1): the program's name and its arguments
 * @error: return location for what is wrong with them
 *
 * Reads the command line. `--help` prints and ends the program.
 *
 * Returns: (transfer full) (nullable): what it says
 */
TfvOptions *
tfv_options_parse (char **arguments, GError **error)
{
  g_autoptr (TfvOptions) options = g_new0 (TfvOptions, 1);
  g_autofree char       *screenshot = NULL;
  g_autofree char       *size = NULL;
  gboolean               dark = FALSE;
  gboolean               light = FALSE;
  const GOptionEntry     entries[] = {
        { "screenshot", 0, 0, G_OPTION_ARG_FILENAME, &screenshot, N_ ("Draw a page (“scalars”, or “window” for all of the window) into a PNG file, and end"), N_ ("PAGE:FILE.png") },
        { "size", 0, 0, G_OPTION_ARG_STRING, &size, N_ ("Size of the window or the picture"), N_ ("WIDTHxHEIGHT") },
        { "dark", 0, 0, G_OPTION_ARG_NONE, &dark, N_ ("Dark colors"), NULL },
        { "light", 0, 0, G_OPTION_ARG_NONE, &light, N_ ("Light colors"), NULL },
        { "version", 0, 0, G_OPTION_ARG_NONE, &options->show_version, N_ ("Print the version, and end"), NULL },
        { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->paths, NULL, N_ ("[PATH…]") },
        { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_auto (GStrv)             rest = g_strdupv (arguments);

  g_option_context_set_summary (context, _ ("Shows training runs: TensorBoard log folders and event files, live."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse_strv (context, &rest, error))
    return NULL;
  if (screenshot != NULL && !parse_screenshot (options, screenshot, error))
    return NULL;
  if (size != NULL && !parse_size (options, size, error))
    return NULL;
  if (dark && light)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, _ ("--dark and --light exclude each other"));
      return NULL;
    }
  options->scheme = dark ? TFV_COLOR_SCHEME_DARK : light ? TFV_COLOR_SCHEME_LIGHT
                                                         : TFV_COLOR_SCHEME_DEFAULT;
  if (options->paths == NULL)
    options->paths = g_new0 (char *, 1);
  return g_steal_pointer (&options);
}

/**
 * tfv_options_free: (skip)
 * @options: (transfer full) (nullable): what a command line said
 */
void
tfv_options_free (TfvOptions *options)
{
  if (options == NULL)
    return;
  g_strfreev (options->paths);
  g_free (options->screenshot_page);
  g_free (options->screenshot_file);
  g_free (options);
}
