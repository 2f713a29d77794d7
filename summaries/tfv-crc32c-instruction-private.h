/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#define TFV_HAVE_CRC32C_INSTRUCTION 1
#define TFV_CRC32C_TARGET __attribute__ ((target ("sse4.2")))
#elif defined(__aarch64__) && G_BYTE_ORDER == G_LITTLE_ENDIAN && (defined(__ARM_FEATURE_CRC32) || (defined(__GNUC__) && !defined(__clang__)))
#include <arm_acle.h>
#include <sys/auxv.h>
#define TFV_HAVE_CRC32C_INSTRUCTION 1
#define TFV_CRC32C_TARGET __attribute__ ((target ("+crc")))
#endif

#ifdef TFV_HAVE_CRC32C_INSTRUCTION

/* Whether this processor has the instruction. */
static inline gboolean
tfv_crc32c_has_instruction (void)
{
#if defined(__x86_64__)
  return __builtin_cpu_supports ("sse4.2") != 0;
#else
  /* HWCAP_CRC32 of the kernel's interface. */
  return (getauxval (AT_HWCAP) & (1 << 7)) != 0;
#endif
}

TFV_CRC32C_TARGET static inline guint64
tfv_crc32c_take_word (guint64 reg, guint64 word)
{
#if defined(__x86_64__)
  return _mm_crc32_u64 (reg, word);
#else
  return __crc32cd ((guint32) reg, word);
#endif
}

TFV_CRC32C_TARGET static inline guint64
tfv_crc32c_take_byte (guint64 reg, guint8 byte)
{
#if defined(__x86_64__)
  return _mm_crc32_u8 ((guint32) reg, byte);
#else
  return __crc32cb ((guint32) reg, byte);
#endif
}

#endif
