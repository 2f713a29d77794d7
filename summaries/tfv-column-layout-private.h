/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <hdf5.h>

G_BEGIN_DECLS

/* The layout of /columns in a compacted event file: FORMAT.md in structs. */

#define TFV_COLUMN_VERSION_MAJOR 2
#define TFV_COLUMN_GROUP "columns"

/* Points of the first level of a pyramid, and buckets of a level in one of the next. */
#define TFV_COLUMN_BUCKET_POINTS 256
#define TFV_COLUMN_BUCKET_FACTOR 16

typedef enum
{
  TFV_COLUMN_INDEX,
  TFV_COLUMN_STEP,
  TFV_COLUMN_WALL_TIME,
  TFV_COLUMN_VALUE32,
  TFV_COLUMN_VALUE64,
  TFV_COLUMN_IS_FLOAT32,
  TFV_COLUMN_PYRAMID,
  TFV_COLUMN_RESTARTS,
  TFV_N_COLUMNS,
} TfvColumn;

typedef enum
{
  TFV_COLUMN_ROW_VALID = 1 << 0,
  TFV_COLUMN_ROW_FLOAT32 = 1 << 1,
  TFV_COLUMN_ROW_MIXED = 1 << 2,
} TfvColumnRowFlags;

/* What there is of one tag, and where. */
typedef struct
{
  guint32 tag;
  guint32 flags;
  guint64 start;
  guint64 n_points;
  guint64 pyramid_start;
  guint64 n_finite;
  gint64  first_step;
  gint64  last_step;
  double  first_wall_time;
  double  last_wall_time;
  double  min;
  double  max;
} TfvColumnIndexRow;

/* Some points in a row of one tag. */
typedef struct
{
  gint64  first_step;
  gint64  last_step;
  double  first_wall_time;
  double  last_wall_time;
  double  first_value;
  double  last_value;
  double  min;
  double  max;
  guint64 n_finite;
} TfvColumnBucket;

/* How many points of a tag were among the first scalars. */
typedef struct
{
  guint64 scalars_before;
  guint64 n_before;
  guint32 tag;
  guint32 flags;
} TfvColumnRestartRow;

G_STATIC_ASSERT (sizeof (TfvColumnIndexRow) == 88);
G_STATIC_ASSERT (sizeof (TfvColumnBucket) == 72);
G_STATIC_ASSERT (sizeof (TfvColumnRestartRow) == 24);

const char *tfv_column_get_name (TfvColumn column);
gsize       tfv_column_get_row_bytes (TfvColumn column);
gsize       tfv_column_get_chunk_rows (TfvColumn column);
hid_t       tfv_column_create_file_type (TfvColumn column);

guint64 tfv_column_count_buckets (guint64 n_points, guint level);
guint64 tfv_column_count_all_buckets (guint64 n_points);

G_END_DECLS
