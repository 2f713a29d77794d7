/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-crc32c-private.h"

#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

#define POLYNOMIAL 0x82f63b78u

static guint32 table[256];

static void
fill_table (void)
{
  for (guint32 i = 0; i < 256; i++)
    {
      guint32 crc = i;

      for (int bit = 0; bit < 8; bit++)
        crc = (crc >> 1) ^ (POLYNOMIAL & (0u - (crc & 1)));
      table[i] = crc;
    }
}

static guint32
crc_by_table (guint32 crc, const guint8 *bytes, gsize n_bytes)
{
  static gsize is_filled = 0;

  if (g_once_init_enter (&is_filled))
    {
      fill_table ();
      g_once_init_leave (&is_filled, 1);
    }

  for (gsize i = 0; i < n_bytes; i++)
    crc = (crc >> 8) ^ table[(crc ^ bytes[i]) & 0xff];

  return crc;
}

#if defined(__x86_64__)
__attribute__ ((target ("sse4.2"))) static guint32
crc_by_instruction (guint32 crc, const guint8 *bytes, gsize n_bytes)
{
  guint64 wide = crc;

  for (; n_bytes >= 8; bytes += 8, n_bytes -= 8)
    {
      guint64 word;

      memcpy (&word, bytes, sizeof word);
      wide = _mm_crc32_u64 (wide, word);
    }

  crc = (guint32) wide;
  for (; n_bytes > 0; bytes++, n_bytes--)
    crc = _mm_crc32_u8 (crc, *bytes);

  return crc;
}
#endif

/* The CRC-32C (Castagnoli) of @data; @crc is that of what stood before it, 0 at
 * the start. Not masked as TensorFlow's records are. */
guint32
tfv_crc32c (guint32 crc, gconstpointer data, gsize n_bytes)
{
#if defined(__x86_64__)
  if (__builtin_cpu_supports ("sse4.2"))
    return ~crc_by_instruction (~crc, data, n_bytes);
#endif

  return ~crc_by_table (~crc, data, n_bytes);
}
