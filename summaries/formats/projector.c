/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Embeddings as PyTorch and TensorFlow leave them for TensorBoard's projector: a
 * configuration that names tables beside it. Nothing outside its folder is read. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "summaries/formats/projector-config-private.h"
#include "summaries/tfv-embedding-private.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-format.h"
#include "summaries/tfv-input-file-private.h"
#include "summaries/tfv-projector-files-private.h"

extern const TfvFormat tfv_format_projector;

#define CONFIG_NAME "projector_config.pbtxt"
#define PLUGIN "projector"

#define MAX_CONFIG_BYTES (4u << 20)
#define MAX_TENSOR_BYTES (1u << 30)
#define MAX_SIDE_BYTES (256u << 20)

typedef struct
{
  char       *path;
  TfvRunPart *part;
  guint       n_told;
  struct stat seen;
} Reader;

static gboolean
matches (const char *basename, const guint8 *head, gsize n_head)
{
  return strcmp (basename, CONFIG_NAME) == 0;
}

static TfvFileReader *
open_reader (const char *path, TfvRunPart *part, GError **error)
{
  Reader *self = g_new0 (Reader, 1);

  self->path = g_strdup (path);
  self->part = part;
  return (TfvFileReader *) self;
}

static void
close_reader (TfvFileReader *reader)
{
  Reader *self = (Reader *) reader;

  g_free (self->path);
  g_free (self);
}

/* A whole file, of at most @max_bytes. */
static char *
read_file (const char *path, gsize max_bytes, gsize *n_bytes, GError **error)
{
  int              fd = tfv_input_file_open (path);
  struct stat      status;
  g_autofree char *text = NULL;
  gsize            n = 0;
  gssize           n_read = 1;

  if (fd < 0 || fstat (fd, &status) != 0)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: %s", path, errno == ENOTSUP ? "not a regular file" : g_strerror (errno));
      if (fd >= 0)
        close (fd);
      return NULL;
    }
  if ((guint64) status.st_size > max_bytes || (text = g_try_malloc ((gsize) status.st_size + 1)) == NULL)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_FORMAT, "%s: its %" G_GINT64_FORMAT " bytes are more than are read", path, (gint64) status.st_size);
      close (fd);
      return NULL;
    }

  while (n < (gsize) status.st_size && n_read > 0)
    {
      n_read = read (fd, text + n, (gsize) status.st_size - n);
      if (n_read > 0)
        n += (gsize) n_read;
      else if (n_read < 0 && errno == EINTR)
        n_read = 1;
    }
  if (n_read < 0)
    g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: %s", path, g_strerror (errno));
  close (fd);
  if (n_read < 0)
    return NULL;

  text[n] = '\0';
  *n_bytes = n;
  return g_steal_pointer (&text);
}

/* Where a file lies that the configuration names; it must be in the folder of
 * that, or in one below it, by whatever links. */
static char *
find_file (const char *config, const char *name, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (config);
  g_autofree char *path = NULL;
  char             real_folder[PATH_MAX], real_path[PATH_MAX];
  gsize            length;

  if (realpath (folder, real_folder) == NULL)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: %s", folder, g_strerror (errno));
      return NULL;
    }
  path = g_canonicalize_filename (name, real_folder);
  if (realpath (path, real_path) == NULL)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: %s", path, g_strerror (errno));
      return NULL;
    }
  length = strlen (real_folder);
  if (strncmp (real_path, real_folder, length) != 0 || (real_path[length] != '/' && length > 1))
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_FORMAT, "“%s” is outside the folder of the configuration, and is not read", name);
      return NULL;
    }
  return g_strdup (real_path);
}

static guint64
get_file_bytes (const char *config, const char *name, double *wall_time)
{
  g_autofree char *path = name != NULL ? find_file (config, name, NULL) : NULL;
  struct stat      status;

  if (path == NULL || stat (path, &status) != 0)
    return 0;
  if (wall_time != NULL)
    *wall_time = (double) status.st_mtim.tv_sec + (double) status.st_mtim.tv_nsec * 1e-9;
  return (guint64) status.st_size;
}

/* PyTorch writes the step in front of the path, and behind the name. */
static char *
find_tag (const TfvProjectorEmbedding *embedding, gint64 *step)
{
  const char *name = embedding->tensor_name != NULL ? embedding->tensor_name : "embedding";
  const char *slash = strchr (embedding->tensor_path, '/');
  gsize       n_digits = slash != NULL ? (gsize) (slash - embedding->tensor_path) : 0;
  gsize       length = strlen (name);

  *step = 0;
  if (n_digits == 0 || n_digits > 18 || strspn (embedding->tensor_path, "0123456789") != n_digits)
    return g_strdup (name);

  *step = g_ascii_strtoll (embedding->tensor_path, NULL, 10);
  if (length > n_digits && name[length - n_digits - 1] == ':' && strncmp (name + length - n_digits, embedding->tensor_path, n_digits) == 0)
    length -= n_digits + 1;
  return g_strndup (name, length);
}

static void
tell_embedding (Reader *self, const TfvProjectorEmbedding *embedding, guint index)
{
  g_autofree char *tag = NULL;
  gint64           step;
  double           wall_time = 0;
  guint64          n_bytes;

  if (embedding->tensor_path == NULL)
    {
      tfv_run_part_warn (self->part, "line %u: the tensor “%s” is in a checkpoint, which is not read", embedding->line, embedding->tensor_name != NULL ? embedding->tensor_name : "");
      return;
    }

  tag = find_tag (embedding, &step);
  n_bytes = get_file_bytes (self->path, embedding->tensor_path, &wall_time) +
            get_file_bytes (self->path, embedding->metadata_path, NULL) + get_file_bytes (self->path, embedding->sprite_path, NULL);
  tfv_tag_part_append_blob (tfv_run_part_add_tag (self->part, tag, -1, TFV_RECORD_EMBEDDING, PLUGIN), step, wall_time, index, n_bytes);
}

static gboolean
poll_reader (TfvFileReader *reader, gsize budget_bytes)
{
  Reader            *self = (Reader *) reader;
  g_autoptr (GError) error = NULL;
  g_autofree char   *text = NULL;
  g_autoptr (GArray) embeddings = NULL;
  struct stat        now;
  gsize              n_bytes;
  g_autofree char   *prefix = NULL;

  if (stat (self->path, &now) != 0 ||
      (now.st_size == self->seen.st_size && now.st_mtim.tv_sec == self->seen.st_mtim.tv_sec && now.st_mtim.tv_nsec == self->seen.st_mtim.tv_nsec))
    return FALSE;
  self->seen = now;

  text = read_file (self->path, MAX_CONFIG_BYTES, &n_bytes, &error);
  if (text == NULL)
    {
      prefix = g_strconcat (self->path, ": ", NULL);
      tfv_run_part_warn (self->part, "%s", g_str_has_prefix (error->message, prefix) ? error->message + strlen (prefix) : error->message);
      return FALSE;
    }
  if (g_str_has_prefix (text, TFV_PROJECTOR_FILES_NOTE))
    return FALSE;
  embeddings = tfv_projector_config_parse (text, n_bytes, &error);
  for (; self->n_told < embeddings->len; self->n_told++)
    tell_embedding (self, &g_array_index (embeddings, TfvProjectorEmbedding, self->n_told), self->n_told);
  if (error != NULL)
    tfv_run_part_warn (self->part, "%s", error->message);
  return FALSE;
}

static void
append_float (GByteArray *numbers, float value)
{
  guint32 bits;

  memcpy (&bits, &value, sizeof bits);
  bits = GUINT32_TO_LE (bits);
  g_byte_array_append (numbers, (const guint8 *) &bits, sizeof bits);
}

/* Reads lines of numbers set apart by tabs, as many on each. */
static gboolean
read_table (const char *path, char *text, gsize n_bytes, GByteArray *numbers, gsize shape[2], GError **error)
{
  char *end = text + n_bytes;

  for (char *at = text; at < end; shape[0]++)
    {
      char *stop = memchr (at, '\n', (gsize) (end - at));
      gsize n_columns = 0;

      stop = stop != NULL ? stop : end;
      for (;; n_columns++)
        {
          char *behind = NULL;
          float value = (float) g_ascii_strtod (at, &behind);

          if (behind == at || behind > stop || (*behind != '\t' && behind != stop && !(*behind == '\r' && behind + 1 == stop)))
            {
              g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "%s: line %" G_GSIZE_FORMAT ": what stands in column %" G_GSIZE_FORMAT " is no number", path, shape[0] + 1, n_columns + 1);
              return FALSE;
            }
          if (numbers->len >= MAX_TENSOR_BYTES)
            {
              g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_FORMAT, "%s: line %" G_GSIZE_FORMAT ": these are more numbers than are read", path, shape[0] + 1);
              return FALSE;
            }
          append_float (numbers, value);
          at = behind + 1;
          if (*behind != '\t')
            break;
        }
      n_columns++;
      if (shape[0] > 0 && n_columns != shape[1])
        {
          g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "%s: line %" G_GSIZE_FORMAT " has %" G_GSIZE_FORMAT " numbers, those before it %" G_GSIZE_FORMAT, path, shape[0] + 1, n_columns, shape[1]);
          return FALSE;
        }
      shape[1] = n_columns;
      at = stop + 1;
    }
  return TRUE;
}

/* Reads the points: a table, or numbers of four bytes of a shape that is told. */
static gboolean
read_points (const char *config, const TfvProjectorEmbedding *embedding, GByteArray *numbers, gsize shape[2], GError **error)
{
  g_autofree char *path = find_file (config, embedding->tensor_path, error);
  gsize            n_bytes;
  g_autofree char *text = path != NULL ? read_file (path, MAX_TENSOR_BYTES, &n_bytes, error) : NULL;

  if (text == NULL)
    return FALSE;
  if (g_str_has_suffix (path, ".tsv"))
    return read_table (path, text, n_bytes, numbers, shape, error);

  if (embedding->n_dimensions != 2 || (guint64) embedding->shape[0] * embedding->shape[1] != n_bytes / sizeof (float) || n_bytes % sizeof (float) != 0)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "%s: its %" G_GSIZE_FORMAT " bytes are not a tensor of the shape that line %u of the configuration tells", path, n_bytes, embedding->line);
      return FALSE;
    }
  g_byte_array_append (numbers, (const guint8 *) text, (guint) n_bytes);
  shape[0] = embedding->shape[0];
  shape[1] = embedding->shape[1];
  return TRUE;
}

/* Reads a file that may be missing from the configuration. */
static gboolean
read_side_file (const char *config, const char *name, GBytes **bytes, GError **error)
{
  g_autofree char *path = NULL;
  char            *text;
  gsize            n_bytes;

  if (name == NULL || *name == '\0')
    return TRUE;
  path = find_file (config, name, error);
  text = path != NULL ? read_file (path, MAX_SIDE_BYTES, &n_bytes, error) : NULL;
  if (text == NULL)
    return FALSE;
  *bytes = g_bytes_new_take (text, n_bytes);
  return TRUE;
}

/* A record's place is its number in the configuration. */
static GBytes *
read_blob (const char *path, guint64 offset, guint64 length_bytes, GError **error)
{
  gsize                        n_bytes, shape[2] = { 0, 0 };
  g_autofree char             *text = read_file (path, MAX_CONFIG_BYTES, &n_bytes, error);
  g_autoptr (GArray)           embeddings = text != NULL ? tfv_projector_config_parse (text, n_bytes, NULL) : NULL;
  g_autoptr (GByteArray)       numbers = g_byte_array_new ();
  g_autoptr (GBytes)           metadata = NULL;
  g_autoptr (GBytes)           sprite = NULL;
  const TfvProjectorEmbedding *embedding;
  g_autofree char             *tag = NULL;
  TfvEmbeddingParts            parts = { 0 };
  gint64                       step;

  if (text == NULL)
    return NULL;
  if (offset >= embeddings->len || g_array_index (embeddings, TfvProjectorEmbedding, offset).tensor_path == NULL)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "%s: the embedding is not there any more", path);
      return NULL;
    }

  embedding = &g_array_index (embeddings, TfvProjectorEmbedding, offset);
  if (!read_points (path, embedding, numbers, shape, error) || !read_side_file (path, embedding->metadata_path, &metadata, error) ||
      !read_side_file (path, embedding->sprite_path, &sprite, error))
    {
      g_prefix_error (error, "%s: line %u: ", path, embedding->line);
      return NULL;
    }

  tag = find_tag (embedding, &step);
  parts = (TfvEmbeddingParts){ shape[0], shape[1], g_steal_pointer (&numbers), metadata, sprite, embedding->sprite_size[0], embedding->sprite_size[1] };
  return g_byte_array_free_to_bytes (tfv_embedding_new_value (tag, &parts));
}

const TfvFormat tfv_format_projector = {
  .name = "projector",
  .matches = matches,
  .open = open_reader,
  .poll = poll_reader,
  .close = close_reader,
  .read_blob = read_blob,
};
