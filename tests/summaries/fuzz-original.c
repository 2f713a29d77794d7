/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Event files that are mutated, and how. */

#include "tests/summaries/fuzz-original-private.h"

#include <hdf5.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "summaries/tfv-compact.h"
#include "summaries/tfv-event-layout-private.h"
#include "summaries/tfv-record-class.h"
#include "summaries/tfv-summary-writer.h"

/* No block of the metadata of these files is longer. */
#define MAX_BLOCK_BYTES 4096

/* What the blocks of HDF5's metadata begin with that have a checksum. */
static const char *const signatures[] = { "\x89HDF", "OHDR", "OCHK", "FRHP", "FHDB", "FHIB", "BTHD", "BTLF", "BTIN", "EAHD", "EAIB", "EASB", "EADB", "FAHD", "FADB", "FSHD", "FSSE", "SMTB", "SMLI" };

static guint32
read_u32 (const guint8 *bytes)
{
  guint32 value;

  memcpy (&value, bytes, sizeof value);
  return GUINT32_FROM_LE (value);
}

#define ROTATE(x, k) (((x) << (k)) | ((x) >> (32 - (k))))

/* Bob Jenkins' lookup3, as HDF5 uses it. */
static guint32
checksum (const guint8 *bytes, gsize n_bytes)
{
  guint8  last[12] = { 0 };
  guint32 a, b, c;

  a = b = c = 0xdeadbeef + (guint32) n_bytes;
  for (; n_bytes > 12; bytes += 12, n_bytes -= 12)
    {
      a += read_u32 (bytes);
      b += read_u32 (bytes + 4);
      c += read_u32 (bytes + 8);
      a -= c, a ^= ROTATE (c, 4), c += b;
      b -= a, b ^= ROTATE (a, 6), a += c;
      c -= b, c ^= ROTATE (b, 8), b += a;
      a -= c, a ^= ROTATE (c, 16), c += b;
      b -= a, b ^= ROTATE (a, 19), a += c;
      c -= b, c ^= ROTATE (b, 4), b += a;
    }
  memcpy (last, bytes, n_bytes);
  a += read_u32 (last);
  b += read_u32 (last + 4);
  c += read_u32 (last + 8);
  c ^= b, c -= ROTATE (b, 14);
  a ^= c, a -= ROTATE (c, 11);
  b ^= a, b -= ROTATE (a, 25);
  c ^= b, c -= ROTATE (b, 16);
  a ^= c, a -= ROTATE (c, 4);
  b ^= a, b -= ROTATE (a, 14);
  c ^= b, c -= ROTATE (b, 24);
  return c;
}

/* Finds the blocks by their signatures, and how long they are by the checksums. */
static void
find_blocks (FuzzOriginal *self)
{
  self->blocks = g_array_new (FALSE, FALSE, sizeof (FuzzBlock));
  for (gsize at = 0; at + 8 < self->n_bytes; at++)
    {
      gboolean is_signature = FALSE;

      for (guint i = 0; i < G_N_ELEMENTS (signatures) && !is_signature; i++)
        is_signature = memcmp (self->bytes + at, signatures[i], 4) == 0;
      for (gsize n = 5; is_signature && n <= MAX_BLOCK_BYTES && at + n + 4 <= self->n_bytes; n++)
        if (checksum (self->bytes + at, n) == read_u32 (self->bytes + at + n))
          {
            const FuzzBlock block = { at, n };

            g_array_append_val (self->blocks, block);
            break;
          }
    }
}

static void
write_events (const char *folder, FuzzKind kind)
{
  g_autoptr (TfvSummaryWriter) writer = tfv_summary_writer_new (folder, NULL);
  TfvSpan                      span = { .duration_ns = 10, .name = 1, .lane = 2 };

  for (const TfvRecordClass *const *class = tfv_record_class_get_all (); *class != NULL; class ++)
    (*class)->write_sample (writer);
  for (gint64 step = 0; step < 200; step++)
    {
      tfv_summary_writer_add_scalar (writer, "loss", 1.0 / (double) (step + 1), step);
      span.start_ns = step * 10;
      tfv_summary_writer_add_span (writer, &span);
    }
  /* A clean close moves the metadata about; the copies of a file that is still
   * being written are made before it. */
  g_assert_true (tfv_summary_writer_flush (writer, NULL));
  if (kind == FUZZ_LIVE)
    _exit (0);
  g_assert_true (tfv_summary_writer_close (writer, NULL));
}

static void
add_attribute (hid_t object, const char *name, hid_t type, gconstpointer value)
{
  hid_t space = H5Screate (H5S_SCALAR), attribute = H5Acreate2 (object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);

  H5Awrite (attribute, type, value);
  H5Aclose (attribute);
  H5Sclose (space);
}

/* A dataset with a filter, a shape, a layout and a type that no event file has. */
static void
add_odd_dataset (hid_t file, const char *name, guint oddity)
{
  const hsize_t size[2] = { 40, 7 }, most[2] = { H5S_UNLIMITED, oddity % 2 == 0 ? 7 : H5S_UNLIMITED }, chunk[2] = { 10, 7 };
  gboolean      is_chunked = oddity % 4 != 3;
  hid_t         space = H5Screate_simple (2, size, is_chunked ? most : NULL), dcpl = H5Pcreate (H5P_DATASET_CREATE), type = H5T_NATIVE_INT, dataset;
  hid_t         strings = H5Tcopy (H5T_C_S1), array = H5Tarray_create2 (H5T_NATIVE_DOUBLE, 1, chunk), list = H5Tvlen_create (H5T_NATIVE_SHORT);
  int           value = 5;

  H5Tset_size (strings, H5T_VARIABLE);
  if (is_chunked)
    H5Pset_chunk (dcpl, 2, chunk);
  if (oddity == 0)
    H5Pset_deflate (dcpl, 3);
  if (oddity == 1)
    H5Pset_fletcher32 (dcpl);
  if (oddity == 2)
    H5Pset_shuffle (dcpl);
  H5Pset_fill_value (dcpl, H5T_NATIVE_INT, &value);
  if (oddity == 4)
    type = strings, H5Pset_fill_value (dcpl, strings, NULL);
  else if (oddity == 5)
    type = array, H5Pset_fill_value (dcpl, array, NULL);
  else if (oddity == 6)
    type = list, H5Pset_fill_value (dcpl, list, NULL);
  dataset = H5Dcreate2 (file, name, type, space, H5P_DEFAULT, dcpl, H5P_DEFAULT);
  if (type == H5T_NATIVE_INT)
    {
      int rows[40 * 7] = { 0 };

      H5Dwrite (dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, rows);
    }
  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *attribute = g_strdup_printf ("attribute-%u", i);

      add_attribute (dataset, attribute, H5T_NATIVE_INT, &value);
    }
  H5Dclose (dataset);
  H5Tclose (list);
  H5Tclose (array);
  H5Tclose (strings);
  H5Pclose (dcpl);
  H5Sclose (space);
}

/* A file that says it holds events, and has the names of their datasets and much
 * else, but everything else is of another kind. */
static void
write_rich (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "rich.tfv.h5", NULL);
  hid_t            fapl = H5Pcreate (H5P_FILE_ACCESS), file, type = H5Tcopy (H5T_C_S1), group;
  gint64           number = 1;

  g_mkdir_with_parents (folder, 0700);
  H5Pset_libver_bounds (fapl, H5F_LIBVER_V110, H5F_LIBVER_V110);
  file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, fapl);
  H5Tset_size (type, 16);
  add_attribute (file, "format", type, "tfview events\0\0");
  add_attribute (file, "version_major", H5T_NATIVE_INT64, &number);
  add_attribute (file, "version_minor", H5T_NATIVE_INT64, &number);
  add_attribute (file, "start_wall_ns", H5T_NATIVE_INT64, &number);
  {
    hsize_t n_rows = 3, most = H5S_UNLIMITED, chunk_rows = tfv_event_dataset_get_chunk_rows (TFV_EVENT_TAGS);
    hid_t   space = H5Screate_simple (1, &n_rows, &most), dcpl = H5Pcreate (H5P_DATASET_CREATE), row = tfv_event_dataset_create_file_type (TFV_EVENT_TAGS);

    H5Pset_chunk (dcpl, 1, &chunk_rows);
    H5Dclose (H5Dcreate2 (file, "tags", row, space, H5P_DEFAULT, dcpl, H5P_DEFAULT));
    H5Tclose (row);
    H5Pclose (dcpl);
    H5Sclose (space);
  }
  for (TfvEventDataset i = TFV_EVENT_BLOBS; i < TFV_N_EVENT_DATASETS; i++)
    if (i != TFV_EVENT_TAGS)
      add_odd_dataset (file, tfv_event_dataset_get_name (i), i);
  /* Many links, and deep ones: a fractal heap and a B-tree. */
  group = H5Gcreate2 (file, "columns", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *name = g_strdup_printf ("a group with a rather long name, number %u", i);

      H5Gclose (H5Gcreate2 (group, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
      H5Lcreate_soft ("/tags", file, name, H5P_DEFAULT, H5P_DEFAULT);
    }
  H5Gclose (group);
  H5Tclose (type);
  H5Fclose (file);
  H5Pclose (fapl);
}

static void
write_original (const char *folder, FuzzKind kind)
{
  if (kind == FUZZ_RICH)
    write_rich (folder);
  else
    write_events (folder, kind);
}

/* Makes a file of @kind in @folder, in a process of its own, so that nothing of
 * HDF5's is left here. */
void
fuzz_original_init (FuzzOriginal *self, FuzzKind kind, const char *folder)
{
  g_autoptr (GDir) listing = NULL;
  g_autofree char *path = NULL;
  pid_t            child = fork ();
  int              status;

  if (child == 0)
    {
      write_original (folder, kind);
      if (kind == FUZZ_COMPACTED)
        {
          listing = g_dir_open (folder, 0, NULL);
          path = g_build_filename (folder, g_dir_read_name (listing), NULL);
          g_assert_cmpint (tfv_compact_file (path, NULL, NULL, NULL, NULL, NULL), ==, TFV_COMPACT_DONE);
        }
      _exit (0);
    }
  waitpid (child, &status, 0);
  g_assert_cmpint (status, ==, 0);

  listing = g_dir_open (folder, 0, NULL);
  path = g_build_filename (folder, g_dir_read_name (listing), NULL);
  g_assert_true (g_file_get_contents (path, (char **) &self->bytes, &self->n_bytes, NULL));

  self->used = g_array_new (FALSE, FALSE, sizeof (gsize));
  for (gsize at = 0; at < self->n_bytes; at++)
    if (self->bytes[at] != 0)
      g_array_append_val (self->used, at);
  find_blocks (self);
}

void
fuzz_original_clear (FuzzOriginal *self)
{
  g_array_unref (self->used);
  g_array_unref (self->blocks);
  g_free (self->bytes);
}

static gsize
choose_place (const FuzzOriginal *self, GRand *random, gboolean in_blocks)
{
  if (in_blocks && self->blocks->len > 0 && g_rand_int_range (random, 0, 4) > 0)
    {
      const FuzzBlock *block = &g_array_index (self->blocks, FuzzBlock, g_rand_int_range (random, 0, (gint32) self->blocks->len));

      return block->start + (gsize) g_rand_int_range (random, 0, (gint32) block->n_bytes);
    }
  if (g_rand_int_range (random, 0, 8) == 0)
    return (gsize) (g_rand_double (random) * (double) self->n_bytes);

  return g_array_index (self->used, gsize, g_rand_int_range (random, 0, (gint32) self->used->len));
}

static void
mutate_once (const FuzzOriginal *self, GRand *random, GString *copy, gboolean forges_checksums)
{
  static const guint64 extremes[] = { 0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0xffffffff, G_MAXINT64, G_MAXUINT64 };
  guint8              *bytes = (guint8 *) copy->str;
  gsize                at = MIN (choose_place (self, random, forges_checksums), self->n_bytes - 9);
  gsize                from = MIN (choose_place (self, random, forges_checksums), self->n_bytes - 65);
  gsize                length = MIN ((gsize) g_rand_int_range (random, 1, forges_checksums ? 9 : 64), self->n_bytes - at);

  switch (g_rand_int_range (random, 0, forges_checksums ? 6 : 7))
    {
    case 0:
      bytes[at] ^= (guint8) (1u << g_rand_int_range (random, 0, 8));
      break;
    case 1:
      bytes[at] = (guint8) g_rand_int (random);
      break;
    case 2:
      memset (bytes + at, 0, length);
      break;
    case 3:
      memmove (bytes + at, bytes + from, length);
      break;
    case 4:
      memcpy (bytes + at, &extremes[g_rand_int_range (random, 0, G_N_ELEMENTS (extremes))], 1u << g_rand_int_range (random, 0, 4));
      break;
    case 5:
      for (gsize i = 0; i < length; i++)
        bytes[at + i] = (guint8) g_rand_int (random);
      break;
    default:
      g_string_truncate (copy, at);
      break;
    }
}

/* The copy of a number, which is always the same of the same original. With its
 * checksums forged it gets past those of HDF5. (transfer full) */
GString *
fuzz_original_mutate (const FuzzOriginal *self, guint32 number, gboolean forges_checksums)
{
  GString          *copy = g_string_new_len ((const char *) self->bytes, (gssize) self->n_bytes);
  g_autoptr (GRand) random = g_rand_new_with_seed (number);

  for (gint32 n = g_rand_int_range (random, 1, 6); n > 0 && copy->len == self->n_bytes; n--)
    mutate_once (self, random, copy, forges_checksums);
  for (guint i = 0; forges_checksums && copy->len == self->n_bytes && i < self->blocks->len; i++)
    {
      const FuzzBlock *block = &g_array_index (self->blocks, FuzzBlock, i);
      guint32          sum = GUINT32_TO_LE (checksum ((guint8 *) copy->str + block->start, block->n_bytes));

      memcpy (copy->str + block->start + block->n_bytes, &sum, sizeof sum);
    }
  return copy;
}
