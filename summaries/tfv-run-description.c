/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "summaries/tfv-run-record-private.h"
#include "summaries/tfv-run.h"

/* More than this is no description of a run. */
#define MAX_JSON_BYTES (1u << 20)
#define MAX_JSON_DEPTH 16

/* A parser that calls itself must not be led too deep. */
static gboolean
is_flat (const char *text, gsize length)
{
  gsize    depth = 0;
  gboolean is_string = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      if (is_string && text[i] == '\\')
        i++;
      else if (text[i] == '"')
        is_string = !is_string;
      else if (is_string)
        continue;
      else if (text[i] == '{' || text[i] == '[')
        depth++;
      else if ((text[i] == '}' || text[i] == ']') && depth > 0)
        depth--;
      if (depth > MAX_JSON_DEPTH)
        return FALSE;
    }

  return TRUE;
}

/* The object in a record; NULL where it is none. */
JsonNode *
tfv_run_record_parse (GBytes *bytes)
{
  gsize                  length;
  const char            *text = g_bytes_get_data (bytes, &length);
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonNode              *root;

  if (length == 0 || length > MAX_JSON_BYTES || !is_flat (text, length) || !g_utf8_validate_len (text, length, NULL) ||
      !json_parser_load_from_data (parser, text, (gssize) length, NULL))
    return NULL;

  root = json_parser_get_root (parser);
  return root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_ref (root) : NULL;
}

static GVariant *
string_to_variant (const char *text)
{
  if (strcmp (text, "NaN") == 0)
    return g_variant_new_double (NAN);
  if (strcmp (text, "Infinity") == 0)
    return g_variant_new_double (INFINITY);
  if (strcmp (text, "-Infinity") == 0)
    return g_variant_new_double (-INFINITY);
  return g_variant_new_string (text);
}

static GVariant *node_to_variant (JsonNode *node);

static GVariant *
object_to_variant (JsonObject *object)
{
  GVariantDict   dict;
  JsonObjectIter iter;
  const char    *name;
  JsonNode      *node;

  g_variant_dict_init (&dict, NULL);
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &node))
    {
      GVariant *value = node_to_variant (node);

      if (value != NULL)
        g_variant_dict_insert_value (&dict, name, value);
    }
  return g_variant_dict_end (&dict);
}

/* An array of strings is one of those, any other an array of variants. */
static GVariant *
array_to_variant (JsonArray *array)
{
  GVariantBuilder builder;
  guint           n_elements = json_array_get_length (array);
  gboolean        is_of_strings = TRUE;

  for (guint i = 0; i < n_elements; i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      is_of_strings &= JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING;
    }

  g_variant_builder_init (&builder, is_of_strings ? G_VARIANT_TYPE_STRING_ARRAY : G_VARIANT_TYPE ("av"));
  for (guint i = 0; i < n_elements; i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      GVariant *value = is_of_strings ? g_variant_new_string (json_node_get_string (node)) : node_to_variant (node);

      if (value != NULL)
        g_variant_builder_add_value (&builder, is_of_strings ? value : g_variant_new_variant (value));
    }
  return g_variant_builder_end (&builder);
}

/* A floating value; NULL for a JSON null. */
static GVariant *
node_to_variant (JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    return object_to_variant (json_node_get_object (node));
  if (JSON_NODE_HOLDS_ARRAY (node))
    return array_to_variant (json_node_get_array (node));
  if (!JSON_NODE_HOLDS_VALUE (node))
    return NULL;

  switch (json_node_get_value_type (node))
    {
    case G_TYPE_BOOLEAN:
      return g_variant_new_boolean (json_node_get_boolean (node));
    case G_TYPE_INT64:
      return g_variant_new_int64 (json_node_get_int (node));
    case G_TYPE_DOUBLE:
      return g_variant_new_double (json_node_get_double (node));
    default:
      return string_to_variant (json_node_get_string (node));
    }
}

/* The hyper-parameters in a run's description as an a{sv}, floating; NULL where
 * it has none. */
GVariant *
tfv_run_record_dup_hparams (GBytes *bytes)
{
  g_autoptr (JsonNode) root = tfv_run_record_parse (bytes);
  JsonNode            *hparams = root != NULL ? json_object_get_member (json_node_get_object (root), "hparams") : NULL;

  return hparams != NULL && JSON_NODE_HOLDS_OBJECT (hparams) ? object_to_variant (json_node_get_object (hparams)) : NULL;
}

/**
 * tfv_run_dup_description:
 * @self: a run
 *
 * What the run is said to be: `command` (`as`), `host`, `pid`, `start`,
 * `directory`, `hparams`, `machine`, `environment`, `git`, `packages`, `devices`
 * and what else was stated, as far as it was. What was stated later counts. Any
 * thread; blocks on the files.
 *
 * Returns: (transfer full) (nullable): a dictionary `a{sv}`, or %NULL where
 *   nothing was stated
 */
GVariant *
tfv_run_dup_description (TfvRun *self)
{
  g_autoptr (TfvTag) tag = NULL;
  GVariantDict       dict;
  gint64             step;

  g_return_val_if_fail (TFV_IS_RUN (self), NULL);

  tag = tfv_run_dup_tag (self, TFV_RECORD_RUN, TFV_RUN_RECORD_TAG);
  if (tag == NULL)
    return NULL;

  g_variant_dict_init (&dict, NULL);
  for (guint64 i = 0; tfv_tag_get_record (tag, i, &step, NULL, NULL); i++)
    {
      g_autoptr (GBytes)   bytes = tfv_tag_read_record (tag, i, NULL);
      g_autoptr (JsonNode) root = bytes != NULL ? tfv_run_record_parse (bytes) : NULL;
      JsonObjectIter       iter;
      const char          *name;
      JsonNode            *node;

      if (root == NULL)
        continue;
      json_object_iter_init (&iter, json_node_get_object (root));
      while (json_object_iter_next (&iter, &name, &node))
        {
          GVariant *value = node_to_variant (node);

          if (value != NULL)
            g_variant_dict_insert_value (&dict, name, value);
        }
    }
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}
