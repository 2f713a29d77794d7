/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "summaries/tfv-hparams-private.h"
#include "summaries/tfv-json-text-private.h"
#include "summaries/tfv-record-class-private.h"

extern const TfvRecordClass tfv_record_hparams;

#define PLUGIN "hparams"
#define EXPERIMENT_TAG "_hparams_/experiment"
#define SESSION_START_TAG "_hparams_/session_start_info"
#define SESSION_END_TAG "_hparams_/session_end_info"

/* HParamsPluginData's own version. */
#define PLUGIN_DATA_VERSION 0

/* TensorBoard's DataType of a hyper-parameter. */
enum
{
  TYPE_UNSET = 0,
  TYPE_STRING = 1,
  TYPE_BOOL = 2,
  TYPE_FLOAT64 = 3,
};

static void
add_part (TfvSummaryWriter *self, const char *tag, TfvHparamsPart part, GByteArray *message)
{
  GByteArray *content = g_byte_array_new ();

  tfv_message_add_varint (content, TFV_PLUGIN_VERSION, PLUGIN_DATA_VERSION);
  tfv_message_add_message (content, (guint32) part, message);
  tfv_summary_writer_add_value (self, TFV_RECORD_HPARAMS, tag, 0, tfv_summary_value_new (tag, TFV_VALUE_NONE, NULL, PLUGIN, content));
}

/* A google.protobuf.Value: all numbers are doubles. */
static GByteArray *
new_value (GVariant *value, int *type)
{
  GByteArray *message = g_byte_array_new ();

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    {
      *type = TYPE_BOOL;
      tfv_message_add_varint (message, TFV_VALUE_BOOL, g_variant_get_boolean (value));
    }
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE) || g_variant_is_of_type (value, G_VARIANT_TYPE_INT64) || g_variant_is_of_type (value, G_VARIANT_TYPE_INT32))
    {
      *type = TYPE_FLOAT64;
      tfv_message_add_double (message, TFV_VALUE_NUMBER,
                              g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE)  ? g_variant_get_double (value)
                              : g_variant_is_of_type (value, G_VARIANT_TYPE_INT64) ? (double) g_variant_get_int64 (value)
                                                                                   : (double) g_variant_get_int32 (value));
    }
  else
    {
      gboolean         is_string = g_variant_is_of_type (value, G_VARIANT_TYPE_STRING);
      g_autofree char *text = is_string ? g_variant_dup_string (value, NULL) : g_variant_print (value, FALSE);

      *type = TYPE_STRING;
      tfv_message_add_string (message, TFV_VALUE_STRING, text);
    }
  return message;
}

/**
 * tfv_summary_writer_add_hparams:
 * @self: a writer
 * @hparams: the hyper-parameters, an `a{sv}` whose values are strings, doubles,
 *   int64s or booleans; a floating reference is consumed
 * @group_name: (nullable): sessions of the same group are repetitions
 *
 * States the hyper-parameters of the run, as TensorBoard's hparams plugin has them:
 * integers become doubles. The session that is described starts now. Any thread.
 */
void
tfv_summary_writer_add_hparams (TfvSummaryWriter *self, GVariant *hparams, const char *group_name)
{
  g_autoptr (GVariant) owned = NULL;
  GByteArray          *start;
  GVariantIter         iter;
  const char          *name;
  GVariant            *value;

  g_return_if_fail (TFV_IS_SUMMARY_WRITER (self) && hparams != NULL && g_variant_is_of_type (hparams, G_VARIANT_TYPE_VARDICT));

  owned = g_variant_ref_sink (hparams);
  start = g_byte_array_new ();
  g_variant_iter_init (&iter, owned);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    {
      GByteArray *entry = g_byte_array_new ();
      int         type;

      tfv_message_add_string (entry, TFV_MAP_KEY, name);
      tfv_message_add_message (entry, TFV_MAP_VALUE, new_value (value, &type));
      tfv_message_add_message (start, TFV_START_HPARAMS, entry);
    }
  if (group_name != NULL)
    tfv_message_add_string (start, TFV_START_GROUP_NAME, group_name);
  tfv_message_add_double (start, TFV_START_TIME, tfv_summary_writer_get_wall_time ());
  add_part (self, SESSION_START_TAG, TFV_HPARAMS_SESSION_START, start);
}

static GByteArray *
new_info (const char *name, GVariant *domain)
{
  GByteArray *info = g_byte_array_new ();
  int         type = TYPE_UNSET;

  tfv_message_add_string (info, TFV_HPARAM_NAME, name);
  if (g_variant_is_of_type (domain, G_VARIANT_TYPE ("(dd)")))
    {
      GByteArray *interval = g_byte_array_new ();
      double      min, max;

      g_variant_get (domain, "(dd)", &min, &max);
      tfv_message_add_double (interval, 1, min);
      tfv_message_add_double (interval, 2, max);
      tfv_message_add_varint (info, TFV_HPARAM_TYPE, TYPE_FLOAT64);
      tfv_message_add_message (info, TFV_HPARAM_INTERVAL, interval);
    }
  else if (g_variant_is_container (domain) && g_variant_type_is_array (g_variant_get_type (domain)))
    {
      GByteArray *list = g_byte_array_new ();

      for (gsize i = 0; i < g_variant_n_children (domain); i++)
        {
          g_autoptr (GVariant) child = g_variant_get_child_value (domain, i);
          g_autoptr (GVariant) value = g_variant_is_of_type (child, G_VARIANT_TYPE_VARIANT) ? g_variant_get_variant (child) : g_variant_ref (child);

          tfv_message_add_message (list, TFV_LIST_VALUES, new_value (value, &type));
        }
      tfv_message_add_varint (info, TFV_HPARAM_TYPE, (guint64) type);
      tfv_message_add_message (info, TFV_HPARAM_DISCRETE, list);
    }
  return info;
}

/**
 * tfv_summary_writer_add_hparams_experiment:
 * @self: a writer, best of the folder above those of the sessions
 * @name: (nullable): the experiment's name
 * @domains: what is varied, an `a{sv}`: of each hyper-parameter the values that it
 *   takes, an `av`, or a `(dd)` for the least and the greatest of an interval; a
 *   floating reference is consumed
 * @metric_tags: (array zero-terminated=1) (nullable): the tags of the scalars that
 *   are compared
 *
 * States what an experiment of several sessions varies and measures. Any thread.
 */
void
tfv_summary_writer_add_hparams_experiment (TfvSummaryWriter *self, const char *name, GVariant *domains, const char *const *metric_tags)
{
  g_autoptr (GVariant) owned = NULL;
  GByteArray          *experiment;
  GVariantIter         iter;
  const char          *hparam;
  GVariant            *domain;

  g_return_if_fail (TFV_IS_SUMMARY_WRITER (self) && domains != NULL && g_variant_is_of_type (domains, G_VARIANT_TYPE_VARDICT));

  owned = g_variant_ref_sink (domains);
  experiment = g_byte_array_new ();
  tfv_message_add_double (experiment, TFV_EXPERIMENT_TIME, tfv_summary_writer_get_wall_time ());
  g_variant_iter_init (&iter, owned);
  while (g_variant_iter_loop (&iter, "{&sv}", &hparam, &domain))
    tfv_message_add_message (experiment, TFV_EXPERIMENT_HPARAM_INFO, new_info (hparam, domain));
  for (guint i = 0; metric_tags != NULL && metric_tags[i] != NULL; i++)
    {
      GByteArray *metric = g_byte_array_new ();
      GByteArray *metric_name = g_byte_array_new ();

      tfv_message_add_string (metric_name, TFV_METRIC_NAME_TAG, metric_tags[i]);
      tfv_message_add_message (metric, TFV_METRIC_NAME, metric_name);
      tfv_message_add_message (experiment, TFV_EXPERIMENT_METRIC_INFO, metric);
    }
  if (name != NULL)
    tfv_message_add_string (experiment, TFV_EXPERIMENT_NAME, name);
  add_part (self, EXPERIMENT_TAG, TFV_HPARAMS_EXPERIMENT, experiment);
}

/**
 * tfv_summary_writer_add_hparams_end:
 * @self: a writer
 * @status: how the session ended
 *
 * States that the session whose hyper-parameters were stated ended now. Any thread.
 */
void
tfv_summary_writer_add_hparams_end (TfvSummaryWriter *self, TfvHparamsStatus status)
{
  GByteArray *end;

  g_return_if_fail (TFV_IS_SUMMARY_WRITER (self));

  end = g_byte_array_new ();
  tfv_message_add_varint (end, TFV_END_STATUS, status);
  tfv_message_add_double (end, TFV_END_TIME, tfv_summary_writer_get_wall_time ());
  add_part (self, SESSION_END_TAG, TFV_HPARAMS_SESSION_END, end);
}

/* What is told of one record. */
typedef struct
{
  const TfvStoredRecord *record;
  const TfvRecordSink   *sink;
} Teller;

static void
tell_text (const Teller *teller, const char *key, const char *text)
{
  TfvRecordValue values[6];

  tfv_record_fill_tag_values (teller->record, values);
  values[4] = tfv_record_string (key);
  values[5] = tfv_record_string (text);
  teller->sink->func (values, teller->sink->user_data);
}

static void
tell_if_there (const Teller *teller, const char *key, const char *text)
{
  if (*text != '\0')
    tell_text (teller, key, text);
}

static void
append_json (GString *json, GVariant *value)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    g_string_append (json, g_variant_get_boolean (value) ? "true" : "false");
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE))
    tfv_json_append_double (json, g_variant_get_double (value));
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    tfv_json_append_string (json, g_variant_get_string (value, NULL));
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT))
    {
      g_autoptr (GVariant) inner = g_variant_get_variant (value);

      append_json (json, inner);
    }
  else
    {
      g_string_append_c (json, '[');
      for (gsize i = 0; i < g_variant_n_children (value); i++)
        {
          g_autoptr (GVariant) child = g_variant_get_child_value (value, i);

          if (i > 0)
            g_string_append_c (json, ',');
          append_json (json, child);
        }
      g_string_append_c (json, ']');
    }
}

/* A key of two parts, and a value as JSON. */
static void
tell_value (const Teller *teller, const char *group, const char *name, GVariant *value)
{
  g_autofree char    *key = g_strconcat (group, name, NULL);
  g_autoptr (GString) json = g_string_new (NULL);

  if (value != NULL)
    append_json (json, value);
  tell_text (teller, key, json->str);
}

static void
tell_time (const Teller *teller, const char *key, double time_secs)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (time_secs == 0)
    return;
  tfv_json_append_double (text, time_secs);
  tell_text (teller, key, text->str);
}

static void
tell_experiment (const Teller *teller, const TfvHparams *hparams)
{
  tell_if_there (teller, "experiment.name", hparams->name);
  tell_if_there (teller, "experiment.description", hparams->description);
  tell_if_there (teller, "experiment.user", hparams->user);
  tell_time (teller, "experiment.time_created_secs", hparams->time_secs);
  for (guint i = 0; i < hparams->infos->len; i++)
    {
      const TfvHparamInfo *info = hparams->infos->pdata[i];

      tell_value (teller, "experiment.hparam.", info->name, info->domain);
    }
  for (guint i = 0; i < hparams->metrics->len; i++)
    {
      const TfvHparamsMetric *metric = hparams->metrics->pdata[i];
      g_autofree char        *path = *metric->group != '\0' ? g_strconcat (metric->group, "/", metric->tag, NULL) : g_strdup (metric->tag);

      tell_text (teller, "experiment.metric", path);
    }
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
tell_start (const Teller *teller, const TfvHparams *hparams)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  GVariantIter          iter;
  const char           *name;

  g_variant_iter_init (&iter, hparams->hparams);
  while (g_variant_iter_next (&iter, "{&sv}", &name, NULL))
    g_ptr_array_add (names, (gpointer) name);
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (hparams->hparams, names->pdata[i], NULL);

      tell_value (teller, "hparams.", names->pdata[i], value);
    }
  tell_if_there (teller, "group_name", hparams->group_name);
  tell_if_there (teller, "model_uri", hparams->model_uri);
  tell_if_there (teller, "monitor_url", hparams->monitor_url);
  tell_time (teller, "start_time_secs", hparams->time_secs);
}

static gboolean
tell (const TfvStoredRecord *record, const TfvRecordSink *sink, GError **error)
{
  static const char *const statuses[] = { "unknown", "success", "failure", "running" };
  g_autoptr (TfvHparams)   hparams = tfv_hparams_decode (record->bytes, error);
  const Teller             teller = { record, sink };

  if (hparams == NULL)
    return FALSE;

  switch (hparams->part)
    {
    case TFV_HPARAMS_EXPERIMENT:
      tell_experiment (&teller, hparams);
      break;
    case TFV_HPARAMS_SESSION_START:
      tell_start (&teller, hparams);
      break;
    case TFV_HPARAMS_SESSION_END:
      tell_text (&teller, "status", statuses[hparams->status]);
      tell_time (&teller, "end_time_secs", hparams->time_secs);
      break;
    default:
      g_assert_not_reached ();
    }
  return TRUE;
}

static gboolean
dump (TfvRun *run, const TfvRecordFilter *filter, TfvRecordFunc func, gpointer user_data, GError **error)
{
  TfvRecordSink sink = { filter, func, user_data };

  return tfv_record_decode_each (run, TFV_RECORD_HPARAMS, tell, &sink, error);
}

static void
write_sample (TfvSummaryWriter *writer)
{
  const char *const metrics[] = { "accuracy", NULL };
  GVariantDict      domains, hparams;

  g_variant_dict_init (&domains, NULL);
  g_variant_dict_insert (&domains, "lr", "(dd)", 0.001, 0.1);
  tfv_summary_writer_add_hparams_experiment (writer, "sweep", g_variant_dict_end (&domains), metrics);
  g_variant_dict_init (&hparams, NULL);
  g_variant_dict_insert (&hparams, "bias", "b", TRUE);
  g_variant_dict_insert (&hparams, "lr", "d", 0.01);
  g_variant_dict_insert (&hparams, "optimizer", "s", "adam");
  tfv_summary_writer_add_hparams (writer, g_variant_dict_end (&hparams), "first");
  tfv_summary_writer_add_hparams_end (writer, TFV_HPARAMS_STATUS_SUCCESS);
}

static const char *const columns[] = { TFV_RECORD_TAG_COLUMNS, "key", "value", NULL };

const TfvRecordClass tfv_record_hparams = {
  .kind = TFV_RECORD_HPARAMS,
  .name = "hparams",
  .plugin = PLUGIN,
  .columns = columns,
  .dump = dump,
  .write_sample = write_sample,
  .sample = ".," EXPERIMENT_TAG ",0,*,experiment.name,sweep\n"
            ".," EXPERIMENT_TAG ",0,*,experiment.time_created_secs,*\n"
            ".," EXPERIMENT_TAG ",0,*,experiment.hparam.lr,[0.001,0.1]\n"
            ".," EXPERIMENT_TAG ",0,*,experiment.metric,accuracy\n"
            ".," SESSION_END_TAG ",0,*,status,success\n"
            ".," SESSION_END_TAG ",0,*,end_time_secs,*\n"
            ".," SESSION_START_TAG ",0,*,hparams.bias,true\n"
            ".," SESSION_START_TAG ",0,*,hparams.lr,0.01\n"
            ".," SESSION_START_TAG ",0,*,hparams.optimizer,\"adam\"\n"
            ".," SESSION_START_TAG ",0,*,group_name,first\n"
            ".," SESSION_START_TAG ",0,*,start_time_secs,*\n",
};
