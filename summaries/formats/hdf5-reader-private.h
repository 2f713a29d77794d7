/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-event-file-private.h"
#include "summaries/tfv-run-part.h"
#include "summaries/tfv-scalar-outline.h"

G_BEGIN_DECLS

/* A reader of event files of ours: hdf5.c follows the file, hdf5-rows.c knows
 * what its rows mean, and hdf5-points.c tells of points without reading them. */

/* What an id of the file stands for. */
typedef struct
{
  guint32     kind;
  char       *name;
  TfvTagPart *part;
} TfvHdf5Tag;

typedef struct _TfvHdf5Points TfvHdf5Points;

typedef struct
{
  char         *path;
  TfvRunPart   *part;
  TfvEventFile *file;
  GArray       *tags;
  gpointer      block;

  guint64  next[TFV_N_EVENT_DATASETS];
  gboolean is_broken[TFV_N_EVENT_DATASETS];
  gboolean is_suspect[TFV_N_EVENT_DATASETS];
  gboolean is_noticed;
  guint    n_waits;
  guint    n_failures;
  guint64  wanted_scalars;

  /* What is known of points that are only told of; whether they all were, or
   * there are none of that kind. */
  TfvHdf5Points *points;
  gboolean       has_points;

  gboolean has_more;
} TfvHdf5Reader;

/* What became of a stretch of rows: taken; the rest has to wait; the scalars
 * that were written before it have to be taken first; it can't be read. */
typedef enum
{
  TFV_HDF5_DONE,
  TFV_HDF5_WAIT,
  TFV_HDF5_SCALARS_FIRST,
  TFV_HDF5_BROKEN,
} TfvHdf5Stretch;

gboolean       tfv_hdf5_row_is_valid (TfvEventDataset dataset, gconstpointer row);
TfvHdf5Stretch tfv_hdf5_reader_take_row (TfvHdf5Reader *self, TfvEventDataset dataset, gconstpointer row, guint64 index);
const char    *tfv_hdf5_reader_leave_out_path (TfvHdf5Reader *self, const char *message);

void           tfv_hdf5_points_free (TfvHdf5Points *self);
void           tfv_hdf5_points_set_large_rows (guint64 n_rows);
gboolean       tfv_hdf5_reader_has_lazy_points (TfvHdf5Reader *self);
TfvHdf5Stretch tfv_hdf5_reader_take_points (TfvHdf5Reader *self, guint64 end);
gboolean       tfv_hdf5_load_points (const char *path, const TfvScalarLoad *loads, guint n_loads, GCancellable *cancellable, GError **error);

G_END_DECLS
