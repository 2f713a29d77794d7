/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-run-share-private.h"

#include <math.h>

#include "summaries/tfv-run-part-private.h"
#include "summaries/tfv-scalar-series-private.h"

static void
clear_tag_share (gpointer data)
{
  TfvTagShare *self = data;

  tfv_tag_unref (self->tag);
  g_clear_pointer (&self->marks, g_array_unref);
}

static void
run_share_free (gpointer data)
{
  TfvRunShare *self = data;

  g_array_unref (self->tags);
  g_free (self);
}

static TfvRunShare *
run_share_new (const TfvOriginState *state)
{
  TfvRunShare *self = g_new0 (TfvRunShare, 1);

  self->start_time = state->start_time;
  self->first_time = NAN;
  self->tags = g_array_new (FALSE, FALSE, sizeof (TfvTagShare));
  g_array_set_clear_func (self->tags, clear_tag_share);
  return self;
}

/* Puts what each file gives to a tag where it belongs. */
static void
add_tag (GPtrArray *shares, GArray *states, TfvTag *tag)
{
  g_autoptr (GArray) parts = tfv_tag_dup_parts (tag);
  guint64            first = 0;

  for (guint i = 0; i < parts->len; i++)
    {
      TfvTagPartInfo *part = &g_array_index (parts, TfvTagPartInfo, i);
      int             state = tfv_origin_state_find (states, part->origin);
      TfvTagShare     share = { .first = first, .n_records = part->n_records };
      TfvRunShare    *run_share;

      first += part->n_records;
      if (state < 0)
        continue;
      run_share = shares->pdata[state];
      share.tag = tfv_tag_ref (tag);
      share.marks = g_steal_pointer (&part->marks);
      for (guint m = 0; share.marks != NULL && m < share.marks->len; m++)
        {
          guint session = g_array_index (share.marks, TfvRestartMark, m).session;

          run_share->n_sessions = MAX (run_share->n_sessions, session);
          run_share->has_tag_marks |= session == 0;
        }
      g_array_append_val (run_share->tags, share);
    }
}

/* What each file gives to the run, in the order in which they count. (transfer full)
   (element-type TfvRunShare) */
GPtrArray *
tfv_run_dup_shares (TfvRun *run)
{
  GPtrArray            *shares = g_ptr_array_new_with_free_func (run_share_free);
  g_autoptr (GPtrArray) tags = tfv_run_dup_tags (run);
  g_autoptr (GArray)    states = tfv_restarts_copy (tfv_run_get_restarts (run));
  GPtrArray            *parts;

  for (guint i = 0; i < states->len; i++)
    g_ptr_array_add (shares, run_share_new (&g_array_index (states, TfvOriginState, i)));
  for (guint i = 0; i < tags->len; i++)
    add_tag (shares, states, tags->pdata[i]);

  tfv_run_lock (run);
  parts = tfv_run_get_parts (run);
  for (guint i = 0; i < parts->len; i++)
    {
      const TfvRunPart *part = parts->pdata[i];
      int               state = tfv_origin_state_find (states, part->origin);

      if (state >= 0)
        ((TfvRunShare *) shares->pdata[state])->first_time = part->first_wall_time;
    }
  tfv_run_unlock (run);
  return shares;
}

/* The first record behind the start of session @session, counted from one. */
static guint64
find_session (const TfvTagShare *self, guint session)
{
  if (session == 0)
    return 0;
  for (guint m = 0; self->marks != NULL && m < self->marks->len; m++)
    if (g_array_index (self->marks, TfvRestartMark, m).session >= session)
      return g_array_index (self->marks, TfvRestartMark, m).index;
  return self->n_records;
}

/* Which of the records came when so many sessions of the file had started. */
void
tfv_tag_share_get_stretch (const TfvTagShare *self, guint n_sessions_before, guint64 *begin, guint64 *end)
{
  *begin = find_session (self, n_sessions_before);
  *end = find_session (self, n_sessions_before + 1);
}
