/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-macros.h"
#include "summaries/tfv-summary-writer.h"

G_BEGIN_DECLS

/**
 * TfvHparamsPart:
 * @TFV_HPARAMS_EXPERIMENT: what an experiment varies and what it measures
 * @TFV_HPARAMS_SESSION_START: the hyper-parameters of a session
 * @TFV_HPARAMS_SESSION_END: how a session ended
 *
 * What a record of hyper-parameters tells.
 */
typedef enum
{
  TFV_HPARAMS_EXPERIMENT = 2,
  TFV_HPARAMS_SESSION_START = 3,
  TFV_HPARAMS_SESSION_END = 4,
} TfvHparamsPart;

/**
 * TfvHparamsStatus:
 * @TFV_HPARAMS_STATUS_UNKNOWN: nothing is known
 * @TFV_HPARAMS_STATUS_SUCCESS: the session ended well
 * @TFV_HPARAMS_STATUS_FAILURE: the session failed
 * @TFV_HPARAMS_STATUS_RUNNING: the session goes on
 *
 * How a session ended.
 */
typedef enum
{
  TFV_HPARAMS_STATUS_UNKNOWN = 0,
  TFV_HPARAMS_STATUS_SUCCESS = 1,
  TFV_HPARAMS_STATUS_FAILURE = 2,
  TFV_HPARAMS_STATUS_RUNNING = 3,
} TfvHparamsStatus;

/**
 * TfvHparamInfo:
 * @name: its name
 * @display_name: the name to show, or `""`
 * @description: what it is, Markdown, or `""`
 * @type: `string`, `bool`, `float64`, or `""` where nothing tells it
 * @domain: (nullable): the values that it takes: an `av`, or a `(dd)` for the least
 *   and the greatest of an interval
 *
 * A hyper-parameter of an experiment.
 */
typedef struct
{
  char       *name;
  char       *display_name;
  char       *description;
  const char *type;
  GVariant   *domain;
} TfvHparamInfo;

/**
 * TfvHparamsMetric:
 * @group: the sub-folder of the session's run that it is logged in, or `""`
 * @tag: the tag of its scalars
 * @display_name: the name to show, or `""`
 * @description: what it is, Markdown, or `""`
 *
 * A metric of an experiment.
 */
typedef struct
{
  char *group;
  char *tag;
  char *display_name;
  char *description;
} TfvHparamsMetric;

/**
 * TfvHparams:
 * @part: which of the others the record tells
 * @name: of an experiment: its name
 * @description: of an experiment: what it is, Markdown
 * @user: of an experiment: who made it
 * @infos: (element-type TfvHparamInfo): of an experiment: the hyper-parameters
 * @metrics: (element-type TfvHparamsMetric): of an experiment: what is measured
 * @hparams: (nullable): of a session's start: the hyper-parameters, an `a{sv}` of
 *   strings, doubles and booleans
 * @group_name: of a session's start: sessions that share it are repetitions
 * @model_uri: of a session's start: where the model is
 * @monitor_url: of a session's start: where it can be watched
 * @status: of a session's end: how it ended
 * @time_secs: when the experiment was made, the session started, or it ended:
 *   seconds since the UNIX epoch, 0 where nothing tells it
 *
 * A record of the hparams plugin. Strings that nothing tells are `""`. Reference
 * counted and immutable; any thread.
 */
typedef struct
{
  TfvHparamsPart   part;
  char            *name;
  char            *description;
  char            *user;
  GPtrArray       *infos;
  GPtrArray       *metrics;
  GVariant        *hparams;
  char            *group_name;
  char            *model_uri;
  char            *monitor_url;
  TfvHparamsStatus status;
  double           time_secs;
} TfvHparams;

#define TFV_TYPE_HPARAMS (tfv_hparams_get_type ())
TFV_PUBLIC
GType tfv_hparams_get_type (void) G_GNUC_CONST;
TFV_PUBLIC
TfvHparams *tfv_hparams_decode (GBytes *record, GError **error);
TFV_PUBLIC
TfvHparams *tfv_hparams_ref (TfvHparams *self);
TFV_PUBLIC
void tfv_hparams_unref (TfvHparams *self);

TFV_PUBLIC
void tfv_summary_writer_add_hparams (TfvSummaryWriter *self, GVariant *hparams, const char *group_name);
TFV_PUBLIC
void tfv_summary_writer_add_hparams_experiment (TfvSummaryWriter *self, const char *name, GVariant *domains, const char *const *metric_tags);
TFV_PUBLIC
void tfv_summary_writer_add_hparams_end (TfvSummaryWriter *self, TfvHparamsStatus status);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvHparams, tfv_hparams_unref)

G_END_DECLS
