/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-embedding-private.h"

#include "summaries/tfv-error.h"
#include "summaries/tfv-summary-payload-private.h"

#define PLUGIN "projector"
#define TENSOR_CONTENT 4

G_DEFINE_BOXED_TYPE (TfvEmbedding, tfv_embedding, tfv_embedding_ref, tfv_embedding_unref)

static void
clear_embedding (gpointer data)
{
  TfvEmbedding *self = data;

  g_clear_pointer (&self->points, tfv_array_unref);
  g_clear_pointer (&self->sprite, g_bytes_unref);
  g_free (self->metadata);
}

/**
 * tfv_embedding_ref:
 * @self: an embedding
 *
 * Takes a reference. Any thread.
 *
 * Returns: (transfer full): @self
 */
TfvEmbedding *
tfv_embedding_ref (TfvEmbedding *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * tfv_embedding_unref:
 * @self: (transfer full): an embedding
 *
 * Gives a reference back. Any thread.
 */
void
tfv_embedding_unref (TfvEmbedding *self)
{
  g_atomic_rc_box_release_full (self, clear_embedding);
}

static guint
get_size (TfvSlice content, guint32 number)
{
  TfvWireField field;

  return tfv_find_field (content, number, &field) && field.type == TFV_WIRE_VARINT && field.value <= G_MAXINT32 ? (guint) field.value : 0;
}

/**
 * tfv_embedding_decode:
 * @record: a record as [method@Tfv.Tag.read_record] gives it, of a tag of kind
 *   %TFV_RECORD_EMBEDDING
 * @error: return location for a [error@Tfv.StoreError]
 *
 * Reads an embedding. Any thread.
 *
 * Returns: (transfer full): the embedding, or %NULL when the record is damaged
 */
TfvEmbedding *
tfv_embedding_decode (GBytes *record, GError **error)
{
  g_autoptr (TfvEmbedding) self = NULL;
  TfvSummaryPayload        payload;
  TfvSlice                 content;
  TfvWireField             field;

  g_return_val_if_fail (record != NULL, NULL);

  self = g_atomic_rc_box_new0 (TfvEmbedding);
  self->points = tfv_array_decode (record, error);
  if (self->points == NULL)
    return NULL;
  if (self->points->n_dimensions != 2 || tfv_array_get_content (self->points) == NULL || !tfv_summary_payload_parse (record, TFV_VALUE_NONE, &payload))
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "an embedding that is no tensor of points");
      return NULL;
    }

  content = payload.metadata.content;
  if (tfv_find_field (content, TFV_EMBEDDING_METADATA, &field) && field.type == TFV_WIRE_BYTES)
    self->metadata = tfv_slice_to_string (field.bytes);
  if (tfv_find_field (content, TFV_EMBEDDING_SPRITE, &field) && field.type == TFV_WIRE_BYTES)
    self->sprite = g_bytes_new_from_bytes (record, (gsize) (field.bytes.data - (const guint8 *) g_bytes_get_data (record, NULL)), field.bytes.n_bytes);
  self->sprite_width = get_size (content, TFV_EMBEDDING_SPRITE_WIDTH);
  self->sprite_height = get_size (content, TFV_EMBEDDING_SPRITE_HEIGHT);
  return g_steal_pointer (&self);
}

/* A Summary.Value that holds an embedding. Takes the numbers. */
GByteArray *
tfv_embedding_new_value (const char *tag, const TfvEmbeddingParts *parts)
{
  const gint64 dimensions[] = { (gint64) parts->n_points, (gint64) parts->n_dimensions };
  GByteArray  *tensor = tfv_message_new_tensor (DT_FLOAT, 2, dimensions);
  GByteArray  *content = g_byte_array_new ();

  tfv_message_add_message (tensor, TENSOR_CONTENT, parts->numbers);
  if (parts->metadata != NULL)
    tfv_message_add_slice (content, TFV_EMBEDDING_METADATA, tfv_slice_of_bytes (parts->metadata));
  if (parts->sprite != NULL)
    tfv_message_add_slice (content, TFV_EMBEDDING_SPRITE, tfv_slice_of_bytes (parts->sprite));
  tfv_message_add_varint (content, TFV_EMBEDDING_SPRITE_WIDTH, parts->sprite_width);
  tfv_message_add_varint (content, TFV_EMBEDDING_SPRITE_HEIGHT, parts->sprite_height);
  return tfv_summary_value_new (tag, TFV_VALUE_TENSOR, tensor, PLUGIN, content);
}
