/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Marks a hot loop that the compiler vectorises: one copy for each vector width
 * is made and the dynamic linker chooses. Sanitizers run before the relocations
 * that this needs, so there they get the plain copy. */
#if defined(__x86_64__) && defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__clang__)
#define TFV_SIMD __attribute__ ((target_clones ("arch=skylake-avx512", "avx2", "default"), optimize ("O3")))
#else
#define TFV_SIMD
#endif
