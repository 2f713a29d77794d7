/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* store-tfevents SHAPE DIR: what it takes to read TensorFlow event files, all of
 * what is in them held.
 *
 * SHAPE is `runs`, 20 runs of 50 tags of 10,000 scalars as PyTorch writes them;
 * `file`, one run of 5 million; `tags`, two runs of a million tags with a scalar
 * each; `images`, a file of 1 GB; or `small`, 100,000 scalars for peers that
 * would take an hour. Writes the files below DIR, where store-tfevents-peer.py
 * finds them, and prints how long reading took, in seconds, for as much as a GB
 * too, and the most memory that was in use, in MB. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "summaries/tfv-logdir.h"

#define IMAGE_BYTES (512 * 1024)
#define CRC32C_POLYNOMIAL 0x82f63b78u

/* What is written: the same number of tags and of steps in each run. */
typedef struct
{
  const char *name;
  guint       n_runs;
  guint       n_tags;
  guint       n_steps;
  gboolean    has_images;
} Shape;

static const Shape shapes[] = {
  { "runs", 20, 50, 10000, FALSE },
  { "file", 1, 50, 100000, FALSE },
  { "tags", 2, 1000000, 1, FALSE },
  { "images", 1, 4, 512, TRUE },
  { "small", 1, 50, 2000, FALSE },
};

/* CRC-32C, as a program of somebody else would compute it. */
static guint32
crc32c (guint32 crc, const guint8 *bytes, gsize n_bytes)
{
  static guint32 table[256];

  for (guint32 i = 0; table[255] == 0 && i < 256; i++)
    {
      guint32 entry = i;

      for (int bit = 0; bit < 8; bit++)
        entry = (entry >> 1) ^ (CRC32C_POLYNOMIAL & (0u - (entry & 1)));
      table[i] = entry;
    }
  crc = ~crc;
  for (gsize i = 0; i < n_bytes; i++)
    crc = (crc >> 8) ^ table[(crc ^ bytes[i]) & 0xff];
  return ~crc;
}

/* The checksum as it stands in a record. */
static guint32
masked (guint32 crc)
{
  return GUINT32_TO_LE ((crc >> 15 | crc << 17) + 0xa282ead8u);
}

/* A message that is put together from its end to its front, so that every
   length is known when it is written. */
typedef struct
{
  guint8  bytes[256];
  guint8 *at;
} Message;

static void
put (Message *message, gconstpointer data, gsize n_bytes)
{
  message->at -= n_bytes;
  memcpy (message->at, data, n_bytes);
}

static void
put_varint (Message *message, guint64 value)
{
  guint8 bytes[10];
  gsize  n_bytes = 0;

  for (; value >= 0x80; value >>= 7)
    bytes[n_bytes++] = (guint8) (value | 0x80);
  bytes[n_bytes++] = (guint8) value;
  put (message, bytes, n_bytes);
}

/* The key and the length before what was put since @end, less @n_apart bytes
   that belong to it and are elsewhere. */
static void
close_field (Message *message, guint number, const guint8 *end, gsize n_apart)
{
  put_varint (message, (gsize) (end - message->at) + n_apart);
  put_varint (message, number << 3 | 2);
}

static void
put_u32 (Message *message, guint32 value)
{
  value = GUINT32_TO_LE (value);
  put (message, &value, sizeof value);
}

/* Writes a record of the message and of what follows it. */
static void
write_record (FILE *file, const Message *message, const guint8 *more, gsize n_more)
{
  gsize   n_message = (gsize) (message->bytes + sizeof message->bytes - message->at);
  guint64 length = GUINT64_TO_LE (n_message + n_more);
  guint32 header = masked (crc32c (0, (const guint8 *) &length, sizeof length));
  guint32 footer = masked (crc32c (crc32c (0, message->at, n_message), more, n_more));

  fwrite (&length, sizeof length, 1, file);
  fwrite (&header, sizeof header, 1, file);
  fwrite (message->at, n_message, 1, file);
  if (n_more > 0)
    fwrite (more, 1, n_more, file);
  fwrite (&footer, sizeof footer, 1, file);
}

static void
put_event_head (Message *message, double wall_time, guint64 step)
{
  if (step != 0)
    {
      put_varint (message, step);
      put_varint (message, 2 << 3);
    }
  put (message, &wall_time, sizeof wall_time);
  put_varint (message, 1 << 3 | 1);
}

static void
write_version (FILE *file)
{
  Message       message;
  const guint8 *end = message.at = message.bytes + sizeof message.bytes;

  put (&message, "brain.Event:2", 13);
  close_field (&message, 3, end, 0);
  put_event_head (&message, 1.7e9, 0);
  write_record (file, &message, NULL, 0);
}

static void
write_scalar (FILE *file, guint64 step, guint tag, float value)
{
  Message       message;
  const guint8 *end = message.at = message.bytes + sizeof message.bytes;
  guint32       bits;
  char          name[32];
  int           n_name = g_snprintf (name, sizeof name, "train/metric%u", tag);

  memcpy (&bits, &value, sizeof bits);
  put_u32 (&message, bits);
  put_varint (&message, 2 << 3 | 5);
  put (&message, name, (gsize) n_name);
  put_varint (&message, (guint64) n_name);
  put_varint (&message, 1 << 3 | 2);
  close_field (&message, 1, end, 0);
  close_field (&message, 5, end, 0);
  put_event_head (&message, 1.7e9 + (double) step * 0.05 + tag * 1e-5, step);
  write_record (file, &message, NULL, 0);
}

static void
write_image (FILE *file, guint64 step, guint tag, const guint8 *encoded)
{
  Message       message;
  const guint8 *end = message.at = message.bytes + sizeof message.bytes;
  char          name[32];
  int           n_name = g_snprintf (name, sizeof name, "train/sample%u", tag);

  put_varint (&message, IMAGE_BYTES);
  put_varint (&message, 4 << 3 | 2);
  for (guint field = 3; field > 0; field--)
    {
      put_varint (&message, field == 3 ? 3 : 512);
      put_varint (&message, field << 3);
    }
  close_field (&message, 4, end, IMAGE_BYTES);
  put (&message, name, (gsize) n_name);
  put_varint (&message, (guint64) n_name);
  put_varint (&message, 1 << 3 | 2);
  close_field (&message, 1, end, IMAGE_BYTES);
  close_field (&message, 5, end, IMAGE_BYTES);
  put_event_head (&message, 1.7e9 + (double) step, step);
  write_record (file, &message, encoded, IMAGE_BYTES);
}

static char *
path_of_run (const char *directory, guint run)
{
  return g_strdup_printf ("%s/run-%02u/events.out.tfevents.1700000000.host.1.0", directory, run);
}

static gboolean
write_run (const Shape *shape, const char *directory, guint run)
{
  g_autofree char   *path = path_of_run (directory, run);
  g_autofree char   *folder = g_path_get_dirname (path);
  g_autofree guint8 *encoded = g_malloc (IMAGE_BYTES);
  FILE              *file;
  gboolean           is_good;

  g_mkdir_with_parents (folder, 0755);
  file = fopen (path, "wb");
  if (file == NULL)
    return FALSE;
  for (gsize i = 0; i < IMAGE_BYTES; i++)
    encoded[i] = (guint8) (i * 2654435761u >> 13);
  write_version (file);
  for (guint64 step = 0; step < shape->n_steps; step++)
    for (guint tag = 0; tag < shape->n_tags; tag++)
      {
        if (shape->has_images)
          write_image (file, step, tag, encoded);
        else
          write_scalar (file, step, tag, (float) (1.0 / (1.0 + (double) step) + 0.001 * tag));
      }
  /* Nothing is to be written back while it is read. */
  is_good = fflush (file) == 0 && fdatasync (fileno (file)) == 0;
  fclose (file);
  return is_good;
}

/* Writes the files in a process of its own, whose memory is not measured. */
static gboolean
write_files (const Shape *shape, const char *directory)
{
  pid_t child = fork ();
  int   status;

  if (child == 0)
    {
      gboolean is_good = TRUE;

      for (guint run = 0; run < shape->n_runs; run++)
        is_good = is_good && write_run (shape, directory, run);
      _exit (is_good ? 0 : 1);
    }
  return child > 0 && waitpid (child, &status, 0) == child && status == 0;
}

static guint64
count_records (TfvLogdir *logdir)
{
  g_autoptr (GPtrArray) runs = tfv_logdir_dup_runs (logdir);
  guint64               n_records = 0;

  for (guint i = 0; i < runs->len; i++)
    {
      g_autoptr (GPtrArray) tags = tfv_run_dup_tags (runs->pdata[i]);

      for (guint j = 0; j < tags->len; j++)
        {
          TfvTagSummary summary;

          tfv_tag_get_summary (tags->pdata[j], &summary);
          n_records += summary.count;
        }
    }
  return n_records;
}

/* How long the files are. */
static guint64
count_bytes (const Shape *shape, const char *directory)
{
  guint64 n_bytes = 0;

  for (guint run = 0; run < shape->n_runs; run++)
    {
      g_autofree char *path = path_of_run (directory, run);
      struct stat      status;

      if (stat (path, &status) == 0)
        n_bytes += (guint64) status.st_size;
    }
  return n_bytes;
}

static double
now_s (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

/* A number of /proc/PROCESS/status. */
static guint64
read_status (const char *process, const char *key)
{
  g_autofree char *path = g_build_filename ("/proc", process, "status", NULL);
  g_autofree char *status = NULL;
  const char      *value;

  if (!g_file_get_contents (path, &status, NULL, NULL) || (value = strstr (status, key)) == NULL)
    return 0;
  return strtoull (value + strlen (key), NULL, 10);
}

/* The most memory that this process had in use, and what those that parse the
   files for it have of their own, in MB. */
static double
get_memory_mb (void)
{
  g_autoptr (GDir) processes = g_dir_open ("/proc", 0, NULL);
  guint64          memory_kib = read_status ("self", "VmHWM:");
  const char      *process;

  while (processes != NULL && (process = g_dir_read_name (processes)) != NULL)
    if (g_ascii_isdigit (process[0]) && read_status (process, "PPid:") == (guint64) getpid ())
      memory_kib += read_status (process, "RssAnon:");
  return (double) memory_kib * 1024 / 1e6;
}

static int
measure (const Shape *shape, const char *directory)
{
  const char           *paths[] = { directory, NULL };
  g_autoptr (TfvLogdir) logdir = tfv_logdir_new (paths);
  g_autoptr (GError)    error = NULL;
  guint64               n_records = (guint64) shape->n_runs * shape->n_tags * shape->n_steps;
  double                start_s = now_s (), seconds, memory_mb;

  if (!tfv_logdir_load (logdir, NULL, &error))
    {
      g_printerr ("store-tfevents: %s\n", error->message);
      return 1;
    }
  seconds = now_s () - start_s;
  memory_mb = get_memory_mb ();
  if (count_records (logdir) != n_records)
    {
      g_printerr ("store-tfevents: %" G_GUINT64_FORMAT " records of %" G_GUINT64_FORMAT " were read\n", count_records (logdir), n_records);
      return 1;
    }
  /* One loading stands beside each of the ways that the peer has. */
  g_print ("{\"as set\": %.4f, \"all points\": %.4f, \"memory\": %.1f, \"a GB\": %.4f}\n", seconds, seconds, memory_mb, seconds * 1e9 / (double) count_bytes (shape, directory));
  return 0;
}

int
main (int argc, char **argv)
{
  for (guint i = 0; argc == 3 && i < G_N_ELEMENTS (shapes); i++)
    {
      g_autofree char *directory = g_build_filename (argv[2], "tfevents", NULL);

      if (strcmp (argv[1], shapes[i].name) != 0)
        continue;
      if (!g_file_test (directory, G_FILE_TEST_IS_DIR) && !write_files (&shapes[i], directory))
        {
          g_printerr ("store-tfevents: %s: the files can't be written\n", directory);
          return 1;
        }
      return measure (&shapes[i], directory);
    }
  g_printerr ("usage: store-tfevents runs|file|tags|images|small DIR\n");
  return 2;
}
