/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-column-layout-private.h"

#include <stddef.h>

typedef struct
{
  const char *name;
  gsize       offset;
  char        type;
} Field;

/* i: int64, u: uint64, w: uint32, d: double */
static const Field index_fields[] = {
  { "tag", offsetof (TfvColumnIndexRow, tag), 'w' },
  { "flags", offsetof (TfvColumnIndexRow, flags), 'w' },
  { "start", offsetof (TfvColumnIndexRow, start), 'u' },
  { "n_points", offsetof (TfvColumnIndexRow, n_points), 'u' },
  { "pyramid_start", offsetof (TfvColumnIndexRow, pyramid_start), 'u' },
  { "n_finite", offsetof (TfvColumnIndexRow, n_finite), 'u' },
  { "first_step", offsetof (TfvColumnIndexRow, first_step), 'i' },
  { "last_step", offsetof (TfvColumnIndexRow, last_step), 'i' },
  { "first_wall_time", offsetof (TfvColumnIndexRow, first_wall_time), 'd' },
  { "last_wall_time", offsetof (TfvColumnIndexRow, last_wall_time), 'd' },
  { "min", offsetof (TfvColumnIndexRow, min), 'd' },
  { "max", offsetof (TfvColumnIndexRow, max), 'd' },
  { NULL },
};

static const Field bucket_fields[] = {
  { "first_step", offsetof (TfvColumnBucket, first_step), 'i' },
  { "last_step", offsetof (TfvColumnBucket, last_step), 'i' },
  { "first_wall_time", offsetof (TfvColumnBucket, first_wall_time), 'd' },
  { "last_wall_time", offsetof (TfvColumnBucket, last_wall_time), 'd' },
  { "first_value", offsetof (TfvColumnBucket, first_value), 'd' },
  { "last_value", offsetof (TfvColumnBucket, last_value), 'd' },
  { "min", offsetof (TfvColumnBucket, min), 'd' },
  { "max", offsetof (TfvColumnBucket, max), 'd' },
  { "n_finite", offsetof (TfvColumnBucket, n_finite), 'u' },
  { NULL },
};

static const Field restart_fields[] = {
  { "scalars_before", offsetof (TfvColumnRestartRow, scalars_before), 'u' },
  { "n_before", offsetof (TfvColumnRestartRow, n_before), 'u' },
  { "tag", offsetof (TfvColumnRestartRow, tag), 'w' },
  { "flags", offsetof (TfvColumnRestartRow, flags), 'w' },
  { NULL },
};

/* A chunk is what is read, and unpacked, at least: a plot wants some of them, on
 * two cores. */
static const struct
{
  const char  *name;
  gsize        row_bytes;
  gsize        chunk_rows;
  char         type;
  const Field *fields;
} layouts[TFV_N_COLUMNS] = {
  [TFV_COLUMN_INDEX] = { "index", sizeof (TfvColumnIndexRow), 1024, 0, index_fields },
  [TFV_COLUMN_STEP] = { "step", sizeof (gint64), 16384, 'i', NULL },
  [TFV_COLUMN_WALL_TIME] = { "wall_time", sizeof (double), 16384, 'd', NULL },
  [TFV_COLUMN_VALUE32] = { "value32", sizeof (float), 16384, 'f', NULL },
  [TFV_COLUMN_VALUE64] = { "value64", sizeof (double), 16384, 'd', NULL },
  [TFV_COLUMN_IS_FLOAT32] = { "is_float32", 1, 16384, 'b', NULL },
  [TFV_COLUMN_PYRAMID] = { "pyramid", sizeof (TfvColumnBucket), 1024, 0, bucket_fields },
  [TFV_COLUMN_RESTARTS] = { "restarts", sizeof (TfvColumnRestartRow), 1024, 0, restart_fields },
};

const char *
tfv_column_get_name (TfvColumn column)
{
  return layouts[column].name;
}

gsize
tfv_column_get_row_bytes (TfvColumn column)
{
  return layouts[column].row_bytes;
}

gsize
tfv_column_get_chunk_rows (TfvColumn column)
{
  return layouts[column].chunk_rows;
}

static hid_t
get_plain_type (char type)
{
  switch (type)
    {
    case 'i':
      return H5T_STD_I64LE;
    case 'u':
      return H5T_STD_U64LE;
    case 'w':
      return H5T_STD_U32LE;
    case 'b':
      return H5T_STD_U8LE;
    case 'f':
      return H5T_IEEE_F32LE;
    case 'd':
      return H5T_IEEE_F64LE;
    default:
      g_assert_not_reached ();
    }
}

/* The type of a column's rows as they lie in the file. Under the lock of HDF5. */
hid_t
tfv_column_create_file_type (TfvColumn column)
{
  hid_t type;

  if (layouts[column].fields == NULL)
    return H5Tcopy (get_plain_type (layouts[column].type));

  type = H5Tcreate (H5T_COMPOUND, layouts[column].row_bytes);
  for (const Field *field = layouts[column].fields; field->name != NULL; field++)
    H5Tinsert (type, field->name, field->offset, get_plain_type (field->type));
  return type;
}

/* How many buckets a level of a pyramid has; 0 where there is no such level.
 * Level 0 has buckets of 256 points, and there is none above one bucket. */
guint64
tfv_column_count_buckets (guint64 n_points, guint level)
{
  guint64 n = n_points / TFV_COLUMN_BUCKET_POINTS + (n_points % TFV_COLUMN_BUCKET_POINTS != 0 ? 1 : 0);

  for (; level > 0; level--)
    n = n > 1 ? n / TFV_COLUMN_BUCKET_FACTOR + (n % TFV_COLUMN_BUCKET_FACTOR != 0 ? 1 : 0) : 0;
  return n;
}

guint64
tfv_column_count_all_buckets (guint64 n_points)
{
  guint64 n_all = 0, n;

  for (guint level = 0; (n = tfv_column_count_buckets (n_points, level)) > 0; level++)
    n_all += n;
  return n_all;
}
