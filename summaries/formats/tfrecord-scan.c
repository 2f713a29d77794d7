/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/formats/tfrecord-private.h"

#include "summaries/tfv-crc32c-instruction-private.h"
#include "summaries/tfv-crc32c-private.h"

#define FRAME_BYTES (TFV_TFRECORD_HEADER_BYTES + TFV_TFRECORD_FOOTER_BYTES)

#ifdef TFV_HAVE_CRC32C_INSTRUCTION

/* Above this, stretches of a record are done side by side; below it, records are. */
#define MAX_SHORT_BYTES 1024

static inline guint64
load_u64 (const guint8 *bytes)
{
  guint64 value;

  memcpy (&value, bytes, sizeof value);
  return value;
}

static inline guint32
load_u32 (const guint8 *bytes)
{
  guint32 value;

  memcpy (&value, bytes, sizeof value);
  return value;
}

/* The checksum of a short record, with no loop over its last bytes: these are
   moved to the end of a word, and what the register has for later is added.
   There are 8 readable bytes before the record. */
TFV_CRC32C_TARGET static inline guint32
crc_of_short (const guint8 *bytes, gsize n_bytes)
{
  guint64 reg = G_MAXUINT32;
  gsize   at = 0;
  guint   shift;

  for (; at + 8 <= n_bytes; at += 8)
    reg = tfv_crc32c_take_word (reg, load_u64 (bytes + at));
  if (at < n_bytes)
    {
      shift = (guint) (8 * (8 - (n_bytes - at)));
      reg = tfv_crc32c_take_word (0, reg << shift ^ (load_u64 (bytes + n_bytes - 8) >> shift << shift)) ^ reg >> (64 - shift);
    }
  return ~(guint32) reg;
}

/* Nothing in the loop waits for a checksum, so that the processor works on
   several records at once. */
TFV_CRC32C_TARGET static gsize
scan_by_instruction (const guint8 *at, gsize n_bytes, TfvSlice *records, gsize max_records)
{
  gsize n_records = 0;

  while (n_records < max_records && n_bytes >= FRAME_BYTES)
    {
      guint64       length = load_u64 (at);
      const guint8 *data = at + TFV_TFRECORD_HEADER_BYTES;
      guint32       crc;

      if (length > n_bytes - FRAME_BYTES || tfv_tfrecord_mask (~(guint32) tfv_crc32c_take_word (G_MAXUINT32, length)) != load_u32 (at + 8))
        break;
      crc = length <= MAX_SHORT_BYTES ? crc_of_short (data, length) : tfv_crc32c (0, data, length);
      if (tfv_tfrecord_mask (crc) != load_u32 (data + length))
        break;
      records[n_records++] = (TfvSlice){ data, length };
      at = data + length + TFV_TFRECORD_FOOTER_BYTES;
      n_bytes -= FRAME_BYTES + length;
    }
  return n_records;
}

#endif

static gsize
scan_plainly (const guint8 *at, gsize n_bytes, TfvSlice *records, gsize max_records)
{
  gsize   n_records = 0;
  guint64 length;

  while (n_records < max_records && n_bytes >= FRAME_BYTES && tfv_tfrecord_is_header (at, &length) && length <= n_bytes - FRAME_BYTES)
    {
      const guint8 *data = at + TFV_TFRECORD_HEADER_BYTES;

      if (!tfv_tfrecord_is_whole (data, length))
        break;
      records[n_records++] = (TfvSlice){ data, length };
      at = data + length + TFV_TFRECORD_FOOTER_BYTES;
      n_bytes -= FRAME_BYTES + length;
    }
  return n_records;
}

/* The whole records, one after the other, that @n_bytes begin with, both
   checksums of each being right. Ends before the first that is not, or does not
   end in there. Returns how many there are. */
gsize
tfv_tfrecord_scan (const guint8 *bytes, gsize n_bytes, TfvSlice *records, gsize max_records)
{
#ifdef TFV_HAVE_CRC32C_INSTRUCTION
  if (G_LIKELY (tfv_crc32c_has_instruction ()))
    return scan_by_instruction (bytes, n_bytes, records, max_records);
#endif
  return scan_plainly (bytes, n_bytes, records, max_records);
}
