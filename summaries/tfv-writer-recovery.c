/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-hdf5-private.h"
#include "summaries/tfv-writer-core-private.h"

/* How many rows of each dataset a reader of the file sees; zeros where it can't
 * be read. */
static void
count_visible_rows (const char *path, guint64 n_rows[TFV_N_EVENT_DATASETS])
{
  hid_t fapl;
  hid_t file;

  tfv_hdf5_lock ();
  fapl = H5Pcreate (H5P_FILE_ACCESS);
  H5Pset_libver_bounds (fapl, H5F_LIBVER_V110, H5F_LIBVER_V110);
  H5Pset_file_locking (fapl, FALSE, TRUE);
  H5Pset_metadata_read_attempts (fapl, 24);
  file = H5Fopen (path, H5F_ACC_RDONLY | H5F_ACC_SWMR_READ, fapl);
  for (guint i = 0; i < TFV_N_EVENT_DATASETS; i++)
    {
      hid_t   dataset = file >= 0 ? H5Dopen2 (file, tfv_event_dataset_get_name ((TfvEventDataset) i), H5P_DEFAULT) : H5I_INVALID_HID;
      hid_t   space = dataset >= 0 ? H5Dget_space (dataset) : H5I_INVALID_HID;
      hsize_t size = 0;

      n_rows[i] = space >= 0 && H5Sget_simple_extent_dims (space, &size, NULL) == 1 ? size : 0;
      if (space >= 0)
        H5Sclose (space);
      if (dataset >= 0)
        H5Dclose (dataset);
    }
  if (file >= 0)
    H5Fclose (file);
  H5Pclose (fapl);
  tfv_hdf5_unlock ();
}

static void
release_visible (TfvWriterRegion *region, const TfvWriterInFlight *entry, guint64 n_visible)
{
  guint64  tail;
  TfvRing *ring;

  if (n_visible <= entry->first_row)
    return;
  tail = entry->position + MIN (n_visible - entry->first_row, entry->n_rows);

  if (entry->dataset == TFV_EVENT_BLOB_INDEX)
    {
      if (tail > atomic_load (&region->blobs->tail))
        tfv_writer_region_release_blobs (region, tail);
      return;
    }

  if (entry->slot >= TFV_WRITER_N_SLOTS || !tfv_writer_region_map_slot (region, entry->slot))
    return;
  if (entry->dataset >= TFV_EVENT_COUNTERS)
    {
      tfv_writer_mark_moments (region->slots[entry->slot].moments, entry, n_visible);
      return;
    }
  ring = entry->dataset == TFV_EVENT_SCALARS ? region->slots[entry->slot].scalars : region->slots[entry->slot].spans;
  if (tail > atomic_load (&ring->tail))
    tfv_ring_release (ring, tail);
}

/* After a consumer died: gives back the rows that its file has, which the next
 * one would otherwise write again. */
void
tfv_writer_recover (TfvWriterRegion *region)
{
  TfvWriterHeader *header = region->header;
  guint64          n_visible[TFV_N_EVENT_DATASETS];
  g_autofree char *path = NULL;

  if (header->n_in_flight > 0 && header->n_in_flight <= TFV_WRITER_N_IN_FLIGHT && (path = tfv_writer_text_dup (&header->path, NULL)) != NULL)
    {
      count_visible_rows (path, n_visible);
      for (guint32 i = 0; i < header->n_in_flight; i++)
        {
          const TfvWriterInFlight *entry = &header->in_flight[i];

          if (entry->dataset < TFV_N_EVENT_DATASETS)
            release_visible (region, entry, n_visible[entry->dataset]);
        }
    }

  atomic_signal_fence (memory_order_seq_cst);
  header->n_in_flight = 0;
  atomic_signal_fence (memory_order_seq_cst);

  for (guint i = 0; i < MIN (atomic_load (&header->n_slots), TFV_WRITER_N_SLOTS); i++)
    {
      if (atomic_load (&header->slots[i]) != TFV_SLOT_FREE && tfv_writer_region_map_slot (region, i))
        tfv_writer_forget_moments (region->slots[i].moments);
    }
}
