/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-row-list-private.h"

#include <stdatomic.h>
#include <string.h>

#define FIRST_ROWS_LOG2 8

void
tfv_row_list_init (TfvRowList *self, gsize row_bytes)
{
  memset (self, 0, sizeof *self);
  self->row_bytes = row_bytes;
}

void
tfv_row_list_clear (TfvRowList *self)
{
  for (guint i = 0; i < TFV_ROW_LIST_N_SEGMENTS; i++)
    {
      g_free (self->rows[i]);
      g_free (self->sources[i]);
    }
}

gsize
tfv_row_list_get_n_rows (TfvRowList *self)
{
  return atomic_load_explicit (&self->n_rows, memory_order_acquire);
}

/* A row below the number of them, which stays where it is. */
gconstpointer
tfv_row_list_get (TfvRowList *self, gsize index, guint32 *source)
{
  gsize offset;
  guint segment = tfv_row_list_locate (index, FIRST_ROWS_LOG2, &offset);

  if (source != NULL)
    *source = self->sources[segment][offset];
  return self->rows[segment] + offset * self->row_bytes;
}

void
tfv_row_list_append (TfvRowList *self, gconstpointer row, guint32 source)
{
  gsize n_rows = atomic_load_explicit (&self->n_rows, memory_order_relaxed);
  gsize offset;
  guint segment = tfv_row_list_locate (n_rows, FIRST_ROWS_LOG2, &offset);

  if (self->rows[segment] == NULL)
    {
      self->rows[segment] = g_malloc_n ((gsize) 1 << (segment + FIRST_ROWS_LOG2), self->row_bytes);
      self->sources[segment] = g_new (guint32, (gsize) 1 << (segment + FIRST_ROWS_LOG2));
    }
  memcpy (self->rows[segment] + offset * self->row_bytes, row, self->row_bytes);
  self->sources[segment][offset] = source;
  atomic_store_explicit (&self->n_rows, n_rows + 1, memory_order_release);
}

/* Appends the rows of another list that are not of the file @source. */
void
tfv_row_list_append_without (TfvRowList *self, TfvRowList *other, guint32 source)
{
  gsize n_rows = tfv_row_list_get_n_rows (other);

  for (gsize i = 0; i < n_rows; i++)
    {
      guint32       row_source;
      gconstpointer row = tfv_row_list_get (other, i, &row_source);

      if (row_source != source)
        tfv_row_list_append (self, row, row_source);
    }
}
