/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "summaries/tfv-number.h"
#include "summaries/tfv-json-text-private.h"
#include "summaries/tfv-record-class-private.h"
#include "summaries/tfv-run-record-private.h"
#include "summaries/tfv-summary-writer-private.h"

extern const TfvRecordClass tfv_record_run;

#define RUN_TAG "run"

/* More than this is no description of a run. */
#define MAX_JSON_BYTES (1u << 20)
#define MAX_JSON_DEPTH 16

static void
append_name (GString *json, const char *name)
{
  if (json->str[json->len - 1] != '{')
    g_string_append (json, ", ");
  tfv_json_append_string (json, name);
  g_string_append (json, ": ");
}

/* A double always has a point or an exponent, so that it reads back as one. What
 * JSON has no number for is a string. */
static void
append_double (GString *json, double value)
{
  char text[TFV_NUMBER_MAX_BYTES];

  tfv_number_write_double (text, value);
  if (isnan (value))
    g_string_append (json, "\"NaN\"");
  else if (isinf (value))
    g_string_append (json, value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
  else
    g_string_append_printf (json, strpbrk (text, ".e") != NULL ? "%s" : "%s.0", text);
}

static void
append_variant (GString *json, GVariant *value)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    g_string_append (json, g_variant_get_boolean (value) ? "true" : "false");
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
    g_string_append_printf (json, "%" G_GINT64_FORMAT, g_variant_get_int64 (value));
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT32))
    g_string_append_printf (json, "%d", g_variant_get_int32 (value));
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE))
    append_double (json, g_variant_get_double (value));
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    tfv_json_append_string (json, g_variant_get_string (value, NULL));
  else
    {
      g_autofree char *text = g_variant_print (value, FALSE);

      tfv_json_append_string (json, text);
    }
}

static void
append_hparams (GString *json, GVariant *hparams)
{
  GVariantIter iter;
  const char  *name;
  GVariant    *value;

  append_name (json, "hparams");
  g_string_append_c (json, '{');
  g_variant_iter_init (&iter, hparams);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    {
      append_name (json, name);
      append_variant (json, value);
    }
  g_string_append_c (json, '}');
}

static GString *
describe_run (TfvSummaryWriter *self, int argc, const char *const *argv)
{
  GString              *json = g_string_new ("{");
  g_autoptr (GDateTime) start = g_date_time_new_from_unix_utc (self->region->header->start_wall_ns / 1000000000);
  g_autofree char      *start_text = g_date_time_format (start, "%Y-%m-%dT%H:%M:%SZ");
  g_autofree char      *directory = g_get_current_dir ();

  append_name (json, "command");
  g_string_append_c (json, '[');
  for (int i = 0; i < argc && argv != NULL; i++)
    {
      if (i > 0)
        g_string_append (json, ", ");
      tfv_json_append_string (json, argv[i]);
    }
  g_string_append_c (json, ']');

  append_name (json, "host");
  tfv_json_append_string (json, self->region->header->host);
  append_name (json, "pid");
  g_string_append_printf (json, "%d", (int) getpid ());
  append_name (json, "start");
  tfv_json_append_string (json, start_text);
  append_name (json, "directory");
  tfv_json_append_string (json, directory);

  return json;
}

/**
 * tfv_summary_writer_add_run_description:
 * @self: a writer
 * @argc: number of arguments of the command
 * @argv: (array length=argc) (nullable): the command with its arguments
 * @hparams: (nullable): the run's hyper-parameters, an `a{sv}` whose values are
 *   strings, doubles, int64s or booleans; a floating reference is consumed
 *
 * States what the run is: its command, where, when and in which folder it was
 * started, and its hyper-parameters. Any thread.
 */
void
tfv_summary_writer_add_run_description (TfvSummaryWriter *self, int argc, const char *const *argv, GVariant *hparams)
{
  g_autoptr (GVariant) owned = hparams != NULL ? g_variant_ref_sink (hparams) : NULL;
  g_autoptr (GBytes)   bytes = NULL;
  GString             *json;

  g_return_if_fail (self != NULL);
  g_return_if_fail (hparams == NULL || g_variant_is_of_type (hparams, G_VARIANT_TYPE_VARDICT));

  json = describe_run (self, argc, argv);
  if (hparams != NULL)
    append_hparams (json, hparams);
  g_string_append_c (json, '}');

  bytes = g_string_free_to_bytes (json);
  tfv_summary_writer_add_blob (self, TFV_RECORD_RUN, RUN_TAG, 0, tfv_summary_writer_get_wall_time (), bytes);
}

/* A parser that calls itself must not be led too deep. */
static gboolean
is_flat (const char *text, gsize length)
{
  gsize depth = 0;

  for (gsize i = 0; i < length; i++)
    {
      if (text[i] == '{' || text[i] == '[')
        depth++;
      else if ((text[i] == '}' || text[i] == ']') && depth > 0)
        depth--;
      if (depth > MAX_JSON_DEPTH)
        return FALSE;
    }

  return TRUE;
}

static JsonNode *
parse (GBytes *bytes)
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
node_to_variant (JsonNode *node)
{
  const char *text;

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
      text = json_node_get_string (node);
      break;
    }

  if (strcmp (text, "NaN") == 0)
    return g_variant_new_double (NAN);
  if (strcmp (text, "Infinity") == 0)
    return g_variant_new_double (INFINITY);
  if (strcmp (text, "-Infinity") == 0)
    return g_variant_new_double (-INFINITY);

  return g_variant_new_string (text);
}

/* The hyper-parameters in a run's description as an a{sv}, floating; NULL where
 * it has none. */
GVariant *
tfv_run_record_dup_hparams (GBytes *bytes)
{
  g_autoptr (JsonNode) root = parse (bytes);
  JsonNode            *hparams = root != NULL ? json_object_get_member (json_node_get_object (root), "hparams") : NULL;
  GVariantDict         dict;
  JsonObjectIter       iter;
  const char          *name;
  JsonNode            *node;

  if (hparams == NULL || !JSON_NODE_HOLDS_OBJECT (hparams))
    return NULL;

  g_variant_dict_init (&dict, NULL);
  json_object_iter_init (&iter, json_node_get_object (hparams));
  while (json_object_iter_next (&iter, &name, &node))
    {
      GVariant *value = node_to_variant (node);

      if (value != NULL)
        g_variant_dict_insert_value (&dict, name, value);
    }

  return g_variant_dict_end (&dict);
}

static void
tell_member (TfvRun *run, double wall_time, const char *key, JsonNode *node, const TfvRecordSink *sink)
{
  g_autofree char *text = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
                              ? json_node_dup_string (node)
                              : NULL;
  TfvRecordValue   values[4];

  if (text == NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_DOUBLE)
    {
      GString *number = g_string_new (NULL);

      append_double (number, json_node_get_double (node));
      text = g_string_free (number, FALSE);
    }
  else if (text == NULL)
    {
      text = json_to_string (node, FALSE);
    }

  values[0] = tfv_record_string (tfv_run_get_name (run));
  values[1] = tfv_record_double (wall_time);
  values[2] = tfv_record_string (key);
  values[3] = tfv_record_string (text);
  sink->func (values, sink->user_data);
}

static void
tell (TfvRun *run, TfvTag *tag, gint64 step, double wall_time, GBytes *bytes, const TfvRecordSink *sink)
{
  g_autoptr (JsonNode) root = parse (bytes);
  JsonObjectIter       iter;
  const char          *name;
  JsonNode            *node;

  if (root == NULL)
    return;

  json_object_iter_init_ordered (&iter, json_node_get_object (root));
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      JsonObjectIter inner;
      const char    *inner_name;
      JsonNode      *inner_node;

      if (!JSON_NODE_HOLDS_OBJECT (node))
        {
          tell_member (run, wall_time, name, node, sink);
          continue;
        }

      json_object_iter_init_ordered (&inner, json_node_get_object (node));
      while (json_object_iter_next_ordered (&inner, &inner_name, &inner_node))
        {
          g_autofree char *key = g_strconcat (name, ".", inner_name, NULL);

          tell_member (run, wall_time, key, inner_node, sink);
        }
    }
}

static gboolean
dump (TfvRun *run, const TfvRecordFilter *filter, TfvRecordFunc func, gpointer user_data, GError **error)
{
  TfvRecordSink sink = { filter, func, user_data };

  return tfv_record_for_each_blob (run, TFV_RECORD_RUN, tell, &sink, error);
}

static void
write_sample (TfvSummaryWriter *writer)
{
  const char *const argv[] = { "train", "--quick", NULL };
  GVariantDict      hparams;

  g_variant_dict_init (&hparams, NULL);
  g_variant_dict_insert (&hparams, "learning_rate", "d", 0.1);
  tfv_summary_writer_add_run_description (writer, 2, argv, g_variant_dict_end (&hparams));
}

static const char *const columns[] = { "run", "wall_time", "key", "value", NULL };

const TfvRecordClass tfv_record_run = {
  .kind = TFV_RECORD_RUN,
  .name = "run",
  .plugin = NULL,
  .columns = columns,
  .dump = dump,
  .write_sample = write_sample,
  .sample = ".,*,command,[\"train\",\"--quick\"]\n"
            ".,*,host,*\n"
            ".,*,pid,*\n"
            ".,*,start,*\n"
            ".,*,directory,*\n"
            ".,*,hparams.learning_rate,0.1\n",
};
