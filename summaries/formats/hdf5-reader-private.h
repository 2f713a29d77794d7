/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <sys/stat.h>

#include "summaries/tfv-event-file-private.h"
#include "summaries/tfv-run-part.h"

G_BEGIN_DECLS

/* A reader of event files of ours: hdf5.c follows the file, hdf5-rows.c knows
 * what its rows mean. */

/* What an id of the file stands for. */
typedef struct
{
  guint32     kind;
  char       *name;
  TfvTagPart *part;
} TfvHdf5Tag;

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

  struct stat seen;
  gint64      seen_ns;
  gboolean    has_more;
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

G_END_DECLS
