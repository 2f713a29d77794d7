/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-hparams-private.h"

#include "summaries/tfv-error.h"

G_DEFINE_BOXED_TYPE (TfvHparams, tfv_hparams, tfv_hparams_ref, tfv_hparams_unref)

static void
free_info (gpointer data)
{
  TfvHparamInfo *self = data;

  g_free (self->name);
  g_free (self->display_name);
  g_free (self->description);
  g_clear_pointer (&self->domain, g_variant_unref);
  g_free (self);
}

static void
free_metric (gpointer data)
{
  TfvHparamsMetric *self = data;

  g_free (self->group);
  g_free (self->tag);
  g_free (self->display_name);
  g_free (self->description);
  g_free (self);
}

static void
clear_hparams (gpointer data)
{
  TfvHparams *self = data;

  g_free (self->name);
  g_free (self->description);
  g_free (self->user);
  g_ptr_array_unref (self->infos);
  g_ptr_array_unref (self->metrics);
  g_clear_pointer (&self->hparams, g_variant_unref);
  g_free (self->group_name);
  g_free (self->model_uri);
  g_free (self->monitor_url);
}

/**
 * tfv_hparams_ref:
 * @self: hyper-parameters
 *
 * Takes a reference. Any thread.
 *
 * Returns: (transfer full): @self
 */
TfvHparams *
tfv_hparams_ref (TfvHparams *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * tfv_hparams_unref:
 * @self: (transfer full): hyper-parameters
 *
 * Gives a reference back. Any thread.
 */
void
tfv_hparams_unref (TfvHparams *self)
{
  g_atomic_rc_box_release_full (self, clear_hparams);
}

static TfvSlice
get_slice (TfvSlice message, guint32 number)
{
  TfvWireField field;

  return tfv_find_field (message, number, &field) && field.type == TFV_WIRE_BYTES ? field.bytes : (TfvSlice){ NULL, 0 };
}

static char *
get_string (TfvSlice message, guint32 number)
{
  return tfv_slice_to_string (get_slice (message, number));
}

static double
get_double (TfvSlice message, guint32 number)
{
  TfvWireField field;

  return tfv_find_field (message, number, &field) && field.type == TFV_WIRE_FIXED64 ? tfv_wire_double (field.value) : 0;
}

/* The values of a ListValue. (transfer full) */
static GVariant *
parse_list (TfvSlice message)
{
  TfvWire         wire = tfv_wire_init (message);
  TfvWireField    field;
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("av"));
  while (tfv_wire_next (&wire, &field))
    {
      GVariant *value = field.number == TFV_LIST_VALUES && field.type == TFV_WIRE_BYTES ? tfv_hparams_parse_value (field.bytes) : NULL;

      if (value != NULL)
        g_variant_builder_add (&list, "v", value);
    }
  return g_variant_ref_sink (g_variant_builder_end (&list));
}

static TfvHparamInfo *
parse_info (TfvSlice message)
{
  static const char *const types[] = { "", "string", "bool", "float64" };
  TfvHparamInfo           *info = g_new0 (TfvHparamInfo, 1);
  TfvWireField             field;

  info->name = get_string (message, TFV_HPARAM_NAME);
  info->display_name = get_string (message, TFV_HPARAM_DISPLAY_NAME);
  info->description = get_string (message, TFV_HPARAM_DESCRIPTION);
  info->type = "";
  if (tfv_find_field (message, TFV_HPARAM_TYPE, &field) && field.type == TFV_WIRE_VARINT && field.value < G_N_ELEMENTS (types))
    info->type = types[field.value];
  if (tfv_find_field (message, TFV_HPARAM_DISCRETE, &field) && field.type == TFV_WIRE_BYTES)
    info->domain = parse_list (field.bytes);
  else if (tfv_find_field (message, TFV_HPARAM_INTERVAL, &field) && field.type == TFV_WIRE_BYTES)
    info->domain = g_variant_ref_sink (g_variant_new ("(dd)", get_double (field.bytes, 1), get_double (field.bytes, 2)));
  return info;
}

static TfvHparamsMetric *
parse_metric (TfvSlice message)
{
  TfvHparamsMetric *metric = g_new0 (TfvHparamsMetric, 1);
  TfvSlice          name = get_slice (message, TFV_METRIC_NAME);

  metric->group = get_string (name, TFV_METRIC_NAME_GROUP);
  metric->tag = get_string (name, TFV_METRIC_NAME_TAG);
  metric->display_name = get_string (message, TFV_METRIC_DISPLAY_NAME);
  metric->description = get_string (message, TFV_METRIC_DESCRIPTION);
  return metric;
}

static void
take_experiment (TfvHparams *self, TfvSlice message)
{
  TfvWire      wire = tfv_wire_init (message);
  TfvWireField field;

  self->name = get_string (message, TFV_EXPERIMENT_NAME);
  self->description = get_string (message, TFV_EXPERIMENT_DESCRIPTION);
  self->user = get_string (message, TFV_EXPERIMENT_USER);
  self->time_secs = get_double (message, TFV_EXPERIMENT_TIME);
  while (tfv_wire_next (&wire, &field))
    {
      if (field.type != TFV_WIRE_BYTES)
        continue;
      if (field.number == TFV_EXPERIMENT_HPARAM_INFO)
        g_ptr_array_add (self->infos, parse_info (field.bytes));
      else if (field.number == TFV_EXPERIMENT_METRIC_INFO)
        g_ptr_array_add (self->metrics, parse_metric (field.bytes));
    }
}

static void
take_start (TfvHparams *self, TfvSlice content, TfvSlice message)
{
  self->hparams = g_variant_ref_sink (tfv_hparams_parse (content));
  self->model_uri = get_string (message, TFV_START_MODEL_URI);
  self->monitor_url = get_string (message, TFV_START_MONITOR_URL);
  self->group_name = get_string (message, TFV_START_GROUP_NAME);
  self->time_secs = get_double (message, TFV_START_TIME);
}

static void
take_end (TfvHparams *self, TfvSlice message)
{
  TfvWireField field;

  if (tfv_find_field (message, TFV_END_STATUS, &field) && field.type == TFV_WIRE_VARINT && field.value <= TFV_HPARAMS_STATUS_RUNNING)
    self->status = (TfvHparamsStatus) field.value;
  self->time_secs = get_double (message, TFV_END_TIME);
}

/* The HParamsPluginData of a record, which is not in a value but in its metadata. */
TfvSlice
tfv_hparams_get_content (GBytes *record)
{
  TfvSummaryPayload payload;

  if (!tfv_summary_payload_parse (record, TFV_VALUE_NONE, &payload))
    return (TfvSlice){ NULL, 0 };
  return payload.metadata.content.n_bytes > 0 ? payload.metadata.content : payload.bytes;
}

static char *
or_empty (char *string)
{
  return string != NULL ? string : g_strdup ("");
}

/**
 * tfv_hparams_decode:
 * @record: a record as [method@Tfv.Tag.read_record] gives it, of a tag of kind
 *   %TFV_RECORD_HPARAMS; or a `HParamsPluginData`
 * @error: return location for a [error@Tfv.StoreError]
 *
 * Reads what a record tells of hyper-parameters. Any thread.
 *
 * Returns: (transfer full): it, or %NULL when the record is damaged
 */
TfvHparams *
tfv_hparams_decode (GBytes *record, GError **error)
{
  TfvSlice     content;
  TfvWireField field;
  TfvHparams  *self;

  g_return_val_if_fail (record != NULL, NULL);

  content = tfv_hparams_get_content (record);
  self = g_atomic_rc_box_new0 (TfvHparams);
  self->infos = g_ptr_array_new_with_free_func (free_info);
  self->metrics = g_ptr_array_new_with_free_func (free_metric);
  for (guint part = TFV_HPARAMS_EXPERIMENT; part <= TFV_HPARAMS_SESSION_END && self->part == 0; part++)
    {
      if (!tfv_find_field (content, part, &field) || field.type != TFV_WIRE_BYTES)
        continue;
      self->part = (TfvHparamsPart) part;
      if (part == TFV_HPARAMS_EXPERIMENT)
        take_experiment (self, field.bytes);
      else if (part == TFV_HPARAMS_SESSION_START)
        take_start (self, content, field.bytes);
      else
        take_end (self, field.bytes);
    }

  self->name = or_empty (self->name);
  self->description = or_empty (self->description);
  self->user = or_empty (self->user);
  self->group_name = or_empty (self->group_name);
  self->model_uri = or_empty (self->model_uri);
  self->monitor_url = or_empty (self->monitor_url);
  if (self->part == 0)
    {
      tfv_hparams_unref (self);
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "a record without hyper-parameters");
      return NULL;
    }
  return self;
}
