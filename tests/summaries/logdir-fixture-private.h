/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-logdir.h"

G_BEGIN_DECLS

/* Idle files are polled this often, so that tests take no seconds. */
#define IDLE_INTERVAL_US (100 * 1000)

/* A folder that a logdir looks at, and what is done to it. */
typedef struct
{
  char *folder;
} LogdirFixture;

void       set_up (LogdirFixture *fixture, gconstpointer data);
void       tear_down (LogdirFixture *fixture, gconstpointer data);
char      *place (LogdirFixture *fixture, const char *relative);
void       add_scalar (LogdirFixture *fixture, const char *relative, gint64 step);
TfvLogdir *load (const char *const *paths);
char      *describe (TfvLogdir *logdir);
void       assert_runs (TfvLogdir *logdir, const char *expected);
TfvLogdir *start (LogdirFixture *fixture, gconstpointer data);
void       wait_for_runs (TfvLogdir *logdir, const char *expected);

/* Adds a test, or one of what is followed: twice, for the system may watch the
   folder, or it is only polled. */
#define ADD(path, function) g_test_add ("/summaries/logdir/" path, LogdirFixture, NULL, set_up, function, tear_down)
#define ADD_LIVE(path, function)                                                                                      \
  g_test_add ("/summaries/logdir/polled/" path, LogdirFixture, GINT_TO_POINTER (FALSE), set_up, function, tear_down); \
  g_test_add ("/summaries/logdir/watched/" path, LogdirFixture, GINT_TO_POINTER (TRUE), set_up, function, tear_down)

G_END_DECLS
