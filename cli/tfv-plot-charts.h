/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "summaries/tfv-run.h"

G_BEGIN_DECLS

/* A run, as pictures show it. */
typedef struct
{
  TfvRun *run;
  char   *title; /* UTF-8 of one line */
  guint   color_index;
} TfvPlotRun;

/* A curve: a tag of one run. */
typedef struct
{
  const TfvPlotRun *run;
  TfvTag           *tag;
} TfvPlotCurve;

/* A tag of all runs that have it. */
typedef struct
{
  char   *tag;
  char   *title;  /* UTF-8 of one line */
  GArray *curves; /* of TfvPlotCurve */
} TfvPlotChart;

/* What a picture shows, in the window's order and with its colours. */
typedef struct
{
  GPtrArray *runs;   /* of TfvPlotRun, those that have a curve */
  GPtrArray *charts; /* of TfvPlotChart */
} TfvPlotCharts;

void     tfv_plot_charts_find (TfvPlotCharts *self, GPtrArray *runs, const char *run_glob, char **tag_globs);
gboolean tfv_plot_charts_load (const TfvPlotCharts *self, GError **error);
void     tfv_plot_charts_clear (TfvPlotCharts *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TfvPlotCharts, tfv_plot_charts_clear)

G_END_DECLS
