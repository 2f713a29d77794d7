/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-gradient-private.h"
#include "engine/tfv-op-binary-private.h"
#include "engine/tfv-ops.h"

#include <math.h>

/* Integers are divided as C does it, but for the two quotients that it leaves
 * undefined: the kernel refuses to divide by zero, and the smallest number by
 * -1 wraps round. */
#define DEFINE_INTEGER_COMPUTE(name, type, expression)                                              \
  TFV_BINARY_LOOP (name##_loop, type, type, expression)                                             \
  static void name (TfvKernelContext *context)                                                      \
  {                                                                                                 \
    const type      *ys = tfv_kernel_get_input_data (context, 1);                                   \
    TfvKernelContext inner = *context;                                                              \
                                                                                                    \
    for (gsize i = 0; i < context->inputs[1]->n_elements; i++)                                      \
      if (ys[i] == 0)                                                                               \
        {                                                                                           \
          tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "Integer division by zero"); \
          return;                                                                                   \
        }                                                                                           \
    inner.data = (const void *) name##_loop;                                                        \
    tfv_binary_compute (&inner);                                                                    \
  }

TFV_BINARY_LOOP (divide_float, float, float, x / y)
TFV_BINARY_LOOP (divide_double, double, double, x / y)
DEFINE_INTEGER_COMPUTE (divide_int32, gint32, y == -1 ? -x : x / y)
DEFINE_INTEGER_COMPUTE (divide_int64, gint64, y == -1 ? -x : x / y)

static const TfvKernel real_divide_kernels[] = {
  TFV_BINARY_KERNEL (TFV_DATA_TYPE_FLOAT, divide_float),
  TFV_BINARY_KERNEL (TFV_DATA_TYPE_DOUBLE, divide_double),
  { 0 },
};

static const TfvKernel divide_kernels[] = {
  TFV_BINARY_KERNEL (TFV_DATA_TYPE_FLOAT, divide_float),
  TFV_BINARY_KERNEL (TFV_DATA_TYPE_DOUBLE, divide_double),
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_INT32, divide_int32, NULL },
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_INT64, divide_int64, NULL },
  { 0 },
};

TFV_BINARY_LOOP (floor_divide_float, float, float, floorf (x / y))
TFV_BINARY_LOOP (floor_divide_double, double, double, floor (x / y))
DEFINE_INTEGER_COMPUTE (floor_divide_int32, gint32, y == -1 ? -x : x / y - (x % y != 0 && (x < 0) != (y < 0)))
DEFINE_INTEGER_COMPUTE (floor_divide_int64, gint64, y == -1 ? -x : x / y - (x % y != 0 && (x < 0) != (y < 0)))

static const TfvKernel floor_divide_kernels[] = {
  TFV_BINARY_KERNEL (TFV_DATA_TYPE_FLOAT, floor_divide_float),
  TFV_BINARY_KERNEL (TFV_DATA_TYPE_DOUBLE, floor_divide_double),
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_INT32, floor_divide_int32, NULL },
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_INT64, floor_divide_int64, NULL },
  { 0 },
};

static inline double
floor_mod (double x, double y)
{
  double rest = fmod (x, y);

  return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}

TFV_BINARY_LOOP (floor_mod_float, float, float, floor_mod (x, y))
TFV_BINARY_LOOP (floor_mod_double, double, double, floor_mod (x, y))
DEFINE_INTEGER_COMPUTE (floor_mod_int32, gint32, y == -1 ? 0 : x % y + (x % y != 0 && (x < 0) != (y < 0) ? y : 0))
DEFINE_INTEGER_COMPUTE (floor_mod_int64, gint64, y == -1 ? 0 : x % y + (x % y != 0 && (x < 0) != (y < 0) ? y : 0))

static const TfvKernel floor_mod_kernels[] = {
  TFV_BINARY_KERNEL (TFV_DATA_TYPE_FLOAT, floor_mod_float),
  TFV_BINARY_KERNEL (TFV_DATA_TYPE_DOUBLE, floor_mod_double),
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_INT32, floor_mod_int32, NULL },
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_INT64, floor_mod_int64, NULL },
  { 0 },
};

static void
divide_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvOutput x = operation->inputs[0];
  TfvOutput y = operation->inputs[1];
  TfvOutput negative = tfv_divide (tfv_divide (tfv_negate (x, NULL), y, NULL), y, NULL);

  tfv_gradient_unbroadcast (operation,
                            tfv_divide (grads[0], y, NULL),
                            tfv_multiply (grads[0], negative, NULL),
                            input_grads);
}

static void
floor_mod_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvOutput quotient = tfv_floor_divide (operation->inputs[0], operation->inputs[1], NULL);

  tfv_gradient_unbroadcast (operation, grads[0], tfv_multiply (grads[0], tfv_negate (quotient, NULL), NULL), input_grads);
}

static const TfvOpCase real_divide_cases[] = {
  { .name = "row", .inputs = { "[2,2] 6 -8 9 4", "[2] 3 -4" }, .expected = { "[2,2] 2 2 3 -1" } },
  { .name = "by zero", .inputs = { "[3] 1 -1 0", "[] 0" }, .expected = { "[3] inf -inf nan" }, .flags = TFV_CASE_NO_GRADIENT },
  { 0 },
};

static const TfvOpCase divide_cases[] = {
  { .name = "row", .inputs = { "[2,2] 6 -8 9 4", "[2] 3 -4" }, .expected = { "[2,2] 2 2 3 -1" } },
  { .name = "integers", .inputs = { "[2] 7 -7", "[] 2" }, .expected = { "[2] 3 -3" }, .types = "int32 int64" },
  { .name = "integers by zero", .inputs = { "[2] 7 -7", "[] 0" }, .error = "division by zero", .types = "int32 int64" },
  { 0 },
};

static const TfvOpCase floor_divide_cases[] = {
  { .name = "signs", .inputs = { "[4] 7 -7 7 -7", "[4] 2 2 -2 -2" }, .expected = { "[4] 3 -4 -4 3" } },
  { 0 },
};

static const TfvOpCase floor_mod_cases[] = {
  { .name = "fractions", .inputs = { "[3] 5.5 -5.5 -7", "[] 2" }, .expected = { "[3] 1.5 0.5 1" }, .types = "float double", .flags = TFV_CASE_NO_GRADIENT },
  { .name = "infinite", .inputs = { "[2] 1 -1", "[2] inf -inf" }, .expected = { "[2] 1 -1" }, .types = "float double", .flags = TFV_CASE_NO_GRADIENT },
  { .name = "signs", .inputs = { "[4] 7 -7 7 -7", "[4] 4 4 -4 -4" }, .expected = { "[4] 3 1 -1 -3" } },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "RealDiv",
      .inputs = { "x: T", "y: T" },
      .outputs = { "z: T" },
      .attributes = { "T: {float, double}" },
      .flags = TFV_OP_IN_PLACE,
      .infer_shape = tfv_infer_broadcast,
      .kernels = real_divide_kernels,
      .gradient = divide_gradient,
      .cases = real_divide_cases,
  },
  {
      .type = "Div",
      .inputs = { "x: T", "y: T" },
      .outputs = { "z: T" },
      .attributes = { "T: {float, double, int32, int64}" },
      .flags = TFV_OP_IN_PLACE,
      .infer_shape = tfv_infer_broadcast,
      .kernels = divide_kernels,
      .gradient = divide_gradient,
      .cases = divide_cases,
  },
  {
      .type = "FloorDiv",
      .inputs = { "x: T", "y: T" },
      .outputs = { "z: T" },
      .attributes = { "T: {float, double, int32, int64}" },
      .flags = TFV_OP_IN_PLACE | TFV_OP_NO_GRADIENT,
      .infer_shape = tfv_infer_broadcast,
      .kernels = floor_divide_kernels,
      .cases = floor_divide_cases,
  },
  {
      .type = "FloorMod",
      .inputs = { "x: T", "y: T" },
      .outputs = { "z: T" },
      .attributes = { "T: {float, double, int32, int64}" },
      .flags = TFV_OP_IN_PLACE,
      .infer_shape = tfv_infer_broadcast,
      .kernels = floor_mod_kernels,
      .gradient = floor_mod_gradient,
      .cases = floor_mod_cases,
  },
};

const TfvOpFamily tfv_op_divide = TFV_OP_FAMILY (defs);

/**
 * tfv_divide: (skip)
 * @x: numbers
 * @y: numbers of the same type; shapes broadcast
 * @name: (nullable): name inside the current scope
 *
 * Returns: @x / @y; of integers the quotient without its fraction
 */
TfvOutput
tfv_divide (TfvOutput x, TfvOutput y, const char *name)
{
  gboolean is_integer = !tfv_output_is_none (x) && !tfv_data_type_is_floating (tfv_output_get_dtype (x));

  /* TensorFlow's RealDiv takes no integers. */
  return tfv_op_binary (is_integer ? "Div" : "RealDiv", x, y, name);
}

/**
 * tfv_floor_divide: (skip)
 * @x: numbers
 * @y: numbers of the same type; shapes broadcast
 * @name: (nullable): name inside the current scope
 *
 * Returns: the greatest integer not above @x / @y
 */
TfvOutput
tfv_floor_divide (TfvOutput x, TfvOutput y, const char *name)
{
  return tfv_op_binary ("FloorDiv", x, y, name);
}

/**
 * tfv_floor_mod: (skip)
 * @x: numbers
 * @y: numbers of the same type; shapes broadcast
 * @name: (nullable): name inside the current scope
 *
 * Returns: what is left of @x by the floor division; of the sign of @y
 */
TfvOutput
tfv_floor_mod (TfvOutput x, TfvOutput y, const char *name)
{
  return tfv_op_binary ("FloorMod", x, y, name);
}
