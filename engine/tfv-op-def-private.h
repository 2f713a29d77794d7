/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-engine-error.h"
#include "engine/tfv-operation.h"

G_BEGIN_DECLS

typedef struct _TfvKernelContext TfvKernelContext;
typedef struct _TfvInference     TfvInference;
typedef struct _TfvOpCase        TfvOpCase;
typedef struct _TfvOpDef         TfvOpDef;

typedef enum
{
  /* Its result is not a function of its inputs alone, or it has an effect:
   * never folded, never run twice for one. */
  TFV_OP_STATEFUL = 1 << 0,
  /* Output 0 shares the buffer of input 0. */
  TFV_OP_ALIASES_INPUT = 1 << 1,
  /* Output 0 may be written over an input of its own type and size. */
  TFV_OP_IN_PLACE = 1 << 2,
  /* Output 0 is input 0: a plan gives both one place, and the kernel runs for
   * variables only. */
  TFV_OP_PASSES_INPUT = 1 << 4,
  /* The gradient stops here: to its inputs it is None, as in TensorFlow. */
  TFV_OP_NO_GRADIENT = 1 << 3,
} TfvOpFlags;

/* Devices that can have kernels. */
typedef enum
{
  TFV_DEVICE_CPU,
} TfvDeviceType;

typedef struct
{
  TfvDeviceType device;
  /* Type of the first input, or of the first output where there is no input;
   * TFV_DATA_TYPE_INVALID is a kernel for every type. */
  TfvDataType dtype;
  void (*compute) (TfvKernelContext *context);
  /* For a compute function that several ops share: the loop it is to run. */
  const void *data;
} TfvKernel;

/* Description of one type of operation. Inputs, outputs and attributes are
 * written in TensorFlow's own notation: "a: T", "values: N * T", "ref: Ref(T)",
 * "T: {float, double}", "keep_dims: bool = false", "N: int >= 1". */
struct _TfvOpDef
{
  const char  *type;
  const char  *inputs[10];
  const char  *outputs[8];
  const char  *attributes[16];
  unsigned int flags;

  /* Sets the shapes of the outputs from those of the inputs, known or not. */
  void (*infer_shape) (TfvInference *inference);
  /* Terminated by one with no compute function. */
  const TfvKernel *kernels;
  /* Adds the ops that compute the gradients of the inputs from those of the
   * outputs. Both arrays hold TFV_OUTPUT_NONE where there is none. */
  void (*gradient) (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads);
  /* What a session keeps of each such operation, if anything. */
  gpointer (*resource_new) (const TfvOperation *operation);
  void (*resource_free) (gpointer resource);
  /* Terminated by one with no name. */
  const TfvOpCase *cases;
};

/* What one file in ops/ defines. */
typedef struct
{
  const TfvOpDef *defs;
  guint           n_defs;
} TfvOpFamily;

#define TFV_OP_FAMILY(array)      \
  {                               \
    (array), G_N_ELEMENTS (array) \
  }

typedef enum
{
  TFV_CASE_DEFAULT = 0,
  /* Do not compare its gradient with finite differences: it has a corner
   * where the case looks, or it has none. */
  TFV_CASE_NO_GRADIENT = 1 << 0,
  /* The result is random: only its shape and that a second session gives the
   * same are looked at. */
  TFV_CASE_RANDOM = 1 << 1,
} TfvOpCaseFlags;

/* One trial of an op. Tensors are written "[2,3] 1 2 3 4 5 6"; of an element
 * list shorter than the tensor the last one repeats. "[1000] linspace(-4,4)"
 * makes a ramp; of strings, "[2] word #0a2f" are a word and two bytes. Types come
 * from the signature. */
struct _TfvOpCase
{
  const char *name;
  const char *inputs[10];
  /* "transpose_a=true axis=1". */
  const char *attributes;
  /* Results, or ... */
  const char *expected[4];
  /* ... a function that computes each element in double precision, with the
   * inputs broadcast. */
  double (*unary) (double x);
  double (*binary) (double x, double y);
  /* An error that running or building must give, a part of its message. */
  const char *error;
  /* Names of the types T it is done for; NULL for all that have a kernel. */
  const char  *types;
  double       tolerance;
  unsigned int flags;
};

G_END_DECLS
