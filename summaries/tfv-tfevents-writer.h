/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-macros.h"
#include "summaries/tfv-record-kind.h"
#include "summaries/tfv-run.h"

G_BEGIN_DECLS

#define TFV_N_RECORD_KINDS 32

/**
 * TfvTfeventsExport: (skip)
 * @tags: (nullable): the tags that are wanted, or %NULL for all
 * @kinds: a bit for each wanted #TfvRecordKind; 0 for all
 * @purge: whether what a restart superseded is left out
 * @keep_float64: whether scalars that no float32 can be are written as float64,
 *   which TensorBoard's data server passes over
 * @n_left_out: (out): of each kind, how many records could not be written
 * @n_rounded: (out): how many scalars were rounded to float32
 *
 * What is written of a run, and what became of it.
 */
typedef struct
{
  GPatternSpec *tags;
  guint32       kinds;
  gboolean      purge;
  gboolean      keep_float64;

  guint64 n_left_out[TFV_N_RECORD_KINDS];
  guint64 n_rounded;
} TfvTfeventsExport;

TFV_PUBLIC
gboolean tfv_run_write_tfevents (TfvRun *run, const char *folder, TfvTfeventsExport *options, GError **error);

G_END_DECLS
