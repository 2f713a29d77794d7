/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <locale.h>

#include <glib/gi18n.h>

#include "config.h"
#include "viewer/tfv-application.h"
#include "viewer/tfv-environment.h"

int
main (int argc, char **argv)
{
  g_autoptr (TfvApplication) application = NULL;
  int                        status;

  tfv_environment_prepare ();
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, TFV_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  application = tfv_application_new ();
  status = g_application_run (G_APPLICATION (application), argc, argv);
  return status != 0 ? status : tfv_application_get_exit_status (application);
}
