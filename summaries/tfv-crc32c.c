/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-crc32c-private.h"

#include <string.h>

#include "summaries/tfv-crc32c-instruction-private.h"

#define POLYNOMIAL 0x82f63b78u
#define N_SLICES 8

/* slices[k][b]: what the byte b does to the register k bytes later. */
static guint32 slices[N_SLICES][256];

static void
fill_slices (void)
{
  for (guint32 i = 0; i < 256; i++)
    {
      guint32 reg = i;

      for (int bit = 0; bit < 8; bit++)
        reg = (reg >> 1) ^ (POLYNOMIAL & (0u - (reg & 1)));
      slices[0][i] = reg;
    }
  for (guint k = 1; k < N_SLICES; k++)
    for (guint i = 0; i < 256; i++)
      slices[k][i] = (slices[k - 1][i] >> 8) ^ slices[0][slices[k - 1][i] & 0xff];
}

/* Eight bytes at a time, by tables. */
guint32
tfv_crc32c_by_tables (guint32 reg, const guint8 *bytes, gsize n_bytes)
{
  static gsize is_filled = 0;

  if (g_once_init_enter (&is_filled))
    {
      fill_slices ();
      g_once_init_leave (&is_filled, 1);
    }

  for (; n_bytes >= N_SLICES; bytes += N_SLICES, n_bytes -= N_SLICES)
    {
      guint64 word;

      memcpy (&word, bytes, sizeof word);
      word = GUINT64_FROM_LE (word) ^ reg;
      reg = 0;
      for (guint k = 0; k < N_SLICES; k++, word >>= 8)
        reg ^= slices[N_SLICES - 1 - k][word & 0xff];
    }
  for (; n_bytes > 0; bytes++, n_bytes--)
    reg = (reg >> 8) ^ slices[0][(reg ^ *bytes) & 0xff];

  return reg;
}

#ifdef TFV_HAVE_CRC32C_INSTRUCTION

/* The instruction gives its result three cycles later, and one can be begun in
   each: three stretches of this length are done side by side. */
#define LONG_BYTES 2048
#define SHORT_BYTES 128

/* What a register becomes after so many bytes of zeros, by its four bytes. */
typedef guint32 TfvZeros[4][256];

static TfvZeros long_zeros, short_zeros;

TFV_CRC32C_TARGET static void
fill_zeros (TfvZeros zeros, gsize n_bytes)
{
  guint32 bits[32];

  for (guint i = 0; i < G_N_ELEMENTS (bits); i++)
    {
      guint64 reg = 1u << i;

      for (gsize at = 0; at < n_bytes; at += 8)
        reg = tfv_crc32c_take_word (reg, 0);
      bits[i] = (guint32) reg;
    }
  for (guint k = 0; k < 4; k++)
    for (guint byte = 0; byte < 256; byte++)
      {
        zeros[k][byte] = 0;
        for (guint i = 0; i < 8; i++)
          if ((byte >> i & 1) != 0)
            zeros[k][byte] ^= bits[8 * k + i];
      }
}

static inline guint32
shift (TfvZeros zeros, guint64 reg)
{
  return zeros[0][reg & 0xff] ^ zeros[1][reg >> 8 & 0xff] ^ zeros[2][reg >> 16 & 0xff] ^ zeros[3][reg >> 24 & 0xff];
}

static inline guint64
word_at (const guint8 *bytes)
{
  guint64 word;

  memcpy (&word, bytes, sizeof word);
  return word;
}

/* Three stretches of @n_each bytes, whose zeros are @zeros. */
TFV_CRC32C_TARGET static inline guint64
take_three (guint64 reg, const guint8 *bytes, gsize n_each, TfvZeros zeros)
{
  guint64 second = 0, third = 0;

  for (gsize i = 0; i < n_each; i += 8)
    {
      reg = tfv_crc32c_take_word (reg, word_at (bytes + i));
      second = tfv_crc32c_take_word (second, word_at (bytes + n_each + i));
      third = tfv_crc32c_take_word (third, word_at (bytes + 2 * n_each + i));
    }
  return shift (zeros, shift (zeros, reg) ^ second) ^ third;
}

TFV_CRC32C_TARGET static guint32
crc_by_instruction (guint32 reg, const guint8 *bytes, gsize n_bytes)
{
  static gsize is_filled = 0;
  guint64      wide = reg;

  if (n_bytes >= 3 * SHORT_BYTES && g_once_init_enter (&is_filled))
    {
      fill_zeros (long_zeros, LONG_BYTES);
      fill_zeros (short_zeros, SHORT_BYTES);
      g_once_init_leave (&is_filled, 1);
    }

  for (; n_bytes >= 3 * LONG_BYTES; bytes += 3 * LONG_BYTES, n_bytes -= 3 * LONG_BYTES)
    wide = take_three (wide, bytes, LONG_BYTES, long_zeros);
  for (; n_bytes >= 3 * SHORT_BYTES; bytes += 3 * SHORT_BYTES, n_bytes -= 3 * SHORT_BYTES)
    wide = take_three (wide, bytes, SHORT_BYTES, short_zeros);
  for (; n_bytes >= 8; bytes += 8, n_bytes -= 8)
    wide = tfv_crc32c_take_word (wide, word_at (bytes));
  for (; n_bytes > 0; bytes++, n_bytes--)
    wide = tfv_crc32c_take_byte (wide, *bytes);

  return (guint32) wide;
}

#endif

TfvCrc32cFunc
tfv_crc32c_get_instruction (void)
{
#ifdef TFV_HAVE_CRC32C_INSTRUCTION
  if (tfv_crc32c_has_instruction ())
    return crc_by_instruction;
#endif
  return NULL;
}

/* The CRC-32C (Castagnoli) of @data; @crc is that of what stood before it, 0 at
 * the start. Not masked as TensorFlow's records are. */
guint32
tfv_crc32c (guint32 crc, gconstpointer data, gsize n_bytes)
{
#ifdef TFV_HAVE_CRC32C_INSTRUCTION
  if (G_LIKELY (tfv_crc32c_has_instruction ()))
    return ~crc_by_instruction (~crc, data, n_bytes);
#endif

  return ~tfv_crc32c_by_tables (~crc, data, n_bytes);
}
