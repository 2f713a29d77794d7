/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-writer-process-private.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config.h"
#include "summaries/tfv-wall-clock-private.h"
#include "summaries/tfv-writer-core-private.h"

#define LOOK_NS 250000000   /* how often it is looked whether a helper lives, and what it has to say */
#define SOON_NS 10000000000 /* a helper that lived longer than this worked */
#define MAX_EARLY_DEATHS 3  /* after so many that did not, a thread does it */
#define STACK_BYTES ((gsize) 64 << 10)
#define FIRST_FREE_FD 16

/* What the process in between needs to start the helper. */
typedef struct
{
  const char                 *path;
  const char                 *turn;
  posix_spawn_file_actions_t *actions;
  posix_spawnattr_t          *attributes;
  char                      **environment;
  pid_t                       pid;
  int                         status;
} Start;

extern char **environ;

#ifdef __SANITIZE_THREAD__
/* ThreadSanitizer takes clone() for a fork, and the shared memory for a child's. */
int __clone (int (*func) (void *), void *stack, int flags, void *data, ...);
#define clone __clone
#endif

/* The helper stands beside the library in a build tree, and otherwise where it
 * was installed. NULL where a thread is to do its work. */
static char *
find_helper (void)
{
  const char      *chosen = secure_getenv ("TFV_WRITER");
  g_autofree char *beside = NULL;
  g_autofree char *folder = NULL;
  Dl_info          library;

  if (chosen != NULL && *chosen != '\0')
    return strcmp (chosen, "thread") != 0 ? g_strdup (chosen) : NULL;

  if (dladdr ((gconstpointer) (guintptr) find_helper, &library) != 0 && library.dli_fname != NULL)
    {
      folder = g_path_get_dirname (library.dli_fname);
      beside = g_build_filename (folder, TFV_WRITER_PROCESS_NAME, NULL);
      if (access (beside, X_OK) == 0)
        return g_steal_pointer (&beside);
    }

  if (access (TFV_LIBEXECDIR "/" TFV_WRITER_PROCESS_NAME, X_OK) == 0)
    return g_strdup (TFV_LIBEXECDIR "/" TFV_WRITER_PROCESS_NAME);

  return NULL;
}

/* In the process in between, which shares our memory while this thread waits. */
static int
start_in_between (void *data)
{
  Start *start = data;
  char  *argv[] = { (char *) TFV_WRITER_PROCESS_NAME, (char *) start->turn, NULL };

  start->status = posix_spawn (&start->pid, start->path, start->actions, start->attributes, argv, start->environment);
  syscall (SYS_exit_group, 0);
  return 0;
}

/* Starts the helper as nobody's child: a process in between starts it and ends.
 * That process has no exit signal, so that the program neither gets a SIGCHLD
 * nor finds a child that it did not start. Returns the helper's id or -1. */
static pid_t
start_orphan (Start *start)
{
  guint8  *stack = mmap (NULL, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  sigset_t all, before;
  pid_t    between;

  if (stack == MAP_FAILED)
    return -1;

  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &before);
  between = clone (start_in_between, stack + STACK_BYTES, CLONE_VM | CLONE_VFORK, start);
  if (between > 0)
    {
      while (waitpid (between, NULL, __WCLONE) < 0 && errno == EINTR)
        ;
    }
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  munmap (stack, STACK_BYTES);

  return between > 0 && start->status == 0 ? start->pid : -1;
}

/* The helper has a session of its own, so that a Ctrl-C at the terminal is not
 * for it, no terminal, and of our files only its memory and @owner. */
static pid_t
spawn (const char *path, const char *turn, int memory, int owner)
{
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t          attributes;
  sigset_t                   signals;
  Start                      start = { path, turn, &actions, &attributes, environ, -1, EAGAIN };
  pid_t                      pid;

  posix_spawn_file_actions_init (&actions);
  posix_spawn_file_actions_addopen (&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen (&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen (&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2 (&actions, memory, TFV_WRITER_REGION_FD);
  posix_spawn_file_actions_adddup2 (&actions, owner, TFV_WRITER_OWNER_FD);
  posix_spawn_file_actions_addclosefrom_np (&actions, TFV_WRITER_OWNER_FD + 1);
  posix_spawn_file_actions_addchdir_np (&actions, "/");

  posix_spawnattr_init (&attributes);
  posix_spawnattr_setflags (&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  sigemptyset (&signals);
  posix_spawnattr_setsigmask (&attributes, &signals);
  sigfillset (&signals);
  posix_spawnattr_setsigdefault (&attributes, &signals);

  pid = start_orphan (&start);

  posix_spawnattr_destroy (&attributes);
  posix_spawn_file_actions_destroy (&actions);

  return pid;
}

/* Starts a helper on the region. Returns its id or -1. */
static pid_t
start_helper (TfvWriterRegion *region, const char *path, guint32 number)
{
  g_autofree char *turn = g_strdup_printf ("%u", number);
  pid_t            pid = -1;
  int              memory = -1;
  int              own = -1;
  int              owner = -1;

  if (!tfv_writer_region_has_fd (region))
    return -1;

  /* Well above the numbers that they are to have. */
  memory = fcntl (region->fd, F_DUPFD_CLOEXEC, FIRST_FREE_FD);
  own = (int) syscall (SYS_pidfd_open, getpid (), 0);
  if (own >= 0)
    owner = fcntl (own, F_DUPFD_CLOEXEC, FIRST_FREE_FD);

  if (memory >= 0 && owner >= 0)
    pid = spawn (path, turn, memory, owner);

  if (memory >= 0)
    close (memory);
  if (own >= 0)
    close (own);
  if (owner >= 0)
    close (owner);

  return pid;
}

/* Has a helper started. Returns its id, or -1 where there is none, nor can there
 * be one later. */
static pid_t
give_turn (TfvWriterRegion *region, const char *path, guint32 turn)
{
  guint32 given = turn;
  pid_t   pid;

  atomic_store (&region->header->turn, turn);
  pid = start_helper (region, path, turn);

  /* Under an emulator that shares no memory with the process in between a helper
   * may have been started all the same. */
  if (pid < 0 && !atomic_compare_exchange_strong (&region->header->turn, &given, 0))
    pid = (pid_t) atomic_load (&region->header->consumer_pid);

  return pid;
}

/* Whether a helper runs. Asked by number, since a program may close every
 * descriptor that it finds; its session tells it from another that got its number. */
static gboolean
is_helper_alive (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", (int) pid);
  g_autofree char *status = NULL;
  const char      *state;

  /* It is ours only where we are whom orphans are given to. */
  if (waitpid (pid, NULL, WNOHANG | __WALL) == pid || getsid (pid) != pid)
    return FALSE;
  if (!g_file_get_contents (path, &status, NULL, NULL))
    return TRUE;

  /* Behind the name in brackets; one that nobody reaps is dead too. */
  state = strrchr (status, ')');

  return state == NULL || strlen (state) < 3 || strchr ("ZX", state[2]) == NULL;
}

/* Passes on what the helper, or the thread, has to say. */
static void
tell_message (TfvWriterRegion *region, guint32 *told)
{
  guint32          sequence = atomic_load (&region->header->message.sequence);
  g_autofree char *text = NULL;

  if (sequence == *told || (sequence & 1) != 0)
    return;
  text = tfv_writer_text_dup (&region->header->message, told);
  if (text != NULL)
    g_message ("%s", text);
}

static gboolean
is_at_end (TfvWriterRegion *region)
{
  guint32 stage = atomic_load (&region->header->stage);

  return stage == TFV_WRITER_ENDED || stage == TFV_WRITER_FAILED;
}

/* Waits until the helper has ended, by closing the file or by dying. */
static void
wait_for_helper (TfvWriterRegion *region, pid_t pid, guint32 *told)
{
  for (;;)
    {
      guint32 stage = atomic_load (&region->header->stage);

      if (is_at_end (region) || !is_helper_alive (pid))
        break;
      tfv_writer_region_wait (&region->header->stage, stage, LOOK_NS);
      tell_message (region, told);
    }

  tell_message (region, told);
  if (is_at_end (region))
    waitpid (pid, NULL, __WALL);
}

/* In a thread of the writer's: sees to it that somebody empties the region until
 * its writer is closed. A helper that dies is followed by another, which goes on
 * in a new file; where there can be none, this thread does it itself. */
void
tfv_writer_process_watch (TfvWriterRegion *region)
{
  g_autofree char *path = region->fd >= 0 ? find_helper () : NULL;
  guint            n_early_deaths = 0;
  guint32          told = 0;
  guint32          turn = 2;

  while (path != NULL && n_early_deaths < MAX_EARLY_DEATHS)
    {
      gint64 start_ns = tfv_clock_get_ns (CLOCK_MONOTONIC);
      pid_t  pid = give_turn (region, path, turn);

      if (pid < 0)
        break;
      wait_for_helper (region, pid, &told);
      if (is_at_end (region))
        return;
      if (atomic_load (&region->header->stage) == TFV_WRITER_STARTING)
        break;
      n_early_deaths = tfv_clock_get_ns (CLOCK_MONOTONIC) - start_ns < SOON_NS ? n_early_deaths + 1 : 0;
      turn += 2;
    }

  atomic_store (&region->header->turn, 0);
  tfv_writer_core_run (region, -1);
}
