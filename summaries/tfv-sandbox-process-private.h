/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <sys/types.h>

#include "summaries/tfv-reader-protocol-private.h"

G_BEGIN_DECLS

/* A process tfv-reader, seen from the program. Whoever talks to it holds its
 * lock from the request to the last reply. */
typedef struct
{
  gatomicrefcount ref_count;
  GMutex          lock;
  /* Who started it: one that was forked from that has nothing to do with it. */
  pid_t       owner;
  pid_t       pid;
  int         pid_fd;
  int         socket;
  guint8     *memory;
  gboolean    is_confined;
  _Atomic int is_dead;
  /* By a signal that comes from outside, whatever is in a file. */
  gboolean was_ended;
  char    *epitaph;
  gint64   cpu_limit_ns;
  /* Time that the request may take beyond what every one may. */
  gint64  extra_ns;
  guint64 address_limit;
  guint32 next_file;
  /* Guarded by the lock of who keeps the processes. */
  guint n_files;
  guint n_users;
} TfvSandboxProcess;

/* A reply, with what is in its packet behind it. */
typedef struct
{
  TfvReaderReply head;
  char           text[TFV_READER_PACKET_BYTES + 1];
} TfvSandboxReply;

TfvSandboxProcess *tfv_sandbox_process_start (const char *path, GError **error);
TfvSandboxProcess *tfv_sandbox_process_ref (TfvSandboxProcess *self);
void               tfv_sandbox_process_unref (TfvSandboxProcess *self);
gboolean           tfv_sandbox_process_is_ours (TfvSandboxProcess *self);
gboolean           tfv_sandbox_process_is_there (TfvSandboxProcess *self);
gboolean           tfv_sandbox_process_send (TfvSandboxProcess *self, TfvReaderRequest *request, const char *text, int fd, int memory);
void               tfv_sandbox_process_allow (TfvSandboxProcess *self, guint64 n_bytes);
gboolean           tfv_sandbox_process_receive (TfvSandboxProcess *self, TfvSandboxReply *reply, GCancellable *cancellable);
guint64            tfv_sandbox_process_get_place (TfvSandboxProcess *self);
void               tfv_sandbox_process_kill (TfvSandboxProcess *self, const char *reason);
void               tfv_sandbox_process_set_patience (gint64 cpu_ns, gint64 wall_ns);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvSandboxProcess, tfv_sandbox_process_unref)

G_END_DECLS
