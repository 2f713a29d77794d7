/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-superblock-private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "summaries/tfv-error.h"

#define SUPERBLOCK_BYTES 48
#define FLAGS_OFFSET 11
#define FLAG_WRITE 0x01
#define END_OFFSET 28
#define CHECKSUM_OFFSET 44

static const guint8 signature[8] = { 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n' };

#define ROTATE(x, k) (((x) << (k)) | ((x) >> (32 - (k))))

static inline guint32
read_u32 (const guint8 *bytes)
{
  guint32 value;

  memcpy (&value, bytes, sizeof value);
  return GUINT32_FROM_LE (value);
}

/* Bob Jenkins' lookup3, as HDF5 uses it for its metadata: here for the 44 bytes
 * before a superblock's checksum. */
static guint32
checksum (const guint8 *bytes)
{
  guint32 a, b, c;

  a = b = c = 0xdeadbeef + CHECKSUM_OFFSET;
  for (gsize at = 0; at < 36; at += 12)
    {
      a += read_u32 (bytes + at);
      b += read_u32 (bytes + at + 4);
      c += read_u32 (bytes + at + 8);
      a -= c, a ^= ROTATE (c, 4), c += b;
      b -= a, b ^= ROTATE (a, 6), a += c;
      c -= b, c ^= ROTATE (b, 8), b += a;
      a -= c, a ^= ROTATE (c, 16), c += b;
      b -= a, b ^= ROTATE (a, 19), a += c;
      c -= b, c ^= ROTATE (b, 4), b += a;
    }

  a += read_u32 (bytes + 36);
  b += read_u32 (bytes + 40);
  c ^= b, c -= ROTATE (b, 14);
  a ^= c, a -= ROTATE (c, 11);
  b ^= a, b -= ROTATE (a, 25);
  c ^= b, c -= ROTATE (b, 16);
  a ^= c, a -= ROTATE (c, 4);
  b ^= a, b -= ROTATE (a, 14);
  c ^= b, c -= ROTATE (b, 24);

  return c;
}

/* Whether the file begins with a superblock of the version that SWMR writes,
 * whole: what HDF5 itself is not to find out. */
gboolean
tfv_superblock_read (const char *path, int fd, TfvSuperblock *superblock, GError **error)
{
  guint8  bytes[SUPERBLOCK_BYTES];
  ssize_t n_read = pread (fd, bytes, sizeof bytes, 0);

  if (n_read < 0)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: cannot be read: %s", path, g_strerror (errno));
      return FALSE;
    }
  if (n_read < (ssize_t) sizeof signature || memcmp (bytes, signature, sizeof signature) != 0)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_FORMAT, "%s: not an HDF5 file", path);
      return FALSE;
    }
  if (n_read < SUPERBLOCK_BYTES)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "%s: cut off within the superblock", path);
      return FALSE;
    }
  /* Version 3, eight bytes for an offset and for a length, and no user block. */
  if (bytes[8] != 3 || bytes[9] != 8 || bytes[10] != 8)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_FORMAT, "%s: an HDF5 file, but not one of events (superblock version %u)", path, bytes[8]);
      return FALSE;
    }
  if (checksum (bytes) != read_u32 (bytes + CHECKSUM_OFFSET))
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "%s: the superblock is damaged: its checksum is wrong", path);
      return FALSE;
    }

  superblock->is_written = (bytes[FLAGS_OFFSET] & FLAG_WRITE) != 0;
  superblock->end_bytes = read_u32 (bytes + END_OFFSET) | (guint64) read_u32 (bytes + END_OFFSET + 4) << 32;
  return TRUE;
}

/* States that nobody writes the file, which has room up to @end_bytes: one write
 * of 48 bytes, which a crash cannot cut into two. The superblock was read before. */
gboolean
tfv_superblock_mend (const char *path, int fd, guint64 end_bytes, GError **error)
{
  guint8  bytes[SUPERBLOCK_BYTES];
  guint64 end = GUINT64_TO_LE (end_bytes);
  guint32 sum;

  if (pread (fd, bytes, sizeof bytes, 0) == sizeof bytes)
    {
      bytes[FLAGS_OFFSET] = 0;
      memcpy (bytes + END_OFFSET, &end, sizeof end);
      sum = GUINT32_TO_LE (checksum (bytes));
      memcpy (bytes + CHECKSUM_OFFSET, &sum, sizeof sum);
      if (pwrite (fd, bytes, sizeof bytes, 0) == sizeof bytes)
        return TRUE;
    }
  g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: the superblock can't be written: %s", path, g_strerror (errno));
  return FALSE;
}
