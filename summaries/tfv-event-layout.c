/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-event-layout-private.h"

#include <stddef.h>

typedef enum
{
  FIELD_I64,
  FIELD_U64,
  FIELD_U32,
  FIELD_U16,
  FIELD_F64,
  FIELD_NAME,
  FIELD_TWO_U64,
} FieldType;

typedef struct
{
  const char *name;
  FieldType   type;
  gsize       offset;
} Field;

static const Field tag_fields[] = {
  { "id", FIELD_U32, offsetof (TfvEventTagRow, id) },
  { "kind", FIELD_U16, offsetof (TfvEventTagRow, kind) },
  { "flags", FIELD_U16, offsetof (TfvEventTagRow, flags) },
  { "parent", FIELD_U32, offsetof (TfvEventTagRow, parent) },
  { "name_length", FIELD_U32, offsetof (TfvEventTagRow, name_length) },
  { "blob_offset", FIELD_U64, offsetof (TfvEventTagRow, blob_offset) },
  { "name", FIELD_NAME, offsetof (TfvEventTagRow, name) },
  { NULL },
};

static const Field scalar_fields[] = {
  { "step", FIELD_I64, offsetof (TfvEventScalarRow, step) },
  { "wall_time", FIELD_F64, offsetof (TfvEventScalarRow, wall_time) },
  { "value", FIELD_F64, offsetof (TfvEventScalarRow, value) },
  { "tag", FIELD_U32, offsetof (TfvEventScalarRow, tag) },
  { "flags", FIELD_U32, offsetof (TfvEventScalarRow, flags) },
  { NULL },
};

static const Field blob_fields[] = {
  { "offset", FIELD_U64, offsetof (TfvEventBlobRow, offset) },
  { "length", FIELD_U64, offsetof (TfvEventBlobRow, length) },
  { "step", FIELD_I64, offsetof (TfvEventBlobRow, step) },
  { "wall_time", FIELD_F64, offsetof (TfvEventBlobRow, wall_time) },
  { "scalars_before", FIELD_U64, offsetof (TfvEventBlobRow, scalars_before) },
  { "tag", FIELD_U32, offsetof (TfvEventBlobRow, tag) },
  { "crc32c", FIELD_U32, offsetof (TfvEventBlobRow, crc32c) },
  { "kind", FIELD_U16, offsetof (TfvEventBlobRow, kind) },
  { "flags", FIELD_U16, offsetof (TfvEventBlobRow, flags) },
  { "reserved", FIELD_U32, offsetof (TfvEventBlobRow, reserved) },
  { NULL },
};

static const Field span_fields[] = {
  { "start_ns", FIELD_I64, offsetof (TfvEventSpanRow, start_ns) },
  { "duration_ns", FIELD_I64, offsetof (TfvEventSpanRow, duration_ns) },
  { "step", FIELD_I64, offsetof (TfvEventSpanRow, step) },
  { "name", FIELD_U32, offsetof (TfvEventSpanRow, name) },
  { "lane", FIELD_U32, offsetof (TfvEventSpanRow, lane) },
  { "op", FIELD_U32, offsetof (TfvEventSpanRow, op) },
  { "category", FIELD_U32, offsetof (TfvEventSpanRow, category) },
  { "correlation", FIELD_U32, offsetof (TfvEventSpanRow, correlation) },
  { "argument", FIELD_U32, offsetof (TfvEventSpanRow, argument) },
  { NULL },
};

static const Field counter_fields[] = {
  { "time_ns", FIELD_I64, offsetof (TfvEventCounterRow, time_ns) },
  { "value", FIELD_F64, offsetof (TfvEventCounterRow, value) },
  { "step", FIELD_I64, offsetof (TfvEventCounterRow, step) },
  { "series", FIELD_U32, offsetof (TfvEventCounterRow, series) },
  { "lane", FIELD_U32, offsetof (TfvEventCounterRow, lane) },
  { "unit", FIELD_U32, offsetof (TfvEventCounterRow, unit) },
  { "flags", FIELD_U32, offsetof (TfvEventCounterRow, flags) },
  { NULL },
};

static const Field flow_fields[] = {
  { "time_ns", FIELD_I64, offsetof (TfvEventFlowRow, time_ns) },
  { "flow", FIELD_U64, offsetof (TfvEventFlowRow, flow) },
  { "step", FIELD_I64, offsetof (TfvEventFlowRow, step) },
  { "name", FIELD_U32, offsetof (TfvEventFlowRow, name) },
  { "lane", FIELD_U32, offsetof (TfvEventFlowRow, lane) },
  { "category", FIELD_U32, offsetof (TfvEventFlowRow, category) },
  { "phase", FIELD_U16, offsetof (TfvEventFlowRow, phase) },
  { "flags", FIELD_U16, offsetof (TfvEventFlowRow, flags) },
  { NULL },
};

static const Field marker_fields[] = {
  { "time_ns", FIELD_I64, offsetof (TfvEventMarkerRow, time_ns) },
  { "step", FIELD_I64, offsetof (TfvEventMarkerRow, step) },
  { "name", FIELD_U32, offsetof (TfvEventMarkerRow, name) },
  { "lane", FIELD_U32, offsetof (TfvEventMarkerRow, lane) },
  { "op", FIELD_U32, offsetof (TfvEventMarkerRow, op) },
  { "category", FIELD_U32, offsetof (TfvEventMarkerRow, category) },
  { "correlation", FIELD_U32, offsetof (TfvEventMarkerRow, correlation) },
  { "scope", FIELD_U16, offsetof (TfvEventMarkerRow, scope) },
  { "flags", FIELD_U16, offsetof (TfvEventMarkerRow, flags) },
  { NULL },
};

static const Field status_fields[] = {
  { "wall_ns", FIELD_I64, offsetof (TfvEventStatusRow, wall_ns) },
  { "monotonic_ns", FIELD_I64, offsetof (TfvEventStatusRow, monotonic_ns) },
  { "dropped_scalars", FIELD_U64, offsetof (TfvEventStatusRow, dropped_scalars) },
  { "dropped_spans", FIELD_U64, offsetof (TfvEventStatusRow, dropped_spans) },
  { "dropped_blobs", FIELD_U64, offsetof (TfvEventStatusRow, dropped_blobs) },
  { "state", FIELD_U32, offsetof (TfvEventStatusRow, state) },
  { "flags", FIELD_U32, offsetof (TfvEventStatusRow, flags) },
  { "reserved", FIELD_TWO_U64, offsetof (TfvEventStatusRow, dropped_moments) },
  { NULL },
};

/* A chunk is what the file grows by and what is read at once: 16384 rows were
 * measured best for the rows that come in millions. A file whose minor version
 * is below the first one of a dataset does not have that. */
static const struct
{
  const char  *name;
  gsize        row_bytes;
  hsize_t      chunk_rows;
  const Field *fields;
  gint64       first_minor;
} layouts[TFV_N_EVENT_DATASETS] = {
  [TFV_EVENT_BLOBS] = { "blobs", 1, 256 * 1024, NULL, 0 },
  [TFV_EVENT_TAGS] = { "tags", sizeof (TfvEventTagRow), 256, tag_fields, 0 },
  [TFV_EVENT_SCALARS] = { "scalars", sizeof (TfvEventScalarRow), 16384, scalar_fields, 0 },
  [TFV_EVENT_BLOB_INDEX] = { "blob_index", sizeof (TfvEventBlobRow), 1024, blob_fields, 0 },
  [TFV_EVENT_SPANS] = { "spans", sizeof (TfvEventSpanRow), 16384, span_fields, 0 },
  [TFV_EVENT_COUNTERS] = { "counters", sizeof (TfvEventCounterRow), 16384, counter_fields, 2 },
  [TFV_EVENT_FLOWS] = { "flows", sizeof (TfvEventFlowRow), 16384, flow_fields, 2 },
  [TFV_EVENT_MARKERS] = { "markers", sizeof (TfvEventMarkerRow), 1024, marker_fields, 2 },
  [TFV_EVENT_STATUS] = { "status", sizeof (TfvEventStatusRow), 256, status_fields, 0 },
};

const char *
tfv_event_dataset_get_name (TfvEventDataset dataset)
{
  return layouts[dataset].name;
}

gsize
tfv_event_dataset_get_row_bytes (TfvEventDataset dataset)
{
  return layouts[dataset].row_bytes;
}

hsize_t
tfv_event_dataset_get_chunk_rows (TfvEventDataset dataset)
{
  return layouts[dataset].chunk_rows;
}

gint64
tfv_event_dataset_get_first_minor (TfvEventDataset dataset)
{
  return layouts[dataset].first_minor;
}

static hid_t
create_field_type (FieldType type, gboolean in_file)
{
  switch (type)
    {
    case FIELD_I64:
      return H5Tcopy (in_file ? H5T_STD_I64LE : H5T_NATIVE_INT64);
    case FIELD_U64:
      return H5Tcopy (in_file ? H5T_STD_U64LE : H5T_NATIVE_UINT64);
    case FIELD_U32:
      return H5Tcopy (in_file ? H5T_STD_U32LE : H5T_NATIVE_UINT32);
    case FIELD_U16:
      return H5Tcopy (in_file ? H5T_STD_U16LE : H5T_NATIVE_UINT16);
    case FIELD_F64:
      return H5Tcopy (in_file ? H5T_IEEE_F64LE : H5T_NATIVE_DOUBLE);
    case FIELD_NAME:
      {
        hid_t string = H5Tcopy (H5T_C_S1);

        H5Tset_size (string, TFV_EVENT_NAME_BYTES);
        H5Tset_strpad (string, H5T_STR_NULLPAD);
        H5Tset_cset (string, H5T_CSET_UTF8);
        return string;
      }
    case FIELD_TWO_U64:
      {
        hsize_t two = 2;

        return H5Tarray_create2 (in_file ? H5T_STD_U64LE : H5T_NATIVE_UINT64, 1, &two);
      }
    default:
      g_assert_not_reached ();
    }
}

static hid_t
create_row_type (TfvEventDataset dataset, gboolean in_file)
{
  hid_t type;

  if (layouts[dataset].fields == NULL)
    return H5Tcopy (in_file ? H5T_STD_U8LE : H5T_NATIVE_UINT8);

  type = H5Tcreate (H5T_COMPOUND, layouts[dataset].row_bytes);
  for (const Field *field = layouts[dataset].fields; field->name != NULL; field++)
    {
      hid_t member = create_field_type (field->type, in_file);

      H5Tinsert (type, field->name, field->offset, member);
      H5Tclose (member);
    }

  return type;
}

/* The type of a dataset's rows as they lie in the file: little-endian. */
hid_t
tfv_event_dataset_create_file_type (TfvEventDataset dataset)
{
  return create_row_type (dataset, TRUE);
}

/* The type of a dataset's rows as they lie in memory: this machine's order. */
hid_t
tfv_event_dataset_create_memory_type (TfvEventDataset dataset)
{
  return create_row_type (dataset, FALSE);
}
