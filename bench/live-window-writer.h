/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LIVE_MARKER_TAG "marker"
#define LIVE_SCALARS_A_SECOND 1000

/* What the writer tells after it logged a marker: the marker's step, and the
 * monotonic time just before. Step -1: it is through with what it was told. */
typedef struct
{
  gint64 step;
  gint64 begin_ns;
} LiveMarker;

typedef enum
{
  LIVE_ORDER_MARKERS = 'm', /* markers and nothing else, at random moments */
  LIVE_ORDER_LOAD = 'l',    /* scalars of several tags, and markers between them */
} LiveOrder;

/* The program that trains, in a process of its own. */
typedef struct
{
  GPid pid;
  int  orders_fd;
  int  markers_fd;
} LiveWriter;

gint64   live_now_ns (void);
gboolean live_writer_start (LiveWriter *self, const char *logdir, guint n_seconds);
void     live_writer_order (LiveWriter *self, LiveOrder order);
gboolean live_writer_end (LiveWriter *self);

G_END_DECLS
