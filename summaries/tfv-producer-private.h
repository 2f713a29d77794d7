/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "summaries/tfv-ring-private.h"
#include "summaries/tfv-wall-clock-private.h"
#include "summaries/tfv-writer-region-private.h"

G_BEGIN_DECLS

#define TFV_PRODUCER_N_TAGS 64

/* What of a tag stands in the cache itself, its NUL included. */
#define TFV_PRODUCER_TAG_BYTES 44

/* A tag that this thread logged lately. The address of the caller's string finds
 * it; the string itself proves that it is still the same. It is here, in the
 * same line of the processor's cache, or, when long, with the writer. */
typedef struct
{
  alignas (TFV_RING_LINE_BYTES) const char *address;
  const char *string;
  guint32     id;
  char        copy[TFV_PRODUCER_TAG_BYTES];
} TfvProducerTag;

G_STATIC_ASSERT (sizeof (TfvProducerTag) == TFV_RING_LINE_BYTES);

/* What one thread has of one writer: a slot of its region, with a ring for each
 * kind of row. */
typedef struct _TfvProducer TfvProducer;
struct _TfvProducer
{
  guint64          writer_serial;
  TfvRing         *scalars;
  TfvRing         *spans;
  TfvRing         *moments;
  TfvWallClock     clock;
  TfvProducerTag   tags[TFV_PRODUCER_N_TAGS];
  TfvWriterRegion *region;
  guint            slot;
  TfvProducer     *next;
};

/* The thread's producer that was used last, whichever writer it is of. */
extern __thread TfvProducer *tfv_producer_current __attribute__ ((tls_model ("initial-exec"), visibility ("hidden")));

TfvProducer *tfv_producer_find (guint64 writer_serial);
TfvProducer *tfv_producer_new (guint64 writer_serial, TfvWriterRegion *region);

static inline TfvProducerTag *
tfv_producer_get_tag (TfvProducer *self, const char *tag)
{
  guintptr address = (guintptr) tag;

  return &self->tags[(address ^ (address >> 6)) % TFV_PRODUCER_N_TAGS];
}

G_END_DECLS
