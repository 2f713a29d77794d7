/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/tfv-csv-reader.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A field longer than this is a quote that was never closed. */
#define MAX_FIELD_BYTES (1 << 20)
/* A line of more is no table's. */
#define MAX_FIELDS 100000
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static void
free_string (gpointer string)
{
  g_string_free (string, TRUE);
}

static gboolean
fail (TfvCsvReader *self, GError **error, const char *what)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: line %" G_GUINT64_FORMAT ": %s", self->path, self->line, what);
  return FALSE;
}

/* Adds a byte of a field. A zero byte, which no text has, would end it. */
static void
add_byte (GString *field, int c)
{
  g_string_append_c (field, c != '\0' ? (char) c : '?');
}

static GString *
begin_field (TfvCsvReader *self)
{
  if (self->n_fields == self->fields->len)
    g_ptr_array_add (self->fields, g_string_new (NULL));
  return g_string_truncate (self->fields->pdata[self->n_fields++], 0);
}

/* What stands between quotes, in which a doubled one is one. */
static gboolean
read_quoted (TfvCsvReader *self, GString *field, GError **error)
{
  int c;

  while ((c = getc_unlocked (self->file)) != EOF && field->len < MAX_FIELD_BYTES)
    {
      if (c == '"')
        {
          c = getc_unlocked (self->file);
          if (c != '"')
            {
              ungetc (c, self->file);
              return TRUE;
            }
        }
      self->next_line += c == '\n';
      add_byte (field, c);
    }
  return fail (self, error, "a quote is not closed");
}

/* Reads a field. Gives what ended it: the separator, a newline or EOF. */
static int
read_field (TfvCsvReader *self, GError **error)
{
  GString *field = begin_field (self);
  int      c = getc_unlocked (self->file);

  if (c == '"')
    {
      if (!read_quoted (self, field, error))
        return EOF;
      c = getc_unlocked (self->file);
    }
  for (; c != EOF && c != '\n' && c != self->separator; c = getc_unlocked (self->file))
    {
      if (field->len == MAX_FIELD_BYTES)
        {
          fail (self, error, "the line is too long");
          return EOF;
        }
      if (c != '\r')
        add_byte (field, c);
    }
  return c;
}

/* Reads the next row that is not empty. FALSE at the end, and with an error where
 * no row can be read from here on. */
gboolean
tfv_csv_reader_next (TfvCsvReader *self, GError **error)
{
  GError *fault = NULL;
  int     end;

  do
    {
      self->line = self->next_line;
      self->n_fields = 0;
      do
        end = read_field (self, &fault);
      while (end == (guchar) self->separator && self->n_fields < MAX_FIELDS);
      if (end == (guchar) self->separator)
        fail (self, &fault, "the line has too many fields");
      self->next_line++;
      if (fault != NULL)
        {
          g_propagate_error (error, fault);
          return FALSE;
        }
      if (ferror (self->file))
        {
          fail (self, error, g_strerror (errno));
          return FALSE;
        }
    }
  while (end != EOF && self->n_fields == 1 && *tfv_csv_reader_get (self, 0) == '\0');
  return self->n_fields > 1 || *tfv_csv_reader_get (self, 0) != '\0';
}

/* A field of the row, "" where the row has none there. */
const char *
tfv_csv_reader_get (TfvCsvReader *self, guint column)
{
  return column < self->n_fields ? ((GString *) self->fields->pdata[column])->str : "";
}

/* The separator is what the first line has outside quotes. */
static void
find_separator (TfvCsvReader *self)
{
  gboolean is_quoted = FALSE;
  guint    n_commas = 0, n_semicolons = 0, n_tabs = 0;
  int      c;

  while ((c = getc_unlocked (self->file)) != EOF && (c != '\n' || is_quoted))
    {
      is_quoted ^= c == '"';
      n_commas += c == ',' && !is_quoted;
      n_semicolons += c == ';' && !is_quoted;
      n_tabs += c == '\t' && !is_quoted;
    }
  self->separator = n_commas > 0 ? ',' : n_semicolons > 0 ? ';'
                                     : n_tabs > 0         ? '\t'
                                                          : ',';
  rewind (self->file);
}

/* Opens a file, but no pipe, which might never give anything. NULL with errno set. */
static FILE *
open_file (const char *path)
{
  int         fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  FILE       *file = NULL;
  struct stat status;

  if (fd >= 0 && fstat (fd, &status) == 0)
    {
      if (S_ISREG (status.st_mode))
        file = fdopen (fd, "r");
      else
        errno = ENOTSUP;
    }
  if (fd >= 0 && file == NULL)
    {
      int problem = errno;

      close (fd);
      errno = problem;
    }
  return file;
}

/* Opens a table at its first row, which is that of the heads. */
gboolean
tfv_csv_reader_open (TfvCsvReader *self, const char *path, GError **error)
{
  char mark[sizeof BYTE_ORDER_MARK] = "";

  *self = (TfvCsvReader){ .path = path, .next_line = 1 };
  self->fields = g_ptr_array_new_with_free_func (free_string);
  g_ptr_array_add (self->fields, g_string_new (NULL));
  self->file = open_file (path);
  if (self->file == NULL)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", path, errno == ENOTSUP ? "not a regular file" : g_strerror (errno));
      return FALSE;
    }
  find_separator (self);
  if (fread (mark, 1, strlen (BYTE_ORDER_MARK), self->file) != strlen (BYTE_ORDER_MARK) || strcmp (mark, BYTE_ORDER_MARK) != 0)
    rewind (self->file);
  return TRUE;
}

void
tfv_csv_reader_clear (TfvCsvReader *self)
{
  g_clear_pointer (&self->file, fclose);
  g_clear_pointer (&self->fields, g_ptr_array_unref);
}
