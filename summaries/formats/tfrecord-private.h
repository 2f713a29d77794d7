/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/formats/wire-private.h"

G_BEGIN_DECLS

/**
 * TfvTfrecordStatus: (skip)
 * @TFV_TFRECORD_OK: a record
 * @TFV_TFRECORD_END: the file ends here, for now
 * @TFV_TFRECORD_SHORT: the file ends inside a record, for now
 * @TFV_TFRECORD_BAD_DATA: a record was skipped, its checksum is wrong
 * @TFV_TFRECORD_BAD_LENGTH: no record begins here; what follows is skipped up to
 *   the next whole one
 * @TFV_TFRECORD_SKIPPED: a stretch was searched, and there is more to search
 */
typedef enum
{
  TFV_TFRECORD_OK,
  TFV_TFRECORD_END,
  TFV_TFRECORD_SHORT,
  TFV_TFRECORD_BAD_DATA,
  TFV_TFRECORD_BAD_LENGTH,
  TFV_TFRECORD_SKIPPED,
} TfvTfrecordStatus;

/**
 * TfvTfrecord: (skip)
 *
 * A file in TensorFlow's record framing, read from front to back while it grows:
 * `u64 length | u32 crc of it | data | u32 crc of that`, little-endian, with
 * masked CRC-32C.
 */
typedef struct
{
  int      fd;
  guint64  offset;
  guint64  file_size;
  gboolean is_searching;
  guint64  n_doubted_bytes;
  guint8  *buffer;
  gsize    capacity;
  gsize    n_buffered;
  guint64  buffer_offset;
} TfvTfrecord;

void              tfv_tfrecord_init (TfvTfrecord *self);
gboolean          tfv_tfrecord_open (TfvTfrecord *self, const char *path);
void              tfv_tfrecord_rest (TfvTfrecord *self);
TfvTfrecordStatus tfv_tfrecord_next (TfvTfrecord *self, TfvSlice *data, guint64 *offset);
gboolean          tfv_tfrecord_is_header (const guint8 *bytes, guint64 *length_bytes);
guint32           tfv_tfrecord_mask (guint32 crc);
GBytes           *tfv_tfrecord_read_range (const char *path, guint64 offset, guint64 n_bytes);

G_END_DECLS
