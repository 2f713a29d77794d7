/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Compiles a function once more for AVX2 and AVX-512 and picks one when the
 * program is loaded: packages are built for the oldest x86-64. ThreadSanitizer
 * is not ready yet at that time. */
#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__) && defined(__gnu_linux__)
#define TFV_SIMD_CLONES __attribute__ ((target_clones ("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define TFV_SIMD_CLONES
#endif
