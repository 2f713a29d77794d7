/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <string.h>

#include "summaries/tfv-ring-private.h"
#include "summaries/tfv-wall-clock-private.h"
#include "summaries/tfv-writer-region-private.h"

#if defined(__SSE2__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#include <emmintrin.h>
#define TFV_PRODUCER_HAS_BLOCKS
#endif

G_BEGIN_DECLS

#define TFV_PRODUCER_N_TAGS 1024

/* What of a tag stands in the cache itself, its NUL included. */
#define TFV_PRODUCER_TAG_BYTES 48

/* A tag that this thread logged lately. The address of the caller's string finds
 * it; the string itself proves that it is still the same. It is here, in the
 * same line of the processor's cache, or, when long, with the writer. */
typedef struct
{
  alignas (TFV_RING_LINE_BYTES) const char *address;
  guint32 id;
  guint32 n_bytes; /* of the copy, its NUL included; 0 where it is kept elsewhere */
  union
  {
    alignas (16) char copy[TFV_PRODUCER_TAG_BYTES];
    const char *kept;
  };
} TfvProducerTag;

G_STATIC_ASSERT (sizeof (TfvProducerTag) == TFV_RING_LINE_BYTES);

/* What one thread has of one writer: a slot of its region, with a ring for each
 * kind of row. What a push of a scalar needs of it is one line of the cache. */
typedef struct _TfvProducer TfvProducer;
struct _TfvProducer
{
  alignas (TFV_RING_LINE_BYTES) guint64 writer_serial;
  TfvWallClock clock;
  TfvRingInlet scalars;

  TfvRingInlet spans;
  TfvRingInlet moments;

  TfvProducerTag    tags[TFV_PRODUCER_N_TAGS];
  TfvWallClockWatch watch;
  TfvWriterRegion  *region;
  guint             slot;
  TfvProducer      *next;
};

G_STATIC_ASSERT (offsetof (TfvProducer, spans) == TFV_RING_LINE_BYTES);

/* The thread's producer that was used last, whichever writer it is of. */
extern __thread TfvProducer *tfv_producer_current __attribute__ ((tls_model ("initial-exec"), visibility ("hidden")));

TfvProducer *tfv_producer_find (guint64 writer_serial);
TfvProducer *tfv_producer_new (guint64 writer_serial, TfvWriterRegion *region);
gboolean     tfv_producer_find_room (TfvProducer *self, TfvRingInlet *inlet);

static inline TfvProducerTag *
tfv_producer_get_tag (TfvProducer *self, const char *tag)
{
  return &self->tags[((guintptr) tag * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)) >> 54];
}

G_STATIC_ASSERT (TFV_PRODUCER_N_TAGS == 1 << (64 - 54));

/* Whether a tag is the one that is known by its address. A quick look, which may
 * miss one: see tfv_producer_is_same_tag(). It reads whole blocks, beyond the
 * string's end perhaps but never beyond its page. */
static inline gboolean
tfv_producer_is_known_tag (const TfvProducerTag *self, const char *tag)
{
#ifdef TFV_PRODUCER_HAS_BLOCKS
  if (G_UNLIKELY (self->address != tag || ((guintptr) tag & 4095) > 4096 - TFV_PRODUCER_TAG_BYTES))
    return FALSE;

  for (guint i = 0; i < self->n_bytes; i += 16)
    {
      __m128i known = _mm_load_si128 ((const __m128i *) (self->copy + i));
      __m128i found = _mm_loadu_si128 ((const __m128i *) (tag + i));
      guint   is_equal = (guint) _mm_movemask_epi8 (_mm_cmpeq_epi8 (known, found));

      if (self->n_bytes - i <= 16)
        return (~is_equal & ((1u << (self->n_bytes - i)) - 1)) == 0;
      if (is_equal != 0xffff)
        return FALSE;
    }

  return FALSE;
#else
  return self->address == tag && self->n_bytes > 0 && strcmp (self->copy, tag) == 0;
#endif
}

static inline gboolean
tfv_producer_is_same_tag (const TfvProducerTag *self, const char *tag)
{
  return self->address == tag && strcmp (self->n_bytes > 0 ? self->copy : self->kept, tag) == 0;
}

/* The place of the next row of a ring of the producer's; NULL, counted, where
 * there is none. */
static inline gpointer
tfv_producer_reserve (TfvProducer *self, TfvRingInlet *inlet)
{
  if (G_UNLIKELY (inlet->next_row == inlet->end_row) && !tfv_producer_find_room (self, inlet))
    return NULL;

  return inlet->next_row;
}

G_END_DECLS
