/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-op-signature-private.h"

G_BEGIN_DECLS

/* An op type as the graph knows it: its description, read once. */
typedef struct
{
  const TfvOpDef *def;
  TfvOpSignature *signature;
} TfvOpType;

const TfvOpType *tfv_op_registry_find (const char *type);
GPtrArray       *tfv_op_registry_dup_types (void);
const TfvKernel *tfv_op_def_find_kernel (const TfvOpDef *def, TfvDeviceType device, TfvDataType dtype);

G_END_DECLS
