/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-event-segment-private.h"
#include "summaries/tfv-writer-region-private.h"

G_BEGIN_DECLS

/* How old what is not flushed may get while many rows come, and while few do. */
#define TFV_WRITER_FLUSH_NS 10000000
#define TFV_WRITER_CALM_FLUSH_NS 20000000
#define TFV_WRITER_CALM_ROWS 2000 /* what few are, in one pass */

typedef struct
{
  gboolean is_known;
  guint64  scalars_seen, scalars_written;
  guint64  spans_seen, spans_written;
  guint64  moments_seen, moments_written;
} TfvWriterCursor;

/* What is to be written in one pass. */
typedef struct
{
  guint    n_slots;
  guint64  blobs_seen;
  guint64  strings_seen;
  guint64  n_flushes_asked;
  gboolean is_closing;
  guint64  n_rows;
  gboolean is_crowded;
} TfvWriterPass;

/* The consumer of a region: what was seen of each ring in this pass, and what
 * was written to the segment but perhaps not flushed. Of one thread. */
typedef struct
{
  TfvWriterRegion *region;
  int              owner; /* a pidfd of the process that logs; -1: it is this one */
  gboolean         is_owner_gone;

  TfvEventSegment *segment;
  guint32          n_strings_written;
  guint64          strings_written;
  guint64          blobs_written;
  gboolean         is_proven;
  gboolean         is_drop_told;
  gint64           flushed_ns;
  gint64           status_ns;
  gint64           busy_ns;
  gint64           room_ns;
  gint64           owner_ns;
  gint64           owner_gone_ns;
  gpointer         moments; /* rows on their way to their datasets */
  TfvWriterCursor  cursors[TFV_WRITER_N_SLOTS];
} TfvWriterCore;

void tfv_writer_core_run (TfvWriterRegion *region, int owner);
void tfv_writer_recover (TfvWriterRegion *region);

void     tfv_writer_core_tell (TfvWriterCore *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
gboolean tfv_writer_core_is_owner_gone (TfvWriterCore *self);
gboolean tfv_writer_core_is_slot_used (TfvWriterCore *self, guint slot);
void     tfv_writer_core_begin_pass (TfvWriterCore *self, TfvWriterPass *pass);
gboolean tfv_writer_core_write_pass (TfvWriterCore *self, const TfvWriterPass *pass, GError **error);
gboolean tfv_writer_core_write_status (TfvWriterCore *self, TfvEventState state, GError **error);
gboolean tfv_writer_core_flush (TfvWriterCore *self, const TfvWriterPass *pass, GError **error);
void     tfv_writer_core_rewind (TfvWriterCore *self);
void     tfv_writer_core_free_left_slots (TfvWriterCore *self, const TfvWriterPass *pass);

void tfv_writer_core_sleep_after_pass (TfvWriterCore *self, const TfvWriterPass *pass);
void tfv_writer_core_sleep_after_failure (TfvWriterCore *self);

void     tfv_writer_core_note_in_flight (TfvWriterCore *self, TfvEventDataset dataset, guint slot, guint64 position, guint64 n_rows);
gboolean tfv_writer_core_write_moments (TfvWriterCore *self, guint slot, GError **error);
void     tfv_writer_mark_moments (TfvRing *ring, const TfvWriterInFlight *entry, guint64 n_visible);
void     tfv_writer_forget_moments (TfvRing *ring);

G_END_DECLS
