/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-event-header-private.h"

#include <string.h>

/* A fixed string of a sane length; anything else is as if it were not there. */
gboolean
tfv_event_read_string (hid_t file, const char *name, char text[TFV_EVENT_MAX_STRING_BYTES])
{
  hid_t    attribute = H5Aopen (file, name, H5P_DEFAULT);
  hid_t    type = attribute >= 0 ? H5Aget_type (attribute) : H5I_INVALID_HID;
  hid_t    space = attribute >= 0 ? H5Aget_space (attribute) : H5I_INVALID_HID;
  gboolean is_read = FALSE;

  memset (text, 0, TFV_EVENT_MAX_STRING_BYTES);
  if (type >= 0 && space >= 0 && H5Tget_class (type) == H5T_STRING && H5Tis_variable_str (type) == 0 &&
      H5Tget_size (type) < TFV_EVENT_MAX_STRING_BYTES && H5Sget_simple_extent_type (space) == H5S_SCALAR)
    is_read = H5Aread (attribute, type, text) >= 0;

  if (space >= 0)
    H5Sclose (space);
  if (type >= 0)
    H5Tclose (type);
  if (attribute >= 0)
    H5Aclose (attribute);

  return is_read;
}

/* An integer that fits; anything else is as if it were not there. */
gboolean
tfv_event_read_integer (hid_t file, const char *name, gint64 *value)
{
  hid_t    attribute = H5Aopen (file, name, H5P_DEFAULT);
  hid_t    type = attribute >= 0 ? H5Aget_type (attribute) : H5I_INVALID_HID;
  hid_t    space = attribute >= 0 ? H5Aget_space (attribute) : H5I_INVALID_HID;
  gboolean is_read = FALSE;

  if (type >= 0 && space >= 0 && H5Tget_class (type) == H5T_INTEGER && H5Tget_size (type) <= sizeof *value &&
      H5Sget_simple_extent_type (space) == H5S_SCALAR)
    is_read = H5Aread (attribute, H5T_NATIVE_INT64, value) >= 0;

  if (space >= 0)
    H5Sclose (space);
  if (type >= 0)
    H5Tclose (type);
  if (attribute >= 0)
    H5Aclose (attribute);

  return is_read;
}

/* What a dataset may be: one dimension, in chunks of the size that the format
 * says, in this file, unfiltered, of exactly the row that we know.
 * What is wrong with one, or NULL. */
const char *
tfv_event_dataset_find_fault (hid_t dataset, TfvEventDataset which)
{
  hid_t       dcpl = H5Dget_create_plist (dataset);
  hid_t       space = H5Dget_space (dataset);
  hid_t       type = H5Dget_type (dataset);
  hid_t       expected = tfv_event_dataset_create_file_type (which);
  hsize_t     chunk = 0;
  const char *fault = NULL;

  if (dcpl < 0 || space < 0 || type < 0)
    fault = "its header is damaged";
  else if (H5Pget_layout (dcpl) == H5D_VIRTUAL || H5Pget_external_count (dcpl) != 0)
    fault = "it is stored in another file";
  else if (H5Tequal (type, expected) <= 0)
    fault = "its rows are not those of the format";
  else if (H5Sget_simple_extent_ndims (space) != 1)
    fault = "it has more than one dimension";
  else if (H5Pget_layout (dcpl) != H5D_CHUNKED || H5Pget_chunk (dcpl, 1, &chunk) != 1 || chunk != tfv_event_dataset_get_chunk_rows (which))
    fault = "it is not stored in the chunks of the format";
  else if (H5Pget_nfilters (dcpl) != 0)
    fault = "it is filtered";

  H5Tclose (expected);
  if (type >= 0)
    H5Tclose (type);
  if (space >= 0)
    H5Sclose (space);
  if (dcpl >= 0)
    H5Pclose (dcpl);

  return fault;
}
