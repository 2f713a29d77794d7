/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-op-unary-private.h"
#include "engine/tfv-ops.h"

typedef TfvUnaryLoop Converter;

#define CONVERTERS_FROM(suffix, type)                  \
  TFV_UNARY_LOOP (suffix##_to_float, type, float, x)   \
  TFV_UNARY_LOOP (suffix##_to_double, type, double, x) \
  TFV_UNARY_LOOP (suffix##_to_bool, type, guint8, x != 0)

CONVERTERS_FROM (float, float)
CONVERTERS_FROM (double, double)
CONVERTERS_FROM (int32, gint32)
CONVERTERS_FROM (int64, gint64)
CONVERTERS_FROM (bool, guint8)
TFV_UNARY_LOOP (int32_to_int32, gint32, gint32, x)
TFV_UNARY_LOOP (int32_to_int64, gint32, gint64, x)
TFV_UNARY_LOOP (int64_to_int32, gint64, gint32, x)
TFV_UNARY_LOOP (int64_to_int64, gint64, gint64, x)
TFV_UNARY_LOOP (bool_to_int32, guint8, gint32, x)
TFV_UNARY_LOOP (bool_to_int64, guint8, gint64, x)

/* A number that the integer can't hold becomes its least one, as the
 * processor's own conversion does it; C leaves it undefined. */
TFV_UNARY_LOOP (float_to_int32, float, gint32, x >= -2147483648.0f && x < 2147483648.0f ? (gint32) x : G_MININT32)
TFV_UNARY_LOOP (float_to_int64, float, gint64, x >= -9223372036854775808.0f && x < 9223372036854775808.0f ? (gint64) x : G_MININT64)
TFV_UNARY_LOOP (double_to_int32, double, gint32, x > -2147483649.0 && x < 2147483648.0 ? (gint32) x : G_MININT32)
TFV_UNARY_LOOP (double_to_int64, double, gint64, x >= -9223372036854775808.0 && x < 9223372036854775808.0 ? (gint64) x : G_MININT64)

#define ROW(suffix)                                                                               \
  {                                                                                               \
    suffix##_to_float, suffix##_to_double, suffix##_to_int32, suffix##_to_int64, suffix##_to_bool \
  }

/* By index_of the type: from, to. */
static const Converter converters[5][5] = { ROW (float), ROW (double), ROW (int32), ROW (int64), ROW (bool) };

static int
index_of (TfvDataType dtype)
{
  static const TfvDataType order[] = { TFV_DATA_TYPE_FLOAT, TFV_DATA_TYPE_DOUBLE, TFV_DATA_TYPE_INT32, TFV_DATA_TYPE_INT64, TFV_DATA_TYPE_BOOL };

  for (int i = 0; i < (int) G_N_ELEMENTS (order); i++)
    if (order[i] == dtype)
      return i;
  g_return_val_if_reached (0);
}

static void
compute (TfvKernelContext *context)
{
  TfvKernelContext inner = *context;

  inner.data = (const void *) converters[index_of (context->inputs[0]->dtype)][index_of (context->operation->outputs[0].dtype)];
  tfv_unary_compute (&inner);
}

static void
gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvDataType dtype = tfv_output_get_dtype (operation->inputs[0]);

  if (tfv_data_type_is_floating (dtype) && tfv_data_type_is_floating (tfv_operation_get_attr_type (operation, "DstT")))
    input_grads[0] = tfv_cast (grads[0], dtype, NULL);
}

static const TfvKernel kernels[] = {
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_FLOAT, compute, NULL },
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_DOUBLE, compute, NULL },
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_INT32, compute, NULL },
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_INT64, compute, NULL },
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_BOOL, compute, NULL },
  { 0 },
};

/* The steps of a gradient's test are lost in other types. */
#define TO(type, result, more)                                                                                                                            \
  {                                                                                                                                                       \
    .name = "to " type, .inputs = { "[3] 0 1 7" }, .attributes = "DstT=" type, .expected = { result }, .types = "float double int32 int64", .flags = more \
  }

static const TfvOpCase cases[] = {
  TO ("float", "[3] 0 1 7", TFV_CASE_NO_GRADIENT),
  TO ("double", "[3] 0 1 7", 0),
  TO ("int32", "[3] 0 1 7", TFV_CASE_NO_GRADIENT),
  TO ("int64", "[3] 0 1 7", TFV_CASE_NO_GRADIENT),
  TO ("bool", "[3] 0 1 1", TFV_CASE_NO_GRADIENT),
  { .name = "truth values", .inputs = { "[2] 0 1" }, .attributes = "DstT=float", .expected = { "[2] 0 1" }, .types = "bool" },
  { .name = "towards zero", .inputs = { "[4] 1.7 -1.7 0.2 -0.2" }, .attributes = "DstT=int32", .expected = { "[4] 1 -1 0 0" }, .types = "float double", .flags = TFV_CASE_NO_GRADIENT },
  { .name = "out of range", .inputs = { "[3] 1e20 -1e20 nan" }, .attributes = "DstT=int32", .expected = { "[3] -2147483648" }, .types = "float double", .flags = TFV_CASE_NO_GRADIENT },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "Cast",
      .inputs = { "x: SrcT" },
      .outputs = { "y: DstT" },
      .attributes = { "SrcT: {float, double, int32, int64, bool}", "DstT: {float, double, int32, int64, bool}", "Truncate: bool = false" },
      .infer_shape = tfv_infer_unchanged,
      .kernels = kernels,
      .gradient = gradient,
      .cases = cases,
  },
};

const TfvOpFamily tfv_op_cast = TFV_OP_FAMILY (defs);

/**
 * tfv_cast: (skip)
 * @x: numbers or truth values
 * @dtype: type to convert to
 * @name: (nullable): name inside the current scope
 *
 * Returns: @x as @dtype; to integers rounded towards zero. Where @x is of that
 *   type already it is @x itself
 */
TfvOutput
tfv_cast (TfvOutput x, TfvDataType dtype, const char *name)
{
  TfvOpBuilder *builder;

  if (!tfv_output_is_none (x) && tfv_output_get_dtype (x) == dtype)
    return x;
  builder = tfv_op_builder_new (NULL, "Cast", name);
  tfv_op_builder_add_input (builder, x);
  tfv_op_builder_set_type (builder, "DstT", dtype);
  return tfv_op_builder_finish_output (builder);
}
