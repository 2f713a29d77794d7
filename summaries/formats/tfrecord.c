/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/formats/tfrecord-private.h"

#include <errno.h>
#include <unistd.h>

#include "summaries/tfv-crc32c-private.h"
#include "summaries/tfv-input-file-private.h"

#define HEADER_BYTES TFV_TFRECORD_HEADER_BYTES
#define FOOTER_BYTES TFV_TFRECORD_FOOTER_BYTES
#define BUFFER_BYTES (256 * 1024)

/* No message is longer: protocol buffers have no greater lengths. */
#define MAX_RECORD_BYTES G_MAXINT32

/* What looks like a record and is none, on the way to the next whole one, costs
   its length. A file made of headers would cost its square: after so many bytes
   more than the file has, only short records are looked for. */
#define FREE_DOUBTED_BYTES (16 * 1024 * 1024)
#define MAX_DOUBTED_RECORD_BYTES 256

static guint32
read_u32 (const guint8 *bytes)
{
  guint32 value;

  memcpy (&value, bytes, sizeof value);
  return GUINT32_FROM_LE (value);
}

/* Whether the 12 bytes are a record's header, by its checksum and its length. */
gboolean
tfv_tfrecord_is_header (const guint8 *bytes, guint64 *length_bytes)
{
  guint64 length;

  memcpy (&length, bytes, sizeof length);
  *length_bytes = GUINT64_FROM_LE (length);
  return *length_bytes <= MAX_RECORD_BYTES && tfv_tfrecord_mask (tfv_crc32c (0, bytes, 8)) == read_u32 (bytes + 8);
}

/* Whether the checksum behind a record's data is theirs. */
gboolean
tfv_tfrecord_is_whole (const guint8 *data, gsize n_bytes)
{
  return tfv_tfrecord_mask (tfv_crc32c (0, data, n_bytes)) == read_u32 (data + n_bytes);
}

void
tfv_tfrecord_init (TfvTfrecord *self)
{
  *self = (TfvTfrecord){ .fd = -1 };
}

/* Opens the file, or learns how long it is now. FALSE with errno set. */
gboolean
tfv_tfrecord_open (TfvTfrecord *self, const char *path)
{
  struct stat status;

  if (self->fd < 0)
    self->fd = tfv_input_file_open (path);
  if (self->fd < 0 || !tfv_input_file_stat_fd (self->fd, &status))
    return FALSE;
  self->file_size = (guint64) status.st_size;
  return TRUE;
}

/* Lets go of the descriptor and the buffer, and keeps the place. */
void
tfv_tfrecord_rest (TfvTfrecord *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  g_clear_pointer (&self->buffer, g_free);
  self->capacity = 0;
  self->n_buffered = 0;
}

/* Sees to it that @n_bytes from the reader's place on are in the buffer. FALSE
   where the file has fewer. */
static gboolean
fill (TfvTfrecord *self, guint64 n_bytes)
{
  guint64 end = self->buffer_offset + self->n_buffered;
  gsize   n_kept, n_wanted;

  if (self->offset >= self->buffer_offset && self->offset + n_bytes <= end)
    return TRUE;
  if (n_bytes > self->file_size || self->offset > self->file_size - n_bytes)
    return FALSE;

  n_kept = self->offset >= self->buffer_offset && self->offset < end ? (gsize) (end - self->offset) : 0;
  if (n_kept > 0 && n_kept < self->n_buffered)
    memmove (self->buffer, self->buffer + (self->n_buffered - n_kept), n_kept);
  self->buffer_offset = self->offset;
  self->n_buffered = n_kept;
  if (self->capacity < n_bytes || self->capacity == 0)
    {
      /* A short file gets a short buffer, a long record one of its own length. */
      gsize   capacity = MAX (n_bytes, MIN (BUFFER_BYTES, self->file_size - self->offset));
      guint8 *buffer = g_try_realloc (self->buffer, capacity);

      if (buffer == NULL)
        return FALSE;
      self->capacity = capacity;
      self->buffer = buffer;
    }
  /* A buffer that was long for one record is not filled for the short ones after it. */
  n_wanted = MIN (self->capacity, MAX (n_bytes, BUFFER_BYTES));
  tfv_input_file_note (self->buffer_offset);
  while (self->n_buffered < n_bytes)
    {
      ssize_t n = pread (self->fd, self->buffer + self->n_buffered, n_wanted - self->n_buffered, (off_t) (self->buffer_offset + self->n_buffered));

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      self->n_buffered += (gsize) n;
    }
  return TRUE;
}

static const guint8 *
here (TfvTfrecord *self)
{
  return self->buffer + (self->offset - self->buffer_offset);
}

/* Moves on over a hole in the file, which has only zeros. */
static void
skip_hole (TfvTfrecord *self)
{
  off_t data = lseek (self->fd, (off_t) self->offset, SEEK_DATA);

  if (data >= 0)
    self->offset = MAX (self->offset, (guint64) data);
  else if (errno == ENXIO)
    self->offset = self->file_size;
}

/* Whether all there is from here to the end of the file are zeros: a machine
   that lost power, or a network file system, leaves these where data is to come. */
static gboolean
rest_is_zero (TfvTfrecord *self)
{
  guint64  start = self->offset;
  gboolean is_zero = TRUE;

  for (skip_hole (self); is_zero && self->offset < self->file_size; skip_hole (self))
    {
      gsize n = (gsize) MIN (BUFFER_BYTES, self->file_size - self->offset);

      if (!fill (self, n))
        break;
      for (gsize i = 0; i < n && is_zero; i++)
        is_zero = here (self)[i] == 0;
      self->offset += n;
    }
  self->offset = start;
  return is_zero;
}

/* Moves on to where the next header may be, or over as much as is in the buffer. */
static TfvTfrecordStatus
search (TfvTfrecord *self)
{
  const guint8 *at;
  guint64       length;
  gsize         n;

  if (!fill (self, HEADER_BYTES))
    return TFV_TFRECORD_END;
  at = here (self);
  n = self->n_buffered - (gsize) (self->offset - self->buffer_offset) - HEADER_BYTES + 1;
  for (gsize i = 0; i < n; i++, at++)
    if (tfv_tfrecord_is_header (at, &length))
      {
        self->offset += i;
        return TFV_TFRECORD_OK;
      }
  self->offset += n;
  return TFV_TFRECORD_SKIPPED;
}

/* Whether what looks like a record of @length bytes is worth the look. */
static gboolean
is_worth_a_look (TfvTfrecord *self, guint64 length)
{
  if (!self->is_searching)
    return TRUE;
  if (length > MAX_DOUBTED_RECORD_BYTES && self->n_doubted_bytes > self->file_size + FREE_DOUBTED_BYTES)
    return FALSE;
  self->n_doubted_bytes += length;
  return TRUE;
}

/* Moves on to the next header. At the end of the file it goes back to the first
   record that reaches beyond it, if there was one, and waits: that may be one
   that is still being written. What is searched again is charged like what looks
   like a record and is none. */
static TfvTfrecordStatus
find_header (TfvTfrecord *self, guint64 *offset)
{
  TfvTfrecordStatus status = search (self);

  if (status != TFV_TFRECORD_END || !self->has_tail)
    return status;
  self->has_tail = FALSE;
  *offset = self->tail_offset;
  if (self->n_doubted_bytes <= self->file_size + FREE_DOUBTED_BYTES)
    {
      self->n_doubted_bytes += self->offset - self->tail_offset;
      self->offset = self->tail_offset;
    }
  return TFV_TFRECORD_SHORT;
}

/* The next record: its bytes, which stay until the next call, and where they
   begin in the file. Where there is none to give, the place of what is wrong. */
TfvTfrecordStatus
tfv_tfrecord_next (TfvTfrecord *self, TfvSlice *data, guint64 *offset)
{
  guint64       length;
  const guint8 *bytes;
  gboolean      is_good;

  for (;;)
    {
      *offset = self->offset;
      if (self->is_searching)
        {
          TfvTfrecordStatus status = find_header (self, offset);

          if (status != TFV_TFRECORD_OK)
            return status;
        }
      *offset = self->offset;
      if (!fill (self, HEADER_BYTES))
        return self->offset >= self->file_size ? TFV_TFRECORD_END : TFV_TFRECORD_SHORT;
      if (!tfv_tfrecord_is_header (here (self), &length))
        {
          if (here (self)[0] == 0 && rest_is_zero (self))
            return TFV_TFRECORD_SHORT;
          self->is_searching = TRUE;
          self->offset++;
          return TFV_TFRECORD_BAD_LENGTH;
        }
      if (!is_worth_a_look (self, length))
        {
          self->offset++;
          continue;
        }
      if (!fill (self, HEADER_BYTES + length + FOOTER_BYTES))
        {
          if (!self->is_searching)
            return TFV_TFRECORD_SHORT;
          if (!self->has_tail)
            self->tail_offset = self->offset;
          self->has_tail = TRUE;
          self->offset++;
          continue;
        }
      bytes = here (self) + HEADER_BYTES;
      is_good = tfv_tfrecord_is_whole (bytes, length);
      if (!is_good && self->is_searching)
        {
          self->offset++;
          continue;
        }
      self->is_searching = self->has_tail = FALSE;
      *data = (TfvSlice){ bytes, length };
      *offset = self->offset + HEADER_BYTES;
      self->offset += HEADER_BYTES + length + FOOTER_BYTES;
      if (is_good)
        return TFV_TFRECORD_OK;
      *offset -= HEADER_BYTES;
      return TFV_TFRECORD_BAD_DATA;
    }
}

/* The next records, which lie one after the other and stay until the next call,
   and where the first one's data begin in the file. 0 where the next thing is no
   whole record in the buffer: tfv_tfrecord_next() then tells what it is. */
gsize
tfv_tfrecord_next_batch (TfvTfrecord *self, TfvSlice *records, gsize max_records, guint64 *offset)
{
  const guint8 *start, *end;
  gsize         n_records;

  if (self->is_searching || !fill (self, HEADER_BYTES))
    return 0;
  start = here (self);
  n_records = tfv_tfrecord_scan (start, self->n_buffered - (gsize) (self->offset - self->buffer_offset), records, max_records);
  if (n_records == 0)
    return 0;
  end = records[n_records - 1].data + records[n_records - 1].n_bytes + FOOTER_BYTES;
  *offset = self->offset + HEADER_BYTES;
  self->offset += (guint64) (end - start);
  return n_records;
}

/* Reads bytes again. NULL with errno set, which is 0 where the file is shorter. (transfer full) */
GBytes *
tfv_tfrecord_read_range (const char *path, guint64 offset, guint64 n_bytes)
{
  int                fd = tfv_input_file_open (path);
  struct stat        status;
  g_autofree guint8 *data = NULL;
  guint64            n_read = 0;
  int                problem = 0;

  if (fd < 0)
    return NULL;
  if (!tfv_input_file_stat_fd (fd, &status))
    problem = errno;
  else if (n_bytes <= (guint64) status.st_size && offset <= (guint64) status.st_size - n_bytes)
    {
      /* A file with holes may be longer than there is memory. */
      data = g_try_malloc (n_bytes + 1);
      problem = data == NULL ? ENOMEM : 0;
    }
  while (data != NULL && n_read < n_bytes)
    {
      ssize_t n = pread (fd, data + n_read, n_bytes - n_read, (off_t) (offset + n_read));

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          problem = n < 0 ? errno : 0;
          g_clear_pointer (&data, g_free);
          break;
        }
      n_read += (guint64) n;
    }
  close (fd);
  errno = problem;
  return data != NULL ? g_bytes_new_take (g_steal_pointer (&data), n_bytes) : NULL;
}
