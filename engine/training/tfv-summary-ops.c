/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/training/tfv-summary-ops.h"

#include <string.h>

#include "engine/tfv-graph-private.h"
#include "engine/tfv-op-builder.h"
#include "engine/tfv-ops.h"

#define MERGED_TYPE "MergeSummary"
/* SummaryMetadata { plugin_data { plugin_name: "text" } } */
#define TEXT_METADATA "\n\006\n\004text"

/* What can't be in the name of an operation becomes "_", as in TensorFlow. */
static char *
clean_tag (const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  GString         *cleaned = g_string_new (NULL);

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    g_string_append_c (cleaned, g_ascii_isalnum (*at) || strchr ("-/_.", *at) != NULL ? *at : '_');
  g_string_erase (cleaned, 0, (gssize) strspn (cleaned->str, "/"));
  return g_string_free (cleaned, FALSE);
}

/* A summary of a value, with its tag, which is its name in full. In its own scope are
 * the tag and what else the summary has; the scope's name, with a slash, is given. NULL
 * where there is no value. */
static TfvOpBuilder *
begin (const char *op_type, const char *tag_name, const char *name, TfvOutput value, char **scope)
{
  TfvGraph        *graph;
  g_autofree char *cleaned = NULL;
  g_autofree char *tag = NULL;
  g_autofree char *full_name = NULL;
  TfvOpBuilder    *builder;
  TfvOutput        tag_output;

  g_return_val_if_fail (name != NULL, NULL);

  if (value.operation == NULL)
    return NULL;
  graph = value.operation->graph;
  cleaned = clean_tag (name);
  tfv_graph_push_scope (graph, cleaned);
  tag = g_strdup (tfv_graph_get_scope (graph));
  full_name = g_strconcat (tag, "/", NULL);
  tag_output = tfv_constant_string (graph, tag, tag_name);
  tfv_graph_pop_scope (graph);

  builder = tfv_op_builder_new (graph, op_type, full_name);
  tfv_op_builder_add_input (builder, tag_output);
  tfv_op_builder_add_input (builder, value);
  if (scope != NULL)
    *scope = g_steal_pointer (&full_name);
  return builder;
}

static TfvOutput
finish (TfvOpBuilder *builder)
{
  return builder != NULL ? tfv_op_builder_finish_output (builder) : TFV_OUTPUT_NONE;
}

/**
 * tfv_summary_scalar: (skip)
 * @name: name of the curve, "loss" say
 * @value: a real scalar
 *
 * Adds a summary of a scalar, as `tf.summary.scalar` does. Its tag is its name
 * in full, with the scopes it is built in: "train/loss". What can't be in a
 * name becomes "_", and a name that is taken gets "_1".
 *
 * A run that fetches it gives a serialised TensorFlow `Summary`, which
 * [func@Tfv.summary_write] stores; it holds the value as a float32.
 *
 * Returns: the summary, a string scalar
 */
TfvOutput
tfv_summary_scalar (const char *name, TfvOutput value)
{
  return finish (begin ("ScalarSummary", "tags", name, value, NULL));
}

/**
 * tfv_summary_histogram: (skip)
 * @name: name of the record, "weights" say
 * @values: real numbers, of any shape
 *
 * Adds a summary of the distribution of numbers, as `tf.summary.histogram` does, in
 * TensorFlow's buckets. Its tag is as that of [func@Tfv.summary_scalar]. A run that
 * meets a number that is not finite fails and names the summary.
 *
 * Returns: the summary, a string scalar
 */
TfvOutput
tfv_summary_histogram (const char *name, TfvOutput values)
{
  return finish (begin ("HistogramSummary", "tag", name, values, NULL));
}

/**
 * tfv_summary_image: (skip)
 * @name: name of the pictures
 * @images: pictures of batch × height × width × channels, with 1, 3 or 4 channels:
 *   uint8; or float, which is scaled picture by picture so that the greatest sample is
 *   255, or, where there are negative ones, so that 0 is in the middle
 * @max_outputs: how many pictures of the batch are stored, at least 1
 *
 * Adds a summary of pictures, as `tf.summary.image` does. The tag is the name in full
 * with "/image" behind it, and the number of the picture where @max_outputs is more
 * than 1: "digits/image/0".
 *
 * Returns: the summary, a string scalar
 */
TfvOutput
tfv_summary_image (const char *name, TfvOutput images, int max_outputs)
{
  TfvOpBuilder *builder = begin ("ImageSummary", "tag", name, images, NULL);

  if (builder != NULL)
    tfv_op_builder_set_int (builder, "max_images", max_outputs);
  return finish (builder);
}

/**
 * tfv_summary_audio: (skip)
 * @name: name of the clips
 * @clips: float samples from -1 to 1: batch × frames, or batch × frames × channels
 * @sample_rate_hz: frames a second
 * @max_outputs: how many clips of the batch are stored, at least 1
 *
 * Adds a summary of sounds, as `tf.summary.audio` does. The tag is the name in full
 * with "/audio" behind it, and the number of the clip where @max_outputs is more than
 * 1: "voice/audio/0".
 *
 * Returns: the summary, a string scalar
 */
TfvOutput
tfv_summary_audio (const char *name, TfvOutput clips, float sample_rate_hz, int max_outputs)
{
  g_autofree char *full_name = NULL;
  TfvOpBuilder    *builder = begin ("AudioSummaryV2", "tag", name, clips, &full_name);

  if (builder != NULL)
    {
      g_autofree char *rate_name = g_strconcat (full_name, "sample_rate/", NULL);

      tfv_op_builder_add_input (builder, tfv_constant_float (clips.operation->graph, sample_rate_hz, rate_name));
      tfv_op_builder_set_int (builder, "max_outputs", max_outputs);
    }
  return finish (builder);
}

static TfvOutput
build_tensor_summary (const char *name, TfvOutput tensor, const char *metadata)
{
  g_autofree char *full_name = NULL;
  TfvOpBuilder    *builder = begin ("TensorSummaryV2", "tag", name, tensor, &full_name);

  if (builder != NULL)
    {
      g_autofree char *metadata_name = g_strconcat (full_name, "serialized_summary_metadata/", NULL);

      tfv_op_builder_add_input (builder, tfv_constant_string (tensor.operation->graph, metadata, metadata_name));
    }
  return finish (builder);
}

/**
 * tfv_summary_tensor: (skip)
 * @name: name of the record
 * @tensor: any tensor
 *
 * Adds a summary of a whole tensor, with its type and shape, as
 * `tf.summary.tensor_summary` does. Its tag is as that of
 * [func@Tfv.summary_scalar].
 *
 * Returns: the summary, a string scalar
 */
TfvOutput
tfv_summary_tensor (const char *name, TfvOutput tensor)
{
  return build_tensor_summary (name, tensor, "");
}

/**
 * tfv_summary_text: (skip)
 * @name: name of the text
 * @text: strings, UTF-8, shown as Markdown; of more than one dimension they are a
 *   table
 *
 * Adds a summary of a text, as `tf.summary.text` does. Its tag is as that of
 * [func@Tfv.summary_scalar].
 *
 * Returns: the summary, a string scalar
 */
TfvOutput
tfv_summary_text (const char *name, TfvOutput text)
{
  return build_tensor_summary (name, text, TEXT_METADATA);
}

/**
 * tfv_summary_merge: (skip)
 * @summaries: (array length=n_summaries): summaries of one graph
 * @n_summaries: how many there are, at least 1
 *
 * Joins summaries into one, so that one fetch gives all. No two may have the
 * same tag.
 *
 * Returns: the summary, a string scalar
 */
TfvOutput
tfv_summary_merge (const TfvOutput *summaries, guint n_summaries)
{
  TfvGraph     *graph;
  TfvOpBuilder *builder;
  TfvOutput     merged;

  g_return_val_if_fail (n_summaries > 0, TFV_OUTPUT_NONE);

  if (summaries[0].operation == NULL)
    return TFV_OUTPUT_NONE;
  graph = summaries[0].operation->graph;
  tfv_graph_push_scope (graph, "Merge");
  builder = tfv_op_builder_new (graph, MERGED_TYPE, NULL);
  tfv_op_builder_add_inputs (builder, summaries, n_summaries);
  merged = tfv_op_builder_finish_output (builder);
  tfv_graph_pop_scope (graph);
  return merged;
}

/**
 * tfv_summary_merge_all: (skip)
 * @graph: a graph
 *
 * Joins all summaries that the graph has by now into one.
 *
 * Returns: the summary, a string scalar; none where the graph has no summaries
 */
TfvOutput
tfv_summary_merge_all (TfvGraph *graph)
{
  g_autoptr (GArray) summaries = g_array_new (FALSE, FALSE, sizeof (TfvOutput));
  guint              n_operations;

  g_return_val_if_fail (TFV_IS_GRAPH (graph), TFV_OUTPUT_NONE);

  n_operations = tfv_graph_get_n_operations (graph);
  for (guint i = 0; i < n_operations; i++)
    {
      TfvOperation *operation = tfv_graph_get_nth_operation (graph, i);
      const char   *op_type = tfv_operation_get_op_type (operation);
      TfvOutput     summary;

      if (!(g_str_has_suffix (op_type, "Summary") || g_str_has_suffix (op_type, "SummaryV2")) || g_str_equal (op_type, MERGED_TYPE))
        continue;
      summary = tfv_operation_get_output (operation, 0);
      g_array_append_val (summaries, summary);
    }
  if (summaries->len == 0)
    return TFV_OUTPUT_NONE;
  return tfv_summary_merge ((const TfvOutput *) summaries->data, summaries->len);
}

/**
 * tfv_summary_write: (skip)
 * @summary: what a run gave for a summary
 * @writer: where to store it
 * @step: the step it is of
 * @error: (nullable): location for an error
 *
 * Stores a summary in an event file. Any thread.
 *
 * Returns: whether it was one; %FALSE with an error where not
 */
gboolean
tfv_summary_write (TfvTensor *summary, TfvSummaryWriter *writer, gint64 step, GError **error)
{
  GBytes **strings;

  g_return_val_if_fail (summary != NULL, FALSE);
  g_return_val_if_fail (TFV_IS_SUMMARY_WRITER (writer), FALSE);

  if (tfv_tensor_get_dtype (summary) != TFV_DATA_TYPE_STRING)
    {
      g_set_error (error, TFV_ENGINE_ERROR, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "A tensor of type %s is no summary", tfv_data_type_to_string (tfv_tensor_get_dtype (summary)));
      return FALSE;
    }
  strings = tfv_tensor_get_data (summary);
  for (gsize i = 0; i < tfv_tensor_get_n_elements (summary); i++)
    if (strings[i] != NULL && !tfv_summary_writer_add_summary (writer, strings[i], step, error))
      return FALSE;
  return TRUE;
}
