/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-projector-files-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "summaries/tfv-embedding.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-number.h"

/* What TensorBoard's projector looks for beside the event files of a run. */
#define CONFIG_NAME "projector_config.pbtxt"
#define FOLDER_NAME "projector"

static gboolean
fail (GError **error, const char *path)
{
  g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: %s", path, g_strerror (errno));
  return FALSE;
}

/* The points, a line each, with the digits that read back as the same floats. */
static gboolean
write_points (const char *path, TfvArray *points, GError **error)
{
  FILE    *file = fopen (path, "we");
  gsize    n_columns = points->n_dimensions == 2 ? (gsize) points->dimensions[1] : 1;
  gboolean is_written;

  if (file == NULL)
    return fail (error, path);
  for (gsize i = 0; i < points->n_elements; i++)
    {
      char  text[TFV_NUMBER_MAX_BYTES];
      gsize n = tfv_number_write_float (text, (float) tfv_array_get_double (points, i));

      text[n] = (i + 1) % n_columns == 0 ? '\n' : '\t';
      fwrite (text, 1, n + 1, file);
    }
  is_written = !ferror (file);
  if (fclose (file) != 0 || !is_written)
    return fail (error, path);
  return TRUE;
}

static void
append_string (GString *config, const char *key, const char *value)
{
  g_string_append_printf (config, "  %s: \"", key);
  for (; *value != '\0'; value++)
    {
      if (*value == '"' || *value == '\\')
        g_string_append_printf (config, "\\%c", *value);
      else if ((guchar) *value < 0x20)
        g_string_append_printf (config, "\\%03o", (guint) *value);
      else
        g_string_append_c (config, *value);
    }
  g_string_append (config, "\"\n");
}

static gboolean
write_metadata (const char *path, const char *metadata, GError **error)
{
  g_autofree char *lines = g_str_has_suffix (metadata, "\n") ? g_strdup (metadata) : g_strconcat (metadata, "\n", NULL);

  return g_file_set_contents (path, lines, -1, error);
}

/* Writes the files of an embedding below the folder of its run, and adds what the
   projector must know of them to @config. */
gboolean
tfv_projector_files_add (const char *folder, guint index, const char *tag, gint64 step, GBytes *record, GString *config, GError **error)
{
  g_autoptr (TfvEmbedding) embedding = tfv_embedding_decode (record, error);
  g_autofree char         *name = g_strdup_printf ("%s:%05" G_GINT64_FORMAT, tag, step);
  g_autofree char         *below = g_strdup_printf (FOLDER_NAME "/%04u", index);
  g_autofree char         *path = g_build_filename (folder, below, NULL);
  g_autofree char         *points = g_build_filename (path, "tensors.tsv", NULL);
  g_autofree char         *metadata = g_build_filename (path, "metadata.tsv", NULL);
  g_autofree char         *sprite = g_build_filename (path, "sprite.png", NULL);
  gsize                    skip = strlen (folder) + 1;

  if (embedding == NULL)
    return FALSE;
  if (g_mkdir_with_parents (path, 0777) != 0)
    return fail (error, path);
  if (!write_points (points, embedding->points, error))
    return FALSE;

  g_string_append (config, "embeddings {\n");
  append_string (config, "tensor_name", name);
  append_string (config, "tensor_path", points + skip);
  if (embedding->metadata != NULL && *embedding->metadata != '\0')
    {
      if (!write_metadata (metadata, embedding->metadata, error))
        return FALSE;
      append_string (config, "metadata_path", metadata + skip);
    }
  if (embedding->sprite != NULL && g_bytes_get_size (embedding->sprite) > 0)
    {
      gsize       n_bytes;
      const char *data = g_bytes_get_data (embedding->sprite, &n_bytes);

      if (!g_file_set_contents (sprite, data, (gssize) n_bytes, error))
        return FALSE;
      g_string_append (config, "  sprite {\n  ");
      append_string (config, "image_path", sprite + skip);
      g_string_append_printf (config, "    single_image_dim: %u\n    single_image_dim: %u\n  }\n", embedding->sprite_width, embedding->sprite_height);
    }
  g_string_append (config, "}\n");
  return TRUE;
}

/* Writes what the projector reads first. */
gboolean
tfv_projector_files_finish (const char *folder, GString *config, GError **error)
{
  g_autofree char *path = g_build_filename (folder, CONFIG_NAME, NULL);

  g_string_prepend (config, TFV_PROJECTOR_FILES_NOTE);
  return g_file_set_contents (path, config->str, (gssize) config->len, error);
}
