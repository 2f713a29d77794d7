/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-run.h"
#include "summaries/tfv-summary-writer.h"

/* A writer in a folder of its own, which goes with the test. */
typedef struct
{
  char             *directory;
  TfvSummaryWriter *writer;
} LogdirFixture;

void    logdir_fixture_set_up (LogdirFixture *self, gconstpointer data);
void    logdir_fixture_tear_down (LogdirFixture *self, gconstpointer data);
TfvRun *logdir_fixture_read_back (LogdirFixture *self);
