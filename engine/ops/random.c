/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-inference-private.h"
#include "engine/tfv-kernel-private.h"
#include "engine/tfv-op-builder.h"
#include "engine/tfv-ops.h"
#include "engine/tfv-philox-private.h"

#include <math.h>

/* RandomUniform in [0,1), RandomStandardNormal, and TruncatedNormal, which
 * draws again what lies more than two deviations from the mean. */

typedef struct
{
  TfvPhilox *philox;
  gboolean   has_spare;
  double     spare;
} NormalSource;

/* Box and Muller: two at a time. */
static double
next_normal (NormalSource *self)
{
  double radius;
  double angle;

  if (self->has_spare)
    {
      self->has_spare = FALSE;
      return self->spare;
    }
  radius = sqrt (-2.0 * log (1.0 - tfv_philox_next_double (self->philox)));
  angle = 2.0 * G_PI * tfv_philox_next_double (self->philox);
  self->spare = radius * sin (angle);
  self->has_spare = TRUE;
  return radius * cos (angle);
}

static double
next_truncated (NormalSource *self)
{
  double value;

  do
    value = next_normal (self);
  while (fabs (value) > 2.0);
  return value;
}

typedef void (*Generator) (TfvPhilox *philox, TfvTensor *output);

#define DEFINE_NORMAL(name, next)                             \
  static void name (TfvPhilox *philox, TfvTensor *output)     \
  {                                                           \
    NormalSource source = { .philox = philox };               \
                                                              \
    for (gsize i = 0; i < output->n_elements; i++)            \
      if (output->dtype == TFV_DATA_TYPE_FLOAT)               \
        ((float *) output->data)[i] = (float) next (&source); \
      else                                                    \
        ((double *) output->data)[i] = next (&source);        \
  }

DEFINE_NORMAL (fill_normal, next_normal)
DEFINE_NORMAL (fill_truncated, next_truncated)

static void
fill_uniform (TfvPhilox *philox, TfvTensor *output)
{
  for (gsize i = 0; i < output->n_elements; i++)
    if (output->dtype == TFV_DATA_TYPE_FLOAT)
      ((float *) output->data)[i] = tfv_philox_next_float (philox);
    else
      ((double *) output->data)[i] = tfv_philox_next_double (philox);
}

static void
compute (TfvKernelContext *context)
{
  TfvRandomState *state = context->resource;
  TfvTensor      *output;
  TfvShape        shape;

  if (!tfv_kernel_get_shape (context, 0, &shape))
    return;
  if (!tfv_shape_is_fully_known (&shape))
    {
      tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "a size can't be -1");
      return;
    }
  output = tfv_kernel_allocate_output (context, 0, &shape);
  if (output == NULL)
    return;
  pthread_mutex_lock (&state->lock);
  ((Generator) context->data) (&state->philox, output);
  pthread_mutex_unlock (&state->lock);
}

/* Chosen by the type of the sizes. */
#define KERNELS(generator)                                                                \
  {                                                                                       \
    { TFV_DEVICE_CPU, TFV_DATA_TYPE_INT32, compute, (const void *) generator },           \
        { TFV_DEVICE_CPU, TFV_DATA_TYPE_INT64, compute, (const void *) generator }, { 0 } \
  }

static const TfvKernel uniform_kernels[] = KERNELS (fill_uniform);
static const TfvKernel normal_kernels[] = KERNELS (fill_normal);
static const TfvKernel truncated_kernels[] = KERNELS (fill_truncated);

static const TfvOpCase cases[] = {
  { .name = "matrix", .inputs = { "[2] 20 50" }, .attributes = "seed=3 seed2=5", .expected = { "[20,50] 0" }, .flags = TFV_CASE_RANDOM },
  { .name = "bad size", .inputs = { "[1] -1" }, .attributes = "seed=3", .error = "can't be -1" },
  { 0 },
};

#define DEF(op_type, op_kernels)                                                                                        \
  {                                                                                                                     \
    .type = op_type, .inputs = { "shape: T" }, .outputs = { "output: dtype" },                                          \
    .attributes = { "seed: int = 0", "seed2: int = 0", "dtype: {float, double} = float", "T: {int32, int64} = int32" }, \
    .flags = TFV_OP_STATEFUL | TFV_OP_NO_GRADIENT, .infer_shape = tfv_infer_from_shape_input, .kernels = op_kernels,    \
    .resource_new = tfv_random_state_new, .resource_free = tfv_random_state_free, .cases = cases,                       \
  }

static const TfvOpDef defs[] = {
  DEF ("RandomUniform", uniform_kernels),
  DEF ("RandomStandardNormal", normal_kernels),
  DEF ("TruncatedNormal", truncated_kernels),
};

const TfvOpFamily tfv_op_random = TFV_OP_FAMILY (defs);

static TfvOutput
build (const char *op_type, TfvOutput shape, TfvDataType dtype, gint64 seed, const char *name)
{
  TfvOpBuilder *builder;
  gint64        seed1;
  gint64        seed2;

  if (tfv_output_is_none (shape))
    return TFV_OUTPUT_NONE;
  tfv_graph_get_op_seeds (shape.operation->graph, seed, &seed1, &seed2);
  builder = tfv_op_builder_new (NULL, op_type, name);
  tfv_op_builder_add_input (builder, shape);
  tfv_op_builder_set_int (builder, "seed", seed1);
  tfv_op_builder_set_int (builder, "seed2", seed2);
  tfv_op_builder_set_type (builder, "dtype", dtype);
  return tfv_op_builder_finish_output (builder);
}

/**
 * tfv_random_uniform: (skip)
 * @shape: an int32 or int64 vector of sizes
 * @dtype: float or double
 * @seed: a seed of its own, or -1. With that or with the graph's seed the
 *   numbers are the same in every session
 * @name: (nullable): name inside the current scope
 *
 * Returns: numbers evenly distributed in [0,1), others in every run
 */
TfvOutput
tfv_random_uniform (TfvOutput shape, TfvDataType dtype, gint64 seed, const char *name)
{
  return build ("RandomUniform", shape, dtype, seed, name);
}

/**
 * tfv_random_standard_normal: (skip)
 * @shape: an int32 or int64 vector of sizes
 * @dtype: float or double
 * @seed: as [func@Tfv.random_uniform]
 * @name: (nullable): name inside the current scope
 *
 * Returns: numbers of mean 0 and deviation 1, others in every run
 */
TfvOutput
tfv_random_standard_normal (TfvOutput shape, TfvDataType dtype, gint64 seed, const char *name)
{
  return build ("RandomStandardNormal", shape, dtype, seed, name);
}

/**
 * tfv_truncated_normal: (skip)
 * @shape: an int32 or int64 vector of sizes
 * @dtype: float or double
 * @seed: as [func@Tfv.random_uniform]
 * @name: (nullable): name inside the current scope
 *
 * Returns: numbers as [func@Tfv.random_standard_normal] gives them, but none
 *   beyond two deviations
 */
TfvOutput
tfv_truncated_normal (TfvOutput shape, TfvDataType dtype, gint64 seed, const char *name)
{
  return build ("TruncatedNormal", shape, dtype, seed, name);
}
