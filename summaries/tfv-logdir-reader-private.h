/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-run.h"

G_BEGIN_DECLS

/**
 * TfvLogdirReader: (skip)
 *
 * The reading behind a logdir: one pass over everything, or pass after pass.
 * Functions are called by one thread at a time.
 */
typedef struct _TfvLogdirReader TfvLogdirReader;

/**
 * TfvLogdirSink: (skip)
 * @add_run: a run has something to show
 * @remove_run: the run's files are gone
 * @warn: something is wrong that belongs to no run
 * @changed: anything changed
 * @data: passed to all of these
 *
 * Whom a reader tells. Called on any thread.
 */
typedef struct
{
  void (*add_run) (gpointer data, TfvRun *run);
  void (*remove_run) (gpointer data, TfvRun *run);
  void (*warn) (gpointer data, const char *warning);
  void (*changed) (gpointer data);
  gpointer data;
} TfvLogdirSink;

TfvLogdirReader *tfv_logdir_reader_new (const char *const *paths, const TfvLogdirSink *sink);
void             tfv_logdir_reader_free (TfvLogdirReader *self);
gboolean         tfv_logdir_reader_load (TfvLogdirReader *self, GCancellable *cancellable, GError **error);
typedef void (*TfvFirstPassFunc) (gpointer data);
void  tfv_logdir_reader_set_polling (TfvLogdirReader *self, gboolean use_watch, gint64 quiet_interval_us);
void  tfv_logdir_reader_follow (TfvLogdirReader *self, GCancellable *stop, TfvFirstPassFunc first_pass_done);
char *tfv_logdir_reader_dup_stalled (TfvLogdirReader *self, gint64 patience_us);

G_END_DECLS
