/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-scalars-layout-private.h"

#include "summaries/tfv-array.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-summary-payload-private.h"

/* Fields of the messages of the custom scalars plugin. */
enum
{
  LAYOUT_CATEGORY = 2,
  CATEGORY_TITLE = 1,
  CATEGORY_CHART = 2,
  CHART_TITLE = 1,
  CHART_MULTILINE = 2,
  CHART_MARGIN = 3,
  MULTILINE_TAG = 1,
  MARGIN_SERIES = 1,
  SERIES_VALUE = 1,
  SERIES_UPPER = 3,
};

#define N_MARGIN_TAGS 3

G_DEFINE_BOXED_TYPE (TfvScalarsLayout, tfv_scalars_layout, tfv_scalars_layout_ref, tfv_scalars_layout_unref)

static void
free_chart (gpointer data)
{
  TfvLayoutChart *self = data;

  g_free (self->category);
  g_free (self->title);
  g_strfreev (self->tags);
  g_free (self);
}

static void
clear_layout (gpointer data)
{
  TfvScalarsLayout *self = data;

  g_ptr_array_unref (self->charts);
}

/**
 * tfv_scalars_layout_new:
 *
 * A layout without charts. Any thread.
 *
 * Returns: (transfer full): a layout
 */
TfvScalarsLayout *
tfv_scalars_layout_new (void)
{
  TfvScalarsLayout *self = g_atomic_rc_box_new0 (TfvScalarsLayout);

  self->charts = g_ptr_array_new_with_free_func (free_chart);
  return self;
}

/**
 * tfv_scalars_layout_ref:
 * @self: a layout
 *
 * Takes a reference. Any thread.
 *
 * Returns: (transfer full): @self
 */
TfvScalarsLayout *
tfv_scalars_layout_ref (TfvScalarsLayout *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * tfv_scalars_layout_unref:
 * @self: (transfer full): a layout
 *
 * Gives a reference back. Any thread.
 */
void
tfv_scalars_layout_unref (TfvScalarsLayout *self)
{
  g_atomic_rc_box_release_full (self, clear_layout);
}

static void
take_chart (TfvScalarsLayout *self, char *category, char *title, gboolean is_margin, char **tags)
{
  TfvLayoutChart *chart = g_new (TfvLayoutChart, 1);

  *chart = (TfvLayoutChart){ category, title, is_margin, tags };
  g_ptr_array_add (self->charts, chart);
}

/**
 * tfv_scalars_layout_add_chart:
 * @self: a layout
 * @category: the title of the category that the chart is in
 * @title: the chart's title
 * @is_margin: whether it shows values between a lower and an upper bound
 * @tags: (array zero-terminated=1): see [struct@Tfv.LayoutChart]
 *
 * Adds a chart behind the others.
 */
void
tfv_scalars_layout_add_chart (TfvScalarsLayout *self, const char *category, const char *title, gboolean is_margin, const char *const *tags)
{
  g_return_if_fail (self != NULL && category != NULL && title != NULL && tags != NULL);
  g_return_if_fail (!is_margin || g_strv_length ((char **) tags) % N_MARGIN_TAGS == 0);

  take_chart (self, g_strdup (category), g_strdup (title), is_margin, g_strdupv ((char **) tags));
}

static char *
get_string (TfvSlice message, guint32 number)
{
  TfvWireField field;

  return tfv_find_field (message, number, &field) && field.type == TFV_WIRE_BYTES ? tfv_slice_to_string (field.bytes) : g_strdup ("");
}

static char **
parse_tags (TfvSlice content, gboolean is_margin)
{
  g_autoptr (GPtrArray) tags = g_ptr_array_new ();
  TfvWire               wire = tfv_wire_init (content);
  TfvWireField          field;

  while (tfv_wire_next (&wire, &field))
    {
      if (field.number != (is_margin ? MARGIN_SERIES : MULTILINE_TAG) || field.type != TFV_WIRE_BYTES)
        continue;
      if (!is_margin)
        g_ptr_array_add (tags, tfv_slice_to_string (field.bytes));
      for (guint32 part = SERIES_VALUE; is_margin && part <= SERIES_UPPER; part++)
        g_ptr_array_add (tags, get_string (field.bytes, part));
    }
  g_ptr_array_add (tags, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&tags), FALSE);
}

static void
take_category (TfvScalarsLayout *self, TfvSlice category)
{
  TfvWire      wire = tfv_wire_init (category);
  TfvWireField chart, content;

  while (tfv_wire_next (&wire, &chart))
    {
      gboolean is_margin;

      if (chart.number != CATEGORY_CHART || chart.type != TFV_WIRE_BYTES)
        continue;
      is_margin = tfv_find_field (chart.bytes, CHART_MARGIN, &content) && content.type == TFV_WIRE_BYTES;
      if (!is_margin && (!tfv_find_field (chart.bytes, CHART_MULTILINE, &content) || content.type != TFV_WIRE_BYTES))
        continue;
      take_chart (self, get_string (category, CATEGORY_TITLE), get_string (chart.bytes, CHART_TITLE), is_margin, parse_tags (content.bytes, is_margin));
    }
}

/**
 * tfv_scalars_layout_decode:
 * @record: a record as [method@Tfv.Tag.read_record] gives it, of a tag of kind
 *   %TFV_RECORD_LAYOUT; or a `TensorProto` of a serialised `Layout`
 * @error: return location for a [error@Tfv.StoreError]
 *
 * Reads a layout. Any thread.
 *
 * Returns: (transfer full): the layout, or %NULL when the record is damaged
 */
TfvScalarsLayout *
tfv_scalars_layout_decode (GBytes *record, GError **error)
{
  g_autoptr (TfvArray)         array = NULL;
  g_autoptr (TfvScalarsLayout) self = NULL;
  GBytes                      *message;
  TfvWire                      wire;
  TfvWireField                 field;

  g_return_val_if_fail (record != NULL, NULL);

  array = tfv_array_decode (record, error);
  if (array == NULL)
    return NULL;
  message = tfv_array_get_string (array, 0);
  if (message == NULL)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "a layout that is no string");
      return NULL;
    }

  self = tfv_scalars_layout_new ();
  wire = tfv_wire_init (tfv_slice_of_bytes (message));
  while (tfv_wire_next (&wire, &field))
    if (field.number == LAYOUT_CATEGORY && field.type == TFV_WIRE_BYTES)
      take_category (self, field.bytes);
  if (wire.is_bad)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "a layout that is no whole message");
      return NULL;
    }
  return g_steal_pointer (&self);
}

static GByteArray *
encode_chart (const TfvLayoutChart *self)
{
  GByteArray *chart = g_byte_array_new ();
  GByteArray *content = g_byte_array_new ();

  for (guint i = 0; self->tags[i] != NULL && !self->is_margin; i++)
    tfv_message_add_string (content, MULTILINE_TAG, self->tags[i]);
  for (guint i = 0; self->is_margin && self->tags[i] != NULL; i += N_MARGIN_TAGS)
    {
      GByteArray *series = g_byte_array_new ();

      for (guint part = 0; part < N_MARGIN_TAGS; part++)
        tfv_message_add_string (series, SERIES_VALUE + part, self->tags[i + part]);
      tfv_message_add_message (content, MARGIN_SERIES, series);
    }
  tfv_message_add_string (chart, CHART_TITLE, self->title);
  tfv_message_add_message (chart, self->is_margin ? CHART_MARGIN : CHART_MULTILINE, content);
  return chart;
}

/* The serialised Layout. (transfer full) */
GByteArray *
tfv_scalars_layout_encode (const TfvScalarsLayout *self)
{
  GByteArray *layout = g_byte_array_new ();

  for (guint i = 0; i < self->charts->len;)
    {
      const TfvLayoutChart *first = self->charts->pdata[i];
      GByteArray           *category = g_byte_array_new ();

      tfv_message_add_string (category, CATEGORY_TITLE, first->category);
      for (; i < self->charts->len; i++)
        {
          const TfvLayoutChart *chart = self->charts->pdata[i];

          if (strcmp (chart->category, first->category) != 0)
            break;
          tfv_message_add_message (category, CATEGORY_CHART, encode_chart (chart));
        }
      tfv_message_add_message (layout, LAYOUT_CATEGORY, category);
    }
  return layout;
}
