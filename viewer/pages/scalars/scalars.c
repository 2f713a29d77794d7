/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/pages/scalars/tfv-scalars-page.h"

const TfvPageType tfv_page_scalars = { tfv_scalars_page_get_type };
