/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-macros.h"

G_BEGIN_DECLS

/**
 * TfvProgressFunc:
 * @share: how much of the work is done, 0 to 1
 * @user_data: what the caller gave
 *
 * Is told now and then how far something got, by the thread that does it.
 */
typedef void (*TfvProgressFunc) (double share, gpointer user_data);

/**
 * TfvCompactResult:
 * @TFV_COMPACT_DONE: the file is compacted now
 * @TFV_COMPACT_UNCHANGED: it was before, and is left alone
 * @TFV_COMPACT_FAILED: it could not be; it is as it was
 *
 * What became of a file.
 */
typedef enum
{
  TFV_COMPACT_DONE,
  TFV_COMPACT_UNCHANGED,
  TFV_COMPACT_FAILED,
} TfvCompactResult;

TFV_PUBLIC
TfvCompactResult tfv_compact_file (const char *path, const char *out, TfvProgressFunc progress, gpointer user_data, GCancellable *cancellable, GError **error);

G_END_DECLS
