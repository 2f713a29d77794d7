/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include "summaries/tfv-macros.h"

G_BEGIN_DECLS

/**
 * TfvRecordKind:
 * @TFV_RECORD_NONE: no kind; never stored
 * @TFV_RECORD_SCALAR: a number at a step
 * @TFV_RECORD_HISTOGRAM: a distribution
 * @TFV_RECORD_IMAGE: an encoded image
 * @TFV_RECORD_AUDIO: an encoded clip
 * @TFV_RECORD_TEXT: UTF-8 text, Markdown
 * @TFV_RECORD_TENSOR: an array of any shape
 * @TFV_RECORD_PR_CURVE: a precision and recall curve
 * @TFV_RECORD_HPARAMS: hyper-parameters of an experiment or a session
 * @TFV_RECORD_MESH: a point cloud or a triangle mesh
 * @TFV_RECORD_LAYOUT: a custom scalars layout
 * @TFV_RECORD_GRAPH: a serialised GraphDef
 * @TFV_RECORD_EMBEDDING: an embedding with its metadata
 * @TFV_RECORD_SPAN: something that took time on a lane of a device
 * @TFV_RECORD_COUNTER: a number at a time, on a lane
 * @TFV_RECORD_FLOW: an arrow between two spans
 * @TFV_RECORD_MARKER: a moment on a lane
 * @TFV_RECORD_LOG_MESSAGE: a line of a log
 * @TFV_RECORD_RUN: the description of a run
 * @TFV_RECORD_SESSION: a session of a run starts, stops, or saved a checkpoint
 * @TFV_RECORD_RUN_METADATA: what TensorFlow recorded of a step
 *
 * The kinds of records. The numbers are stored in files: they are only ever
 * appended to.
 */
typedef enum
{
  TFV_RECORD_NONE = 0,
  TFV_RECORD_SCALAR = 1,
  TFV_RECORD_HISTOGRAM = 2,
  TFV_RECORD_IMAGE = 3,
  TFV_RECORD_AUDIO = 4,
  TFV_RECORD_TEXT = 5,
  TFV_RECORD_TENSOR = 6,
  TFV_RECORD_PR_CURVE = 7,
  TFV_RECORD_HPARAMS = 8,
  TFV_RECORD_MESH = 9,
  TFV_RECORD_LAYOUT = 10,
  TFV_RECORD_GRAPH = 11,
  TFV_RECORD_EMBEDDING = 12,
  TFV_RECORD_SPAN = 13,
  TFV_RECORD_COUNTER = 14,
  TFV_RECORD_FLOW = 15,
  TFV_RECORD_MARKER = 16,
  TFV_RECORD_LOG_MESSAGE = 17,
  TFV_RECORD_RUN = 18,
  TFV_RECORD_SESSION = 19,
  TFV_RECORD_RUN_METADATA = 20,
} TfvRecordKind;

TFV_PUBLIC
GType tfv_record_kind_get_type (void) G_GNUC_CONST;
#define TFV_TYPE_RECORD_KIND (tfv_record_kind_get_type ())

TFV_PUBLIC
const char *tfv_record_kind_to_string (TfvRecordKind kind);
TFV_PUBLIC
gboolean tfv_record_kind_from_string (const char *name, TfvRecordKind *kind);

G_END_DECLS
