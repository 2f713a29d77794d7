/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "event-writer-private.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "summaries/formats/tfrecord-private.h"
#include "summaries/tfv-crc32c-private.h"

static void
add_plain_varint (GByteArray *message, guint64 value)
{
  guint8 byte;

  for (; value >= 0x80; value >>= 7)
    {
      byte = (guint8) (value | 0x80);
      g_byte_array_append (message, &byte, 1);
    }
  byte = (guint8) value;
  g_byte_array_append (message, &byte, 1);
}

void
message_add_varint (GByteArray *message, guint32 field, guint64 value)
{
  add_plain_varint (message, (guint64) field << 3);
  add_plain_varint (message, value);
}

void
message_add_fixed32 (GByteArray *message, guint32 field, guint32 bits)
{
  bits = GUINT32_TO_LE (bits);
  add_plain_varint (message, ((guint64) field << 3) | 5);
  g_byte_array_append (message, (const guint8 *) &bits, sizeof bits);
}

void
message_add_fixed64 (GByteArray *message, guint32 field, guint64 bits)
{
  bits = GUINT64_TO_LE (bits);
  add_plain_varint (message, ((guint64) field << 3) | 1);
  g_byte_array_append (message, (const guint8 *) &bits, sizeof bits);
}

void
message_add_float (GByteArray *message, guint32 field, float value)
{
  guint32 bits;

  memcpy (&bits, &value, sizeof bits);
  message_add_fixed32 (message, field, bits);
}

void
message_add_double (GByteArray *message, guint32 field, double value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  message_add_fixed64 (message, field, bits);
}

void
message_add_bytes (GByteArray *message, guint32 field, gconstpointer data, gsize n_bytes)
{
  add_plain_varint (message, ((guint64) field << 3) | 2);
  add_plain_varint (message, n_bytes);
  if (n_bytes > 0)
    g_byte_array_append (message, data, (guint) n_bytes);
}

void
message_add_string (GByteArray *message, guint32 field, const char *string)
{
  message_add_bytes (message, field, string, strlen (string));
}

/* Takes @child. */
void
message_add_message (GByteArray *message, guint32 field, GByteArray *child)
{
  message_add_bytes (message, field, child->data, child->len);
  g_byte_array_unref (child);
}

GByteArray *
message_new_event (double wall_time, gint64 step)
{
  GByteArray *event = g_byte_array_new ();

  message_add_double (event, 1, wall_time);
  if (step != 0)
    message_add_varint (event, 2, (guint64) step);
  return event;
}

GByteArray *
message_new_scalar_value (const char *tag, float value)
{
  GByteArray *message = g_byte_array_new ();

  message_add_string (message, 1, tag);
  message_add_float (message, 2, value);
  return message;
}

GByteArray *
message_new_metadata (const char *plugin, const char *content)
{
  GByteArray *data = g_byte_array_new (), *metadata = g_byte_array_new ();

  message_add_string (data, 1, plugin);
  if (content != NULL)
    message_add_string (data, 2, content);
  message_add_message (metadata, 1, data);
  return metadata;
}

GByteArray *
message_new_tensor (int type, guint n_dimensions, const gint64 *dimensions)
{
  GByteArray *tensor = g_byte_array_new (), *shape = g_byte_array_new ();

  for (guint i = 0; i < n_dimensions; i++)
    {
      GByteArray *dimension = g_byte_array_new ();

      message_add_varint (dimension, 1, (guint64) dimensions[i]);
      message_add_message (shape, 2, dimension);
    }
  message_add_varint (tensor, 1, (guint64) type);
  message_add_message (tensor, 2, shape);
  return tensor;
}

/* Appends plain bytes to a file, in one write. */
void
write_bytes (const char *path, gconstpointer data, gsize n_bytes)
{
  int fd = g_open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, data, n_bytes), ==, n_bytes);
  close (fd);
}

/* Appends a record with TensorFlow's framing. */
void
write_record (const char *path, gconstpointer data, gsize n_bytes)
{
  g_autoptr (GByteArray) record = g_byte_array_new ();
  guint64                length = GUINT64_TO_LE (n_bytes);
  guint32                crc = GUINT32_TO_LE (tfv_tfrecord_mask (tfv_crc32c (0, &length, sizeof length)));

  g_byte_array_append (record, (const guint8 *) &length, sizeof length);
  g_byte_array_append (record, (const guint8 *) &crc, sizeof crc);
  if (n_bytes > 0)
    g_byte_array_append (record, data, (guint) n_bytes);
  crc = GUINT32_TO_LE (tfv_tfrecord_mask (tfv_crc32c (0, data, n_bytes)));
  g_byte_array_append (record, (const guint8 *) &crc, sizeof crc);
  write_bytes (path, record->data, record->len);
}

/* Appends an event, and takes it. */
void
write_event (const char *path, GByteArray *event)
{
  write_record (path, event->data, event->len);
  g_byte_array_unref (event);
}

void
write_version (const char *path, double wall_time, const char *version)
{
  GByteArray *event = message_new_event (wall_time, 0);

  message_add_string (event, 3, version);
  write_event (path, event);
}

/* Appends an event with one summary value, and takes it. */
void
write_value (const char *path, double wall_time, gint64 step, GByteArray *value)
{
  GByteArray *event = message_new_event (wall_time, step), *summary = g_byte_array_new ();

  message_add_message (summary, 1, value);
  message_add_message (event, 5, summary);
  write_event (path, event);
}

void
write_scalar (const char *path, double wall_time, gint64 step, const char *tag, float value)
{
  write_value (path, wall_time, step, message_new_scalar_value (tag, value));
}

void
write_session (const char *path, double wall_time, gint64 step, int status)
{
  GByteArray *event = message_new_event (wall_time, step), *log = g_byte_array_new ();

  message_add_varint (log, 1, (guint64) status);
  message_add_message (event, 7, log);
  write_event (path, event);
}

/* A new folder for one test. (transfer full) */
char *
make_folder (void)
{
  g_autoptr (GError) error = NULL;
  char              *path = g_dir_make_tmp ("tfv-test-XXXXXX", &error);

  g_assert_no_error (error);
  return path;
}

void
remove_tree (const char *path)
{
  g_autoptr (GDir) folder = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char      *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_assert_cmpint (g_remove (path), ==, 0);
}
