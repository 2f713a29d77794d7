/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-check-private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "summaries/formats/event-message-private.h"
#include "summaries/formats/tfrecord-private.h"
#include "summaries/tfv-error.h"

#define VERSION_PREFIX "brain.Event:"
#define HEADER_BYTES 12
#define FOOTER_BYTES 4

/* A report of a file with more holes than this tells of the first ones. */
#define MAX_STRETCHES 10000

typedef struct
{
  TfvCheckReport *report;
  GArray         *whole;
  guint64         n_records;
  guint64         n_bad;
  guint64         n_unknown;
  guint64         first_unknown;
  guint32         version;
} Check;

typedef struct
{
  guint64 offset;
  guint64 n_bytes;
} Stretch;

static void
take_record (Check *self, TfvSlice data, guint64 offset)
{
  guint64  start = offset - HEADER_BYTES, n_bytes = HEADER_BYTES + data.n_bytes + FOOTER_BYTES;
  Stretch *last = self->whole->len > 0 ? &g_array_index (self->whole, Stretch, self->whole->len - 1) : NULL;
  TfvEvent event;

  self->n_records++;
  if (last != NULL && last->offset + last->n_bytes == start)
    {
      last->n_bytes += n_bytes;
    }
  else if (self->whole->len < MAX_STRETCHES)
    {
      const Stretch stretch = { start, n_bytes };

      g_array_append_val (self->whole, stretch);
    }
  if (!tfv_event_parse (data, &event))
    {
      if (self->n_unknown++ == 0)
        self->first_unknown = start;
    }
  else if (event.kind == TFV_EVENT_FILE_VERSION && event.payload.n_bytes > strlen (VERSION_PREFIX))
    {
      g_autofree char *text = g_strndup ((const char *) event.payload.data, event.payload.n_bytes);

      if (g_str_has_prefix (text, VERSION_PREFIX))
        self->version = (guint32) strtoul (text + strlen (VERSION_PREFIX), NULL, 10);
    }
}

/* Reads the records to the end of the file. */
static void
check_records (Check *self, TfvTfrecord *file)
{
  TfvSlice          data = { 0 };
  guint64           offset, gap = 0;
  gboolean          is_in_gap = FALSE;
  TfvTfrecordStatus status;

  do
    {
      status = tfv_tfrecord_next (file, &data, &offset);
      if (is_in_gap && (status == TFV_TFRECORD_OK || status == TFV_TFRECORD_END || status == TFV_TFRECORD_SHORT))
        {
          guint64 end = status == TFV_TFRECORD_OK ? offset - HEADER_BYTES : file->file_size;

          is_in_gap = FALSE;
          tfv_check_report_add_problem (self->report, "byte %" G_GUINT64_FORMAT ": no record begins here; %" G_GUINT64_FORMAT " bytes are of no whole record", gap, end - gap);
        }
      if (status == TFV_TFRECORD_OK)
        {
          take_record (self, data, offset);
        }
      else if (status == TFV_TFRECORD_BAD_DATA)
        {
          self->n_bad++;
          tfv_check_report_add_problem (self->report, "byte %" G_GUINT64_FORMAT ": a record of %" G_GUINT64_FORMAT " bytes whose checksum is wrong", offset, (guint64) data.n_bytes);
        }
      else if (status == TFV_TFRECORD_BAD_LENGTH)
        {
          gap = offset;
          is_in_gap = TRUE;
        }
      else if (status == TFV_TFRECORD_SHORT)
        {
          g_variant_dict_insert (&self->report->members, "half_record", "t", offset);
          tfv_check_report_add_problem (self->report, "byte %" G_GUINT64_FORMAT ": the file ends inside a record, of which %" G_GUINT64_FORMAT " bytes are there", offset, file->file_size - offset);
        }
    }
  while (status != TFV_TFRECORD_END && status != TFV_TFRECORD_SHORT);
}

/* Looks at an event file of TensorFlow's. FALSE with an error where it can't be
 * read. */
gboolean
tfv_check_tfevents (TfvCheckReport *report, const char *path, GError **error)
{
  g_autoptr (GArray)       whole = g_array_new (FALSE, FALSE, sizeof (Stretch));
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(tt)"));
  Check                    check = { .report = report, .whole = whole };
  TfvTfrecord              file;

  tfv_tfrecord_init (&file);
  if (!tfv_tfrecord_open (&file, path))
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: %s", path, g_strerror (errno));
      tfv_tfrecord_rest (&file);
      return FALSE;
    }
  check_records (&check, &file);
  if (file.file_size == 0)
    tfv_check_report_add_problem (report, "the file is empty");
  if (check.n_unknown > 0)
    tfv_check_report_add_problem (report, "byte %" G_GUINT64_FORMAT ": a record that is no event%s", check.first_unknown, check.n_unknown > 1 ? ", the first of several" : "");

  g_variant_dict_insert (&report->members, "format", "s", "tfevents");
  g_variant_dict_insert (&report->members, "size", "t", file.file_size);
  g_variant_dict_insert (&report->members, "version", "u", check.version);
  g_variant_dict_insert (&report->members, "records", "t", check.n_records);
  g_variant_dict_insert (&report->members, "bad_records", "t", check.n_bad);
  for (guint i = 0; i < whole->len; i++)
    {
      const Stretch *stretch = &g_array_index (whole, Stretch, i);

      g_variant_builder_add (&list, "(tt)", stretch->offset, stretch->n_bytes);
    }
  g_variant_dict_insert_value (&report->members, "whole", g_variant_builder_end (&list));
  tfv_tfrecord_rest (&file);
  return TRUE;
}
