/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/formats/hdf5-reader-private.h"
#include "summaries/tfv-event-file-cache-private.h"
#include "summaries/tfv-format.h"
#include "summaries/tfv-input-file-private.h"

extern const TfvFormat tfv_format_hdf5;

#define BLOCK_ROWS 4096

/* How often a dataset that can't be read is tried again, on a file opened anew,
 * for the reason may be that it is being written. */
#define MAX_FAILURES 3

static gboolean
matches (const char *basename, const guint8 *head, gsize n_head)
{
  return g_str_has_suffix (basename, TFV_EVENT_SUFFIX);
}

static void
clear_tag (gpointer data)
{
  g_free (((TfvHdf5Tag *) data)->name);
}

static void
warn_of_faults (TfvHdf5Reader *self)
{
  const char *notice = tfv_event_file_get_notice (self->file);

  if (notice != NULL && !self->is_noticed)
    tfv_run_part_warn (self->part, "%s", tfv_hdf5_reader_leave_out_path (self, notice));
  self->is_noticed = TRUE;

  for (guint i = 0; i < TFV_N_EVENT_DATASETS; i++)
    {
      const char *fault = tfv_event_file_get_fault (self->file, (TfvEventDataset) i);

      if (fault != NULL && !self->is_broken[i])
        {
          tfv_run_part_warn (self->part, "%s", tfv_hdf5_reader_leave_out_path (self, fault));
          self->is_broken[i] = TRUE;
        }
    }
}

static TfvFileReader *
open_reader (const char *path, TfvRunPart *part, GError **error)
{
  TfvEventFile  *file = tfv_event_file_open (path, error);
  TfvHdf5Reader *self;

  if (file == NULL)
    return NULL;

  self = g_new0 (TfvHdf5Reader, 1);
  self->path = g_strdup (path);
  self->part = part;
  self->file = file;
  self->has_more = TRUE;
  self->tags = g_array_new (FALSE, TRUE, sizeof (TfvHdf5Tag));
  g_array_set_clear_func (self->tags, clear_tag);
  if (tfv_event_file_get_start_wall_ns (file) != 0)
    tfv_run_part_set_start_time (part, (double) tfv_event_file_get_start_wall_ns (file) * 1e-9);
  warn_of_faults (self);

  return (TfvFileReader *) self;
}

static void
close_reader (TfvFileReader *reader)
{
  TfvHdf5Reader *self = (TfvHdf5Reader *) reader;

  g_clear_pointer (&self->file, tfv_event_file_close);
  g_clear_pointer (&self->points, tfv_hdf5_points_free);
  g_array_unref (self->tags);
  g_free (self->block);
  g_free (self->path);
  g_free (self);
}

/* A dataset that could not be read is tried again with the file opened anew, and
 * then told and left; the others are still read. */
static void
stumble (TfvHdf5Reader *self, TfvEventDataset dataset, const GError *error)
{
  if (++self->n_failures <= MAX_FAILURES)
    {
      g_clear_pointer (&self->file, tfv_event_file_close);
      self->has_more = TRUE;
      return;
    }

  self->n_failures = 0;
  self->has_more = TRUE;
  self->is_broken[dataset] = TRUE;
  tfv_run_part_warn (self->part, "%s; /%s is given up to row %" G_GUINT64_FORMAT, tfv_hdf5_reader_leave_out_path (self, error->message), tfv_event_dataset_get_name (dataset), self->next[dataset]);
}

/* Reads the next rows of a dataset, up to @end, into the block. */
static gsize
read_block (TfvHdf5Reader *self, TfvEventDataset dataset, guint64 end)
{
  g_autoptr (GError) error = NULL;
  gsize              n_rows = MIN (end - self->next[dataset], BLOCK_ROWS);

  if (tfv_event_file_read (self->file, dataset, self->next[dataset], n_rows, self->block, &error))
    return n_rows;

  stumble (self, dataset, error);
  return 0;
}

/* Takes the rows of a dataset up to @end, as far as the budget goes. Rows that
 * are not valid are passed over when a valid one comes after them, and at the
 * very end they are waited for: their extent came before their bytes. */
static TfvHdf5Stretch
take_rows (TfvHdf5Reader *self, TfvEventDataset dataset, guint64 end, gint64 *budget)
{
  gsize row_bytes = tfv_event_dataset_get_row_bytes (dataset);

  while (self->next[dataset] < end)
    {
      guint64 start = self->next[dataset];
      gsize   n_rows;
      gsize   n_valid;

      if (*budget <= 0)
        {
          self->has_more = TRUE;
          return TFV_HDF5_WAIT;
        }

      n_rows = read_block (self, dataset, end);
      if (n_rows == 0)
        return TFV_HDF5_BROKEN;
      *budget -= (gint64) (n_rows * row_bytes);

      n_valid = n_rows;
      if (start + n_rows == tfv_event_file_get_n_rows (self->file, dataset))
        {
          while (n_valid > 0 && !tfv_hdf5_row_is_valid (dataset, (guint8 *) self->block + (n_valid - 1) * row_bytes))
            n_valid--;
        }

      for (gsize i = 0; i < n_valid; i++)
        {
          gconstpointer row = (guint8 *) self->block + i * row_bytes;

          if (tfv_hdf5_row_is_valid (dataset, row))
            {
              TfvHdf5Stretch stretch = tfv_hdf5_reader_take_row (self, dataset, row, start + i);

              if (stretch != TFV_HDF5_DONE)
                return stretch;
              self->n_waits = 0;
            }
          self->next[dataset] = start + i + 1;
        }

      if (n_valid < n_rows)
        return TFV_HDF5_WAIT;
    }

  return TFV_HDF5_DONE;
}

static TfvHdf5Stretch
take_all_rows (TfvHdf5Reader *self, TfvEventDataset dataset, gint64 *budget)
{
  return self->is_broken[dataset] ? TFV_HDF5_DONE : take_rows (self, dataset, tfv_event_file_get_n_rows (self->file, dataset), budget);
}

/* Takes scalars up to a row, or as many as there are; of some it is only told where
 * they are. */
static TfvHdf5Stretch
take_scalars (TfvHdf5Reader *self, guint64 end, gint64 *budget)
{
  guint64        n_rows = tfv_event_file_get_n_rows (self->file, TFV_EVENT_SCALARS);
  TfvHdf5Stretch stretch = TFV_HDF5_DONE;

  if (self->is_broken[TFV_EVENT_SCALARS])
    return TFV_HDF5_DONE;
  if (tfv_hdf5_reader_has_lazy_points (self))
    stretch = tfv_hdf5_reader_take_points (self, end);
  return stretch == TFV_HDF5_DONE ? take_rows (self, TFV_EVENT_SCALARS, MIN (end, n_rows), budget) : stretch;
}

/* Takes scalars up to a row, or as many as there are. Whether to go on. */
static gboolean
take_scalars_before (TfvHdf5Reader *self, guint64 end, gint64 *budget)
{
  if (take_scalars (self, end, budget) == TFV_HDF5_DONE)
    return TRUE;

  /* Rows that are missing at the end hold up nobody: nothing is before them. */
  return !self->has_more;
}

/* Takes what the file has, what is referred to before what refers to it. */
static void
take_all (TfvHdf5Reader *self, gint64 budget)
{
  TfvHdf5Stretch stretch;

  if (take_all_rows (self, TFV_EVENT_TAGS, &budget) == TFV_HDF5_BROKEN)
    return;

  while ((stretch = take_all_rows (self, TFV_EVENT_BLOB_INDEX, &budget)) == TFV_HDF5_SCALARS_FIRST)
    {
      if (!take_scalars_before (self, self->wanted_scalars, &budget))
        {
          self->wanted_scalars = 0;
          return;
        }
    }

  /* Scalars after a record that is waited for may be after a restart. */
  if (stretch != TFV_HDF5_DONE && self->has_more)
    return;

  /* The status tells of the clock that the rest is measured by. */
  if (take_scalars (self, G_MAXUINT64, &budget) != TFV_HDF5_BROKEN &&
      take_all_rows (self, TFV_EVENT_STATUS, &budget) != TFV_HDF5_BROKEN &&
      take_all_rows (self, TFV_EVENT_SPANS, &budget) != TFV_HDF5_BROKEN &&
      take_all_rows (self, TFV_EVENT_COUNTERS, &budget) != TFV_HDF5_BROKEN &&
      take_all_rows (self, TFV_EVENT_FLOWS, &budget) != TFV_HDF5_BROKEN)
    take_all_rows (self, TFV_EVENT_MARKERS, &budget);
}

/* Sees to it that the file is open and its newest rows are known. FALSE when for
 * now there is no way to see it. Whoever polls asks first whether it changed. */
static gboolean
look (TfvHdf5Reader *self)
{
  g_autoptr (GError) error = NULL;

  /* What can't be refreshed may be read once it is opened anew. */
  if (self->file != NULL && !tfv_event_file_refresh (self->file, NULL))
    g_clear_pointer (&self->file, tfv_event_file_close);
  if (self->file != NULL)
    return TRUE;

  self->file = tfv_event_file_open (self->path, &error);
  if (self->file != NULL)
    warn_of_faults (self);
  else
    tfv_run_part_warn (self->part, "%s", tfv_hdf5_reader_leave_out_path (self, error->message));
  return self->file != NULL;
}

static gboolean
poll_reader (TfvFileReader *reader, gsize budget_bytes)
{
  TfvHdf5Reader *self = (TfvHdf5Reader *) reader;

  if (!look (self))
    {
      self->has_more = FALSE;
      return FALSE;
    }

  if (self->block == NULL)
    self->block = g_malloc (BLOCK_ROWS * sizeof (TfvEventTagRow));
  self->has_more = FALSE;
  take_all (self, (gint64) MIN (budget_bytes, G_MAXINT64));

  return self->has_more;
}

static void
rest_reader (TfvFileReader *reader)
{
  TfvHdf5Reader *self = (TfvHdf5Reader *) reader;

  g_clear_pointer (&self->file, tfv_event_file_close);
  g_clear_pointer (&self->block, g_free);
}

static void
finish_reader (TfvFileReader *reader)
{
  TfvHdf5Reader *self = (TfvHdf5Reader *) reader;

  for (guint i = 0; i < TFV_N_EVENT_DATASETS && self->file != NULL; i++)
    {
      guint64 n_rows = tfv_event_file_get_n_rows (self->file, (TfvEventDataset) i);

      if (i != TFV_EVENT_BLOBS && !self->is_broken[i] && self->next[i] < n_rows)
        tfv_run_part_warn (self->part, "the last %" G_GUINT64_FORMAT " rows of /%s were not written to their end", n_rows - self->next[i], tfv_event_dataset_get_name ((TfvEventDataset) i));
    }
}

/* Reads a record that is known to be in the file, which may have to be looked at
 * anew to see it. */
static GBytes *
read_record (TfvEventFile *file, guint64 index, gboolean may_be_stale, GError **error)
{
  TfvEventBlobRow row;
  guint64         n_bytes = tfv_event_file_get_n_rows (file, TFV_EVENT_BLOBS);

  if (may_be_stale)
    {
      gboolean is_there = index < tfv_event_file_get_n_rows (file, TFV_EVENT_BLOB_INDEX) &&
                          tfv_event_file_read (file, TFV_EVENT_BLOB_INDEX, index, 1, &row, NULL) && (row.flags & TFV_EVENT_ROW_VALID) != 0 &&
                          row.offset <= n_bytes && row.length <= n_bytes - row.offset;

      if (is_there)
        return tfv_event_file_read_blob (file, &row, error);
      if (!tfv_event_file_refresh (file, error))
        return NULL;
    }

  if (!tfv_event_file_read (file, TFV_EVENT_BLOB_INDEX, index, 1, &row, error))
    return NULL;
  return tfv_event_file_read_blob (file, &row, error);
}

/* A record's place is its row in /blob_index, where its checksum is. Files are
 * kept open for the next one; where one that was open fails, what it is now is
 * opened. */
static GBytes *
read_blob (const char *path, guint64 offset, guint64 length_bytes, GError **error)
{
  for (;;)
    {
      g_autoptr (GError) failure = NULL;
      gboolean           was_open;
      TfvEventFile      *file = tfv_event_file_cache_take (path, &was_open, error);
      GBytes            *bytes;

      if (file == NULL)
        return NULL;
      bytes = read_record (file, offset, was_open, &failure);
      if (bytes != NULL)
        {
          tfv_event_file_cache_give (file);
          return bytes;
        }
      tfv_event_file_close (file);
      if (!was_open)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return NULL;
        }
    }
}

const TfvFormat tfv_format_hdf5 = {
  .name = "tfview",
  .matches = matches,
  .open = open_reader,
  .poll = poll_reader,
  .rest = rest_reader,
  .finish = finish_reader,
  .close = close_reader,
  .read_blob = read_blob,
  .load_points = tfv_hdf5_load_points,
};
