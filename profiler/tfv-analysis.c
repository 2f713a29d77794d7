/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "profiler/tfv-analysis.h"

/* The table that the build generates from the files in analyses/. */
extern const TfvAnalysis *const tfv_analyses[];

/**
 * tfv_analysis_get_all: (skip)
 * @n_analyses: (out) (optional): number of analyses
 *
 * Gives all analyses, in the order of their names. Any thread.
 *
 * Returns: (transfer none): a %NULL-terminated array
 */
const TfvAnalysis *const *
tfv_analysis_get_all (guint *n_analyses)
{
  guint n = 0;

  while (tfv_analyses[n] != NULL)
    n++;
  if (n_analyses)
    *n_analyses = n;
  return tfv_analyses;
}

/**
 * tfv_analysis_find: (skip)
 * @name: name of an analysis
 *
 * Looks an analysis up. Any thread.
 *
 * Returns: (transfer none) (nullable): the analysis, %NULL where none has that name
 */
const TfvAnalysis *
tfv_analysis_find (const char *name)
{
  for (guint i = 0; tfv_analyses[i] != NULL; i++)
    if (g_str_equal (tfv_analyses[i]->name, name))
      return tfv_analyses[i];
  return NULL;
}

/**
 * tfv_analysis_run: (skip)
 * @self: an analysis
 * @trace: a trace
 *
 * Asks the question of a trace. Takes time in proportion to the trace, so it
 * is for a worker thread; any thread may.
 *
 * Returns: (transfer full): the answer
 */
TfvTable *
tfv_analysis_run (const TfvAnalysis *self, TfvTrace *trace)
{
  TfvTable *table = tfv_table_new (self->columns, self->n_columns);

  self->compute (trace, table);
  return table;
}
