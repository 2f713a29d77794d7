/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "event-writer-private.h"
#include "summaries/formats/tfrecord-private.h"
#include "summaries/tfv-crc32c-private.h"

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = make_folder ();
  fixture->path = g_build_filename (fixture->folder, "x.tfevents", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  remove_tree (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->folder);
}

/* What a file holds, as a line: records as they are, faults by name and place. */
static char *
read_on (TfvTfrecord *file, const char *path)
{
  GString *all = g_string_new (NULL);

  g_assert_true (tfv_tfrecord_open (file, path));
  for (;;)
    {
      TfvSlice          data;
      guint64           offset;
      TfvTfrecordStatus status = tfv_tfrecord_next (file, &data, &offset);

      if (status == TFV_TFRECORD_SKIPPED)
        continue;
      if (all->len > 0)
        g_string_append_c (all, ' ');
      switch (status)
        {
        case TFV_TFRECORD_OK:
          g_string_append_len (all, (const char *) data.data, (gssize) MIN (data.n_bytes, 8));
          break;
        case TFV_TFRECORD_BAD_DATA:
          g_string_append_printf (all, "data@%" G_GUINT64_FORMAT, offset);
          break;
        case TFV_TFRECORD_BAD_LENGTH:
          g_string_append_printf (all, "length@%" G_GUINT64_FORMAT, offset);
          break;
        case TFV_TFRECORD_END:
        case TFV_TFRECORD_SHORT:
          g_string_append_printf (all, status == TFV_TFRECORD_END ? "end" : "short@%" G_GUINT64_FORMAT, offset);
          tfv_tfrecord_rest (file);
          return g_string_free (all, FALSE);
        default:
          g_assert_not_reached ();
        }
    }
}

static void
assert_reads (const char *path, const char *expected)
{
  TfvTfrecord      file;
  g_autofree char *found = NULL;

  tfv_tfrecord_init (&file);
  found = read_on (&file, path);
  g_assert_cmpstr (found, ==, expected);
}

static void
flip (const char *path, gsize offset)
{
  g_autofree char *content = NULL;
  gsize            n_bytes;

  g_assert_true (g_file_get_contents (path, &content, &n_bytes, NULL));
  g_assert_cmpuint (offset, <, n_bytes);
  content[offset] ^= 0x40;
  g_assert_true (g_file_set_contents (path, content, (gssize) n_bytes, NULL));
}

static void
test_checksums_are_tensorflows (void)
{
  static const guint8 text[] = "\x1a\x11"
                               "CRC test, one two";
  guint64             length = GUINT64_TO_LE (24);

  g_assert_cmphex (tfv_tfrecord_mask (tfv_crc32c (0, text, sizeof text - 1)), ==, 0x5794d08a);
  g_assert_cmphex (tfv_tfrecord_mask (tfv_crc32c (0, &length, sizeof length)), ==, 0x224b7fa3);
  g_assert_cmphex (tfv_crc32c (0, "123456789", 9), ==, 0xe3069283);
}

static guint32
crc_bit_by_bit (const guint8 *data, gsize n_bytes)
{
  guint32 crc = 0xffffffff;

  for (gsize i = 0; i < n_bytes; i++)
    {
      crc ^= data[i];
      for (int bit = 0; bit < 8; bit++)
        crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78u : 0);
    }
  return ~crc;
}

static void
test_checksums_of_any_length_and_place (void)
{
  static const gsize lengths[] = { 0, 1, 7, 8, 9, 63, 255, 256, 257, 767, 768, 769, 3071, 3072, 12287, 12288, 12289, 24600, 70001 };
  g_autofree guint8 *data = g_malloc (70001 + 8);
  g_autoptr (GRand)  rand = g_rand_new_with_seed (7);

  for (gsize i = 0; i < 70001 + 8; i++)
    data[i] = (guint8) g_rand_int (rand);
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    for (gsize place = 0; place < 3; place++)
      {
        guint32 expected = crc_bit_by_bit (data + place, lengths[i]);
        gsize   half = lengths[i] / 2;

        g_assert_cmphex (tfv_crc32c (0, data + place, lengths[i]), ==, expected);
        g_assert_cmphex (tfv_crc32c (tfv_crc32c (0, data + place, half), data + place + half, lengths[i] - half), ==, expected);
      }
}

/* What the processor computes, and what is computed without its help. */
static void
test_checksums_by_any_way (void)
{
  static const gsize lengths[] = { 0, 1, 7, 8, 9, 383, 384, 385, 6143, 6144, 6145, 20000 };
  TfvCrc32cFunc      instruction = tfv_crc32c_get_instruction ();
  g_autofree guint8 *data = g_malloc (20000 + 8);
  g_autoptr (GRand)  rand = g_rand_new_with_seed (8);

  for (gsize i = 0; i < 20000 + 8; i++)
    data[i] = (guint8) g_rand_int (rand);
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    for (gsize place = 0; place < 8; place++)
      {
        guint32 expected = crc_bit_by_bit (data + place, lengths[i]);

        g_assert_cmphex (~tfv_crc32c_by_tables (0xffffffff, data + place, lengths[i]), ==, expected);
        if (instruction != NULL)
          g_assert_cmphex (~instruction (0xffffffff, data + place, lengths[i]), ==, expected);
      }
}

/* Records of every length up to one that is checked in another way. */
static void
test_scans_records_of_any_length (Fixture *fixture, gconstpointer data)
{
  enum
  {
    N = 1100
  };
  g_autofree guint8 *content = g_malloc (N);
  g_autofree char   *file = NULL;
  gsize              n_bytes, at = 0;
  g_autoptr (GRand)  rand = g_rand_new_with_seed (9);
  TfvSlice           records[N];

  for (gsize i = 0; i < N; i++)
    content[i] = (guint8) g_rand_int (rand);
  for (gsize length = 0; length < N; length++)
    write_record (fixture->path, content, length);
  g_assert_true (g_file_get_contents (fixture->path, &file, &n_bytes, NULL));
  g_assert_cmpuint (tfv_tfrecord_scan ((guint8 *) file, n_bytes, records, N), ==, N);
  for (gsize length = 0; length < N; length++)
    {
      g_assert_cmpmem (records[length].data, records[length].n_bytes, content, length);
      /* A wrong bit of each part, and a missing byte. */
      for (gsize place = 0; place < 3; place++)
        {
          gsize flipped = at + (place == 0 ? 9 : place == 1 ? 12 + length / 2
                                                            : 12 + length + 1);

          file[flipped] ^= 0x10;
          g_assert_cmpuint (tfv_tfrecord_scan ((guint8 *) file + at, n_bytes - at, records, 1), ==, 0);
          file[flipped] ^= 0x10;
        }
      g_assert_cmpuint (tfv_tfrecord_scan ((guint8 *) file + at, 16 + length - 1, records, 1), ==, 0);
      at += 16 + length;
    }
}

static void
test_reads_records_in_order (Fixture *fixture, gconstpointer data)
{
  write_record (fixture->path, "one", 3);
  write_record (fixture->path, "", 0);
  write_record (fixture->path, "three", 5);
  assert_reads (fixture->path, "one  three end");
}

static void
test_reads_records_longer_than_its_buffer (Fixture *fixture, gconstpointer data)
{
  g_autofree char *long_record = g_malloc (3 * 1024 * 1024);

  memset (long_record, 'x', 3 * 1024 * 1024);
  for (guint i = 0; i < 3; i++)
    {
      write_record (fixture->path, "short", 5);
      write_record (fixture->path, long_record, 1024 * 1024 * (i + 1));
    }
  assert_reads (fixture->path, "short xxxxxxxx short xxxxxxxx short xxxxxxxx end");
}

static void
test_waits_for_the_rest_of_a_record (Fixture *fixture, gconstpointer data)
{
  g_autofree char *whole = g_build_filename (fixture->folder, "whole", NULL);
  g_autofree char *content = NULL;
  TfvTfrecord      file;
  gsize            n_bytes;

  write_record (whole, "one", 3);
  write_record (whole, "two", 3);
  g_assert_true (g_file_get_contents (whole, &content, &n_bytes, NULL));

  tfv_tfrecord_init (&file);
  for (gsize i = 0; i < n_bytes; i++)
    {
      g_autofree char *found = NULL;
      const char      *expected = i + 1 < 19 ? "short@0" : i + 1 == 19 ? "one end"
                                                       : i + 1 < 38    ? "short@19"
                                                                       : "two end";

      write_bytes (fixture->path, content + i, 1);
      found = read_on (&file, fixture->path);
      g_assert_cmpstr (found, ==, expected);
    }
}

static void
test_skips_a_record_with_a_wrong_checksum (Fixture *fixture, gconstpointer data)
{
  write_record (fixture->path, "one", 3);
  write_record (fixture->path, "two", 3);
  write_record (fixture->path, "three", 5);
  flip (fixture->path, 19 + 13);
  assert_reads (fixture->path, "one data@19 three end");
}

static void
test_finds_the_next_record_after_a_damaged_header (Fixture *fixture, gconstpointer data)
{
  write_record (fixture->path, "one", 3);
  write_record (fixture->path, "two", 3);
  write_record (fixture->path, "three", 5);
  flip (fixture->path, 19 + 4);
  assert_reads (fixture->path, "one length@19 three end");
}

static void
test_finds_the_next_record_after_bytes_in_between (Fixture *fixture, gconstpointer data)
{
  write_record (fixture->path, "one", 3);
  write_bytes (fixture->path, "garbage", 7);
  write_record (fixture->path, "two", 3);
  assert_reads (fixture->path, "one length@19 two end");
}

/* Writes a header whose checksum is right. */
static void
write_header (const char *path, guint64 length)
{
  guint64 bytes = GUINT64_TO_LE (length);
  guint32 crc = GUINT32_TO_LE (tfv_tfrecord_mask (tfv_crc32c (0, &bytes, sizeof bytes)));

  write_bytes (path, &bytes, sizeof bytes);
  write_bytes (path, &crc, sizeof crc);
}

static void
test_waits_for_a_record_beyond_the_file (Fixture *fixture, gconstpointer data)
{
  write_record (fixture->path, "one", 3);
  write_header (fixture->path, G_MAXINT32);
  write_bytes (fixture->path, "more", 4);
  assert_reads (fixture->path, "one short@19");
}

static void
test_refuses_a_length_that_no_message_has (Fixture *fixture, gconstpointer data)
{
  write_record (fixture->path, "one", 3);
  write_header (fixture->path, (guint64) G_MAXINT32 + 1);
  write_record (fixture->path, "two", 3);
  write_header (fixture->path, G_GUINT64_CONSTANT (1) << 62);
  write_header (fixture->path, G_MAXUINT64 - 7);
  write_record (fixture->path, "three", 5);
  assert_reads (fixture->path, "one length@19 two length@50 three end");
}

/* Each of the headers begins a record that is half of the file and has a wrong
   checksum: looking at them all would take a minute. */
static void
test_gives_up_on_a_file_of_headers (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) headers = g_byte_array_new ();
  g_autofree char       *header = NULL;
  gsize                  n_bytes;

  write_header (fixture->path, 2 * 1024 * 1024);
  g_assert_true (g_file_get_contents (fixture->path, &header, &n_bytes, NULL));
  for (guint i = 0; i < 400000; i++)
    g_byte_array_append (headers, (const guint8 *) header, (guint) n_bytes);
  g_assert_cmpint (g_remove (fixture->path), ==, 0);
  write_bytes (fixture->path, "?", 1);
  write_bytes (fixture->path, headers->data, headers->len);
  write_record (fixture->path, "last", 4);
  assert_reads (fixture->path, "length@0 last end");
}

/* A live file that is damaged and whose last record is not whole yet. */
static void
test_waits_for_the_rest_of_a_record_after_damage (Fixture *fixture, gconstpointer data)
{
  g_autofree char *whole = g_build_filename (fixture->folder, "whole", NULL);
  g_autofree char *content = NULL;
  TfvTfrecord      file;
  gsize            n_bytes;

  write_record (whole, "two", 3);
  g_assert_true (g_file_get_contents (whole, &content, &n_bytes, NULL));
  tfv_tfrecord_init (&file);
  write_record (fixture->path, "one", 3);
  write_bytes (fixture->path, "twenty bytes garbage", 20);
  for (gsize i = 0; i < n_bytes; i++)
    {
      g_autofree char *found = NULL;
      const char      *expected = i == 0 ? "one length@19 end" : i + 1 < 12    ? "end"
                                                             : i + 1 < n_bytes ? "short@39"
                                                                               : "two end";

      write_bytes (fixture->path, content + i, 1);
      found = read_on (&file, fixture->path);
      g_assert_cmpstr (found, ==, expected);
    }
}

/* A header that is none makes no later record be passed over. */
static void
test_waits_for_the_right_record_after_damage (Fixture *fixture, gconstpointer data)
{
  g_autofree char *whole = g_build_filename (fixture->folder, "whole", NULL);
  g_autofree char *content = NULL, *first = NULL, *second = NULL, *third = NULL;
  TfvTfrecord      file;
  gsize            n_bytes;

  write_record (whole, "two", 3);
  g_assert_true (g_file_get_contents (whole, &content, &n_bytes, NULL));
  tfv_tfrecord_init (&file);
  write_bytes (fixture->path, "?", 1);
  write_header (fixture->path, 1000);
  write_bytes (fixture->path, content, 14);
  first = read_on (&file, fixture->path);
  g_assert_cmpstr (first, ==, "length@0 short@1");
  write_bytes (fixture->path, content + 14, n_bytes - 14);
  second = read_on (&file, fixture->path);
  g_assert_cmpstr (second, ==, "two end");
  write_record (fixture->path, "three", 5);
  third = read_on (&file, fixture->path);
  g_assert_cmpstr (third, ==, "three end");
}

static void
test_passes_over_a_hole (Fixture *fixture, gconstpointer data)
{
  write_record (fixture->path, "one", 3);
  if (truncate (fixture->path, (off_t) 1 << 40) != 0)
    {
      g_test_skip ("the file system has no files of this size");
      return;
    }
  assert_reads (fixture->path, "one short@19");
}

static void
test_takes_zeros_at_the_end_for_data_to_come (Fixture *fixture, gconstpointer data)
{
  g_autofree char *zeros = g_malloc0 (1000000);

  write_record (fixture->path, "one", 3);
  write_bytes (fixture->path, zeros, 1000000);
  assert_reads (fixture->path, "one short@19");
}

static void
test_reads_nothing_from_an_empty_file (Fixture *fixture, gconstpointer data)
{
  write_bytes (fixture->path, "", 0);
  assert_reads (fixture->path, "end");
}

#define ADD(path, function) g_test_add ("/summaries/tfrecord/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/summaries/tfrecord/checksums-are-tensorflows", test_checksums_are_tensorflows);
  g_test_add_func ("/summaries/tfrecord/checksums-of-any-length-and-place", test_checksums_of_any_length_and_place);
  g_test_add_func ("/summaries/tfrecord/checksums-by-any-way", test_checksums_by_any_way);
  ADD ("scans-records-of-any-length", test_scans_records_of_any_length);
  ADD ("reads-records-in-order", test_reads_records_in_order);
  ADD ("reads-records-longer-than-its-buffer", test_reads_records_longer_than_its_buffer);
  ADD ("waits-for-the-rest-of-a-record", test_waits_for_the_rest_of_a_record);
  ADD ("skips-a-record-with-a-wrong-checksum", test_skips_a_record_with_a_wrong_checksum);
  ADD ("finds-the-next-record-after-a-damaged-header", test_finds_the_next_record_after_a_damaged_header);
  ADD ("finds-the-next-record-after-bytes-in-between", test_finds_the_next_record_after_bytes_in_between);
  ADD ("waits-for-a-record-beyond-the-file", test_waits_for_a_record_beyond_the_file);
  ADD ("refuses-a-length-that-no-message-has", test_refuses_a_length_that_no_message_has);
  ADD ("gives-up-on-a-file-of-headers", test_gives_up_on_a_file_of_headers);
  ADD ("waits-for-the-rest-of-a-record-after-damage", test_waits_for_the_rest_of_a_record_after_damage);
  ADD ("waits-for-the-right-record-after-damage", test_waits_for_the_right_record_after_damage);
  ADD ("passes-over-a-hole", test_passes_over_a_hole);
  ADD ("takes-zeros-at-the-end-for-data-to-come", test_takes_zeros_at_the_end_for_data_to_come);
  ADD ("reads-nothing-from-an-empty-file", test_reads_nothing_from_an_empty_file);
  return g_test_run ();
}
