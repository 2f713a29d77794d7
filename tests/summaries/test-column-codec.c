/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <zlib.h>

#include "summaries/tfv-column-codec-private.h"

/* What a byte of all rows is like: noise, the same, counting, few values, noise that
 * ends, the same that ends. */
static guint8
make_byte (char pattern, gsize row, gsize n_rows, GRand *random)
{
  switch (pattern)
    {
    case 'n':
      return (guint8) g_rand_int (random);
    case 'a':
      return 0x41;
    case 'z':
      return 0;
    case 'h':
      return 0xd9;
    case 'c':
      return (guint8) row;
    case 'r':
      return (guint8) (row / 300);
    case 'f':
      return (guint8) (g_rand_int (random) % 7);
    case 'N':
      return row < n_rows / 10 ? (guint8) g_rand_int (random) : 0;
    case 'A':
      return row < n_rows / 10 ? 0x41 : 0;
    default:
      g_assert_not_reached ();
    }
}

/* Packs rows whose bytes are like @patterns says; zlib, and so HDF5, must give back
 * what was packed, and so must the codec. */
static void
assert_comes_back (const char *patterns, gsize n_rows)
{
  gsize                      row_bytes = strlen (patterns);
  gsize                      n_bytes = n_rows * row_bytes, n_packed;
  g_autofree guint8         *rows = g_malloc (n_bytes);
  g_autofree guint8         *back = g_malloc0 (n_bytes);
  g_autofree guint8         *shuffled = g_malloc0 (n_bytes);
  g_autoptr (GRand)          random = g_rand_new_with_seed (7);
  g_autoptr (TfvColumnCodec) codec = tfv_column_codec_new ();
  g_autofree gpointer        packed = NULL;
  guint32                    filter_mask;
  uLongf                     n_unpacked = (uLongf) n_bytes;

  for (gsize b = 0; b < row_bytes; b++)
    for (gsize i = 0; i < n_rows; i++)
      rows[i * row_bytes + b] = make_byte (patterns[b], i, n_rows, random);

  packed = g_memdup2 (tfv_column_codec_pack (codec, rows, n_rows, row_bytes, &n_packed, &filter_mask), n_bytes);
  g_assert_cmpuint (n_packed, <=, n_bytes);
  if (filter_mask == 0)
    g_assert_cmpint (uncompress (shuffled, &n_unpacked, packed, (uLong) n_packed), ==, Z_OK);
  else
    memcpy (shuffled, packed, n_packed);
  g_assert_cmpuint (n_unpacked, ==, n_bytes);
  for (gsize b = 0; b < row_bytes; b++)
    for (gsize i = 0; i < n_rows; i++)
      back[i * row_bytes + b] = shuffled[b * n_rows + i];
  g_assert_cmpmem (rows, n_bytes, back, n_bytes);

  memset (back, 0x55, n_bytes);
  g_assert_true (tfv_column_codec_unpack (codec, packed, n_packed, filter_mask, n_rows, row_bytes, 0, n_rows, back));
  g_assert_cmpmem (rows, n_bytes, back, n_bytes);

  /* Some of the rows, and nothing beside them. */
  memset (back, 0x55, n_bytes);
  g_assert_true (tfv_column_codec_unpack (codec, packed, n_packed, filter_mask, n_rows, row_bytes, n_rows / 3, n_rows / 2, back));
  g_assert_cmpmem (rows + n_rows / 3 * row_bytes, n_rows / 2 * row_bytes, back, n_rows / 2 * row_bytes);
  for (gsize i = n_rows / 2 * row_bytes; i < n_bytes; i++)
    g_assert_cmpuint (back[i], ==, 0x55);
}

static void
test_whatever_is_packed_comes_back (void)
{
  static const char *const patterns[] = {
    "n", "a", "c", "f", "N",
    "nnfa", "zzzz", "nnnn", "nnna", "fnan", "cccc",
    "crzzzzzz", "nncrahha", "nnnnnnnn", "nnnnnnna", "fffffffa", "aaaaaaaa", "nNAAAAAA", "azazazaz", "nnzzzznn", "rrrrrrrr", "hhhhhhhn",
    "crzzzzzzcrzzzzzznnnnnnnnnnnnnnnnffffffffrrrrrrrraaaaaaaa"
  };
  static const gsize n_rows[] = { 1, 7, 1024, 8191, 8192, 16384 };

  for (gsize i = 0; i < G_N_ELEMENTS (patterns); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (n_rows); k++)
      assert_comes_back (patterns[i], n_rows[k]);
}

/* Whatever the number of bits that packed bytes end with. */
static void
test_what_is_joined_may_end_with_any_bit (void)
{
  for (gsize n_rows = 8192; n_rows < 8192 + 64; n_rows++)
    {
      assert_comes_back ("nfcrahzz", n_rows);
      assert_comes_back ("fa", n_rows);
      assert_comes_back ("cz", n_rows);
    }
}

static void
test_steps_take_hardly_any_room (void)
{
  g_autofree gint64         *steps = g_new (gint64, 16384);
  g_autoptr (TfvColumnCodec) codec = tfv_column_codec_new ();
  gsize                      n_packed;
  guint32                    filter_mask;

  for (gint64 i = 0; i < 16384; i++)
    steps[i] = 1000000 + i;
  tfv_column_codec_pack (codec, steps, 16384, sizeof *steps, &n_packed, &filter_mask);
  g_assert_cmpuint (filter_mask, ==, 0);
  g_assert_cmpuint (n_packed, <, 16384 / 8);
}

static void
test_what_is_damaged_is_refused (void)
{
  g_autofree gint64         *steps = g_new0 (gint64, 16384);
  g_autofree guint8         *packed = NULL;
  g_autoptr (TfvColumnCodec) codec = tfv_column_codec_new ();
  gsize                      n_packed;
  guint32                    filter_mask;

  packed = g_memdup2 (tfv_column_codec_pack (codec, steps, 16384, sizeof *steps, &n_packed, &filter_mask), 16384);
  g_assert_true (tfv_column_codec_unpack (codec, packed, n_packed, filter_mask, 16384, sizeof *steps, 0, 16384, steps));
  g_assert_false (tfv_column_codec_unpack (codec, packed, n_packed - 1, filter_mask, 16384, sizeof *steps, 0, 16384, steps));
  g_assert_false (tfv_column_codec_unpack (codec, packed, n_packed, filter_mask, 16383, sizeof *steps, 0, 16383, steps));
  g_assert_false (tfv_column_codec_unpack (codec, packed, n_packed, 1, 16384, sizeof *steps, 0, 16384, steps));
  packed[n_packed - 1] ^= 1;
  g_assert_false (tfv_column_codec_unpack (codec, packed, n_packed, filter_mask, 16384, sizeof *steps, 0, 16384, steps));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/summaries/column-codec/whatever-is-packed-comes-back", test_whatever_is_packed_comes_back);
  g_test_add_func ("/summaries/column-codec/what-is-joined-may-end-with-any-bit", test_what_is_joined_may_end_with_any_bit);
  g_test_add_func ("/summaries/column-codec/steps-take-hardly-any-room", test_steps_take_hardly_any_room);
  g_test_add_func ("/summaries/column-codec/what-is-damaged-is-refused", test_what_is_damaged_is_refused);

  return g_test_run ();
}
