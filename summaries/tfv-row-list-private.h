/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Rows lie in segments, each twice as long as the one before it: they never
 * move, so readers take no lock, and a short list is small. */
#define TFV_ROW_LIST_N_SEGMENTS 30

/* A list of rows of one size that grows, each with the number of the file that it
 * is of. One thread at a time appends; any thread reads. */
typedef struct
{
  gsize         row_bytes;
  _Atomic gsize n_rows;
  guint8       *rows[TFV_ROW_LIST_N_SEGMENTS];
  guint32      *sources[TFV_ROW_LIST_N_SEGMENTS];
} TfvRowList;

void          tfv_row_list_init (TfvRowList *self, gsize row_bytes);
void          tfv_row_list_clear (TfvRowList *self);
gsize         tfv_row_list_get_n_rows (TfvRowList *self);
gconstpointer tfv_row_list_get (TfvRowList *self, gsize index, guint32 *source);
void          tfv_row_list_append (TfvRowList *self, gconstpointer row, guint32 source);
void          tfv_row_list_append_without (TfvRowList *self, TfvRowList *other, guint32 source);

/* Where a row lies: segment s holds the rows (2^s - 1) 2^first_log2 and on. */
static inline guint
tfv_row_list_locate (gsize index, guint first_log2, gsize *offset)
{
  gsize shifted = index + ((gsize) 1 << first_log2);
  guint segment = g_bit_storage (shifted) - 1 - first_log2;

  *offset = shifted - ((gsize) 1 << (segment + first_log2));
  return segment;
}

G_END_DECLS
