/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include "engine/tfv-operation.h"
#include "summaries/tfv-macros.h"

G_BEGIN_DECLS

/**
 * TfvTraceLevel:
 * @TFV_TRACE_NONE: record nothing; costs nothing
 * @TFV_TRACE_FULL: record every execution of an operation
 *
 * How much of a run is recorded.
 */
typedef enum
{
  TFV_TRACE_NONE = 0,
  TFV_TRACE_FULL = 3,
} TfvTraceLevel;

/**
 * TfvRunOptions:
 * @trace_level: how much to record
 *
 * How a run is done. Zero-filled means the defaults.
 */
typedef struct
{
  TfvTraceLevel trace_level;
} TfvRunOptions;

/**
 * TfvNodeStats:
 * @operation: what ran; valid as long as its graph
 * @thread_id: the system's id of the thread it ran on
 * @start_ns: when its kernel began, CLOCK_MONOTONIC
 * @end_ns: when its kernel ended, CLOCK_MONOTONIC
 *
 * One execution of one operation.
 */
typedef struct
{
  const TfvOperation *operation;
  guint32             thread_id;
  gint64              start_ns;
  gint64              end_ns;
} TfvNodeStats;

/**
 * TfvRunMetadata:
 *
 * What was recorded of a run. Made by the caller, filled by the run, and then
 * not changed. Reference counted.
 */
typedef struct _TfvRunMetadata TfvRunMetadata;

#define TFV_TYPE_RUN_METADATA (tfv_run_metadata_get_type ())
TFV_PUBLIC
GType tfv_run_metadata_get_type (void) G_GNUC_CONST;
TFV_PUBLIC
TfvRunMetadata *tfv_run_metadata_new (void);
TFV_PUBLIC
TfvRunMetadata *tfv_run_metadata_ref (TfvRunMetadata *self);
TFV_PUBLIC
void tfv_run_metadata_unref (TfvRunMetadata *self);
TFV_PUBLIC
const TfvNodeStats *tfv_run_metadata_get_nodes (TfvRunMetadata *self, guint *n_nodes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvRunMetadata, tfv_run_metadata_unref)

G_END_DECLS
