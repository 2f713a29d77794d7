/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-gemm-private.h"

#include <cblas.h>
#include <string.h>

#include "engine/tfv-parallel-private.h"

/* OpenBLAS computes on the thread that calls it, and our own pool divides the
 * rows: its threads treat denormal numbers as the executor does, and there is
 * one pool, not two that fight for the processors. */

/* Multiplications and additions that a second thread should have at least:
 * about 100 microseconds of work. */
#define GRAIN_FLOPS 2e7

static void
use_one_blas_thread (void)
{
  static __thread gboolean is_set;

  /* Builds of OpenBLAS with OpenMP keep it for each thread. */
  if (!is_set)
    openblas_set_num_threads (1);
  is_set = TRUE;
}

static gboolean
openblas_accepts (TfvDataType dtype, const TfvGemm *gemm)
{
  return tfv_data_type_is_floating (dtype) && gemm->m <= G_MAXINT32 && gemm->n <= G_MAXINT32 && gemm->k <= G_MAXINT32;
}

static void
openblas_multiply (TfvDataType dtype, const TfvGemm *gemm, gsize first_row, gsize last_row)
{
  blasint         m = (blasint) (last_row - first_row);
  blasint         n = (blasint) gemm->n;
  blasint         k = (blasint) gemm->k;
  blasint         a_stride = (blasint) (gemm->transpose_a ? gemm->m : gemm->k);
  blasint         b_stride = (blasint) (gemm->transpose_b ? gemm->k : gemm->n);
  gsize           skip = gemm->transpose_a ? first_row : first_row * gemm->k;
  CBLAS_TRANSPOSE transpose_a = gemm->transpose_a ? CblasTrans : CblasNoTrans;
  CBLAS_TRANSPOSE transpose_b = gemm->transpose_b ? CblasTrans : CblasNoTrans;

  use_one_blas_thread ();
  if (dtype == TFV_DATA_TYPE_FLOAT)
    cblas_sgemm (CblasRowMajor, transpose_a, transpose_b, m, n, k, 1.0f, (const float *) gemm->a + skip, a_stride, gemm->b, b_stride, 0.0f, (float *) gemm->c + first_row * gemm->n, n);
  else
    cblas_dgemm (CblasRowMajor, transpose_a, transpose_b, m, n, k, 1.0, (const double *) gemm->a + skip, a_stride, gemm->b, b_stride, 0.0, (double *) gemm->c + first_row * gemm->n, n);
}

static gboolean
plain_accepts (TfvDataType dtype, const TfvGemm *gemm)
{
  return dtype == TFV_DATA_TYPE_INT32 || dtype == TFV_DATA_TYPE_INT64;
}

#define PLAIN_LOOP(name, type)                                                \
  static void name (const TfvGemm *gemm, gsize first_row, gsize last_row)     \
  {                                                                           \
    const type *a = gemm->a;                                                  \
    const type *b = gemm->b;                                                  \
                                                                              \
    for (gsize i = first_row; i < last_row; i++)                              \
      for (gsize j = 0; j < gemm->n; j++)                                     \
        {                                                                     \
          type sum = 0;                                                       \
                                                                              \
          for (gsize p = 0; p < gemm->k; p++)                                 \
            sum += a[gemm->transpose_a ? p * gemm->m + i : i * gemm->k + p] * \
                   b[gemm->transpose_b ? j * gemm->k + p : p * gemm->n + j];  \
          ((type *) gemm->c)[i * gemm->n + j] = sum;                          \
        }                                                                     \
  }

PLAIN_LOOP (multiply_int32, gint32)
PLAIN_LOOP (multiply_int64, gint64)

static void
plain_multiply (TfvDataType dtype, const TfvGemm *gemm, gsize first_row, gsize last_row)
{
  if (dtype == TFV_DATA_TYPE_INT32)
    multiply_int32 (gemm, first_row, last_row);
  else
    multiply_int64 (gemm, first_row, last_row);
}

static const TfvGemmBackend backends[] = {
  { "OpenBLAS", openblas_accepts, openblas_multiply },
  { "plain", plain_accepts, plain_multiply },
};

typedef struct
{
  const TfvGemmBackend *backend;
  TfvDataType           dtype;
  const TfvGemm        *gemm;
} Work;

static void
do_rows (gpointer data, gsize begin, gsize end)
{
  Work *work = data;

  work->backend->multiply (work->dtype, work->gemm, begin, end);
}

/* Multiplies by the first back-end that takes it, on several threads where it
 * is large. */
void
tfv_gemm (TfvDataType dtype, const TfvGemm *gemm)
{
  Work   work = { NULL, dtype, gemm };
  double row_flops = 2.0 * (double) gemm->n * (double) gemm->k;
  gsize  grain;

  if (gemm->m == 0 || gemm->n == 0)
    return;
  if (gemm->k == 0)
    {
      memset (gemm->c, 0, gemm->m * gemm->n * tfv_data_type_get_size (dtype));
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (backends) && work.backend == NULL; i++)
    if (backends[i].accepts (dtype, gemm))
      work.backend = &backends[i];
  g_return_if_fail (work.backend != NULL);

  /* Two halves, or as many parts as there are threads: a back-end packs b anew
   * for every part. */
  grain = row_flops * (double) gemm->m < 2 * GRAIN_FLOPS ? gemm->m : gemm->m / tfv_parallel_get_n_threads () + 1;
  if (grain >= gemm->m)
    do_rows (&work, 0, gemm->m);
  else
    tfv_parallel_for (gemm->m, grain, do_rows, &work);
}
