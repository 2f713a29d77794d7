/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

GVariant *tfv_run_facts_get_machine (void);
GVariant *tfv_run_facts_get_environment (void);
char    **tfv_run_facts_dup_command (int argc, const char *const *argv);

G_END_DECLS
