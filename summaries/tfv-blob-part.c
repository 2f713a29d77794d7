/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-tag-private.h"

/* What the file at @path gives. (transfer full) */
TfvBlobPart *
tfv_blob_part_new (TfvOrigin *origin, const char *path, const TfvFormat *format)
{
  TfvBlobPart *self = g_new0 (TfvBlobPart, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->origin = tfv_origin_ref (origin);
  self->path = g_strdup (path);
  self->format = format;
  self->places = g_array_new (FALSE, FALSE, sizeof (TfvBlobPlace));
  return self;
}

TfvBlobPart *
tfv_blob_part_ref (TfvBlobPart *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tfv_blob_part_unref (TfvBlobPart *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_array_unref (self->places);
  g_clear_pointer (&self->marks, g_array_unref);
  g_clear_pointer (&self->origin, tfv_origin_unref);
  g_free (self->path);
  g_free (self);
}

/* Adds the indices, counted from @first, of the records of a part that its own
   marks, and @bound from later files, leave. */
static void
add_surviving (GArray *indices, const TfvBlobPart *part, guint64 first, TfvBound bound)
{
  g_autofree TfvBound *bounds = tfv_restart_marks_find_bounds (part->marks, bound);
  guint                n_marks = part->marks != NULL ? part->marks->len : 0;
  guint                mark = 0;

  for (guint i = 0; i < part->places->len; i++)
    {
      guint64 index = first + i;

      while (mark < n_marks && g_array_index (part->marks, TfvRestartMark, mark).index <= i)
        mark++;
      if (!bounds[mark].is_set || g_array_index (part->places, TfvBlobPlace, i).step < bounds[mark].step)
        g_array_append_val (indices, index);
    }
}

/* The indices of the records that no restart superseded, over all @parts, which
   are in order. (transfer full) (element-type guint64) */
GArray *
tfv_blob_parts_find_surviving (GPtrArray *parts, TfvRestarts *restarts)
{
  GArray                    *indices = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autofree TfvRestartPart *infos = g_new0 (TfvRestartPart, parts->len);
  g_autofree TfvBound       *bounds = NULL;
  guint64                    first = 0;

  for (guint i = 0; i < parts->len; i++)
    {
      const TfvBlobPart *part = parts->pdata[i];

      infos[i].origin = part->origin;
      infos[i].marks = part->marks;
      infos[i].has_ends = part->places->len > 0;
      if (!infos[i].has_ends)
        continue;
      infos[i].first_step = g_array_index (part->places, TfvBlobPlace, 0).step;
      infos[i].last_wall_time = g_array_index (part->places, TfvBlobPlace, part->places->len - 1).wall_time;
    }
  bounds = tfv_restarts_find_bounds (restarts, infos, parts->len);
  for (guint i = 0; i < parts->len; i++)
    {
      const TfvBlobPart *part = parts->pdata[i];

      add_surviving (indices, part, first, bounds[i]);
      first += part->places->len;
    }
  return indices;
}
