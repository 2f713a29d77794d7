/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <math.h>
#include <string.h>

G_BEGIN_DECLS

/* float32 functions without branches, for loops that the compiler turns into
 * vector code; the C library's are calls. Errors are below 2 units in the
 * last place unless stated. They need -fno-trapping-math and must never see
 * -fassociative-math, which undoes the rounding below. */

static inline float
tfv_float_from_bits (gint32 bits)
{
  float x;

  memcpy (&x, &bits, sizeof x);
  return x;
}

static inline gint32
tfv_bits_from_float (float x)
{
  gint32 bits;

  memcpy (&bits, &x, sizeof bits);
  return bits;
}

static inline float
tfv_fast_exp (float x)
{
  /* Adding and taking away 1.5 * 2^23 rounds to an integer. */
  const float rounder = 12582912.0f;
  float       clamped = x < -104.0f ? -104.0f : x > 89.0f ? 89.0f
                                                          : x;
  float       k = (clamped * 1.44269504f + rounder) - rounder;
  float       r = (clamped - k * 0.693145752f) - k * 1.42860677e-6f;
  gint32      n = (gint32) k;
  gint32      half = n >> 1;
  float       p;

  p = 1.38888889e-3f;
  p = p * r + 8.33333333e-3f;
  p = p * r + 4.16666667e-2f;
  p = p * r + 1.66666667e-1f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  /* Two factors, since 2^128 is no float. */
  p = p * tfv_float_from_bits ((half + 127) << 23) * tfv_float_from_bits ((n - half + 127) << 23);
  return x != x ? x : p;
}

static inline float
tfv_fast_log (float x)
{
  gint32 bits = tfv_bits_from_float (x);
  gint32 exponent = ((bits - 0x3f3504f3) >> 23);
  float  m = tfv_float_from_bits (bits - (exponent << 23)) - 1.0f; /* in [sqrt(1/2)-1, sqrt(2)-1] */
  float  z = m * m;
  float  e = (float) exponent;
  float  p;

  p = 7.0376836292e-2f;
  p = p * m - 1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m - 1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m - 1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m - 2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  p = p * m * z + e * -2.12194440e-4f - 0.5f * z;
  p = m + p + e * 0.693359375f;
  p = x < 1.17549435e-38f ? -INFINITY : p; /* zero, and what counts as zero */
  p = x < 0.0f ? NAN : p;
  return x <= 3.40282347e+38f ? p : x; /* infinity and NaN */
}

static inline float
tfv_fast_tanh (float x)
{
  float a = fabsf (x);
  float z = x * x;
  float big = 1.0f - 2.0f / (tfv_fast_exp (2.0f * a) + 1.0f);
  float small;

  small = -5.70498872745e-3f;
  small = small * z + 2.06390887954e-2f;
  small = small * z - 5.37397155531e-2f;
  small = small * z + 1.33314422036e-1f;
  small = small * z - 3.33332819422e-1f;
  small = small * z * x + x;
  return a < 0.625f ? small : copysignf (big, x);
}

static inline float
tfv_fast_sigmoid (float x)
{
  return 1.0f / (1.0f + tfv_fast_exp (-x));
}

G_END_DECLS
