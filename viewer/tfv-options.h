/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TfvColorScheme:
 * @TFV_COLOR_SCHEME_DEFAULT: as the system has it
 * @TFV_COLOR_SCHEME_LIGHT: light
 * @TFV_COLOR_SCHEME_DARK: dark
 */
typedef enum
{
  TFV_COLOR_SCHEME_DEFAULT,
  TFV_COLOR_SCHEME_LIGHT,
  TFV_COLOR_SCHEME_DARK,
} TfvColorScheme;

/**
 * TfvOptions:
 * @paths: (array zero-terminated=1): what to open
 * @show_version: `--version`
 * @screenshot_page: the page to draw, or %NULL
 * @screenshot_file: where the picture goes
 * @width: width asked for, in pixels, or 0
 * @height: height asked for, in pixels, or 0
 * @scheme: colours asked for
 *
 * What the command line says.
 */
typedef struct
{
  char         **paths;
  gboolean       show_version;
  char          *screenshot_page;
  char          *screenshot_file;
  int            width;
  int            height;
  TfvColorScheme scheme;
} TfvOptions;

TfvOptions *tfv_options_parse (char **arguments, GError **error);
void        tfv_options_free (TfvOptions *options);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvOptions, tfv_options_free)

G_END_DECLS
