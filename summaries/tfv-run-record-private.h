/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The tag of the records that describe a run. */
#define TFV_RUN_RECORD_TAG "run"

JsonNode *tfv_run_record_parse (GBytes *bytes);
GVariant *tfv_run_record_dup_hparams (GBytes *bytes);

G_END_DECLS
