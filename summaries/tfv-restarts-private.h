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

/**
 * TfvRestartMark: (skip)
 * @index: the first record after it
 * @step: what came before with a step not below this one is superseded
 * @session: which session of its file started here, counted from one; 0 where
 *   it is of one tag alone
 *
 * A place in what one file gives to a tag.
 */
typedef struct
{
  gsize  index;
  gint64 step;
  guint  session;
} TfvRestartMark;

void tfv_restart_marks_add (GArray **marks, TfvRestartMark mark);

/**
 * TfvBound: (skip)
 *
 * Records below this step survive; all of them where there is no bound.
 */
typedef struct
{
  gboolean is_set;
  gint64   step;
} TfvBound;

/**
 * TfvRestartPart: (skip)
 * @origin: the file; borrowed
 * @marks: (nullable): its marks; borrowed
 * @has_ends: whether it gives anything to the tag
 * @first_step: step of the first record
 * @last_wall_time: wall time of the last one
 *
 * What must be known of what one file gives to a tag to tell what of it is
 * superseded.
 */
typedef struct
{
  const TfvOrigin *origin;
  GArray          *marks;
  gboolean         has_ends;
  gint64           first_step;
  double           last_wall_time;
} TfvRestartPart;

TfvBound *tfv_restarts_find_bounds (TfvRestarts *self, const TfvRestartPart *parts, guint n_parts);
TfvBound *tfv_restart_marks_find_bounds (GArray *marks, TfvBound after);

typedef TfvOrigin *(*TfvOriginFunc) (gconstpointer part);
void tfv_restarts_sort_parts (TfvRestarts *self, GPtrArray *parts, TfvOriginFunc get_origin, guint64 *generation);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvRestarts, tfv_restarts_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvOrigin, tfv_origin_unref)

G_END_DECLS
