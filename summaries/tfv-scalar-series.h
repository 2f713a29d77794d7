/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-macros.h"

G_BEGIN_DECLS

/**
 * TfvScalarBlock:
 * @n: number of points
 * @step: @n steps
 * @wall_time: @n wall times, seconds since the UNIX epoch
 * @value64: @n values, or %NULL where they are in @value32
 * @value32: @n values that were stored as float32, or %NULL
 * @is_float32: @n bytes that tell which values in @value64 were stored as
 *   float32, or %NULL where none was
 *
 * Points that lie side by side in memory.
 */
typedef struct
{
  guint         n;
  const gint64 *step;
  const double *wall_time;
  const double *value64;
  const float  *value32;
  const guint8 *is_float32;
} TfvScalarBlock;

/**
 * TfvScalarView:
 * @n_points: number of points in all blocks
 * @n_blocks: number of blocks
 * @blocks: (array length=n_blocks): the points in stored order, block by block
 * @block_start: @n_blocks + 1 cumulative counts: block b holds the points
 *   block_start[b] to block_start[b + 1]
 * @generation: grows whenever points that an earlier view of the series showed
 *   are no longer a prefix of this one; equal generations mean that the shorter
 *   view is a prefix of the longer
 *
 * An immutable look at a series: what was there when it was taken. It stays
 * valid, and its memory in place, for as long as it is referenced. Any thread.
 */
typedef struct
{
  gsize                 n_points;
  guint                 n_blocks;
  guint64               generation;
  const TfvScalarBlock *blocks;
  const gsize          *block_start;
  /*< private >*/
  gpointer        owner;
  gatomicrefcount ref_count;
} TfvScalarView;

#define TFV_TYPE_SCALAR_VIEW (tfv_scalar_view_get_type ())
TFV_PUBLIC
GType tfv_scalar_view_get_type (void) G_GNUC_CONST;
TFV_PUBLIC
TfvScalarView *tfv_scalar_view_ref (TfvScalarView *view);
TFV_PUBLIC
void tfv_scalar_view_unref (TfvScalarView *view);
TFV_PUBLIC
void tfv_scalar_view_get (const TfvScalarView *view, gsize index, gint64 *step, double *wall_time, double *value, gboolean *is_float32);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvScalarView, tfv_scalar_view_unref)

/**
 * TfvScalarViewFlags:
 * @TFV_SCALAR_VIEW_ALL: every stored point, in stored order
 * @TFV_SCALAR_VIEW_PURGED: without the points that a restart superseded
 * @TFV_SCALAR_VIEW_IN_MEMORY: without the points that are in a file only
 *
 * Which points a view holds.
 */
typedef enum
{
  TFV_SCALAR_VIEW_ALL = 0,
  TFV_SCALAR_VIEW_PURGED = 1 << 0,
  TFV_SCALAR_VIEW_IN_MEMORY = 1 << 1,
} TfvScalarViewFlags;

/**
 * TfvScalarSeries:
 *
 * All points of one scalar tag of one run, over all files of the run. One
 * thread appends; any thread takes views. Points of large or compacted files are
 * read when they are wanted.
 */
typedef struct _TfvScalarSeries TfvScalarSeries;

#define TFV_TYPE_SCALAR_SERIES (tfv_scalar_series_get_type ())
TFV_PUBLIC
GType tfv_scalar_series_get_type (void) G_GNUC_CONST;
TFV_PUBLIC
TfvScalarSeries *tfv_scalar_series_new (void);
TFV_PUBLIC
TfvScalarSeries *tfv_scalar_series_ref (TfvScalarSeries *self);
TFV_PUBLIC
void tfv_scalar_series_unref (TfvScalarSeries *self);
TFV_PUBLIC
gsize tfv_scalar_series_get_n_points (TfvScalarSeries *self);
TFV_PUBLIC
void tfv_scalar_series_append (TfvScalarSeries *self, gint64 step, double wall_time, double value);
TFV_PUBLIC
gboolean tfv_scalar_series_get_range (TfvScalarSeries *self, double *min, double *max);
TFV_PUBLIC
gboolean tfv_scalar_series_is_loaded (TfvScalarSeries *self);
TFV_PUBLIC
gboolean tfv_scalar_series_load (TfvScalarSeries *self, GCancellable *cancellable, GError **error);
TFV_PUBLIC
gboolean tfv_scalar_series_load_several (TfvScalarSeries **series, guint n_series, GCancellable *cancellable, GError **error);
TFV_PUBLIC
void tfv_scalar_series_unload (TfvScalarSeries *self);
TFV_PUBLIC
TfvScalarView *tfv_scalar_series_snapshot (TfvScalarSeries *self, TfvScalarViewFlags flags);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvScalarSeries, tfv_scalar_series_unref)

G_END_DECLS
