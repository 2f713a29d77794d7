/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/formats/wire-private.h"

G_BEGIN_DECLS

typedef enum
{
  TFV_EVENT_NONE = 0,
  TFV_EVENT_FILE_VERSION = 3,
  TFV_EVENT_GRAPH_DEF = 4,
  TFV_EVENT_SUMMARY = 5,
  TFV_EVENT_LOG_MESSAGE = 6,
  TFV_EVENT_SESSION_LOG = 7,
  TFV_EVENT_TAGGED_RUN_METADATA = 8,
  TFV_EVENT_META_GRAPH_DEF = 9,
} TfvEventKind;

/**
 * TfvEvent: (skip)
 *
 * TensorFlow's Event. `is_split` tells that the summary came in several pieces,
 * which protocol buffers merge; `payload` is the last of them.
 */
typedef struct
{
  double       wall_time;
  gint64       step;
  TfvEventKind kind;
  gboolean     is_split;
  TfvSlice     payload;
} TfvEvent;

typedef enum
{
  TFV_VALUE_NONE = 0,
  TFV_VALUE_SIMPLE = 2,
  TFV_VALUE_OLD_HISTOGRAM = 3,
  TFV_VALUE_IMAGE = 4,
  TFV_VALUE_HISTOGRAM = 5,
  TFV_VALUE_AUDIO = 6,
  TFV_VALUE_TENSOR = 8,
} TfvValueKind;

/**
 * TfvSummaryValue: (skip)
 *
 * TensorFlow's Summary.Value. `simple_at` is where the bytes of its float lie.
 */
typedef struct
{
  TfvSlice      tag;
  TfvValueKind  kind;
  float         simple_value;
  const guint8 *simple_at;
  TfvSlice      payload;
  TfvSlice      metadata;
} TfvSummaryValue;

/**
 * TfvSummaryMetadata: (skip)
 *
 * TensorFlow's SummaryMetadata.
 */
typedef struct
{
  TfvSlice plugin;
  TfvSlice content;
  TfvSlice display_name;
  TfvSlice description;
} TfvSummaryMetadata;

/* TensorFlow's DataType. */
typedef enum
{
  DT_FLOAT = 1,
  DT_DOUBLE = 2,
  DT_INT32 = 3,
  DT_UINT8 = 4,
  DT_INT16 = 5,
  DT_INT8 = 6,
  DT_STRING = 7,
  DT_COMPLEX64 = 8,
  DT_INT64 = 9,
  DT_BOOL = 10,
  DT_QINT8 = 11,
  DT_QUINT8 = 12,
  DT_QINT32 = 13,
  DT_BFLOAT16 = 14,
  DT_QINT16 = 15,
  DT_QUINT16 = 16,
  DT_UINT16 = 17,
  DT_COMPLEX128 = 18,
  DT_HALF = 19,
  DT_UINT32 = 22,
  DT_UINT64 = 23,
} TfvTensorType;

/**
 * TfvTypeLayout: (skip)
 * @field: the field of a TensorProto that lists numbers of the type
 * @wire_type: how a number lies there
 * @content_size: its size in `tensor_content`
 *
 * How a tensor stores numbers of a type.
 */
typedef struct
{
  guint32     field;
  TfvWireType wire_type;
  gsize       content_size;
} TfvTypeLayout;

/**
 * TfvTensorScalar: (skip)
 * @value: the number
 * @is_float32: whether its type is no wider than a float
 * @at: where its bytes lie, little-endian, as a float or a double; %NULL where
 *   they are stored in another way
 *
 * The one number that a tensor holds.
 */
typedef struct
{
  double        value;
  gboolean      is_float32;
  const guint8 *at;
} TfvTensorScalar;

gboolean tfv_event_parse (TfvSlice message, TfvEvent *event);
gboolean tfv_summary_value_parse (TfvSlice message, TfvSummaryValue *value);
gboolean tfv_summary_metadata_parse (TfvSlice message, TfvSummaryMetadata *metadata);
gboolean tfv_find_field (TfvSlice message, guint32 number, TfvWireField *found);

gboolean  tfv_tensor_get_layout (guint64 type, TfvTypeLayout *layout);
double    tfv_tensor_bits_to_double (guint64 type, guint64 bits);
gboolean  tfv_tensor_get_scalar (TfvSlice tensor, TfvTensorScalar *scalar);
guint     tfv_tensor_get_strings (TfvSlice tensor, TfvSlice *first);
GVariant *tfv_hparams_parse (TfvSlice content);
GVariant *tfv_hparams_parse_value (TfvSlice message);

/* Reads an Event as nearly all of them are: a wall time, perhaps a step, and a
   summary that reaches to the end. FALSE for any other, damaged or not. */
static inline gboolean
tfv_event_parse_usual (TfvSlice message, TfvEvent *event)
{
  TfvWire wire = tfv_wire_init (message);
  guint64 wall_time, step = 0, n_bytes;

  if (message.n_bytes < 12 || *wire.at++ != (1 << 3 | TFV_WIRE_FIXED64) || !tfv_wire_read_fixed (&wire, 8, &wall_time))
    return FALSE;
  if (*wire.at == (2 << 3 | TFV_WIRE_VARINT))
    {
      wire.at++;
      if (!tfv_wire_read_varint (&wire, &step))
        return FALSE;
    }
  if (wire.at >= wire.end || *wire.at++ != (TFV_EVENT_SUMMARY << 3 | TFV_WIRE_BYTES) || !tfv_wire_read_varint (&wire, &n_bytes) || n_bytes != (gsize) (wire.end - wire.at))
    return FALSE;
  *event = (TfvEvent){
    .wall_time = tfv_wire_double (wall_time),
    .step = (gint64) step,
    .kind = TFV_EVENT_SUMMARY,
    .payload = { wire.at, n_bytes },
  };
  return TRUE;
}

G_END_DECLS
