/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-environment.h"

#include <gtk/gtk.h>

static gboolean
has_session_bus (void)
{
  const char      *runtime_dir = g_getenv ("XDG_RUNTIME_DIR");
  g_autofree char *socket = runtime_dir != NULL ? g_build_filename (runtime_dir, "bus", NULL) : NULL;

  if (g_getenv ("DBUS_SESSION_BUS_ADDRESS") != NULL)
    return !g_str_has_prefix (g_getenv ("DBUS_SESSION_BUS_ADDRESS"), "disabled:");
  return socket != NULL && g_file_test (socket, G_FILE_TEST_EXISTS);
}

static gboolean
has_gpu_device (void)
{
  g_autoptr (GDir) dri = g_dir_open ("/dev/dri", 0, NULL);
  const char      *name;

  if (g_file_test ("/dev/nvidiactl", G_FILE_TEST_EXISTS))
    return TRUE;
  while (dri != NULL && (name = g_dir_read_name (dri)) != NULL)
    if (g_str_has_prefix (name, "renderD"))
      return TRUE;
  return FALSE;
}

/**
 * tfv_environment_prepare: (skip)
 *
 * Makes the toolkit fit for the machine. To be called first in main(): it sets
 * environment variables that the user did not set, which no thread may read
 * meanwhile.
 */
void
tfv_environment_prepare (void)
{
  /* In a container, over ssh, for root: without a bus the toolkit would warn,
   * start one, and lose the settings. */
  if (!has_session_bus ())
    {
      g_setenv ("DBUS_SESSION_BUS_ADDRESS", "disabled:", FALSE);
      g_setenv ("GTK_A11Y", "none", FALSE);
      g_setenv ("ADW_DISABLE_PORTAL", "1", FALSE);
      g_setenv ("GSETTINGS_BACKEND", "keyfile", FALSE);
    }
  /* OpenGL in software is slower than drawing by cairo. */
  if (!has_gpu_device ())
    g_setenv ("GSK_RENDERER", "cairo", FALSE);
  /* The toolkit looks for OpenGL in any case. In software it comes with a
   * compiler: 60 MB of memory for nothing. */
  if (g_strcmp0 (g_getenv ("GSK_RENDERER"), "cairo") == 0)
    {
      if (gtk_get_minor_version () < 16)
        g_setenv ("GDK_DEBUG", "gl-disable", FALSE);
      else
        g_setenv ("GDK_DISABLE", "gl,vulkan", FALSE);
    }
}
