/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-macros.h"
#include "summaries/tfv-summary-writer.h"

G_BEGIN_DECLS

/**
 * TfvLogLevel:
 * @TFV_LOG_LEVEL_UNKNOWN: nothing tells it
 * @TFV_LOG_LEVEL_DEBUG: for who works on the program
 * @TFV_LOG_LEVEL_INFO: how it goes
 * @TFV_LOG_LEVEL_WARNING: something may be wrong
 * @TFV_LOG_LEVEL_ERROR: something is wrong
 * @TFV_LOG_LEVEL_FATAL: the program ends
 *
 * How much a message of a log matters. The numbers are TensorFlow's.
 */
typedef enum
{
  TFV_LOG_LEVEL_UNKNOWN = 0,
  TFV_LOG_LEVEL_DEBUG = 10,
  TFV_LOG_LEVEL_INFO = 20,
  TFV_LOG_LEVEL_WARNING = 30,
  TFV_LOG_LEVEL_ERROR = 40,
  TFV_LOG_LEVEL_FATAL = 50,
} TfvLogLevel;

TFV_PUBLIC
char *tfv_log_message_decode (GBytes *record, TfvLogLevel *level);

TFV_PUBLIC
void tfv_summary_writer_add_log_message (TfvSummaryWriter *self, TfvLogLevel level, const char *message, gint64 step);

G_END_DECLS
