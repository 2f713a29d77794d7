/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-tfevents-writer-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "summaries/formats/tfrecord-private.h"
#include "summaries/tfv-crc32c-private.h"
#include "summaries/tfv-error.h"

#define BUFFER_BYTES (1 << 20)
#define MAX_RECORD_BYTES G_MAXINT32

/* Fields of the messages, with their wire types, as they stand in the file. */
#define KEY_WALL_TIME 0x09
#define KEY_STEP 0x10
#define KEY_SUMMARY_VALUE 0x0a
#define KEY_VALUE_TAG 0x0a
#define KEY_VALUE_SIMPLE 0x15
#define KEY_VALUE_METADATA 0x4a

/* More than all that stands before the bytes of a record. */
#define MAX_HEAD_BYTES 64

/* What an event begins with. */
typedef struct
{
  guint8 bytes[MAX_HEAD_BYTES];
  gsize  n_bytes;
} Head;

struct _TfvTfeventsWriter
{
  char    *path;
  char    *temporary;
  int      fd;
  int      error_number;
  gboolean is_too_long;
  gsize    n_buffered;
  guint8  *buffer;
};

static void
fail (TfvTfeventsWriter *self)
{
  if (self->error_number == 0)
    self->error_number = errno;
}

/* Begins an event file of TensorFlow's that is to be at @path. */
TfvTfeventsWriter *
tfv_tfevents_writer_new (const char *path, GError **error)
{
  g_autofree char   *directory = g_path_get_dirname (path);
  TfvTfeventsWriter *self = g_new0 (TfvTfeventsWriter, 1);

  self->path = g_strdup (path);
  self->buffer = g_malloc (BUFFER_BYTES);
  /* A name that nobody takes for an event file's. */
  self->temporary = g_build_filename (directory, ".tfv-XXXXXX", NULL);
  self->fd = g_mkstemp_full (self->temporary, O_WRONLY | O_CLOEXEC, 0666);
  if (self->fd >= 0)
    return self;

  g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: %s", path, g_strerror (errno));
  g_clear_pointer (&self->temporary, g_free);
  tfv_tfevents_writer_free (self);
  return NULL;
}

/* Frees the writer; a file that was not closed is taken away. */
void
tfv_tfevents_writer_free (TfvTfeventsWriter *self)
{
  if (self->fd >= 0)
    close (self->fd);
  if (self->temporary != NULL)
    g_unlink (self->temporary);
  g_free (self->temporary);
  g_free (self->path);
  g_free (self->buffer);
  g_free (self);
}

static void
write_all (TfvTfeventsWriter *self, const guint8 *bytes, gsize n_bytes)
{
  while (n_bytes > 0 && self->error_number == 0)
    {
      gssize n = write (self->fd, bytes, n_bytes);

      if (n >= 0)
        {
          bytes += n;
          n_bytes -= (gsize) n;
        }
      else if (errno != EINTR)
        fail (self);
    }
}

static void
flush (TfvTfeventsWriter *self)
{
  write_all (self, self->buffer, self->n_buffered);
  self->n_buffered = 0;
}

static inline void
put (TfvTfeventsWriter *self, gconstpointer bytes, gsize n_bytes)
{
  if (G_UNLIKELY (self->n_buffered + n_bytes > BUFFER_BYTES))
    flush (self);
  if (G_UNLIKELY (n_bytes > BUFFER_BYTES))
    {
      write_all (self, bytes, n_bytes);
      return;
    }
  if (n_bytes > 0)
    memcpy (self->buffer + self->n_buffered, bytes, n_bytes);
  self->n_buffered += n_bytes;
}

static inline void
put_u32 (TfvTfeventsWriter *self, guint32 value)
{
  guint32 little = GUINT32_TO_LE (value);

  put (self, &little, sizeof little);
}

static inline void
add_byte (Head *head, guint8 byte)
{
  head->bytes[head->n_bytes++] = byte;
}

static inline void
add_varint (Head *head, guint64 value)
{
  for (; value >= 0x80; value >>= 7)
    add_byte (head, (guint8) (value | 0x80));
  add_byte (head, (guint8) value);
}

static gsize
get_varint_bytes (guint64 value)
{
  gsize n_bytes = 1;

  for (; value >= 0x80; value >>= 7)
    n_bytes++;
  return n_bytes;
}

/* The time and the step that an event begins with. */
static inline Head
begin_event (double wall_time, gint64 step)
{
  Head    head = { .n_bytes = 0 };
  guint64 bits;

  add_byte (&head, KEY_WALL_TIME);
  memcpy (&bits, &wall_time, sizeof bits);
  bits = GUINT64_TO_LE (bits);
  memcpy (head.bytes + head.n_bytes, &bits, sizeof bits);
  head.n_bytes += sizeof bits;
  if (step != 0)
    {
      add_byte (&head, KEY_STEP);
      add_varint (&head, (guint64) step);
    }
  return head;
}

/* A record of these bytes, one behind the other. */
static void
add_record (TfvTfeventsWriter *self, const TfvSlice *pieces, guint n_pieces)
{
  guint64 length = 0, little;
  guint32 crc = 0;

  for (guint i = 0; i < n_pieces; i++)
    length += pieces[i].n_bytes;
  if (length > MAX_RECORD_BYTES)
    {
      self->is_too_long = TRUE;
      return;
    }
  little = GUINT64_TO_LE (length);
  put (self, &little, sizeof little);
  put_u32 (self, tfv_tfrecord_mask (tfv_crc32c (0, &little, sizeof little)));
  for (guint i = 0; i < n_pieces; i++)
    {
      crc = tfv_crc32c (crc, pieces[i].data, pieces[i].n_bytes);
      put (self, pieces[i].data, pieces[i].n_bytes);
    }
  put_u32 (self, tfv_tfrecord_mask (crc));
}

/* An event that holds a string or a message. */
void
tfv_tfevents_writer_add_event (TfvTfeventsWriter *self, double wall_time, gint64 step, TfvEventKind kind, TfvSlice payload)
{
  Head head = begin_event (wall_time, step);

  add_byte (&head, (guint8) (kind << 3 | TFV_WIRE_BYTES));
  add_varint (&head, payload.n_bytes);
  add_record (self, (const TfvSlice[]){ { head.bytes, head.n_bytes }, payload }, 2);
}

/* An event that holds a summary of one value, as it is; with @metadata, where that
   is not empty, behind it. */
void
tfv_tfevents_writer_add_value (TfvTfeventsWriter *self, double wall_time, gint64 step, TfvSlice value, TfvSlice metadata)
{
  Head  head = begin_event (wall_time, step);
  Head  middle = { .n_bytes = 0 };
  gsize n_value = value.n_bytes;

  if (metadata.n_bytes > 0)
    {
      add_byte (&middle, KEY_VALUE_METADATA);
      add_varint (&middle, metadata.n_bytes);
      n_value += middle.n_bytes + metadata.n_bytes;
    }
  add_byte (&head, TFV_EVENT_SUMMARY << 3 | TFV_WIRE_BYTES);
  add_varint (&head, 1 + get_varint_bytes (n_value) + n_value);
  add_byte (&head, KEY_SUMMARY_VALUE);
  add_varint (&head, n_value);
  add_record (self, (const TfvSlice[]){ { head.bytes, head.n_bytes }, value, { middle.bytes, middle.n_bytes }, metadata }, 4);
}

/* An event that holds a scalar as TensorFlow 1 and PyTorch write it. */
void
tfv_tfevents_writer_add_simple_value (TfvTfeventsWriter *self, double wall_time, gint64 step, TfvSlice tag, float value)
{
  Head    head = begin_event (wall_time, step);
  Head    tail = { .n_bytes = 0 };
  gsize   n_value = 1 + get_varint_bytes (tag.n_bytes) + tag.n_bytes + 1 + sizeof value;
  guint32 bits;

  add_byte (&head, TFV_EVENT_SUMMARY << 3 | TFV_WIRE_BYTES);
  add_varint (&head, 1 + get_varint_bytes (n_value) + n_value);
  add_byte (&head, KEY_SUMMARY_VALUE);
  add_varint (&head, n_value);
  add_byte (&head, KEY_VALUE_TAG);
  add_varint (&head, tag.n_bytes);
  add_byte (&tail, KEY_VALUE_SIMPLE);
  memcpy (&bits, &value, sizeof bits);
  bits = GUINT32_TO_LE (bits);
  memcpy (tail.bytes + tail.n_bytes, &bits, sizeof bits);
  tail.n_bytes += sizeof bits;
  add_record (self, (const TfvSlice[]){ { head.bytes, head.n_bytes }, tag, { tail.bytes, tail.n_bytes } }, 3);
}

static gboolean
finish (TfvTfeventsWriter *self, GError **error)
{
  int fd;

  flush (self);
  fd = self->fd;
  self->fd = -1;
  if (close (fd) != 0)
    fail (self);
  if (self->error_number == 0 && g_rename (self->temporary, self->path) != 0)
    fail (self);
  if (self->error_number != 0)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: %s", self->path, g_strerror (self->error_number));
      return FALSE;
    }
  g_clear_pointer (&self->temporary, g_free);
  if (self->is_too_long)
    g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_FORMAT, "%s: a record of more than 2 GiB is left out", self->path);
  return !self->is_too_long;
}

/* Ends the file, gives it its name, and frees the writer. FALSE where something
   that was added is not in it. */
gboolean
tfv_tfevents_writer_close (TfvTfeventsWriter *self, GError **error)
{
  gboolean is_finished = finish (self, error);

  tfv_tfevents_writer_free (self);
  return is_finished;
}
