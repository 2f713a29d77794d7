/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-macros.h"
#include "summaries/tfv-run.h"

G_BEGIN_DECLS

#define TFV_TYPE_LOGDIR (tfv_logdir_get_type ())

/**
 * TfvLogdir:
 *
 * Files and folders that are looked at as runs, once or live.
 *
 * It reads on threads of its own. After [method@Tfv.Logdir.start] it looks for
 * new runs, new files and growth, and emits [signal@Tfv.Logdir::changed] in the
 * main context that was the thread's default when it was started, at most
 * once per iteration of it.
 */
TFV_PUBLIC
G_DECLARE_FINAL_TYPE (TfvLogdir, tfv_logdir, TFV, LOGDIR, GObject)

TFV_PUBLIC
TfvLogdir *tfv_logdir_new (const char *const *paths);
TFV_PUBLIC
gboolean tfv_logdir_load (TfvLogdir *self, GCancellable *cancellable, GError **error);
TFV_PUBLIC
void tfv_logdir_start (TfvLogdir *self);
TFV_PUBLIC
void tfv_logdir_stop (TfvLogdir *self);
TFV_PUBLIC
char **tfv_logdir_dup_paths (TfvLogdir *self);
TFV_PUBLIC
GPtrArray *tfv_logdir_dup_runs (TfvLogdir *self);
TFV_PUBLIC
char **tfv_logdir_dup_warnings (TfvLogdir *self);
TFV_PUBLIC
gboolean tfv_logdir_is_loaded (TfvLogdir *self);
TFV_PUBLIC
guint64 tfv_logdir_get_generation (TfvLogdir *self);

G_END_DECLS
