/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

/* A file that appears whole or not at all. One thread. */
typedef struct
{
  char *path;
  char *temporary;
  int   fd;
  int   fault; /* an errno */
} TfvPlotFile;

gboolean       tfv_plot_file_begin (TfvPlotFile *self, const char *path, GError **error);
cairo_status_t tfv_plot_file_append (void *self, const unsigned char *bytes, unsigned int n_bytes);
gboolean       tfv_plot_file_finish (TfvPlotFile *self, cairo_status_t status, GError **error);
void           tfv_plot_file_clear (TfvPlotFile *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TfvPlotFile, tfv_plot_file_clear)

G_END_DECLS
