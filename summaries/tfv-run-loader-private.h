/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-format.h"
#include "summaries/tfv-run-private.h"

G_BEGIN_DECLS

/**
 * TfvRunLoader: (skip)
 *
 * Reads the files of one run, in the order of their names, and keeps up with
 * them. One thread at a time.
 */
typedef struct _TfvRunLoader TfvRunLoader;

/* Told of a file that can't be read at all. Any thread. */
typedef void (*TfvWarnFunc) (gpointer data, const char *warning);

TfvRunLoader *tfv_run_loader_new (TfvRun *run, TfvWarnFunc warn, gpointer warn_data);
void          tfv_run_loader_free (TfvRunLoader *self);
TfvRun       *tfv_run_loader_get_run (TfvRunLoader *self);
void          tfv_run_loader_add_file (TfvRunLoader *self, const char *path);
guint         tfv_run_loader_get_n_files (TfvRunLoader *self);
guint64       tfv_run_loader_get_size_bytes (TfvRunLoader *self);
void          tfv_run_loader_set_live (TfvRunLoader *self, gboolean is_live);

/**
 * TfvPollResult: (skip)
 * @TFV_POLL_HAS_MORE: there is more to read at once
 * @TFV_POLL_CHANGED: the run changed
 * @TFV_POLL_ACTIVE: a file of it grew lately and is worth a close look
 */
typedef enum
{
  TFV_POLL_HAS_MORE = 1 << 0,
  TFV_POLL_CHANGED = 1 << 1,
  TFV_POLL_ACTIVE = 1 << 2,
} TfvPollResult;

TfvPollResult tfv_run_loader_poll (TfvRunLoader *self, gboolean look_at_all, gsize budget_bytes);
void          tfv_run_loader_finish (TfvRunLoader *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvRunLoader, tfv_run_loader_free)

G_END_DECLS
