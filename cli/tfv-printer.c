/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/tfv-printer.h"

#include <errno.h>
#include <gio/gio.h>
#include <string.h>
#include <unistd.h>

#include "summaries/tfv-number.h"

#define BUFFER_BYTES (64 * 1024)

struct _TfvPrinter
{
  int   fd;
  int   error_number; /* of the write that failed, or 0 */
  gsize n_bytes;
  char  buffer[BUFFER_BYTES];
};

TfvPrinter *
tfv_printer_new (int fd)
{
  TfvPrinter *self = g_malloc (sizeof (TfvPrinter));

  self->fd = fd;
  self->error_number = 0;
  self->n_bytes = 0;
  return self;
}

/* Frees the printer; what was not written by tfv_printer_close() is lost. */
void
tfv_printer_free (TfvPrinter *self)
{
  g_free (self);
}

static void
flush (TfvPrinter *self)
{
  gsize n_written = 0;

  while (n_written < self->n_bytes && self->error_number == 0)
    {
      gssize n = write (self->fd, self->buffer + n_written, self->n_bytes - n_written);

      if (n >= 0)
        n_written += (gsize) n;
      else if (errno != EINTR)
        self->error_number = errno;
    }
  self->n_bytes = 0;
}

void
tfv_printer_put_bytes (TfvPrinter *self, const char *bytes, gsize n_bytes)
{
  while (n_bytes > 0)
    {
      gsize n = MIN (n_bytes, BUFFER_BYTES - self->n_bytes);

      memcpy (self->buffer + self->n_bytes, bytes, n);
      self->n_bytes += n;
      bytes += n;
      n_bytes -= n;
      if (self->n_bytes == BUFFER_BYTES)
        flush (self);
    }
}

void
tfv_printer_put (TfvPrinter *self, const char *text)
{
  tfv_printer_put_bytes (self, text, strlen (text));
}

void
tfv_printer_put_char (TfvPrinter *self, char c)
{
  tfv_printer_put_bytes (self, &c, 1);
}

void
tfv_printer_put_integer (TfvPrinter *self, gint64 value)
{
  char  text[TFV_NUMBER_MAX_BYTES];
  gsize n_bytes = tfv_number_write_integer (text, value);

  tfv_printer_put_bytes (self, text, n_bytes);
}

/* A JSON string with its quotes. What is not UTF-8 in it becomes U+FFFD, since
 * JSON can't hold it. */
void
tfv_printer_put_json_string (TfvPrinter *self, const char *text)
{
  g_autofree char *valid = NULL;
  const char      *begin;

  if (!g_utf8_validate (text, -1, NULL))
    text = valid = g_utf8_make_valid (text, -1);

  tfv_printer_put_char (self, '"');
  begin = text;
  for (const char *c = text; *c; c++)
    {
      guchar byte = (guchar) *c;
      char   escape[8];

      if (byte >= 0x20 && byte != '"' && byte != '\\' && byte != 0x7f)
        continue;
      tfv_printer_put_bytes (self, begin, (gsize) (c - begin));
      begin = c + 1;
      if (byte == '"' || byte == '\\')
        g_snprintf (escape, sizeof escape, "\\%c", byte);
      else if (byte == '\n')
        g_strlcpy (escape, "\\n", sizeof escape);
      else if (byte == '\t')
        g_strlcpy (escape, "\\t", sizeof escape);
      else
        g_snprintf (escape, sizeof escape, "\\u%04x", byte);
      tfv_printer_put (self, escape);
    }
  tfv_printer_put (self, begin);
  tfv_printer_put_char (self, '"');
}

/* A field of CSV as RFC 4180 has it: in quotes where it must be. */
void
tfv_printer_put_csv_field (TfvPrinter *self, const char *text)
{
  const char *begin = text;

  if (text[strcspn (text, ",\"\r\n")] == '\0')
    {
      tfv_printer_put (self, text);
      return;
    }
  tfv_printer_put_char (self, '"');
  for (const char *quote = strchr (text, '"'); quote; quote = strchr (begin, '"'))
    {
      tfv_printer_put_bytes (self, begin, (gsize) (quote - begin) + 1);
      tfv_printer_put_char (self, '"');
      begin = quote + 1;
    }
  tfv_printer_put (self, begin);
  tfv_printer_put_char (self, '"');
}

/* Whether a write has failed, so that there is no use in going on. */
gboolean
tfv_printer_has_failed (TfvPrinter *self)
{
  return self->error_number != 0;
}

/* Writes what is left. A reader who has had enough, `head` say, is no error. */
gboolean
tfv_printer_close (TfvPrinter *self, GError **error)
{
  flush (self);
  if (self->error_number == 0 || self->error_number == EPIPE)
    return TRUE;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (self->error_number), "standard output: %s", g_strerror (self->error_number));
  return FALSE;
}
