/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/formats/wire-private.h"

G_BEGIN_DECLS

#define TFV_TFRECORD_HEADER_BYTES 12
#define TFV_TFRECORD_FOOTER_BYTES 4

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
  guint64  tail_offset;
  gboolean has_tail;
  guint8  *buffer;
  gsize    capacity;
  gsize    n_buffered;
  guint64  buffer_offset;
} TfvTfrecord;

void              tfv_tfrecord_init (TfvTfrecord *self);
gboolean          tfv_tfrecord_open (TfvTfrecord *self, const char *path);
void              tfv_tfrecord_rest (TfvTfrecord *self);
TfvTfrecordStatus tfv_tfrecord_next (TfvTfrecord *self, TfvSlice *data, guint64 *offset);
gsize             tfv_tfrecord_next_batch (TfvTfrecord *self, TfvSlice *records, gsize max_records, guint64 *offset);
gboolean          tfv_tfrecord_is_header (const guint8 *bytes, guint64 *length_bytes);
gboolean          tfv_tfrecord_is_whole (const guint8 *data, gsize n_bytes);
gsize             tfv_tfrecord_scan (const guint8 *bytes, gsize n_bytes, TfvSlice *records, gsize max_records);
GBytes           *tfv_tfrecord_read_range (const char *path, guint64 offset, guint64 n_bytes);

/* TensorFlow masks checksums, so that the checksum of data that holds
   checksums stays good. */
static inline guint32
tfv_tfrecord_mask (guint32 crc)
{
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}

G_END_DECLS
