/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-session.h"

G_BEGIN_DECLS

gpointer tfv_session_lookup_resource (gpointer session, const TfvOperation *operation);

G_END_DECLS
