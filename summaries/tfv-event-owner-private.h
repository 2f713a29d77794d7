/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether somebody writes a file. */
typedef enum
{
  TFV_EVENT_OWNER_GONE,
  TFV_EVENT_OWNER_RUNS,
  TFV_EVENT_OWNER_UNKNOWN, /* on another host */
} TfvEventOwner;

gboolean      tfv_event_owner_claim (int fd);
TfvEventOwner tfv_event_owner_find (int fd, const char *host, gint64 pid, gint64 start_wall_ns, gboolean has_claim);

G_END_DECLS
