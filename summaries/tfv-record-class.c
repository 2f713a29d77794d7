/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-record-class-private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Generated from the list of files in records/. */
extern const TfvRecordClass *const tfv_record_classes[];

/**
 * tfv_record_class_get_all: (skip)
 *
 * The kinds of records that can be written and read. Any thread.
 *
 * Returns: (transfer none) (array zero-terminated=1): the classes
 */
const TfvRecordClass *const *
tfv_record_class_get_all (void)
{
  return tfv_record_classes;
}

/**
 * tfv_record_class_find: (skip)
 * @name: the name of a kind, such as `"scalar"`
 *
 * Looks up a kind of record. Any thread.
 *
 * Returns: (transfer none) (nullable): the class, or %NULL
 */
const TfvRecordClass *
tfv_record_class_find (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; tfv_record_classes[i] != NULL; i++)
    {
      if (strcmp (tfv_record_classes[i]->name, name) == 0)
        return tfv_record_classes[i];
    }

  return NULL;
}

/* NaN has no sign worth telling, and C does not agree on how it is written. */
static const char *
get_special_text (double value)
{
  if (isnan (value))
    return "nan";
  if (isinf (value))
    return value > 0 ? "inf" : "-inf";

  return NULL;
}

/**
 * tfv_double_to_text: (skip)
 * @value: a number
 * @text: room for the text
 *
 * Writes a number with the fewest digits that read back the same, in the C
 * locale: `0.1`, `1e-05`, `nan`, `inf`, `-inf`. Any thread.
 *
 * Returns: (transfer none): @text
 */
const char *
tfv_double_to_text (double value, char text[TFV_NUMBER_TEXT_BYTES])
{
  const char *special = get_special_text (value);
  /* Up to 15 digits %g drops zeros by itself and what is left is the shortest;
   * numbers below the normal ones have fewer digits than that. */
  int n_digits = fabs (value) < 2.2250738585072014e-308 ? 1 : 15;

  if (special != NULL)
    return strcpy (text, special);

  for (; n_digits <= 17; n_digits++)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%dg", n_digits);
      g_ascii_formatd (text, TFV_NUMBER_TEXT_BYTES, format, value);
      if (g_ascii_strtod (text, NULL) == value)
        break;
    }

  return text;
}

/**
 * tfv_float_to_text: (skip)
 * @value: a number
 * @text: room for the text
 *
 * Writes a float32 number with the fewest digits that read back the same
 * float32. Any thread.
 *
 * Returns: (transfer none): @text
 */
const char *
tfv_float_to_text (float value, char text[TFV_NUMBER_TEXT_BYTES])
{
  const char *special = get_special_text (value);
  int         n_digits = fabsf (value) < 1.17549435e-38f ? 1 : 6;

  if (special != NULL)
    return strcpy (text, special);

  for (; n_digits <= 9; n_digits++)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%dg", n_digits);
      g_ascii_formatd (text, TFV_NUMBER_TEXT_BYTES, format, value);
      if ((float) g_ascii_strtod (text, NULL) == value)
        break;
    }

  return text;
}

/* Calls @func with every tag of a kind that the filter lets through. */
gboolean
tfv_record_for_each_tag (TfvRun *run, TfvRecordKind kind, const TfvRecordFilter *filter, TfvRecordTagFunc func, gpointer user_data, GError **error)
{
  g_autoptr (GPtrArray) tags = tfv_run_dup_tags (run);

  for (guint i = 0; i < tags->len; i++)
    {
      TfvTag *tag = tags->pdata[i];

      if (tfv_tag_get_kind (tag) != kind ||
          (filter->tags != NULL && !g_pattern_spec_match_string (filter->tags, tfv_tag_get_name (tag))))
        continue;
      if (!func (run, tag, user_data, error))
        return FALSE;
    }

  return TRUE;
}

typedef struct
{
  TfvRecordBlobFunc    tell;
  const TfvRecordSink *sink;
} BlobWalk;

static gboolean
walk_blobs (TfvRun *run, TfvTag *tag, gpointer user_data, GError **error)
{
  const BlobWalk *walk = user_data;
  gint64          step;
  double          wall_time;

  for (guint64 i = 0; tfv_tag_get_record (tag, i, &step, &wall_time, NULL); i++)
    {
      g_autoptr (GBytes) bytes = tfv_tag_read_record (tag, i, error);

      if (bytes == NULL)
        return FALSE;
      walk->tell (run, tag, step, wall_time, bytes, walk->sink);
    }

  return TRUE;
}

/* Reads every record of a kind that is stored as a blob. */
gboolean
tfv_record_for_each_blob (TfvRun *run, TfvRecordKind kind, TfvRecordBlobFunc tell, const TfvRecordSink *sink, GError **error)
{
  BlobWalk walk = { tell, sink };

  return tfv_record_for_each_tag (run, kind, sink->filter, walk_blobs, &walk, error);
}
