/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-macros.h"

G_BEGIN_DECLS

/**
 * TfvScalarValueType:
 * @TFV_SCALAR_VALUE_FLOAT32: all values were stored as float32
 * @TFV_SCALAR_VALUE_FLOAT64: none was
 * @TFV_SCALAR_VALUE_MIXED: some were
 *
 * What the values of some points are.
 */
typedef enum
{
  TFV_SCALAR_VALUE_FLOAT32,
  TFV_SCALAR_VALUE_FLOAT64,
  TFV_SCALAR_VALUE_MIXED,
} TfvScalarValueType;

/**
 * TfvScalarPlace: (skip)
 * @id: the tag's number in the file
 * @start: the first row that may hold a point of it
 * @end: the row after the last
 *
 * Where points are in their file. Only the format that told it can say more; it
 * is plain numbers, which stay right when the file is opened anew.
 */
typedef struct
{
  guint64 id;
  guint64 start;
  guint64 end;
} TfvScalarPlace;

/**
 * TfvScalarOutline: (skip)
 * @place: where the points are
 * @n_points: how many
 * @n_finite: how many of their values are finite
 * @first_step: step of the first, in stored order
 * @last_step: step of the last
 * @first_wall_time: wall time of the first, seconds since the UNIX epoch
 * @last_wall_time: wall time of the last
 * @min: least finite value; NaN where there is none
 * @max: greatest finite value; NaN where there is none
 * @value_type: what the values are
 *
 * What is known of a tag's points in a file without having them in memory.
 */
typedef struct
{
  TfvScalarPlace     place;
  guint64            n_points;
  guint64            n_finite;
  gint64             first_step;
  gint64             last_step;
  double             first_wall_time;
  double             last_wall_time;
  double             min;
  double             max;
  TfvScalarValueType value_type;
} TfvScalarOutline;

/**
 * TfvScalarLoad: (skip)
 * @place: which points, as their outline told
 * @n_points: how many they are, as their outline told
 * @step: (array length=n_points): where their steps go
 * @wall_time: (array length=n_points): where their wall times go
 * @value32: (array length=n_points): where their values go; %NULL unless all
 *   were stored as float32
 * @value64: (array length=n_points): where their values go, else
 * @is_float32: (array length=n_points): where it goes which of the values were
 *   stored as float32; %NULL unless some were and some were not
 *
 * A request for the points of one tag, and room for the answer.
 */
typedef struct
{
  TfvScalarPlace place;
  guint64        n_points;
  gint64        *step;
  double        *wall_time;
  float         *value32;
  double        *value64;
  guint8        *is_float32;
} TfvScalarLoad;

G_END_DECLS
