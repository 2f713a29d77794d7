/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-event-layout-private.h"
#include "summaries/tfv-moment-private.h"
#include "summaries/tfv-ring-private.h"

G_BEGIN_DECLS

/* What a writer and who writes its file, a process or a thread, have in common:
 * memory without a pointer in it. It outlives either of them, so that neither's
 * death loses what is in it. */

#define TFV_WRITER_REGION_VERSION 4
#define TFV_WRITER_N_SLOTS 1024
#define TFV_WRITER_N_IN_FLIGHT 8192
#define TFV_WRITER_RING_ROWS 524288 /* 100 ms of 5 million rows a second, for a machine that is busy */
#define TFV_WRITER_BLOB_ROWS 65536
#define TFV_WRITER_MAX_NAME_BYTES 65536 /* what FORMAT.md allows */
#define TFV_WRITER_TEXT_BYTES 5120

/* What the consumer does while it looks for nothing: see kick(). */
typedef enum
{
  TFV_WRITER_AWAKE = 0,
  TFV_WRITER_ASLEEP = 1,
  TFV_WRITER_KICKED = 2,
} TfvWriterSleep;

typedef enum
{
  TFV_WRITER_STARTING = 0,
  TFV_WRITER_STARTED = 1,
  TFV_WRITER_ENDED = 2,  /* everything is in the file, and it is closed */
  TFV_WRITER_FAILED = 3, /* there is no file, or not all is in it */
} TfvWriterStage;

/* A slot has the rings of one thread. */
typedef enum
{
  TFV_SLOT_FREE = 0,
  TFV_SLOT_USED = 1,
  TFV_SLOT_LEFT = 2, /* its thread has ended, its rows may still be there */
} TfvWriterSlotState;

/* A text that is replaced while others read it. The sequence is odd meanwhile. */
typedef struct
{
  _Atomic guint32 sequence;
  _Atomic char    text[TFV_WRITER_TEXT_BYTES];
} TfvWriterText;

/* Rows that were given to the segment and are not known to be flushed. When the
 * consumer dies, the next one learns from the file which of them are in it. Of a
 * ring of moments those between the rows of a dataset, which are of others, count
 * among @n_rows too. */
typedef struct
{
  guint32 dataset;
  guint32 slot;
  guint64 first_row;
  guint64 position;
  guint64 n_rows;
} TfvWriterInFlight;

/* A record of any size; its bytes lie in the blob buffer, whose positions only
 * ever grow. */
typedef struct
{
  guint64 position;
  guint64 length;
  gint64  step;
  double  wall_time;
  guint32 kind;
  guint32 tag;
} TfvWriterBlob;

/* A string in the log, its bytes behind it. Its id is one more than its place. */
typedef struct
{
  guint32 kind;
  guint32 parent;
  guint32 length;
  guint32 reserved;
} TfvWriterString;

typedef struct
{
  /* Set once, by the writer. */
  guint32 version;
  guint32 has_barrier;
  gint64  pid;
  gint64  start_wall_ns;
  gint64  start_monotonic_ns;
  gint64  sync_ns;     /* how often the file is synced to the disk; 0: never */
  gint64  patience_ns; /* how long it is tried to write what a program left that is gone */
  guint64 string_bytes;
  guint64 blob_bytes;
  char    host[256];
  char    uuid[64];
  char    logdir[4096];

  /* Read by every push. */
  alignas (TFV_RING_LINE_BYTES) _Atomic guint32 sleep;

  /* The writer's. */
  alignas (TFV_RING_LINE_BYTES) _Atomic guint64 n_flushes_asked;
  _Atomic guint64 string_end;
  _Atomic guint64 n_late_scalars, n_late_spans, n_late_moments, n_late_blobs;
  _Atomic guint32 is_closing;
  _Atomic guint32 turn; /* even: whose turn to be the consumer it is; odd: it was taken */
  _Atomic guint32 n_slots;

  /* The consumer's. */
  alignas (TFV_RING_LINE_BYTES) _Atomic guint64 n_flushes_done;
  _Atomic guint64 blob_released;
  _Atomic gint64  consumer_pid; /* the process that writes the file, or did last */
  _Atomic guint64 n_lost_scalars, n_lost_spans, n_lost_moments, n_lost_blobs;
  _Atomic guint32 stage;
  _Atomic guint32 progress; /* a futex: grows whenever somebody may wait for it */
  guint32         n_segments;
  guint32         n_in_flight;
  TfvWriterText   path;
  TfvWriterText   failure;
  TfvWriterText   message;

  _Atomic guint32   slots[TFV_WRITER_N_SLOTS];
  TfvWriterInFlight in_flight[TFV_WRITER_N_IN_FLIGHT];
} TfvWriterHeader;

typedef struct
{
  TfvRing *scalars;
  TfvRing *spans;
  TfvRing *moments;
} TfvWriterSlot;

/* What was not taken, of each kind of row. */
typedef struct
{
  guint64 n_scalars;
  guint64 n_spans;
  guint64 n_moments;
  guint64 n_blobs;
} TfvWriterDropped;

/* One process's view of it. */
typedef struct
{
  TfvWriterHeader *header;
  const guint8    *strings;
  guint8          *blob_bytes;
  TfvRing         *blobs;
  int              fd; /* -1: memory of this process alone */
  guint64          inode;
  guint32          process_epoch;
  gatomicrefcount  ref_count;
  _Atomic gboolean is_left;
  TfvWriterSlot    slots[TFV_WRITER_N_SLOTS];
} TfvWriterRegion;

TfvWriterRegion *tfv_writer_region_new (GError **error);
TfvWriterRegion *tfv_writer_region_attach (int fd, GError **error);
TfvWriterRegion *tfv_writer_region_ref (TfvWriterRegion *self);
void             tfv_writer_region_unref (TfvWriterRegion *self);
gboolean         tfv_writer_region_has_fd (TfvWriterRegion *self);
gboolean         tfv_writer_region_map_slot (TfvWriterRegion *self, guint slot);
guint8          *tfv_writer_region_get_string_log (TfvWriterRegion *self);
void             tfv_writer_region_release_blobs (TfvWriterRegion *self, guint64 tail);
void             tfv_writer_region_count_dropped (TfvWriterRegion *self, TfvWriterDropped *dropped);
void             tfv_writer_region_kick (TfvWriterRegion *self);
void             tfv_writer_region_wake (_Atomic guint32 *word, int n);
void             tfv_writer_region_wait (_Atomic guint32 *word, guint32 value, gint64 timeout_ns);
void             tfv_writer_region_progress (TfvWriterRegion *self);
void             tfv_writer_text_set (TfvWriterText *self, const char *text);
char            *tfv_writer_text_dup (TfvWriterText *self, guint32 *sequence);

/* What a string of @length bytes takes in the log, its NUL included. */
static inline gsize
tfv_writer_string_get_bytes (gsize length)
{
  return sizeof (TfvWriterString) + (length + sizeof (TfvWriterString)) / sizeof (TfvWriterString) * sizeof (TfvWriterString);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvWriterRegion, tfv_writer_region_unref)

G_END_DECLS
