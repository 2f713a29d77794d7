/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-session.h"

G_BEGIN_DECLS

gboolean digits_checkpoint_save (TfvSession *session, const char *path, GError **error);
gboolean digits_checkpoint_restore (TfvSession *session, const char *path, GError **error);

G_END_DECLS
