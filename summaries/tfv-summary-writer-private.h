/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-producer-private.h"
#include "summaries/tfv-summary-writer.h"

G_BEGIN_DECLS

/* A tag or an interned string, whose id is in the table. */
typedef struct
{
  guint32 kind;
  guint32 parent;
  char   *string;
} TfvWriterName;

struct _TfvSummaryWriter
{
  GObject parent_instance;

  /* Read by every push: its serial while rows are taken, and 0 once it is closed. */
  _Atomic guint64  open_serial;
  _Atomic guint32 *sleep;
  guint64          serial;

  TfvWriterRegion *region;
  char            *logdir;
  guint32          process_epoch;
  GThread         *thread;
  /* Whether it was said that rows come too late. */
  _Atomic gboolean is_late_told;

  GMutex mutex;
  /* Under the mutex, from here. */
  GHashTable  *ids;
  GHashTable  *described; /* tags of scalars of which it was told what they are */
  TfvRingInlet blobs;
  guint64      blob_end;
  guint64      blob_floor;
  guint32      failure_told;
};

extern guint32 tfv_process_epoch __attribute__ ((visibility ("hidden")));

void tfv_open_writers_add (TfvSummaryWriter *self);
void tfv_open_writers_remove (TfvSummaryWriter *self);

GHashTable  *tfv_summary_writer_create_ids (void);
TfvProducer *tfv_summary_writer_add_producer (TfvSummaryWriter *self);
void         tfv_summary_writer_kick (TfvSummaryWriter *self);
void         tfv_summary_writer_count_late (TfvSummaryWriter *self, _Atomic guint64 *counter);
guint32      tfv_summary_writer_add_string (TfvSummaryWriter *self, guint32 kind, const char *string, guint32 parent, const char **kept);
void         tfv_summary_writer_add_blob (TfvSummaryWriter *self, TfvRecordKind kind, const char *tag, gint64 step, double wall_time, GBytes *bytes);
void         tfv_summary_writer_settle (TfvSummaryWriter *self);
double       tfv_summary_writer_get_wall_time (void);
void         tfv_summary_writer_describe_scalars (TfvSummaryWriter *self, const char *tag, gconstpointer metadata, gsize n_bytes);

/* Whether rows are taken: not once the writer was closed, and not in a child of
 * the process that made it. */
static inline gboolean
tfv_summary_writer_is_open (TfvSummaryWriter *self)
{
  return atomic_load_explicit (&self->open_serial, memory_order_relaxed) != 0 && self->process_epoch == tfv_process_epoch;
}

/* The calling thread's producer where it is the one that was used last, and rows
 * are taken; otherwise NULL. A child that is forked has none. */
static inline TfvProducer *
tfv_summary_writer_peek_producer (TfvSummaryWriter *self)
{
  TfvProducer *producer = tfv_producer_current;

  return producer != NULL && producer->writer_serial == atomic_load_explicit (&self->open_serial, memory_order_relaxed) ? producer : NULL;
}

/* The calling thread's producer, made at its first push. NULL when rows are not
 * taken, or when there is no memory for one. */
static inline TfvProducer *
tfv_summary_writer_get_producer (TfvSummaryWriter *self)
{
  TfvProducer *producer = tfv_summary_writer_peek_producer (self);

  return G_LIKELY (producer != NULL) ? producer : tfv_summary_writer_add_producer (self);
}

/* Called after a push. In steady state the consumer looks by itself and
 * this is one load; only a sleeping one is woken by a system call. The consumer
 * orders its side with membarrier(), so that no fence is needed here. */
static inline void
tfv_summary_writer_kick_if_asleep (TfvSummaryWriter *self)
{
  atomic_signal_fence (memory_order_seq_cst);
  if (G_UNLIKELY (atomic_load_explicit (self->sleep, memory_order_relaxed) == TFV_WRITER_ASLEEP))
    tfv_summary_writer_kick (self);
}

G_END_DECLS
