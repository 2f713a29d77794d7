/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The text form of TensorBoard's ProjectorConfig, and nothing else: what is not
 * in it is an error, with its line. Nothing here nests deeper than three. */

#include "summaries/formats/projector-config-private.h"

#include <string.h>

#include "summaries/tfv-error.h"

#define MAX_EMBEDDINGS 10000
#define MAX_STRING_BYTES 65536

typedef struct
{
  const char *at;
  const char *end;
  guint       line;
  GArray     *embeddings;
  GError    **error;
} Parser;

G_GNUC_PRINTF (2, 3)
static gboolean
fail (Parser *self, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list          arguments;

  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (self->error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "line %u: %s", self->line, what);
  return FALSE;
}

static void
clear_embedding (gpointer data)
{
  TfvProjectorEmbedding *self = data;

  g_free (self->tensor_name);
  g_free (self->tensor_path);
  g_free (self->metadata_path);
  g_free (self->sprite_path);
}

static void
skip_space (Parser *self)
{
  for (; self->at < self->end; self->at++)
    {
      if (*self->at == '#')
        {
          while (self->at < self->end && *self->at != '\n')
            self->at++;
          if (self->at == self->end)
            return;
        }
      if (!g_ascii_isspace (*self->at))
        return;
      self->line += *self->at == '\n';
    }
}

/* Takes a character if it is the next one. */
static gboolean
take (Parser *self, char wanted)
{
  skip_space (self);
  if (self->at == self->end || *self->at != wanted)
    return FALSE;
  self->at++;
  return TRUE;
}

static gboolean
read_name (Parser *self, char name[32])
{
  gsize n = 0;

  skip_space (self);
  while (self->at < self->end && n < 31 && (g_ascii_isalnum (*self->at) || *self->at == '_'))
    name[n++] = *self->at++;
  name[n] = '\0';
  return n > 0 || fail (self, "a field is missing its name");
}

static gboolean
read_escape (Parser *self, GString *text)
{
  static const char letters[] = "abfnrtv\\'\"?";
  static const char meanings[] = "\a\b\f\n\r\t\v\\'\"?";
  guint             value = 0, n_digits = 0;
  const char       *found;

  if (self->at == self->end)
    return fail (self, "a string does not end");
  found = strchr (letters, *self->at);
  if (found != NULL && *self->at != '\0')
    {
      g_string_append_c (text, meanings[found - letters]);
      self->at++;
      return TRUE;
    }

  if (*self->at == 'x' || *self->at == 'X')
    {
      for (self->at++; n_digits < 2 && self->at < self->end && g_ascii_isxdigit (*self->at); n_digits++)
        value = value * 16 + (guint) g_ascii_xdigit_value (*self->at++);
    }
  else
    {
      for (; n_digits < 3 && self->at < self->end && *self->at >= '0' && *self->at <= '7'; n_digits++)
        value = value * 8 + (guint) (*self->at++ - '0');
    }
  if (n_digits == 0 || value == 0 || value > 255)
    return fail (self, "an escape in a string is none");
  g_string_append_c (text, (char) value);
  return TRUE;
}

/* One string, or several in a row, which are one. */
static gboolean
read_string (Parser *self, char **string)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean            is_read = FALSE;

  for (skip_space (self); self->at < self->end && (*self->at == '"' || *self->at == '\''); skip_space (self))
    {
      char quote = *self->at++;

      while (self->at < self->end && *self->at != quote)
        {
          if (*self->at == '\n' || *self->at == '\0' || text->len > MAX_STRING_BYTES)
            return fail (self, "a string does not end");
          if (*self->at == '\\')
            {
              self->at++;
              if (!read_escape (self, text))
                return FALSE;
              continue;
            }
          g_string_append_c (text, *self->at++);
        }
      if (self->at == self->end)
        return fail (self, "a string does not end");
      self->at++;
      is_read = TRUE;
    }
  if (!is_read)
    return fail (self, "a string was expected");
  if (!g_utf8_validate (text->str, (gssize) text->len, NULL))
    return fail (self, "a string is not UTF-8");

  g_free (*string);
  *string = g_string_free (g_steal_pointer (&text), FALSE);
  return TRUE;
}

static gboolean
read_number (Parser *self, guint numbers[2], guint *n_numbers)
{
  guint64 value = 0;
  gsize   n_digits = 0;

  skip_space (self);
  for (; self->at < self->end && g_ascii_isdigit (*self->at) && n_digits < 11; n_digits++)
    value = value * 10 + (guint64) (*self->at++ - '0');
  if (n_digits == 0 || value > G_MAXUINT32)
    return fail (self, "a number was expected");
  if (*n_numbers == 2)
    return fail (self, "there are more numbers than two");
  numbers[(*n_numbers)++] = (guint) value;
  return TRUE;
}

/* A number, or a list of them in brackets. */
static gboolean
read_numbers (Parser *self, guint numbers[2], guint *n_numbers)
{
  if (!take (self, '['))
    return read_number (self, numbers, n_numbers);
  if (take (self, ']'))
    return TRUE;
  do
    {
      if (!read_number (self, numbers, n_numbers))
        return FALSE;
    }
  while (take (self, ','));
  return take (self, ']') || fail (self, "a list does not end");
}

/* What is between the brackets of a message is read by @read_field. */
typedef gboolean (*ReadField) (Parser *self, const char *name, gpointer message);

static gboolean
read_fields (Parser *self, char end, ReadField read_field, gpointer message)
{
  for (;;)
    {
      char name[32];

      if (end != '\0' ? take (self, end) : (skip_space (self), self->at == self->end))
        return TRUE;
      if (self->at == self->end)
        return fail (self, "the text ends before “%c”", end);
      if (!read_name (self, name) || !read_field (self, name, message))
        return FALSE;
      if (!take (self, ','))
        take (self, ';');
    }
}

static gboolean
read_message (Parser *self, ReadField read_field, gpointer message)
{
  take (self, ':');
  if (take (self, '{'))
    return read_fields (self, '}', read_field, message);
  if (take (self, '<'))
    return read_fields (self, '>', read_field, message);
  return fail (self, "“{” was expected");
}

static gboolean
take_colon (Parser *self)
{
  return take (self, ':') || fail (self, "“:” was expected");
}

static gboolean
read_sprite_field (Parser *self, const char *name, gpointer message)
{
  TfvProjectorEmbedding *embedding = message;

  if (strcmp (name, "image_path") == 0)
    return take_colon (self) && read_string (self, &embedding->sprite_path);
  if (strcmp (name, "single_image_dim") == 0)
    return take_colon (self) && read_numbers (self, embedding->sprite_size, &embedding->n_sprite_sizes);
  return fail (self, "a sprite has no field “%s”", name);
}

static gboolean
read_embedding_field (Parser *self, const char *name, gpointer message)
{
  TfvProjectorEmbedding *embedding = message;
  g_autofree char       *unused = NULL;

  if (strcmp (name, "sprite") == 0)
    return read_message (self, read_sprite_field, embedding);
  if (strcmp (name, "tensor_shape") == 0)
    return take_colon (self) && read_numbers (self, embedding->shape, &embedding->n_dimensions);
  if (strcmp (name, "tensor_name") == 0)
    return take_colon (self) && read_string (self, &embedding->tensor_name);
  if (strcmp (name, "tensor_path") == 0)
    return take_colon (self) && read_string (self, &embedding->tensor_path);
  if (strcmp (name, "metadata_path") == 0)
    return take_colon (self) && read_string (self, &embedding->metadata_path);
  if (strcmp (name, "bookmarks_path") == 0)
    return take_colon (self) && read_string (self, &unused);
  return fail (self, "an embedding has no field “%s”", name);
}

static gboolean
read_config_field (Parser *self, const char *name, gpointer message)
{
  TfvProjectorEmbedding embedding = { .line = self->line };
  g_autofree char      *unused = NULL;

  if (strcmp (name, "model_checkpoint_path") == 0 || strcmp (name, "model_checkpoint_dir") == 0)
    return take_colon (self) && read_string (self, &unused);
  if (strcmp (name, "embeddings") != 0)
    return fail (self, "a projector has no field “%s”", name);
  if (self->embeddings->len == MAX_EMBEDDINGS)
    return fail (self, "there are more embeddings than %d", MAX_EMBEDDINGS);
  if (!read_message (self, read_embedding_field, &embedding))
    {
      clear_embedding (&embedding);
      return FALSE;
    }
  g_array_append_val (self->embeddings, embedding);
  return TRUE;
}

/* Reads a configuration. What comes before an error is given, with the error.
 * (transfer full) (element-type TfvProjectorEmbedding) */
GArray *
tfv_projector_config_parse (const char *text, gsize n_bytes, GError **error)
{
  Parser self = { text, text + n_bytes, 1, g_array_new (FALSE, FALSE, sizeof (TfvProjectorEmbedding)), error };

  g_array_set_clear_func (self.embeddings, clear_embedding);
  read_fields (&self, '\0', read_config_field, NULL);
  return self.embeddings;
}
