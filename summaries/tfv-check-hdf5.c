/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-check-private.h"

#include <string.h>
#include <unistd.h>

#include "summaries/formats/hdf5-reader-private.h"
#include "summaries/tfv-column-file-private.h"
#include "summaries/tfv-event-file-private.h"
#include "summaries/tfv-hdf5-private.h"
#include "summaries/tfv-input-file-private.h"
#include "summaries/tfv-superblock-private.h"

#define BLOCK_ROWS 16384
#define MAX_STRING_BYTES 512

/* Something that is wrong in many rows and told once. */
typedef struct
{
  guint64 n;
  guint64 first;
} Fault;

typedef struct
{
  TfvCheckReport *report;
  const char     *path;
  TfvEventFile   *file;
  guint8         *block;
  GArray         *kinds;
  guint64         n_blob_bytes;
  guint64         n_unwritten_at_end;
  Fault           not_valid;
  Fault           lost;
  Fault           damaged;
} Check;

static void
note (Fault *fault, guint64 row)
{
  if (fault->n++ == 0)
    fault->first = row;
}

static void
tell (Check *self, TfvEventDataset dataset, const Fault *fault, const char *one, const char *many)
{
  const char *name = tfv_event_dataset_get_name (dataset);

  if (fault->n == 1)
    tfv_check_report_add_problem (self->report, "row %" G_GUINT64_FORMAT " of /%s %s", fault->first, name, one);
  else if (fault->n > 1)
    tfv_check_report_add_problem (self->report, "%" G_GUINT64_FORMAT " rows of /%s %s; the first is row %" G_GUINT64_FORMAT, fault->n, name, many, fault->first);
}

/* The messages of the library begin with the path. */
static const char *
leave_out_path (Check *self, const char *message)
{
  gsize length = strlen (self->path);

  return g_str_has_prefix (message, self->path) && g_str_has_prefix (message + length, ": ") ? message + length + 2 : message;
}

static void
insert_string (Check *self, const char *name)
{
  hid_t file = tfv_event_file_get_id (self->file);
  hid_t attribute, type;
  char  text[MAX_STRING_BYTES] = "";

  tfv_hdf5_lock ();
  attribute = H5Aopen (file, name, H5P_DEFAULT);
  type = attribute >= 0 ? H5Aget_type (attribute) : H5I_INVALID_HID;
  if (type >= 0 && H5Tget_class (type) == H5T_STRING && H5Tis_variable_str (type) == 0 && H5Tget_size (type) < sizeof text && H5Aget_storage_size (attribute) < sizeof text)
    H5Aread (attribute, type, text);
  if (type >= 0)
    H5Tclose (type);
  if (attribute >= 0)
    H5Aclose (attribute);
  tfv_hdf5_unlock ();

  if (*text != '\0')
    {
      g_autofree char *valid = g_utf8_make_valid (text, -1);

      g_variant_dict_insert (&self->report->members, name, "s", valid);
    }
}

static gboolean
read_integer (Check *self, const char *name, gint64 *value)
{
  hid_t    file = tfv_event_file_get_id (self->file);
  hid_t    attribute, type;
  gboolean is_read = FALSE;

  tfv_hdf5_lock ();
  attribute = H5Aopen (file, name, H5P_DEFAULT);
  type = attribute >= 0 ? H5Aget_type (attribute) : H5I_INVALID_HID;
  if (type >= 0 && H5Tget_class (type) == H5T_INTEGER && H5Aget_storage_size (attribute) <= sizeof *value)
    is_read = H5Aread (attribute, H5T_NATIVE_INT64, value) >= 0;
  if (type >= 0)
    H5Tclose (type);
  if (attribute >= 0)
    H5Aclose (attribute);
  tfv_hdf5_unlock ();
  return is_read;
}

static void
insert_attributes (Check *self)
{
  static const char *const strings[] = { "writer", "uuid", "host" };
  static const char *const numbers[] = { "version_major", "version_minor", "segment" };
  static const char *const times[] = { "pid", "start_wall_ns" };
  gint64                   value;

  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    insert_string (self, strings[i]);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (read_integer (self, numbers[i], &value))
      g_variant_dict_insert (&self->report->members, numbers[i], "u", (guint32) value);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    if (read_integer (self, times[i], &value))
      g_variant_dict_insert (&self->report->members, times[i], "x", value);
}

static gboolean
is_id (Check *self, guint32 id)
{
  return id <= self->kinds->len;
}

static void
check_tag (Check *self, const TfvEventTagRow *row, guint64 index)
{
  guint32 kind = row->kind;

  if ((row->flags & TFV_EVENT_ROW_VALID) == 0 || row->id != index + 1)
    {
      note (&self->not_valid, index);
      kind = TFV_RECORD_NONE;
    }
  else if (row->name_length > TFV_EVENT_NAME_BYTES && (row->blob_offset > self->n_blob_bytes || row->name_length > self->n_blob_bytes - row->blob_offset))
    {
      note (&self->lost, index);
    }
  g_array_append_val (self->kinds, kind);
}

static gboolean
is_tag_of (Check *self, guint32 tag, guint32 kind)
{
  return tag > 0 && is_id (self, tag) && g_array_index (self->kinds, guint32, tag - 1) == kind;
}

static void
check_blob (Check *self, const TfvEventBlobRow *row, guint64 index)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (row->offset > self->n_blob_bytes || row->length > self->n_blob_bytes - row->offset || !is_tag_of (self, row->tag, row->kind))
    {
      note (&self->lost, index);
      return;
    }
  bytes = tfv_event_file_read_blob (self->file, row, &error);
  if (bytes == NULL)
    note (&self->damaged, index);
}

static void
check_row (Check *self, TfvEventDataset dataset, gconstpointer bytes, guint64 index)
{
  const TfvSpan *span = bytes;

  switch (dataset)
    {
    case TFV_EVENT_SCALARS:
      if (!is_tag_of (self, ((const TfvEventScalarRow *) bytes)->tag, TFV_RECORD_SCALAR))
        note (&self->lost, index);
      break;
    case TFV_EVENT_BLOB_INDEX:
      check_blob (self, bytes, index);
      break;
    case TFV_EVENT_SPANS:
      if (!is_id (self, span->name) || !is_id (self, span->lane) || !is_id (self, span->op) || !is_id (self, span->category))
        note (&self->lost, index);
      break;
    default:
      break;
    }
}

/* What the last status row says. */
static void
take_status (Check *self, const TfvEventStatusRow *row)
{
  guint64 n_dropped = row->dropped_scalars + row->dropped_spans + row->dropped_blobs + row->dropped_moments;

  g_variant_dict_insert (&self->report->members, "last_state", "u", row->state);
  g_variant_dict_insert (&self->report->members, "dropped", "t", n_dropped);
}

/* Rows that are not valid are wrong where a valid one comes after them. */
static void
check_rows (Check *self, TfvEventDataset dataset, const guint8 *rows, guint64 start, gsize n_rows)
{
  gsize row_bytes = tfv_event_dataset_get_row_bytes (dataset);

  for (gsize i = 0; i < n_rows; i++)
    {
      const guint8 *row = rows + i * row_bytes;

      if (dataset == TFV_EVENT_TAGS)
        {
          check_tag (self, (const TfvEventTagRow *) row, start + i);
          continue;
        }
      if (!tfv_hdf5_row_is_valid (dataset, row))
        {
          self->n_unwritten_at_end++;
          continue;
        }
      for (; self->n_unwritten_at_end > 0; self->n_unwritten_at_end--)
        note (&self->not_valid, start + i - self->n_unwritten_at_end);
      if (dataset == TFV_EVENT_STATUS)
        take_status (self, (const TfvEventStatusRow *) row);
      check_row (self, dataset, row, start + i);
    }
}

/* Goes through a dataset, or looks at its last rows only. */
static void
check_dataset (Check *self, TfvEventDataset dataset, gboolean is_brief, GVariantBuilder *list)
{
  const char        *name = tfv_event_dataset_get_name (dataset);
  const char        *fault = tfv_event_file_get_fault (self->file, dataset);
  guint64            n_rows = tfv_event_file_get_n_rows (self->file, dataset);
  guint64            at = is_brief && n_rows > BLOCK_ROWS ? n_rows - BLOCK_ROWS : 0;
  g_autoptr (GError) error = NULL;

  self->not_valid = self->lost = self->damaged = (Fault){ 0 };
  self->n_unwritten_at_end = 0;
  if (fault != NULL)
    tfv_check_report_add_problem (self->report, "%s", leave_out_path (self, fault));
  while (fault == NULL && at < n_rows && dataset != TFV_EVENT_BLOBS && (!is_brief || dataset == TFV_EVENT_STATUS))
    {
      gsize n = MIN (n_rows - at, BLOCK_ROWS);

      if (!tfv_event_file_read (self->file, dataset, at, n, self->block, &error))
        {
          tfv_check_report_add_problem (self->report, "/%s can't be read from row %" G_GUINT64_FORMAT " on: %s", name, at, leave_out_path (self, error->message));
          break;
        }
      check_rows (self, dataset, self->block, at, n);
      at += n;
    }
  if (self->n_unwritten_at_end > 0)
    tfv_check_report_add_note (self->report, "the last %" G_GUINT64_FORMAT " rows of /%s were not written to their end", self->n_unwritten_at_end, name);
  tell (self, dataset, &self->not_valid, "was made room for and never written", "were made room for and never written");
  tell (self, dataset, &self->lost, "refers to what is not there", "refer to what is not there");
  tell (self, dataset, &self->damaged, "is a record whose checksum is wrong", "are records whose checksum is wrong");
  if (fault == NULL)
    g_variant_builder_add (list, "(stt)", name, n_rows, self->not_valid.n + self->n_unwritten_at_end);
}

/* Reads all that a row of the index refers to. FALSE with an error and in @at the
 * first point, or bucket of the pyramid, that can't be read. */
static gboolean
read_row_of_index (Check *self, TfvColumnFile *columns, const TfvColumnIndexRow *row, guint64 *at, GError **error)
{
  gboolean is_mixed = (row->flags & TFV_COLUMN_ROW_MIXED) != 0;
  gboolean is_float32 = !is_mixed && (row->flags & TFV_COLUMN_ROW_FLOAT32) != 0;
  guint64  n_buckets = tfv_column_count_all_buckets (row->n_points);

  for (*at = 0; *at < row->n_points; *at += BLOCK_ROWS)
    {
      gsize         n = MIN (row->n_points - *at, BLOCK_ROWS);
      guint64       start = row->start + *at;
      TfvColumnRead reads[] = {
        { TFV_COLUMN_STEP, start, n, self->block },
        { TFV_COLUMN_WALL_TIME, start, n, self->block + n * sizeof (gint64) },
        { is_float32 ? TFV_COLUMN_VALUE32 : TFV_COLUMN_VALUE64, start, n, self->block + n * (sizeof (gint64) + sizeof (double)) },
        { TFV_COLUMN_IS_FLOAT32, start, n, self->block + n * (sizeof (gint64) + 2 * sizeof (double)) },
      };

      if (!tfv_column_file_read (columns, reads, G_N_ELEMENTS (reads) - !is_mixed, NULL, error))
        return FALSE;
    }
  for (*at = 0; *at < n_buckets; *at += BLOCK_ROWS)
    {
      TfvColumnRead read = { TFV_COLUMN_PYRAMID, row->pyramid_start + *at, MIN (n_buckets - *at, BLOCK_ROWS), self->block };

      if (!tfv_column_file_read (columns, &read, 1, NULL, error))
        return FALSE;
    }
  return TRUE;
}

/* The columns of a compacted file, each stretch of them once. */
static void
check_columns (Check *self, GVariantBuilder *list)
{
  g_autoptr (GError)        error = NULL;
  g_autoptr (TfvColumnFile) columns = tfv_column_file_new (self->file, self->path, &error);
  g_autoptr (GArray)        index = columns != NULL ? tfv_column_file_read_index (columns, &error) : NULL;
  guint64                   n_points = 0, n_bad = 0, at;

  if (index == NULL)
    {
      tfv_check_report_add_problem (self->report, "%s", leave_out_path (self, error->message));
      return;
    }
  for (guint i = 0; i < index->len; i++)
    {
      const TfvColumnIndexRow *row = &g_array_index (index, TfvColumnIndexRow, i);

      if ((row->flags & TFV_COLUMN_ROW_VALID) == 0 || !tfv_column_file_check_index_row (columns, row) || !is_tag_of (self, row->tag, TFV_RECORD_SCALAR))
        {
          tfv_check_report_add_problem (self->report, "row %u of /columns/index refers to what is not there", i);
          n_bad++;
          continue;
        }
      n_points += row->n_points;
      g_clear_error (&error);
      if (!read_row_of_index (self, columns, row, &at, &error))
        tfv_check_report_add_problem (self->report, "what row %u of /columns/index refers to can't be read from %" G_GUINT64_FORMAT " on: %s", i, at, leave_out_path (self, error->message));
    }
  g_variant_builder_add (list, "(stt)", "columns", n_points, n_bad);
}

/* Whether the file is marked as being written, and how long it should be. */
static void
take_superblock (Check *self)
{
  TfvSuperblock superblock;
  struct stat   status;
  int           fd = tfv_input_file_open (self->path);

  if (fd >= 0 && tfv_superblock_read (self->path, fd, &superblock, NULL) && tfv_input_file_stat_fd (fd, &status))
    {
      g_variant_dict_insert (&self->report->members, "is_marked_as_written", "b", superblock.is_written);
      g_variant_dict_insert (&self->report->members, "end_bytes", "t", superblock.end_bytes);
      g_variant_dict_insert (&self->report->members, "size", "t", (guint64) status.st_size);
    }
  if (fd >= 0)
    close (fd);
}

/* Looks at an HDF5 event file. FALSE with an error where it can't be opened. */
gboolean
tfv_check_event_file (TfvCheckReport *report, const char *path, gboolean is_brief, GError **error)
{
  g_autoptr (TfvEventFile) file = NULL;
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(stt)"));
  g_autofree guint8       *block = g_malloc (BLOCK_ROWS * sizeof (TfvEventTagRow));
  g_autoptr (GArray)       kinds = g_array_new (FALSE, FALSE, sizeof (guint32));
  Check                    check = { .report = report, .path = path, .block = block, .kinds = kinds };

  take_superblock (&check);
  file = tfv_event_file_open (path, error);
  if (file == NULL)
    return FALSE;
  check.file = file;
  check.n_blob_bytes = tfv_event_file_get_n_rows (file, TFV_EVENT_BLOBS);
  g_variant_dict_insert (&report->members, "format", "s", "tfview");
  g_variant_dict_insert (&report->members, "is_compacted", "b", tfv_event_file_is_compacted (file));
  if (tfv_event_file_get_notice (file) != NULL)
    tfv_check_report_add_problem (report, "%s", leave_out_path (&check, tfv_event_file_get_notice (file)));
  insert_attributes (&check);

  check_dataset (&check, TFV_EVENT_TAGS, is_brief, &list);
  if (tfv_event_file_is_compacted (file) && !is_brief)
    check_columns (&check, &list);
  for (guint i = 0; i < TFV_N_EVENT_DATASETS; i++)
    if (i != TFV_EVENT_TAGS && tfv_event_file_get_version_minor (file) >= tfv_event_dataset_get_first_minor ((TfvEventDataset) i) &&
        !(tfv_event_file_is_compacted (file) && i == TFV_EVENT_SCALARS))
      check_dataset (&check, (TfvEventDataset) i, is_brief, &list);
  g_variant_dict_insert_value (&report->members, "datasets", g_variant_builder_end (&list));
  return TRUE;
}
