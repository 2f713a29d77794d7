/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-macros.h"
#include "summaries/tfv-record-kind.h"
#include "summaries/tfv-run.h"
#include "summaries/tfv-summary-writer.h"

G_BEGIN_DECLS

/**
 * TfvRecordValueType: (skip)
 * @TFV_RECORD_VALUE_STRING: UTF-8 text
 * @TFV_RECORD_VALUE_INTEGER: an integer
 * @TFV_RECORD_VALUE_DOUBLE: a number
 * @TFV_RECORD_VALUE_FLOAT: a number that was stored as float32
 *
 * What a cell of a dumped record holds.
 */
typedef enum
{
  TFV_RECORD_VALUE_STRING,
  TFV_RECORD_VALUE_INTEGER,
  TFV_RECORD_VALUE_DOUBLE,
  TFV_RECORD_VALUE_FLOAT,
} TfvRecordValueType;

/**
 * TfvRecordValue: (skip)
 * @type: which of the others holds the value
 * @string: text, valid until the callback returns
 * @integer: an integer
 * @number: a number
 *
 * A cell of a dumped record.
 */
typedef struct
{
  TfvRecordValueType type;
  union
  {
    const char *string;
    gint64      integer;
    double      number;
  };
} TfvRecordValue;

/**
 * TfvRecordFilter: (skip)
 * @tags: (nullable): the tags that are wanted, or %NULL for all
 * @purge: whether points that a restart superseded are left out
 *
 * Which records of a run are dumped.
 */
typedef struct
{
  GPatternSpec *tags;
  gboolean      purge;
} TfvRecordFilter;

/**
 * TfvRecordFunc: (skip)
 * @values: as many values as the class has columns
 * @user_data: what was given with the function
 *
 * Is called with each record.
 */
typedef void (*TfvRecordFunc) (const TfvRecordValue *values, gpointer user_data);

/**
 * TfvRecordClass: (skip)
 * @kind: the kind of record
 * @name: its name, as `tfv dump --kind=` takes it
 * @plugin: TensorBoard's plugin name, or %NULL where it has none
 * @columns: %NULL-terminated names of the columns that a dump gives
 * @dump: calls the function with every record of the run, in stored order,
 *   tags in the order of their names. %FALSE with the first error when some
 *   can't be read; the others were given
 * @write_sample: writes a record or two, so that every kind is tried alike
 * @sample: what dumping them gives, as CSV without a header, `*` for times
 *
 * A kind of record: how it is written is beside it in its file, this is how it
 * is read. One constant of this type a file in `records/`.
 */
typedef struct
{
  TfvRecordKind      kind;
  const char        *name;
  const char        *plugin;
  const char *const *columns;
  gboolean (*dump) (TfvRun *run, const TfvRecordFilter *filter, TfvRecordFunc func, gpointer user_data, GError **error);
  void (*write_sample) (TfvSummaryWriter *writer);
  const char *sample;
} TfvRecordClass;

TFV_PUBLIC
const TfvRecordClass *const *tfv_record_class_get_all (void);
TFV_PUBLIC
const TfvRecordClass *tfv_record_class_find (const char *name);

G_END_DECLS
