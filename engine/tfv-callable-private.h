/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-plan-private.h"
#include "engine/tfv-session.h"

G_BEGIN_DECLS

TfvCallable *tfv_callable_new (TfvSession          *session,
                               const TfvOutput     *feeds,
                               guint                n_feeds,
                               const TfvOutput     *fetches,
                               guint                n_fetches,
                               TfvOperation *const *targets,
                               guint                n_targets,
                               gboolean             keeps_session,
                               GError             **error);
guint        tfv_callable_get_n_plans (TfvCallable *self);

G_END_DECLS
