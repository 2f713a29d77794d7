/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-hparams.h"
#include "summaries/tfv-summary-payload-private.h"

G_BEGIN_DECLS

/* Fields of the messages of the hparams plugin, and of google.protobuf.Value. */
enum
{
  TFV_PLUGIN_VERSION = 1,

  TFV_EXPERIMENT_DESCRIPTION = 1,
  TFV_EXPERIMENT_USER = 2,
  TFV_EXPERIMENT_TIME = 3,
  TFV_EXPERIMENT_HPARAM_INFO = 4,
  TFV_EXPERIMENT_METRIC_INFO = 5,
  TFV_EXPERIMENT_NAME = 6,

  TFV_HPARAM_NAME = 1,
  TFV_HPARAM_DISPLAY_NAME = 2,
  TFV_HPARAM_DESCRIPTION = 3,
  TFV_HPARAM_TYPE = 4,
  TFV_HPARAM_DISCRETE = 5,
  TFV_HPARAM_INTERVAL = 6,

  TFV_METRIC_NAME = 1,
  TFV_METRIC_DISPLAY_NAME = 3,
  TFV_METRIC_DESCRIPTION = 4,
  TFV_METRIC_NAME_GROUP = 1,
  TFV_METRIC_NAME_TAG = 2,

  TFV_START_HPARAMS = 1,
  TFV_START_MODEL_URI = 2,
  TFV_START_MONITOR_URL = 3,
  TFV_START_GROUP_NAME = 4,
  TFV_START_TIME = 5,

  TFV_END_STATUS = 1,
  TFV_END_TIME = 2,

  TFV_MAP_KEY = 1,
  TFV_MAP_VALUE = 2,

  TFV_LIST_VALUES = 1,
  TFV_VALUE_NUMBER = 2,
  TFV_VALUE_STRING = 3,
  TFV_VALUE_BOOL = 4,
};

TfvSlice tfv_hparams_get_content (GBytes *record);

G_END_DECLS
