/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "profiler/tfv-table.h"
#include "profiler/tfv-trace.h"
#include "summaries/tfv-macros.h"

G_BEGIN_DECLS

/**
 * TfvAnalysis: (skip)
 * @name: its name on the command line and in JSON
 * @title: what stands above its table
 * @columns: the columns of its table
 * @n_columns: number of columns
 * @compute: adds the rows: a pure function of the trace
 *
 * One question asked of a trace. One constant of this type, called
 * `tfv_analysis_<file>`, a file in `analyses/`.
 */
typedef struct
{
  const char      *name;
  const char      *title;
  const TfvColumn *columns;
  guint            n_columns;
  void (*compute) (TfvTrace *trace, TfvTable *table);
} TfvAnalysis;

TFV_PUBLIC
const TfvAnalysis *const *tfv_analysis_get_all (guint *n_analyses);
TFV_PUBLIC
const TfvAnalysis *tfv_analysis_find (const char *name);
TFV_PUBLIC
TfvTable *tfv_analysis_run (const TfvAnalysis *self, TfvTrace *trace);

G_END_DECLS
