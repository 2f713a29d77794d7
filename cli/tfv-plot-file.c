/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/tfv-plot-file.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <unistd.h>

static gboolean
fail (const TfvPlotFile *self, int code, GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", self->path, g_strerror (code));
  return FALSE;
}

/* What is written goes beside its place, to which it is renamed when it is whole. */
gboolean
tfv_plot_file_begin (TfvPlotFile *self, const char *path, GError **error)
{
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *temporary = g_build_filename (directory, ".tfv-XXXXXX", NULL);

  *self = (TfvPlotFile){ .path = g_strdup (path), .fd = -1 };
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return fail (self, EISDIR, error);
  self->fd = g_mkstemp_full (temporary, O_WRONLY | O_CLOEXEC, 0666);
  if (self->fd < 0)
    return fail (self, errno, error);
  self->temporary = g_steal_pointer (&temporary);
  return TRUE;
}

cairo_status_t
tfv_plot_file_append (void *data, const unsigned char *bytes, unsigned int n_bytes)
{
  TfvPlotFile *self = data;

  while (n_bytes > 0 && self->fault == 0)
    {
      ssize_t n = write (self->fd, bytes, n_bytes);

      if (n >= 0)
        {
          bytes += n;
          n_bytes -= (unsigned int) n;
        }
      else if (errno != EINTR)
        self->fault = errno;
    }
  return self->fault == 0 ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

gboolean
tfv_plot_file_finish (TfvPlotFile *self, cairo_status_t status, GError **error)
{
  int fd = self->fd;

  self->fd = -1;
  if (close (fd) != 0 && self->fault == 0)
    self->fault = errno;
  if (self->fault != 0)
    return fail (self, self->fault, error);
  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: it can't be drawn: %s", self->path, cairo_status_to_string (status));
      return FALSE;
    }
  if (g_rename (self->temporary, self->path) != 0)
    return fail (self, errno, error);
  g_clear_pointer (&self->temporary, g_free);
  return TRUE;
}

void
tfv_plot_file_clear (TfvPlotFile *self)
{
  if (self->fd >= 0)
    close (self->fd);
  if (self->temporary != NULL)
    g_unlink (self->temporary);
  g_clear_pointer (&self->temporary, g_free);
  g_clear_pointer (&self->path, g_free);
}
