/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-writer-region-private.h"

G_BEGIN_DECLS

/* The helper's name, in its folder and as a process. In it: its memory, and a pidfd of the process that logs. */
#define TFV_WRITER_PROCESS_NAME "tfv-writer"
#define TFV_WRITER_REGION_FD 3
#define TFV_WRITER_OWNER_FD 4

void tfv_writer_process_watch (TfvWriterRegion *region);

G_END_DECLS
