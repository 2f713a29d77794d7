/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-column-codec-private.h"

#include <libdeflate.h>
#include <string.h>

/* The fastest level: the higher ones win some percent of noise and cost twice. */
#define LEVEL 1

/* A chunk that would not shrink is stored without “deflate”, the second filter. */
#define WITHOUT_DEFLATE (1u << 1)

/* Noise is told by some pieces of it that don't shrink by a thirty-second. */
#define SAMPLE_BYTES 4096
#define N_SAMPLE_PIECES 4
#define MIN_SAMPLED_BYTES (4 * SAMPLE_BYTES)

/* Around a stream of “deflate”: two bytes before it, a checksum after it. What is
 * stored within it comes in blocks, of so many bytes at most, with a head each. */
#define ZLIB_HEAD_BYTES 2
#define ZLIB_TAIL_BYTES 4
#define STORED_HEAD_BYTES 5
#define MAX_STORED_BYTES 65535

/* Rows of at least so many. Bytes of one place that are all the same are most of steps
 * and times. They are told of by matches: the longest that there are, and shorter
 * ones that need no further bits. */
#define MIN_RUN_ROWS 8192
#define LONG_MATCH_BYTES 258
#define LONG_MATCH 0xa3
#define LONG_MATCH_BITS 13
#define SHORT_MATCH_BYTES 10
#define SHORT_MATCH 0x08
#define SHORT_MATCH_BITS 12
#define MAX_RUN_PACKED_BYTES(n) ((n) / 64 + 64)

/* What makes room for more behind packed bytes, at most. */
#define JOINT_BYTES 8

struct _TfvColumnCodec
{
  struct libdeflate_compressor   *compressor;
  struct libdeflate_decompressor *decompressor;
  guint8                         *shuffled;
  gsize                           n_shuffled;
  guint8                         *packed;
  gsize                           n_packed;
  guint8                         *tried;
  gsize                           n_tried;
};

TfvColumnCodec *
tfv_column_codec_new (void)
{
  return g_new0 (TfvColumnCodec, 1);
}

void
tfv_column_codec_free (TfvColumnCodec *self)
{
  if (self->compressor != NULL)
    libdeflate_free_compressor (self->compressor);
  if (self->decompressor != NULL)
    libdeflate_free_decompressor (self->decompressor);
  g_free (self->shuffled);
  g_free (self->packed);
  g_free (self->tried);
  g_free (self);
}

/* Bytes of eight words of eight bytes change places as in a matrix that is
 * transposed: word b has the bytes b of all. */
static inline void
transpose (guint64 w[8])
{
  static const guint64 masks[] = { G_GUINT64_CONSTANT (0x00000000ffffffff), G_GUINT64_CONSTANT (0x0000ffff0000ffff), G_GUINT64_CONSTANT (0x00ff00ff00ff00ff) };

  for (guint stage = 0, far = 4; stage < 3; stage++, far /= 2)
    for (guint i = 0; i < 8; i++)
      {
        guint64 swapped;

        if (i & far)
          continue;
        swapped = ((w[i] >> (8 * far)) ^ w[i + far]) & masks[stage];
        w[i + far] ^= swapped;
        w[i] ^= swapped << (8 * far);
      }
}

/* For rows of a multiple of eight bytes, eight rows at a time. How many rows that
 * were. */
static gsize
shuffle_eights (const guint8 *rows, gsize n_rows, gsize row_bytes, guint8 *shuffled)
{
  gsize n = n_rows / 8 * 8;

  for (gsize at = 0; at < row_bytes; at += 8)
    for (gsize i = 0; i < n; i += 8)
      {
        guint64 w[8];

        for (guint k = 0; k < 8; k++)
          memcpy (&w[k], rows + (i + k) * row_bytes + at, 8);
        transpose (w);
        for (guint b = 0; b < 8; b++)
          memcpy (shuffled + (at + b) * n_rows + i, &w[b], 8);
      }
  return n;
}

static gsize
unshuffle_eights (const guint8 *shuffled, gsize stride, gsize n_rows, gsize row_bytes, guint8 *rows)
{
  gsize n = n_rows / 8 * 8;

  for (gsize at = 0; at < row_bytes; at += 8)
    for (gsize i = 0; i < n; i += 8)
      {
        guint64 w[8];

        for (guint b = 0; b < 8; b++)
          memcpy (&w[b], shuffled + (at + b) * stride + i, 8);
        transpose (w);
        for (guint k = 0; k < 8; k++)
          memcpy (rows + (i + k) * row_bytes + at, &w[k], 8);
      }
  return n;
}

/* The same for rows of four bytes. */
static gsize
unshuffle_four (const guint8 *shuffled, gsize stride, gsize n_rows, guint8 *rows)
{
  gsize i;

  for (i = 0; i + 8 <= n_rows; i += 8)
    for (guint k = 0; k < 8; k++)
      {
        guint32 w = (guint32) shuffled[i + k] | (guint32) shuffled[stride + i + k] << 8 |
                    (guint32) shuffled[2 * stride + i + k] << 16 | (guint32) shuffled[3 * stride + i + k] << 24;

        memcpy (rows + (i + k) * 4, &w, 4);
      }
  return i;
}

/* The first bytes of all rows, then the second ones, and so on. */
static void
shuffle (const guint8 *rows, gsize n_rows, gsize row_bytes, guint8 *shuffled)
{
  gsize first = row_bytes % 8 == 0 ? shuffle_eights (rows, n_rows, row_bytes, shuffled) : 0;

  for (gsize b = 0; b < row_bytes; b++)
    for (gsize i = first; i < n_rows; i++)
      shuffled[b * n_rows + i] = rows[i * row_bytes + b];
}

/* Rows whose first bytes are at @shuffled, their second ones @stride bytes behind, and so on. */
static void
unshuffle (const guint8 *shuffled, gsize stride, gsize n_rows, gsize row_bytes, guint8 *rows)
{
  gsize first = 0;

  if (row_bytes % 8 == 0)
    first = unshuffle_eights (shuffled, stride, n_rows, row_bytes, rows);
  else if (row_bytes == 4)
    first = unshuffle_four (shuffled, stride, n_rows, rows);
  for (gsize b = 0; b < row_bytes; b++)
    for (gsize i = first; i < n_rows; i++)
      rows[i * row_bytes + b] = shuffled[b * stride + i];
}

static void
reserve (guint8 **bytes, gsize *n_bytes, gsize n)
{
  if (n <= *n_bytes)
    return;
  g_free (*bytes);
  *bytes = g_malloc (n);
  *n_bytes = n;
}

/* Whether bytes of one place in all rows are noise, for which packing them costs
 * more than anything, unpacking them too, and wins nothing. */
static gboolean
is_noise (TfvColumnCodec *self, const guint8 *bytes, gsize n_bytes)
{
  guint8 sample[SAMPLE_BYTES];
  guint8 packed[SAMPLE_BYTES];
  gsize  piece_bytes = SAMPLE_BYTES / N_SAMPLE_PIECES;

  if (n_bytes < MIN_SAMPLED_BYTES)
    return FALSE;
  for (gsize i = 0; i < N_SAMPLE_PIECES; i++)
    memcpy (sample + i * piece_bytes, bytes + i * (n_bytes - piece_bytes) / (N_SAMPLE_PIECES - 1), piece_bytes);
  return libdeflate_deflate_compress (self->compressor, sample, SAMPLE_BYTES, packed, SAMPLE_BYTES - SAMPLE_BYTES / 32) == 0;
}

/* The bytes of “deflate” that say that those at @bytes are these; more follows. */
static guint8 *
put_stored (guint8 *packed, const guint8 *bytes, gsize n_bytes)
{
  while (n_bytes > 0)
    {
      gsize         n = MIN (n_bytes, MAX_STORED_BYTES);
      const guint16 length[] = { GUINT16_TO_LE ((guint16) n), GUINT16_TO_LE ((guint16) ~n) };

      *packed = 0;
      memcpy (packed + 1, length, sizeof length);
      memcpy (packed + STORED_HEAD_BYTES, bytes, n);
      packed += STORED_HEAD_BYTES + n;
      bytes += n;
      n_bytes -= n;
    }
  return packed;
}

static gboolean
is_constant (const guint8 *bytes, gsize n_bytes)
{
  return memcmp (bytes, bytes + 1, n_bytes - 1) == 0;
}

/* How many bytes at the end are of places that have the same in all rows. */
static gsize
count_run (const guint8 *bytes, gsize n_bytes, gsize n_rows)
{
  gsize n = 0;

  while (n_rows >= MIN_RUN_ROWS && n < n_bytes && is_constant (bytes + n_bytes - n - n_rows, n_rows))
    n += n_rows;
  return n;
}

typedef struct
{
  guint8 *end;
  guint64 bits;
  guint   n_bits;
} BitWriter;

static void
put_bits (BitWriter *self, guint value, guint n_bits)
{
  self->bits |= (guint64) value << self->n_bits;
  for (self->n_bits += n_bits; self->n_bits >= 8; self->n_bits -= 8)
    {
      *self->end++ = (guint8) self->bits;
      self->bits >>= 8;
    }
}

/* A byte in the code that needs no table; codes come with the first bit first. */
static void
put_literal (BitWriter *self, guint8 value)
{
  guint n_bits = value < 144 ? 8 : 9;
  guint code = value < 144 ? 0x30u + value : 0x190u + (value - 144u);

  while (n_bits-- > 0)
    put_bits (self, code >> n_bits & 1, 1);
}

static void
put_run (BitWriter *self, guint8 value, gsize n_bytes)
{
  put_literal (self, value);
  for (n_bytes--; n_bytes >= LONG_MATCH_BYTES; n_bytes -= LONG_MATCH_BYTES)
    put_bits (self, LONG_MATCH, LONG_MATCH_BITS);
  for (; n_bytes >= SHORT_MATCH_BYTES; n_bytes -= SHORT_MATCH_BYTES)
    put_bits (self, SHORT_MATCH, SHORT_MATCH_BITS);
  for (; n_bytes > 0; n_bytes--)
    put_literal (self, value);
}

/* Says that bytes come of which @n_rows each are the same, and that nothing more does. */
static guint8 *
put_runs (guint8 *packed, const guint8 *bytes, gsize n_bytes, gsize n_rows)
{
  BitWriter writer = { .end = packed };

  put_bits (&writer, 3, 3);
  for (gsize i = 0, end; i < n_bytes; i = end)
    {
      for (end = i + n_rows; end < n_bytes && bytes[end] == bytes[i];)
        end += n_rows;
      put_run (&writer, bytes[i], end - i);
    }
  put_bits (&writer, 0, 7 + 7); /* the end, and what fills the byte */
  return writer.end;
}

/* Packs bytes so that more can follow, behind an empty block that ends with a byte.
 * What is packed ends within one, nobody tells where: either there is room in it
 * for the head of that block, or another byte is needed, which is tried. NULL
 * where it is not shorter than @n_room, or is more than one block. */
static guint8 *
put_packed (TfvColumnCodec *self, guint8 *packed, gsize n_room, const guint8 *bytes, gsize n_bytes)
{
  static const guint8 empty[] = { 0, 0, 0, 0xff, 0xff };
  static const guint8 end[] = { 3, 0 };
  gsize               n = n_room > JOINT_BYTES ? libdeflate_deflate_compress (self->compressor, bytes, n_bytes, packed, n_room - JOINT_BYTES) : 0;

  /* The first bit says whether this is the last block. */
  if (n == 0 || (packed[0] & 1) == 0)
    return NULL;
  packed[0] &= 0xfe;
  if (self->decompressor == NULL)
    self->decompressor = libdeflate_alloc_decompressor ();
  reserve (&self->tried, &self->n_tried, n_bytes);
  for (gsize n_head = 0; n_head <= 1; n_head++)
    {
      gsize n_empty = sizeof empty - 1 + n_head;
      gsize n_read;

      memcpy (packed + n, empty + 1 - n_head, n_empty);
      memcpy (packed + n + n_empty, end, sizeof end);
      if (libdeflate_deflate_decompress_ex (self->decompressor, packed, n + n_empty + sizeof end, self->tried, n_bytes, &n_read, NULL) == LIBDEFLATE_SUCCESS &&
          n_read == n + n_empty + sizeof end && memcmp (self->tried, bytes, n_bytes) == 0)
        return packed + n + n_empty;
    }
  return NULL;
}

/* What zlib makes of bytes, but that the first @n_noise are not looked at, and of the
 * last @n_run, @n_rows each are the same. 0 where that is not shorter. */
static gsize
compress (TfvColumnCodec *self, const guint8 *bytes, gsize n_bytes, gsize n_rows, gsize n_noise, gsize n_run, guint8 *packed)
{
  gsize   n_around = ZLIB_HEAD_BYTES + (n_noise / MAX_STORED_BYTES + 1) * STORED_HEAD_BYTES + n_noise + MAX_RUN_PACKED_BYTES (n_run) + ZLIB_TAIL_BYTES;
  gsize   n_middle = n_bytes - n_noise - n_run;
  guint32 checksum = GUINT32_TO_BE (libdeflate_adler32 (1, bytes, n_bytes));
  guint8 *end = packed;

  if (n_around >= n_bytes)
    return 0;
  *end++ = 0x78;
  *end++ = 0x01;
  end = put_stored (end, bytes, n_noise);
  if (n_run > 0)
    {
      if (n_middle > 0)
        end = put_packed (self, end, n_bytes - n_around, bytes + n_noise, n_middle);
      if (end == NULL)
        return compress (self, bytes, n_bytes, n_rows, n_noise, 0, packed);
      end = put_runs (end, bytes + n_bytes - n_run, n_run, n_rows);
    }
  else
    {
      gsize n = libdeflate_deflate_compress (self->compressor, bytes + n_noise, n_middle, end, n_bytes - n_around);

      if (n == 0)
        return 0;
      end += n;
    }
  memcpy (end, &checksum, sizeof checksum);
  return (gsize) (end - packed) + ZLIB_TAIL_BYTES;
}

/* Packs a chunk. What is returned stays the codec's, until the next call. */
gconstpointer
tfv_column_codec_pack (TfvColumnCodec *self, gconstpointer rows, gsize n_rows, gsize row_bytes, gsize *n_packed, guint32 *filter_mask)
{
  gsize n_bytes = n_rows * row_bytes;
  gsize n_noise = 0;
  gsize n_run;

  reserve (&self->shuffled, &self->n_shuffled, n_bytes);
  reserve (&self->packed, &self->n_packed, n_bytes);
  if (self->compressor == NULL)
    self->compressor = libdeflate_alloc_compressor (LEVEL);

  shuffle (rows, n_rows, row_bytes, self->shuffled);
  /* The last digits come first. */
  while (n_noise < n_bytes && is_noise (self, self->shuffled + n_noise, n_rows))
    n_noise += n_rows;
  *filter_mask = 0;
  n_run = count_run (self->shuffled + n_noise, n_bytes - n_noise, n_rows);
  *n_packed = compress (self, self->shuffled, n_bytes, n_rows, n_noise, n_run, self->packed);
  if (*n_packed > 0)
    return self->packed;

  *filter_mask = WITHOUT_DEFLATE;
  *n_packed = n_bytes;
  return self->shuffled;
}

/* Unpacks @n_wanted rows of a chunk, from @first on. FALSE where it is not one of @n_rows. */
gboolean
tfv_column_codec_unpack (TfvColumnCodec *self, gconstpointer packed, gsize n_packed, guint32 filter_mask, gsize n_rows, gsize row_bytes, gsize first, gsize n_wanted, gpointer rows)
{
  gsize         n_bytes = n_rows * row_bytes;
  const guint8 *shuffled = packed;

  if ((filter_mask & ~WITHOUT_DEFLATE) != 0)
    return FALSE;
  if (filter_mask == 0)
    {
      reserve (&self->shuffled, &self->n_shuffled, n_bytes);
      if (self->decompressor == NULL)
        self->decompressor = libdeflate_alloc_decompressor ();
      if (libdeflate_zlib_decompress (self->decompressor, packed, n_packed, self->shuffled, n_bytes, NULL) != LIBDEFLATE_SUCCESS)
        return FALSE;
      shuffled = self->shuffled;
    }
  else if (n_packed != n_bytes)
    {
      return FALSE;
    }
  unshuffle (shuffled + first, n_rows, n_wanted, row_bytes, rows);
  return TRUE;
}
