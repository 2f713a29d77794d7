/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-summary-writer.h"

G_BEGIN_DECLS

TfvSessionStatus tfv_session_record_get_status (GBytes *bytes);

G_END_DECLS
