/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-run.h"

G_BEGIN_DECLS

/**
 * TfvTagShare: (skip)
 * @tag: the tag
 * @first: index of its first record from this file among all of its records
 * @n_records: how many there are
 * @marks: (nullable): where restarts fell between them, TfvRestartMark, counted
 *   from @first
 *
 * What one file gives to a tag.
 */
typedef struct
{
  TfvTag *tag;
  guint64 first;
  guint64 n_records;
  GArray *marks;
} TfvTagShare;

/**
 * TfvRunShare: (skip)
 * @start_time: when the file's writer began, seconds since the UNIX epoch, or NaN
 * @first_time: wall time of its first event, for files that don't tell the
 *   former; or NaN
 * @n_sessions: how many sessions started in it
 * @has_tag_marks: whether tags were restarted one by one
 * @tags: TfvTagShare, in the order of the tags' names
 *
 * What one file gives to a run.
 */
typedef struct
{
  double   start_time;
  double   first_time;
  guint    n_sessions;
  gboolean has_tag_marks;
  GArray  *tags;
} TfvRunShare;

GPtrArray *tfv_run_dup_shares (TfvRun *run);
void       tfv_tag_share_get_stretch (const TfvTagShare *self, guint n_sessions_before, guint64 *begin, guint64 *end);

G_END_DECLS
