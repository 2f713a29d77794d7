/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-macros.h"

G_BEGIN_DECLS

/**
 * TfvRepairFlags:
 * @TFV_REPAIR_DEFAULT: nothing that is in the file goes away
 * @TFV_REPAIR_CUT_TAIL: a record that a TensorFlow event file ends inside of is
 *   cut off, in place
 *
 * What a repair may do.
 */
typedef enum
{
  TFV_REPAIR_DEFAULT = 0,
  TFV_REPAIR_CUT_TAIL = 1 << 0,
} TfvRepairFlags;

TFV_PUBLIC
gboolean tfv_repair_file (const char *path, const char *copy_path, TfvRepairFlags flags, char **done, GError **error);

G_END_DECLS
