/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#ifdef __SSE__
#include <xmmintrin.h>
#endif

G_BEGIN_DECLS

/* Denormal numbers count as zero while kernels run: with them a product of
 * matrices takes more than a hundred times as long. The mode is the thread's,
 * and the caller gets it back as it was. */
static inline guint
tfv_floating_point_begin (void)
{
#ifdef __SSE__
  const guint flush_to_zero = 0x8000;
  const guint denormals_are_zero = 0x0040;
  guint       mode = _mm_getcsr ();

  _mm_setcsr (mode | flush_to_zero | denormals_are_zero);
  return mode;
#else
  return 0;
#endif
}

static inline void
tfv_floating_point_end (guint mode)
{
#ifdef __SSE__
  _mm_setcsr (mode);
#endif
}

G_END_DECLS
