/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "viewer/tfv-page.h"

G_BEGIN_DECLS

#define TFV_TYPE_SCALARS_PAGE (tfv_scalars_page_get_type ())

/**
 * TfvScalarsPage:
 *
 * Charts of all scalar tags, in groups.
 */
G_DECLARE_FINAL_TYPE (TfvScalarsPage, tfv_scalars_page, TFV, SCALARS_PAGE, TfvPage)

G_END_DECLS
