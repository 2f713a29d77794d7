/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

GVariant *tfv_run_record_dup_hparams (GBytes *bytes);

G_END_DECLS
