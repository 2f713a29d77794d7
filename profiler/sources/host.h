/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "summaries/tfv-macros.h"

G_BEGIN_DECLS

/**
 * TFV_HOST_DEVICE:
 *
 * The processor of a program that runs on one machine, in TensorFlow's notation.
 */
#define TFV_HOST_DEVICE "/job:localhost/replica:0/task:0/device:CPU:0"

TFV_PUBLIC
gint64 tfv_host_now_ns (void);
TFV_PUBLIC
char *tfv_host_dup_lane_of_thread (guint32 thread_id);
TFV_PUBLIC
char *tfv_host_dup_thread_lane (void);

G_END_DECLS
