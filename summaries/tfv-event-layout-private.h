/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <hdf5.h>

#include "summaries/tfv-span.h"

G_BEGIN_DECLS

/* The layout of an HDF5 event file: FORMAT.md in structs. */

#define TFV_EVENT_FORMAT_NAME "tfview events"
#define TFV_EVENT_VERSION_MAJOR 1
#define TFV_EVENT_VERSION_MINOR 2
#define TFV_EVENT_SUFFIX ".tfv.h5"
#define TFV_EVENT_NAME_BYTES 104
#define TFV_EVENT_ROW_VALID 1u
#define TFV_EVENT_VALUE_FLOAT32 2u
#define TFV_EVENT_FLOW_BINDS_NEXT 2u

/* The datasets in the order in which they are flushed: what a row refers to is
 * in a dataset before its own. A reader refreshes them the other way round. */
typedef enum
{
  TFV_EVENT_BLOBS,
  TFV_EVENT_TAGS,
  TFV_EVENT_SCALARS,
  TFV_EVENT_BLOB_INDEX,
  TFV_EVENT_SPANS,
  TFV_EVENT_COUNTERS,
  TFV_EVENT_FLOWS,
  TFV_EVENT_MARKERS,
  TFV_EVENT_STATUS,
  TFV_N_EVENT_DATASETS,
} TfvEventDataset;

typedef struct
{
  guint32 id;
  guint16 kind;
  guint16 flags;
  guint32 parent;
  guint32 name_length;
  guint64 blob_offset;
  char    name[TFV_EVENT_NAME_BYTES];
} TfvEventTagRow;

typedef struct
{
  gint64  step;
  double  wall_time;
  double  value;
  guint32 tag;
  guint32 flags;
} TfvEventScalarRow;

typedef struct
{
  guint64 offset;
  guint64 length;
  gint64  step;
  double  wall_time;
  guint64 scalars_before;
  guint32 tag;
  guint32 crc32c;
  guint16 kind;
  guint16 flags;
  guint32 reserved;
} TfvEventBlobRow;

/* The row of /spans is a TfvSpan; one without a name is not valid. */
typedef TfvSpan TfvEventSpanRow;

typedef struct
{
  gint64  time_ns;
  double  value;
  gint64  step;
  guint32 series;
  guint32 lane;
  guint32 unit;
  guint32 flags;
} TfvEventCounterRow;

typedef struct
{
  gint64  time_ns;
  guint64 flow;
  gint64  step;
  guint32 name;
  guint32 lane;
  guint32 category;
  guint16 phase;
  guint16 flags;
} TfvEventFlowRow;

typedef struct
{
  gint64  time_ns;
  gint64  step;
  guint32 name;
  guint32 lane;
  guint32 op;
  guint32 category;
  guint32 correlation;
  guint16 scope;
  guint16 flags;
} TfvEventMarkerRow;

typedef enum
{
  TFV_EVENT_STATE_RUNNING = 1,
  TFV_EVENT_STATE_CLOSED = 2,
  TFV_EVENT_STATE_ENDED = 3,
} TfvEventState;

typedef struct
{
  gint64  wall_ns;
  gint64  monotonic_ns;
  guint64 dropped_scalars;
  guint64 dropped_spans;
  guint64 dropped_blobs;
  guint32 state;
  guint32 flags;
  /* What was kept free in the first versions; its type is theirs for ever. */
  guint64 dropped_moments;
  guint64 reserved;
} TfvEventStatusRow;

G_STATIC_ASSERT (sizeof (TfvEventTagRow) == 128);
G_STATIC_ASSERT (sizeof (TfvEventScalarRow) == 32);
G_STATIC_ASSERT (sizeof (TfvEventBlobRow) == 56);
G_STATIC_ASSERT (sizeof (TfvEventSpanRow) == 48);
G_STATIC_ASSERT (sizeof (TfvEventCounterRow) == 40);
G_STATIC_ASSERT (sizeof (TfvEventFlowRow) == 40);
G_STATIC_ASSERT (sizeof (TfvEventMarkerRow) == 40);
G_STATIC_ASSERT (sizeof (TfvEventStatusRow) == 64);

const char *tfv_event_dataset_get_name (TfvEventDataset dataset);
gsize       tfv_event_dataset_get_row_bytes (TfvEventDataset dataset);
hsize_t     tfv_event_dataset_get_chunk_rows (TfvEventDataset dataset);
gint64      tfv_event_dataset_get_first_minor (TfvEventDataset dataset);
hid_t       tfv_event_dataset_create_file_type (TfvEventDataset dataset);
hid_t       tfv_event_dataset_create_memory_type (TfvEventDataset dataset);

G_END_DECLS
