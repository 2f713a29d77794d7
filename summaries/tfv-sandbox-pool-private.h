/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-sandbox-process-private.h"

G_BEGIN_DECLS

/* The processes tfv-reader that the program has. */
TfvSandboxProcess *tfv_sandbox_pool_get (GError **error);
TfvSandboxProcess *tfv_sandbox_pool_get_idle (GError **error);
void               tfv_sandbox_pool_add_file (TfvSandboxProcess *process);
void               tfv_sandbox_pool_remove_file (TfvSandboxProcess *process);
const char        *tfv_sandbox_pool_get_state (void);

G_END_DECLS
