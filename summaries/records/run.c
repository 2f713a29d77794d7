/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "summaries/tfv-git-state-private.h"
#include "summaries/tfv-json-text-private.h"
#include "summaries/tfv-number.h"
#include "summaries/tfv-record-class-private.h"
#include "summaries/tfv-run-facts-private.h"
#include "summaries/tfv-run-record-private.h"
#include "summaries/tfv-summary-writer-private.h"

extern const TfvRecordClass tfv_record_run;

/* What a caller nests deeper is printed as text. */
#define MAX_DEPTH 14

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

static void append_variant (GString *json, GVariant *value, guint depth);

static void
append_members (GString *json, GVariant *dictionary, guint depth)
{
  GVariantIter iter;
  GVariant    *entry;

  g_variant_iter_init (&iter, dictionary);
  while ((entry = g_variant_iter_next_value (&iter)) != NULL)
    {
      g_autoptr (GVariant) owned = entry;
      g_autoptr (GVariant) name = g_variant_get_child_value (entry, 0);
      g_autoptr (GVariant) value = g_variant_get_child_value (entry, 1);

      append_name (json, g_variant_get_string (name, NULL));
      append_variant (json, value, depth);
    }
}

static void
append_elements (GString *json, GVariant *array, guint depth)
{
  for (gsize i = 0; i < g_variant_n_children (array); i++)
    {
      g_autoptr (GVariant) element = g_variant_get_child_value (array, i);

      if (i > 0)
        g_string_append (json, ", ");
      append_variant (json, element, depth);
    }
}

static void
append_variant (GString *json, GVariant *value, guint depth)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT) && depth < MAX_DEPTH)
    {
      g_autoptr (GVariant) inner = g_variant_get_variant (value);

      append_variant (json, inner, depth + 1);
    }
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE ("a{s*}")) && depth < MAX_DEPTH)
    {
      g_string_append_c (json, '{');
      append_members (json, value, depth + 1);
      g_string_append_c (json, '}');
    }
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_ARRAY) && depth < MAX_DEPTH)
    {
      g_string_append_c (json, '[');
      append_elements (json, value, depth + 1);
      g_string_append_c (json, ']');
    }
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
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
append_member (GString *json, const char *name, GVariant *value)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (value);

  append_name (json, name);
  append_variant (json, owned, 1);
}

static GString *
describe_run (TfvSummaryWriter *self, int argc, const char *const *argv)
{
  GString              *json = g_string_new ("{");
  g_autoptr (GDateTime) start = g_date_time_new_from_unix_utc (self->region->header->start_wall_ns / 1000000000);
  g_autofree char      *start_text = g_date_time_format (start, "%Y-%m-%dT%H:%M:%SZ");
  g_autofree char      *directory = g_get_current_dir ();
  g_auto (GStrv)        command = tfv_run_facts_dup_command (argc, argv);

  append_name (json, "command");
  g_string_append_c (json, '[');
  for (guint i = 0; command[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append (json, ", ");
      tfv_json_append_string (json, command[i]);
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

static void
describe_surroundings (GString *json)
{
  g_autofree char *directory = g_get_current_dir ();
  GVariant        *git = tfv_git_state_read (directory);

  append_member (json, "machine", tfv_run_facts_get_machine ());
  append_member (json, "environment", tfv_run_facts_get_environment ());
  if (git != NULL)
    append_member (json, "git", git);
}

/* Takes @json, an object without its end. */
static void
add_description (TfvSummaryWriter *self, GString *json)
{
  g_autoptr (GBytes) bytes = NULL;

  g_string_append_c (json, '}');
  bytes = g_string_free_to_bytes (json);
  tfv_summary_writer_add_blob (self, TFV_RECORD_RUN, TFV_RUN_RECORD_TAG, 0, tfv_summary_writer_get_wall_time (), bytes);
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
 * started, on what machine, and its hyper-parameters.
 *
 * Of the environment those variables are stored that are known to matter and to
 * be no secrets, such as `CUDA_VISIBLE_DEVICES`; of a git repository around the
 * folder the commit, the branch, the remote without credentials, and whether
 * files were changed, which is found out by git's files, in 50 ms at most. In the
 * command the values of options that are named after a secret (`--api-key`) are
 * hidden, as are credentials and secret parameters of URLs; hyper-parameters are
 * stored as given. What else is to be known is added with
 * [method@Tfv.SummaryWriter.add_run_details]. Any thread.
 */
void
tfv_summary_writer_add_run_description (TfvSummaryWriter *self, int argc, const char *const *argv, GVariant *hparams)
{
  GString *json;

  g_return_if_fail (self != NULL);
  g_return_if_fail (hparams == NULL || g_variant_is_of_type (hparams, G_VARIANT_TYPE_VARDICT));

  json = describe_run (self, argc, argv);
  describe_surroundings (json);
  if (hparams != NULL)
    append_member (json, "hparams", hparams);
  add_description (self, json);
}

/**
 * tfv_summary_writer_add_run_details:
 * @self: a writer
 * @details: an `a{sv}` of names and strings, numbers, booleans, arrays, or
 *   dictionaries of such; a floating reference is consumed
 *
 * States more about the run, as it is given: `packages`, an `a{ss}` of names and
 * versions; `devices`, an array of dictionaries; variables of the `environment`.
 * What was stated of the same name before counts no more. Any thread.
 */
void
tfv_summary_writer_add_run_details (TfvSummaryWriter *self, GVariant *details)
{
  g_autoptr (GVariant) owned = NULL;
  GString             *json;

  g_return_if_fail (self != NULL && details != NULL && g_variant_is_of_type (details, G_VARIANT_TYPE_VARDICT));

  owned = g_variant_ref_sink (details);
  json = g_string_new ("{");
  append_members (json, owned, 1);
  add_description (self, json);
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
  g_autoptr (JsonNode) root = tfv_run_record_parse (bytes);
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

/* Without what differs from machine to machine in number. */
static void
write_sample (TfvSummaryWriter *writer)
{
  const char *const argv[] = { "train", "--quick", "--api-key=a secret", NULL };
  GString          *json = describe_run (writer, 3, argv);
  GVariantDict      hparams, packages, details;

  g_variant_dict_init (&hparams, NULL);
  g_variant_dict_insert (&hparams, "learning_rate", "d", 0.1);
  append_member (json, "hparams", g_variant_dict_end (&hparams));
  add_description (writer, json);

  g_variant_dict_init (&packages, NULL);
  g_variant_dict_insert (&packages, "numpy", "s", "1.24.2");
  g_variant_dict_init (&details, NULL);
  g_variant_dict_insert_value (&details, "packages", g_variant_dict_end (&packages));
  tfv_summary_writer_add_run_details (writer, g_variant_dict_end (&details));
}

static const char *const columns[] = { "run", "wall_time", "key", "value", NULL };

const TfvRecordClass tfv_record_run = {
  .kind = TFV_RECORD_RUN,
  .name = "run",
  .plugin = NULL,
  .columns = columns,
  .dump = dump,
  .write_sample = write_sample,
  .sample = ".,*,command,[\"train\",\"--quick\",\"--api-key=***\"]\n"
            ".,*,host,*\n"
            ".,*,pid,*\n"
            ".,*,start,*\n"
            ".,*,directory,*\n"
            ".,*,hparams.learning_rate,0.1\n"
            ".,*,packages.numpy,1.24.2\n",
};
