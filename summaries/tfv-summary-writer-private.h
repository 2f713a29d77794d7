/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-event-segment-private.h"
#include "summaries/tfv-producer-private.h"
#include "summaries/tfv-summary-writer.h"

G_BEGIN_DECLS

/* A tag or an interned string. Its id is one more than its place in the list. */
typedef struct
{
  guint32 kind;
  guint32 parent;
  char   *string;
} TfvWriterString;

typedef struct
{
  TfvRecordKind kind;
  guint32       tag;
  gint64        step;
  double        wall_time;
  GBytes       *bytes;
} TfvWriterBlob;

/* What the writer's thread does while it looks for nothing: see kick(). */
typedef enum
{
  TFV_WRITER_AWAKE = 0,
  TFV_WRITER_ASLEEP = 1,
  TFV_WRITER_KICKED = 2,
} TfvWriterSleep;

struct _TfvSummaryWriter
{
  GObject parent_instance;

  /* Read by every push. The epoch is the process's while rows are taken. */
  guint64         serial;
  _Atomic guint32 epoch;
  _Atomic guint32 sleep;

  char    *logdir;
  char    *host;
  char    *uuid;
  gint64   start_wall_ns;
  gint64   start_monotonic_ns;
  guint32  process_epoch;
  GThread *thread;

  GMutex mutex;
  GCond  progress;
  /* Under the mutex, from here. */
  GPtrArray  *producers;
  GHashTable *string_ids;
  GPtrArray  *strings;
  GQueue      blobs;
  gsize       blob_bytes;
  guint64     n_dropped_scalars;
  guint64     n_dropped_spans;
  guint64     n_dropped_blobs;
  guint64     n_drains_asked, n_drains_done;
  guint64     n_flushes_asked, n_flushes_done;
  gboolean    is_closing;
  GError     *error;
  char       *path;

  /* The writer thread's own, from here; before and after it, the owner's. */
  TfvEventSegment *segment;
  guint32          n_segments;
  guint            n_strings_written;
  GQueue           unflushed_blobs;
  gboolean         is_proven;
  gint64           flushed_ns;
  gint64           status_ns;
  gint64           busy_ns;
  gint64           room_ns;
};

extern guint32 tfv_process_epoch __attribute__ ((visibility ("hidden")));

TfvProducer *tfv_summary_writer_add_producer (TfvSummaryWriter *self);
void         tfv_summary_writer_kick (TfvSummaryWriter *self);
void         tfv_summary_writer_count_late (TfvSummaryWriter *self, guint64 *counter);
guint32      tfv_summary_writer_add_string (TfvSummaryWriter *self, guint32 kind, const char *string, guint32 parent, const char **kept);
void         tfv_summary_writer_add_blob (TfvSummaryWriter *self, TfvRecordKind kind, const char *tag, gint64 step, double wall_time, GBytes *bytes);
void         tfv_summary_writer_drain (TfvSummaryWriter *self);
double       tfv_summary_writer_get_wall_time (void);
void         tfv_writer_string_free (TfvWriterString *self);
void         tfv_writer_blob_free (TfvWriterBlob *self);

gboolean tfv_writer_thread_open_segment (TfvSummaryWriter *self, GError **error);
gpointer tfv_writer_thread_main (gpointer data);

/* Whether rows are taken: not once the writer was closed, and not in a child of
 * the process that made it. */
static inline gboolean
tfv_summary_writer_is_open (TfvSummaryWriter *self)
{
  return atomic_load_explicit (&self->epoch, memory_order_relaxed) == tfv_process_epoch;
}

/* The calling thread's producer, made at its first push. NULL when there is no
 * memory for one. The writer is open. */
static inline TfvProducer *
tfv_summary_writer_get_producer (TfvSummaryWriter *self)
{
  TfvProducer *producer = tfv_producer_current;

  if (G_LIKELY (producer != NULL && producer->writer_serial == self->serial))
    return producer;

  return tfv_summary_writer_add_producer (self);
}

/* Called after a push. In steady state the writer's thread looks by itself and
 * this is one load; only a sleeping one is woken by a system call. The thread
 * orders its side with membarrier(), so that no fence is needed here. */
static inline void
tfv_summary_writer_kick_if_asleep (TfvSummaryWriter *self)
{
  atomic_signal_fence (memory_order_seq_cst);
  if (G_UNLIKELY (atomic_load_explicit (&self->sleep, memory_order_relaxed) == TFV_WRITER_ASLEEP))
    tfv_summary_writer_kick (self);
}

G_END_DECLS
