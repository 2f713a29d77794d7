/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *logdir_fixture_new (void);
void  logdir_fixture_write_run (const char *logdir, const char *run, const char *const *tags, guint n_points);
void  logdir_fixture_free (char *logdir);

G_END_DECLS
