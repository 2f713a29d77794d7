/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "examples/digits-mnist.h"

#include <errno.h>
#include <gio/gio.h>
#include <zlib.h>

#include "examples/digits-data.h"

/* MNIST's IDX files: a magic number (0, 0, 8 for unsigned bytes, number of
 * dimensions), the dimensions, each a big-endian 32-bit number, then the bytes. */

#define CHUNK_BYTES (1 << 20)

/* The names under which the files go about: as first published, and as some
 * copies have them; packed or not. */
static char *
find_file (const char *directory, const char *set, const char *what, int n_dimensions, GError **error)
{
  const char *const separators[] = { "-", "." };
  const char *const endings[] = { "", ".gz" };

  for (guint i = 0; i < G_N_ELEMENTS (separators); i++)
    for (guint j = 0; j < G_N_ELEMENTS (endings); j++)
      {
        g_autofree char *name = g_strdup_printf ("%s-%s%sidx%d-ubyte%s", set, what, separators[i], n_dimensions, endings[j]);
        g_autofree char *path = g_build_filename (directory, name, NULL);

        if (g_file_test (path, G_FILE_TEST_EXISTS))
          return g_steal_pointer (&path);
      }
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s: holds no %s-%s-idx%d-ubyte, nor that with .gz", directory, set, what, n_dimensions);
  return NULL;
}

/* Reads up to `n_bytes` and gives their number, fewer at the end of the file;
 * -1 with an error. */
static int
read_bytes (gzFile file, const char *path, guint8 *bytes, guint n_bytes, GError **error)
{
  int n = gzread (file, bytes, n_bytes);

  if (n < 0)
    {
      int         code;
      const char *message = gzerror (file, &code);

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", path, code == Z_ERRNO ? g_strerror (errno) : message);
    }
  return n;
}

static gboolean
read_header (gzFile file, const char *path, guint n_dimensions, gsize *n_items, GError **error)
{
  guint8  header[16];
  int     n_header = 4 + 4 * (int) n_dimensions;
  int     n_read = read_bytes (file, path, header, (guint) n_header, error);
  guint32 dimensions[3];

  if (n_read < 0)
    return FALSE;
  if (n_read < n_header || header[0] != 0 || header[1] != 0 || header[2] != 8 || header[3] != n_dimensions)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: not an IDX file of bytes in %u dimension%s", path, n_dimensions, n_dimensions == 1 ? "" : "s");
      return FALSE;
    }
  for (guint i = 0; i < n_dimensions; i++)
    dimensions[i] = (guint32) header[4 + 4 * i] << 24 | (guint32) header[5 + 4 * i] << 16 | (guint32) header[6 + 4 * i] << 8 | header[7 + 4 * i];
  if (n_dimensions == 3 && (dimensions[1] != DIGITS_SIDE || dimensions[2] != DIGITS_SIDE))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: pictures of %u × %u, not of %d × %d", path, dimensions[1], dimensions[2], DIGITS_SIDE, DIGITS_SIDE);
      return FALSE;
    }
  if (dimensions[0] == 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: holds nothing", path);
      return FALSE;
    }
  *n_items = dimensions[0];
  return TRUE;
}

/* Memory grows with what is really read: the header may lie. */
static GBytes *
read_items (gzFile file, const char *path, gsize n_items, gsize item_bytes, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree guint8     *chunk = g_malloc (CHUNK_BYTES);
  guint64                n_left = (guint64) n_items * item_bytes;

  if (n_left > G_MAXUINT32)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: claims %" G_GSIZE_FORMAT " items, more than can be read", path, n_items);
      return NULL;
    }
  while (n_left > 0)
    {
      int n_read = read_bytes (file, path, chunk, (guint) MIN (n_left, CHUNK_BYTES), error);

      if (n_read < 0)
        return NULL;
      if (n_read == 0)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: ends after %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " items", path, bytes->len / item_bytes, n_items);
          return NULL;
        }
      g_byte_array_append (bytes, chunk, (guint) n_read);
      n_left -= (guint) n_read;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

static GBytes *
read_file (const char *directory, gboolean held_out, const char *what, guint n_dimensions, gsize *n_items, GError **error)
{
  g_autofree char *path = find_file (directory, held_out ? "t10k" : "train", what, (int) n_dimensions, error);
  GBytes          *bytes = NULL;
  gzFile           file;

  if (path == NULL)
    return NULL;
  file = gzopen (path, "rbe");
  if (file == NULL)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", path, g_strerror (errno));
      return NULL;
    }
  if (read_header (file, path, n_dimensions, n_items, error))
    bytes = read_items (file, path, *n_items, n_dimensions == 3 ? DIGITS_N_PIXELS : 1, error);
  gzclose (file);
  return bytes;
}

/* Reads MNIST's pictures: DIGITS_N_PIXELS bytes each, row by row, 255 is ink. */
GBytes *
digits_mnist_read_images (const char *directory, gboolean held_out, gsize *n_images, GError **error)
{
  return read_file (directory, held_out, "images", 3, n_images, error);
}

/* Reads MNIST's labels: a byte each, 0 to 9. */
GBytes *
digits_mnist_read_labels (const char *directory, gboolean held_out, gsize *n_labels, GError **error)
{
  GBytes       *bytes = read_file (directory, held_out, "labels", 1, n_labels, error);
  const guint8 *labels = bytes ? g_bytes_get_data (bytes, NULL) : NULL;

  for (gsize i = 0; bytes && i < *n_labels; i++)
    if (labels[i] >= DIGITS_N_CLASSES)
      {
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: label %" G_GSIZE_FORMAT " of the %s set is %u, no digit", directory, i, held_out ? "t10k" : "train", labels[i]);
        g_clear_pointer (&bytes, g_bytes_unref);
      }
  return bytes;
}
