/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TFV_TYPE_APPLICATION (tfv_application_get_type ())

/**
 * TfvApplication:
 *
 * The program `tfview`.
 */
G_DECLARE_FINAL_TYPE (TfvApplication, tfv_application, TFV, APPLICATION, AdwApplication)

TfvApplication *tfv_application_new (void);
int             tfv_application_get_exit_status (TfvApplication *self);

G_END_DECLS
