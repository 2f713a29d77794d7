/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-reader-protocol-private.h"
#include "summaries/tfv-run-part-private.h"

G_BEGIN_DECLS

/* Gives to a part what tfv-reader recorded for it, as far as it makes sense. */
typedef struct _TfvPartReplay TfvPartReplay;

TfvPartReplay *tfv_part_replay_new (TfvRunPart *part);
void           tfv_part_replay_free (TfvPartReplay *self);
gboolean       tfv_part_replay_take (TfvPartReplay *self, const guint8 *bytes, gsize n_bytes);

/* The bytes that a half holds, which are no part of a run. */
gboolean tfv_part_replay_take_bytes (GByteArray *result, gsize most, const guint8 *bytes, gsize n_bytes);

G_END_DECLS
