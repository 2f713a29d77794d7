/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-scalar-view-private.h"

#include <string.h>

G_DEFINE_BOXED_TYPE (TfvScalarView, tfv_scalar_view, tfv_scalar_view_ref, tfv_scalar_view_unref)

/**
 * tfv_scalar_view_ref:
 * @view: a view
 *
 * Takes a reference. Any thread.
 *
 * Returns: (transfer full): @view
 */
TfvScalarView *
tfv_scalar_view_ref (TfvScalarView *view)
{
  g_atomic_ref_count_inc (&view->ref_count);
  return view;
}

/**
 * tfv_scalar_view_unref:
 * @view: (transfer full): a view
 *
 * Gives a reference back; with the last one the blocks are gone. Any thread.
 */
void
tfv_scalar_view_unref (TfvScalarView *view)
{
  if (!g_atomic_ref_count_dec (&view->ref_count))
    return;
  g_ptr_array_unref (view->owner);
  g_free ((gpointer) view->blocks);
  g_free ((gpointer) view->block_start);
  g_free (view);
}

/**
 * tfv_scalar_view_get:
 * @view: a view
 * @index: which point, below the view's `n_points`
 * @step: (out) (optional): its step
 * @wall_time: (out) (optional): its wall time, seconds since the UNIX epoch
 * @value: (out) (optional): its value
 * @is_float32: (out) (optional): whether it was stored as float32, so that
 *   float32's shortest digits are enough to print it
 *
 * One point. Takes a binary search over the blocks: to walk over all points,
 * walk over the blocks. Any thread.
 */
void
tfv_scalar_view_get (const TfvScalarView *view, gsize index, gint64 *step, double *wall_time, double *value, gboolean *is_float32)
{
  const TfvScalarBlock *block;
  guint                 low = 0, high = view->n_blocks;
  gsize                 i;

  g_return_if_fail (index < view->n_points);

  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (view->block_start[middle] <= index)
        low = middle;
      else
        high = middle;
    }
  block = &view->blocks[low];
  i = index - view->block_start[low];

  if (step != NULL)
    *step = block->step[i];
  if (wall_time != NULL)
    *wall_time = block->wall_time[i];
  if (value != NULL)
    *value = block->value64 != NULL ? block->value64[i] : block->value32[i];
  if (is_float32 != NULL)
    *is_float32 = block->value32 != NULL || (block->is_float32 != NULL && block->is_float32[i]);
}

void
tfv_scalar_view_builder_init (TfvScalarViewBuilder *self)
{
  self->blocks = g_array_new (FALSE, FALSE, sizeof (TfvScalarBlock));
  self->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_scalar_part_unref);
}

/* The view keeps @part, and so the memory of its chunks. */
void
tfv_scalar_view_builder_add_part (TfvScalarViewBuilder *self, TfvScalarPart *part)
{
  g_ptr_array_add (self->parts, tfv_scalar_part_ref (part));
  if (part->loaded != NULL)
    g_ptr_array_add (self->parts, tfv_scalar_part_ref (part->loaded));
}

/* Adds points of a chunk; those right after the last slice only extend it. */
void
tfv_scalar_view_builder_add_slice (TfvScalarViewBuilder *self, TfvScalarChunk *chunk, guint first, guint n)
{
  TfvScalarBlock block = {
    .n = n,
    .step = chunk->step + first,
    .wall_time = chunk->wall_time + first,
    .value64 = chunk->type != TFV_SCALAR_CHUNK_FLOAT ? chunk->value64 + first : NULL,
    .value32 = chunk->type == TFV_SCALAR_CHUNK_FLOAT ? chunk->value32 + first : NULL,
    .is_float32 = chunk->is_float32 != NULL ? chunk->is_float32 + first : NULL,
  };

  if (n == 0)
    return;
  if (self->blocks->len > 0)
    {
      TfvScalarBlock *last = &g_array_index (self->blocks, TfvScalarBlock, self->blocks->len - 1);

      /* The column of steps is the first of a chunk: steps that lie side by
         side are of the same chunk. */
      if (last->step + last->n == block.step && last->wall_time + last->n == block.wall_time)
        {
          last->n += n;
          return;
        }
    }
  g_array_append_val (self->blocks, block);
}

/* The view of what was added. (transfer full) */
TfvScalarView *
tfv_scalar_view_builder_end (TfvScalarViewBuilder *self)
{
  TfvScalarView *view = g_new0 (TfvScalarView, 1);
  gsize         *block_start;

  view->n_blocks = self->blocks->len;
  view->blocks = (TfvScalarBlock *) g_array_free (self->blocks, FALSE);
  block_start = g_new (gsize, view->n_blocks + 1);
  block_start[0] = 0;
  for (guint i = 0; i < view->n_blocks; i++)
    block_start[i + 1] = block_start[i] + view->blocks[i].n;
  view->block_start = block_start;
  view->n_points = block_start[view->n_blocks];
  view->owner = self->parts;
  g_atomic_ref_count_init (&view->ref_count);
  return view;
}

/* Whether @longer begins with what @shorter shows. Compares places, not points:
   points never move. */
gboolean
tfv_scalar_view_is_prefix (const TfvScalarView *shorter, const TfvScalarView *longer)
{
  if (shorter->n_blocks > longer->n_blocks)
    return FALSE;
  for (guint i = 0; i < shorter->n_blocks; i++)
    {
      const TfvScalarBlock *old = &shorter->blocks[i];
      const TfvScalarBlock *new = &longer->blocks[i];

      if (old->step != new->step || (i + 1 < shorter->n_blocks ? old->n != new->n : old->n > new->n))
        return FALSE;
    }
  return TRUE;
}
