/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TfvOrigin: (skip)
 *
 * Where points come from: one file of a run, with what a later file of the run
 * must know of it to tell which points a restart superseded.
 */
typedef struct _TfvOrigin TfvOrigin;

/**
 * TfvRestarts: (skip)
 *
 * The origins of one run, in the order in which TensorBoard would read them.
 * Shared by all series of the run. Any thread.
 */
typedef struct _TfvRestarts TfvRestarts;

TfvRestarts *tfv_restarts_new (void);
TfvRestarts *tfv_restarts_ref (TfvRestarts *self);
void         tfv_restarts_unref (TfvRestarts *self);
guint64      tfv_restarts_get_generation (TfvRestarts *self);

TfvOrigin *tfv_restarts_add (TfvRestarts *self, const char *name);
void       tfv_restarts_remove (TfvRestarts *self, TfvOrigin *origin);
TfvOrigin *tfv_origin_ref (TfvOrigin *self);
void       tfv_origin_unref (TfvOrigin *self);

void     tfv_restarts_set_start_time (TfvRestarts *self, TfvOrigin *origin, double start_time);
void     tfv_restarts_add_start (TfvRestarts *self, TfvOrigin *origin, gint64 step);
gboolean tfv_restarts_get_first_start (TfvRestarts *self, TfvOrigin *origin, gint64 *step);

/**
 * TfvOriginState: (skip)
 * @origin: the origin; borrowed
 * @start_time: when its writer began, seconds since the epoch, or NaN
 * @has_start: whether a session started in it
 * @start_step: the least step at which a session started in it
 *
 * What was known of an origin when the table was copied.
 */
typedef struct
{
  TfvOrigin *origin;
  double     start_time;
  gboolean   has_start;
  gint64     start_step;
} TfvOriginState;

GArray *tfv_restarts_copy (TfvRestarts *self);
int     tfv_origin_state_find (GArray *states, const TfvOrigin *origin);

typedef TfvOrigin *(*TfvOriginFunc) (gconstpointer part);
void tfv_restarts_sort_parts (TfvRestarts *self, GPtrArray *parts, TfvOriginFunc get_origin, guint64 *generation);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvRestarts, tfv_restarts_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvOrigin, tfv_origin_unref)

G_END_DECLS
