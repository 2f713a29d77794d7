/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/formats/tfevents-private.h"

/* What is larger is no description; it stays with its record. */
#define MAX_METADATA_BYTES (128u << 10)

typedef struct
{
  const char   *plugin;
  TfvRecordKind kind;
} TfvPluginKind;

static const TfvPluginKind plugin_kinds[] = {
  { TFV_SCALARS_PLUGIN, TFV_RECORD_SCALAR },
  { "histograms", TFV_RECORD_HISTOGRAM },
  { "images", TFV_RECORD_IMAGE },
  { "audio", TFV_RECORD_AUDIO },
  { "text", TFV_RECORD_TEXT },
  { "pr_curves", TFV_RECORD_PR_CURVE },
  { "mesh", TFV_RECORD_MESH },
  { "custom_scalars", TFV_RECORD_LAYOUT },
  { "hparams", TFV_RECORD_HPARAMS },
  { "projector", TFV_RECORD_EMBEDDING },
  { "graph_run_metadata", TFV_RECORD_RUN_METADATA },
  { "graph_run_metadata_graph", TFV_RECORD_RUN_METADATA },
  { "graph_tagged_run_metadata", TFV_RECORD_RUN_METADATA },
};

static TfvRecordKind
kind_of_plugin (const char *plugin)
{
  for (guint i = 0; i < G_N_ELEMENTS (plugin_kinds); i++)
    if (strcmp (plugin, plugin_kinds[i].plugin) == 0)
      return plugin_kinds[i].kind;
  return TFV_RECORD_TENSOR;
}

guint
tfv_event_tag_hash (gconstpointer tag)
{
  const TfvEventTag *self = tag;
  guint              hash = 5381;

  for (gsize i = 0; i < self->name.n_bytes; i++)
    hash = hash * 33 + self->name.data[i];
  return hash;
}

static inline gboolean
has_name (const TfvEventTag *tag, TfvSlice name)
{
  return tag->name.n_bytes == name.n_bytes && (name.n_bytes == 0 || memcmp (tag->name.data, name.data, name.n_bytes) == 0);
}

gboolean
tfv_event_tag_equal (gconstpointer a, gconstpointer b)
{
  const TfvEventTag *right = b;

  return has_name (a, right->name);
}

void
tfv_event_tag_free (gpointer tag)
{
  TfvEventTag *self = tag;

  g_free ((gpointer) self->name.data);
  g_free (self->form);
  g_free (self->plugin);
  g_free (self);
}

static TfvEventTag *
look_up_tag (TfvEventReader *self, TfvSlice name)
{
  TfvEventTag  key = { .name = name };
  TfvEventTag *tag = g_hash_table_lookup (self->tags, &key);

  if (tag == NULL)
    {
      tag = g_new0 (TfvEventTag, 1);
      tag->name = (TfvSlice){ g_memdup2 (name.data, name.n_bytes), name.n_bytes };
      g_hash_table_add (self->tags, tag);
    }
  if (self->last_tag != NULL)
    self->last_tag->next = tag;
  self->last_tag = tag;
  return tag;
}

/* The tag of this name. A training loop logs its tags in the same order at
   every step, so one comparison finds nearly all of them. */
static inline TfvEventTag *
find_tag (TfvEventReader *self, TfvSlice name)
{
  TfvEventTag *guess = self->last_tag != NULL ? self->last_tag->next : NULL;

  if (G_LIKELY (guess != NULL && has_name (guess, name)))
    {
      self->last_tag = guess;
      return guess;
    }
  return look_up_tag (self, name);
}

TfvTagPart *
tfv_event_reader_add_tag_part (TfvEventReader *self, TfvSlice name, TfvRecordKind kind, const char *plugin)
{
  const char *data = name.n_bytes > 0 ? (const char *) name.data : "";

  return tfv_run_part_add_tag (self->part, data, (gssize) name.n_bytes, kind, plugin);
}

/* Where the tag's records go that are no scalars. */
TfvTagPart *
tfv_event_reader_get_records (TfvEventReader *self, TfvSlice name, TfvRecordKind kind, const char *plugin)
{
  TfvEventTag *tag = find_tag (self, name);

  if (tag->records == NULL || tag->records_kind != kind)
    tag->records = tfv_event_reader_add_tag_part (self, name, kind, plugin);
  tag->records_kind = kind;
  return tag->records;
}

static char *
slice_to_string (TfvSlice slice)
{
  return slice.n_bytes > 0 ? g_utf8_make_valid ((const char *) slice.data, (gssize) slice.n_bytes) : g_strdup ("");
}

static void
set_display (TfvTagPart *tag, const TfvSummaryMetadata *metadata)
{
  g_autofree char *display_name = NULL;
  g_autofree char *description = NULL;

  if (metadata->display_name.n_bytes == 0 && metadata->description.n_bytes == 0)
    return;
  display_name = slice_to_string (metadata->display_name);
  description = slice_to_string (metadata->description);
  tfv_tag_part_set_display (tag, display_name, description);
}

/* What came with the first value of a tag is kept for the tag. */
static void
describe_tag (TfvTagPart *tag, const TfvSummaryValue *value, const TfvSummaryMetadata *metadata)
{
  if (value->metadata.n_bytes == 0)
    return;
  if (value->metadata.n_bytes <= MAX_METADATA_BYTES)
    tfv_tag_part_set_metadata (tag, value->metadata.data, value->metadata.n_bytes);
  set_display (tag, metadata);
}

/* Metadata come with the first value of a tag only, and the first one counts;
   they may have come in an earlier file of the run. */
static const char *
get_plugin (TfvEventReader *self, TfvEventTag *tag, const TfvSummaryMetadata *metadata)
{
  if (tag->plugin == NULL)
    {
      if (metadata->plugin.n_bytes > 0)
        {
          tag->plugin = slice_to_string (metadata->plugin);
        }
      else
        {
          g_autofree char *name = slice_to_string (tag->name);

          tag->plugin = tfv_run_part_dup_plugin (self->part, name);
          if (tag->plugin == NULL)
            tag->plugin = g_strdup ("");
        }
    }
  return tag->plugin;
}

/* Where the records of a tag go, of which one comes now. */
static TfvTagPart *
begin_record (TfvEventReader *self, const TfvEvent *event, TfvSlice name, TfvRecordKind kind, const char *plugin)
{
  TfvTagPart *part = tfv_event_reader_get_records (self, name, kind, plugin);

  if (G_UNLIKELY (self->file_version < 2))
    tfv_event_reader_note_step (self, event, self->last_tag, part);
  return part;
}

/* A value whose metadata tell what it is: a tensor, or nothing but metadata. */
static void
take_tensor (TfvEventReader *self, const TfvEventPlace *place, TfvSlice message, const TfvSummaryValue *value, const TfvSummaryMetadata *metadata)
{
  TfvEventTag    *tag = find_tag (self, value->tag);
  const char     *plugin = get_plugin (self, tag, metadata);
  TfvRecordKind   kind = kind_of_plugin (plugin);
  TfvSlice        bytes = value->kind == TFV_VALUE_TENSOR ? value->payload : metadata->content;
  TfvSlice        string;
  TfvTensorScalar scalar;

  if (kind == TFV_RECORD_SCALAR)
    {
      if (value->kind == TFV_VALUE_TENSOR && tfv_tensor_get_scalar (bytes, &scalar))
        {
          tfv_event_reader_take_scalar (self, place->event, tag, &scalar);
          describe_tag (tag->scalars, value, metadata);
          tfv_event_tag_learn_form (tag, message, scalar.at, scalar.is_float32 ? sizeof (float) : sizeof (double));
          return;
        }
      kind = TFV_RECORD_TENSOR;
    }
  if (value->kind != TFV_VALUE_TENSOR && metadata->plugin.n_bytes == 0)
    return;
  /* A text of one string is given as such, lists and tables as the tensor. */
  if (kind == TFV_RECORD_TEXT && value->kind == TFV_VALUE_TENSOR && tfv_tensor_get_strings (bytes, &string) == 1)
    bytes = string;
  /* What is known of the points is in the metadata. */
  if (kind == TFV_RECORD_EMBEDDING)
    bytes = message;
  if (kind == TFV_RECORD_HPARAMS && metadata->content.n_bytes > 0)
    {
      GVariant *hparams = tfv_hparams_parse (metadata->content);

      bytes = metadata->content;
      if (hparams != NULL)
        tfv_run_part_set_hparams (self->part, hparams);
    }

  tfv_event_place_append_inside (place, begin_record (self, place->event, value->tag, kind, plugin), bytes, message);
  describe_tag (tag->records, value, metadata);
}

/* The values of TensorFlow 1 tell by themselves what they are. */
static void
take_old_value (TfvEventReader *self, const TfvEventPlace *place, TfvSlice message, const TfvSummaryValue *value, const TfvSummaryMetadata *metadata)
{
  TfvRecordKind kind = TFV_RECORD_HISTOGRAM;
  const char   *plugin = "histograms";
  TfvTagPart   *tag;

  if (value->kind == TFV_VALUE_IMAGE)
    {
      kind = TFV_RECORD_IMAGE;
      plugin = "images";
    }
  else if (value->kind == TFV_VALUE_AUDIO)
    {
      kind = TFV_RECORD_AUDIO;
      plugin = "audio";
    }
  tag = begin_record (self, place->event, value->tag, kind, plugin);
  tfv_event_place_append_inside (place, tag, value->payload, message);
  describe_tag (tag, value, metadata);
}

/* A scalar of TensorFlow 1's kind, and of PyTorch's. */
static void
take_simple_value (TfvEventReader *self, const TfvEventPlace *place, TfvSlice message, const TfvSummaryValue *value, const TfvSummaryMetadata *metadata)
{
  TfvEventTag *tag = find_tag (self, value->tag);

  tfv_event_reader_take_scalar (self, place->event, tag, &(TfvTensorScalar){ .value = value->simple_value, .is_float32 = TRUE });
  describe_tag (tag->scalars, value, metadata);
  tfv_event_tag_learn_form (tag, message, value->simple_at, sizeof (float));
}

static gboolean
take_value (TfvEventReader *self, const TfvEventPlace *place, TfvSlice message)
{
  TfvSummaryValue    value;
  TfvSummaryMetadata metadata = { 0 };

  if (G_LIKELY (tfv_event_reader_take_expected (self, place->event, message)))
    return TRUE;
  if (!tfv_summary_value_parse (message, &value))
    return FALSE;
  if (value.metadata.n_bytes > 0 && !tfv_summary_metadata_parse (value.metadata, &metadata))
    return FALSE;

  switch (value.kind)
    {
    case TFV_VALUE_SIMPLE:
      take_simple_value (self, place, message, &value, &metadata);
      break;
    case TFV_VALUE_OLD_HISTOGRAM:
      break;
    case TFV_VALUE_IMAGE:
    case TFV_VALUE_HISTOGRAM:
    case TFV_VALUE_AUDIO:
      take_old_value (self, place, message, &value, &metadata);
      break;
    case TFV_VALUE_NONE:
    case TFV_VALUE_TENSOR:
      take_tensor (self, place, message, &value, &metadata);
      break;
    default:
      break;
    }
  return TRUE;
}

/* Takes the values of a Summary. FALSE where it is damaged; what came before the
   damage is taken. */
gboolean
tfv_event_reader_take_summary (TfvEventReader *self, const TfvEventPlace *place, TfvSlice summary)
{
  TfvWire      wire = tfv_wire_init (summary);
  TfvWireField field;
  TfvSlice     message;
  gboolean     is_whole = TRUE;

  for (;;)
    {
      if (G_LIKELY (tfv_wire_next_short_message (&wire, 1, &message)))
        is_whole &= take_value (self, place, message);
      else if (!tfv_wire_next (&wire, &field))
        break;
      else if (field.number == 1 && field.type == TFV_WIRE_BYTES)
        is_whole &= take_value (self, place, field.bytes);
    }
  return is_whole && !wire.is_bad;
}
