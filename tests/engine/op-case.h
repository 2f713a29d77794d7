/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-kernel-private.h"
#include "engine/tfv-op-builder.h"

/* How the inputs of a case come into its graph. */
typedef enum
{
  OP_CASE_FED,         /* placeholders of the inputs' shapes */
  OP_CASE_FED_UNKNOWN, /* placeholders of unknown shape */
  OP_CASE_CONSTANT,    /* constants */
  OP_CASE_N_WAYS,
} OpCaseWay;

/* A case for one type, turned into a graph. */
typedef struct
{
  TfvGraph     *graph;
  guint         n_inputs;
  TfvOutput     inputs[16];
  TfvTensor    *values[16];
  TfvOperation *operation; /* NULL where building failed */
} OpCaseGraph;

TfvTensor *op_case_parse_tensor (const char *text, TfvDataType dtype);
GArray    *op_case_list_types (const TfvOpType *type, const TfvOpCase *test);
void       op_case_graph_init (OpCaseGraph *self, const TfvOpType *type, const TfvOpCase *test, TfvDataType dtype, OpCaseWay way);
void       op_case_graph_clear (OpCaseGraph *self);
