/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-text.h"

#include "summaries/tfv-array.h"
#include "summaries/tfv-summary-payload-private.h"

/* What a TensorProto of strings begins with: no text has such characters. */
#define STRING_TENSOR_PREFIX "\x08\x07"

/* How the texts of a list are set apart. */
#define SEPARATOR "\n\n"

G_DEFINE_BOXED_TYPE (TfvText, tfv_text, tfv_text_ref, tfv_text_unref)

static void
clear_text (gpointer data)
{
  TfvText *self = data;

  g_strfreev (self->cells);
}

/**
 * tfv_text_ref:
 * @self: a text
 *
 * Takes a reference. Any thread.
 *
 * Returns: (transfer full): @self
 */
TfvText *
tfv_text_ref (TfvText *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * tfv_text_unref:
 * @self: (transfer full): a text
 *
 * Gives a reference back. Any thread.
 */
void
tfv_text_unref (TfvText *self)
{
  g_atomic_rc_box_release_full (self, clear_text);
}

/* The tensor of strings that a record holds, if it is no plain text. */
static TfvArray *
get_tensor (GBytes *record)
{
  g_autoptr (TfvArray) array = NULL;
  TfvSummaryPayload    payload;

  if (!tfv_summary_payload_parse (record, TFV_VALUE_NONE, &payload) || payload.kind != TFV_VALUE_TENSOR || payload.bytes.n_bytes < 2 ||
      memcmp (payload.bytes.data, STRING_TENSOR_PREFIX, 2) != 0)
    return NULL;

  array = tfv_array_decode (record, NULL);
  return array != NULL && array->type == DT_STRING ? g_steal_pointer (&array) : NULL;
}

/**
 * tfv_text_decode:
 * @record: a record as [method@Tfv.Tag.read_record] gives it, of a tag of kind
 *   %TFV_RECORD_TEXT; or a `TensorProto` of strings, or UTF-8
 *
 * Reads a text. What is not UTF-8 in it is mended. Any thread.
 *
 * Returns: (transfer full): the text
 */
TfvText *
tfv_text_decode (GBytes *record)
{
  g_autoptr (TfvArray) array = NULL;
  TfvText             *self;

  g_return_val_if_fail (record != NULL, NULL);

  self = g_atomic_rc_box_new0 (TfvText);
  self->n_rows = self->n_columns = 1;
  array = get_tensor (record);
  if (array == NULL)
    {
      self->cells = g_new0 (char *, 2);
      self->cells[0] = tfv_slice_to_string (tfv_slice_of_bytes (record));
      return self;
    }

  self->n_dimensions = array->n_dimensions;
  self->cells = g_new0 (char *, array->n_elements + 1);
  for (gsize i = 0; i < array->n_elements; i++)
    self->cells[i] = tfv_slice_to_string (tfv_slice_of_bytes (tfv_array_get_string (array, i)));
  if (self->n_dimensions == 2)
    self->n_columns = (gsize) array->dimensions[1];
  self->n_rows = self->n_columns > 0 ? array->n_elements / self->n_columns : 0;
  return self;
}

/* A cell stays in its row: what ends one is written otherwise. */
static void
append_cell (GString *markdown, const char *cell)
{
  g_string_append (markdown, " ");
  for (; *cell != '\0'; cell++)
    {
      if (*cell == '|')
        g_string_append (markdown, "\\|");
      else if (*cell == '\n')
        g_string_append (markdown, "<br>");
      else
        g_string_append_c (markdown, *cell);
    }
  g_string_append (markdown, " |");
}

/**
 * tfv_text_to_markdown:
 * @self: a text
 *
 * A text as it is, a list as paragraphs, and a table as one of Markdown's with an
 * empty head. Any thread.
 *
 * Returns: (transfer full): Markdown
 */
char *
tfv_text_to_markdown (TfvText *self)
{
  GString *markdown;

  if (self->n_dimensions != 2)
    return g_strjoinv (SEPARATOR, self->cells);

  markdown = g_string_new (NULL);
  for (gsize row = 0; row < self->n_rows; row++)
    {
      if (row == 0)
        {
          for (gsize i = 0; i < self->n_columns; i++)
            g_string_append (markdown, "|  ");
          g_string_append (markdown, "|\n");
          for (gsize i = 0; i < self->n_columns; i++)
            g_string_append (markdown, "|---");
          g_string_append (markdown, "|\n");
        }
      g_string_append_c (markdown, '|');
      for (gsize i = 0; i < self->n_columns; i++)
        append_cell (markdown, self->cells[row * self->n_columns + i]);
      g_string_append_c (markdown, '\n');
    }
  return g_string_free (markdown, FALSE);
}
