/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-data-type.h"

G_BEGIN_DECLS

/* c = op (a) op (b), all row-major and dense: c has m rows and n columns, and
 * k is what is summed over. */
typedef struct
{
  gboolean      transpose_a; /* a is k × m */
  gboolean      transpose_b; /* b is n × k */
  gsize         m;
  gsize         n;
  gsize         k;
  gconstpointer a;
  gconstpointer b;
  gpointer      c;
} TfvGemm;

/* A library that multiplies matrices. */
typedef struct
{
  const char *name;
  /* Whether it takes this product; the first back-end that does gets it. */
  gboolean (*accepts) (TfvDataType dtype, const TfvGemm *gemm);
  /* Computes on this thread alone the rows first_row to last_row of c. */
  void (*multiply) (TfvDataType dtype, const TfvGemm *gemm, gsize first_row, gsize last_row);
} TfvGemmBackend;

void tfv_gemm (TfvDataType dtype, const TfvGemm *gemm);

G_END_DECLS
