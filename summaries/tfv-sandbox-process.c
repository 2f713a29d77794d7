/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-sandbox-process-private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "config.h"
#include "summaries/tfv-error.h"

#define FIRST_FREE_FD 16
#define LOOK_MS 100
#define END_MS 1000
#define NS_PER_S G_GINT64_CONSTANT (1000000000)

/* How far the limit that the system itself sets is ahead of what was used. */
#define CPU_AHEAD_NS (60 * NS_PER_S)

/* How long a process may work without a word, and how long it may take. A disk
 * that sleeps is waited for; a loop is not. */
static _Atomic gint64 most_cpu_ns = 10 * NS_PER_S;
static _Atomic gint64 most_wall_ns = 30 * NS_PER_S;

/* For tests: other limits, for all processes. */
void
tfv_sandbox_process_set_patience (gint64 cpu_ns, gint64 wall_ns)
{
  most_cpu_ns = cpu_ns;
  most_wall_ns = wall_ns;
}

/* Of the environment the process gets what the loader and the sanitizers need. */
static char **
make_environment (void)
{
  static const char *const kept[] = {
    "LD_LIBRARY_PATH",
    "ASAN_OPTIONS",
    "LSAN_OPTIONS",
    "UBSAN_OPTIONS",
    "TSAN_OPTIONS",
#ifdef __SANITIZE_THREAD__
    /* What explains GLib's locks. */
    "LD_PRELOAD",
#endif
  };
  char **environment = g_new0 (char *, G_N_ELEMENTS (kept) + 1);
  guint  n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    {
      const char *value = secure_getenv (kept[i]);

      if (value != NULL)
        environment[n++] = g_strdup_printf ("%s=%s", kept[i], value);
    }
  return environment;
}

/* A session of its own, so that a Ctrl-C at the terminal is not for it, and of
 * our files only its memory and its end of the socket. */
static pid_t
spawn (const char *path, int memory, int socket)
{
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t          attributes;
  sigset_t                   signals;
  char                      *argv[] = { (char *) TFV_READER_PROCESS_NAME, NULL };
  g_auto (GStrv)             environment = make_environment ();
  pid_t                      pid = -1;

  posix_spawn_file_actions_init (&actions);
  posix_spawn_file_actions_addopen (&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen (&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  posix_spawn_file_actions_addopen (&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
#endif
  posix_spawn_file_actions_adddup2 (&actions, memory, TFV_READER_MEMORY_FD);
  posix_spawn_file_actions_adddup2 (&actions, socket, TFV_READER_SOCKET_FD);
  posix_spawn_file_actions_addclosefrom_np (&actions, TFV_READER_SOCKET_FD + 1);
  posix_spawn_file_actions_addchdir_np (&actions, "/");

  posix_spawnattr_init (&attributes);
  posix_spawnattr_setflags (&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  sigemptyset (&signals);
  posix_spawnattr_setsigmask (&attributes, &signals);
  sigfillset (&signals);
  posix_spawnattr_setsigdefault (&attributes, &signals);

  if (posix_spawn (&pid, path, &actions, &attributes, argv, environment) != 0)
    pid = -1;

  posix_spawnattr_destroy (&attributes);
  posix_spawn_file_actions_destroy (&actions);
  return pid;
}

/* Memory that nobody can make shorter under our feet. */
static int
make_memory (void)
{
  int fd = memfd_create (TFV_READER_PROCESS_NAME, MFD_CLOEXEC | MFD_ALLOW_SEALING);

  if (fd >= 0 && ftruncate (fd, TFV_READER_MEMORY_BYTES) == 0 && fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

static void
close_fd (int fd)
{
  if (fd >= 0)
    close (fd);
}

/* Starts the process with memory and a socket. Whether it runs is not known yet. */
static gboolean
start (TfvSandboxProcess *self, const char *path)
{
  int sockets[2] = { -1, -1 };
  int memory = make_memory ();
  int given_memory = -1, given_socket = -1;

  if (memory >= 0 && socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) == 0)
    {
      /* Well above the numbers that they are to have. */
      given_memory = fcntl (memory, F_DUPFD_CLOEXEC, FIRST_FREE_FD);
      given_socket = fcntl (sockets[1], F_DUPFD_CLOEXEC, FIRST_FREE_FD);
      self->memory = mmap (NULL, TFV_READER_MEMORY_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
      if (self->memory == MAP_FAILED)
        self->memory = NULL;
      if (given_memory >= 0 && given_socket >= 0 && self->memory != NULL)
        self->pid = spawn (path, given_memory, given_socket);
    }
  self->socket = sockets[0];
  if (self->pid > 0)
    self->pid_fd = (int) syscall (SYS_pidfd_open, self->pid, 0);
  close_fd (memory);
  close_fd (given_memory);
  close_fd (given_socket);
  close_fd (sockets[1]);
  return self->pid > 0;
}

/* Starts a process of the program at @path and waits until it runs. (transfer full) */
TfvSandboxProcess *
tfv_sandbox_process_start (const char *path, GError **error)
{
  TfvSandboxProcess *self = g_new0 (TfvSandboxProcess, 1);
  TfvSandboxReply    hello;

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  self->owner = getpid ();
  self->pid = -1;
  self->pid_fd = self->socket = -1;
  self->next_file = 1;
  if (!start (self, path))
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s can't be started: %s", path, g_strerror (errno));
      tfv_sandbox_process_unref (self);
      return NULL;
    }
  if (!tfv_sandbox_process_receive (self, &hello, NULL) || hello.head.kind != TFV_READER_HELLO)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s does not run: %s", path, self->epitaph != NULL ? self->epitaph : "it speaks another language");
      tfv_sandbox_process_unref (self);
      return NULL;
    }
  if (strcmp (hello.text, TFV_VERSION "/" TFV_READER_PROTOCOL) != 0)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s is of another version than this program, which has to be started again", path);
      tfv_sandbox_process_unref (self);
      return NULL;
    }
  self->is_confined = hello.head.result != 0;
  return self;
}

TfvSandboxProcess *
tfv_sandbox_process_ref (TfvSandboxProcess *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tfv_sandbox_process_unref (TfvSandboxProcess *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  tfv_sandbox_process_kill (self, "it is not needed any more");
  if (self->memory != NULL)
    munmap (self->memory, TFV_READER_MEMORY_BYTES);
  close_fd (self->socket);
  /* A fork may have left it locked by a thread that is not here. */
  if (tfv_sandbox_process_is_ours (self))
    g_mutex_clear (&self->lock);
  g_free (self->epitaph);
  g_free (self);
}

/* What a process died of, in words. */
static char *
describe_end (int status)
{
  if (WIFSIGNALED (status) && WTERMSIG (status) == SIGSYS)
    return g_strdup ("it made a forbidden system call");
  if (WIFSIGNALED (status) && (WTERMSIG (status) == SIGABRT || WTERMSIG (status) == SIGTRAP))
    return g_strdup ("it gave up, for want of memory perhaps");
  if (WIFSIGNALED (status))
    return g_strdup_printf ("%s", strsignal (WTERMSIG (status)));
  return g_strdup_printf ("it ended with status %d", WEXITSTATUS (status));
}

/* Whether a process died of a signal that nothing it reads can bring about. */
static gboolean
was_ended (int status)
{
  static const int own_signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS, SIGXCPU, SIGXFSZ };

  for (guint i = 0; i < G_N_ELEMENTS (own_signals); i++)
    if (WIFSIGNALED (status) && WTERMSIG (status) == own_signals[i])
      return FALSE;
  return WIFSIGNALED (status);
}

/* FALSE in a process that was forked from the one that started it, which has the
 * descriptors and must not use them. */
gboolean
tfv_sandbox_process_is_ours (TfvSandboxProcess *self)
{
  return self->owner == getpid ();
}

/* Ends the process, if it has not ended, for @reason, or else of what it died of
 * by itself. */
void
tfv_sandbox_process_kill (TfvSandboxProcess *self, const char *reason)
{
  int   status = 0;
  pid_t waited;

  if (self->is_dead)
    return;
  self->is_dead = TRUE;
  if (!tfv_sandbox_process_is_ours (self))
    reason = "it belongs to the process that this one was forked from";
  else if (self->pid > 0)
    {
      struct pollfd end = { .fd = self->pid_fd, .events = POLLIN };
      gboolean      has_ended = FALSE;

      /* One that is about to end is let, so that it can be told of what. */
      if (reason == NULL)
        has_ended = poll (&end, 1, END_MS) > 0 && self->pid_fd >= 0;
      /* Its number may be another one's once somebody else has waited for it. */
      if (self->pid_fd >= 0)
        syscall (SYS_pidfd_send_signal, self->pid_fd, SIGKILL, NULL, 0);
      else
        kill (self->pid, SIGKILL);
      do
        waited = waitpid (self->pid, &status, 0);
      while (waited < 0 && errno == EINTR);
      self->was_ended = has_ended && waited == self->pid && was_ended (status);
      if (reason == NULL)
        self->epitaph = waited == self->pid ? describe_end (status) : g_strdup ("it ended");
    }
  if (reason != NULL)
    self->epitaph = g_strdup (reason);
  close_fd (self->pid_fd);
  self->pid_fd = -1;
}

static gint64
get_clock_ns (clockid_t clock)
{
  struct timespec now = { 0 };

  clock_gettime (clock, &now);
  return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* How long the process has worked in its life. */
static gint64
get_cpu_ns (TfvSandboxProcess *self)
{
  clockid_t clock;

  return clock_getcpuclockid (self->pid, &clock) == 0 ? get_clock_ns (clock) : 0;
}

/* The system's own limit holds even when we are gone, and moves ahead of what is used. */
static void
move_cpu_limit (TfvSandboxProcess *self, gint64 used_ns)
{
  struct rlimit limits;

  if (used_ns + CPU_AHEAD_NS / 2 < self->cpu_limit_ns)
    return;
  self->cpu_limit_ns = used_ns + CPU_AHEAD_NS;
  if (prlimit (self->pid, RLIMIT_CPU, NULL, &limits) != 0)
    return;
  limits.rlim_cur = MIN ((rlim_t) (self->cpu_limit_ns / NS_PER_S) + 1, limits.rlim_max);
  prlimit (self->pid, RLIMIT_CPU, &limits, NULL);
}

/* Whether the process, which has nothing to do, still waits for a request. One
 * that somebody ended meanwhile died of no file. */
gboolean
tfv_sandbox_process_is_there (TfvSandboxProcess *self)
{
  struct pollfd end = { .fd = self->socket };

  if (!tfv_sandbox_process_is_ours (self) || (!self->is_dead && poll (&end, 1, 0) > 0 && (end.revents & (POLLHUP | POLLERR)) != 0))
    tfv_sandbox_process_kill (self, NULL);
  return !self->is_dead;
}

/* Lets the process have @n_bytes of address space beyond what it always may. */
void
tfv_sandbox_process_allow (TfvSandboxProcess *self, guint64 n_bytes)
{
  struct rlimit limits;

  if (self->is_dead || prlimit (self->pid, RLIMIT_AS, NULL, &limits) != 0)
    return;
  if (self->address_limit == 0)
    self->address_limit = limits.rlim_cur;
  if (self->address_limit == RLIM_INFINITY)
    return;
  limits.rlim_cur = MIN (self->address_limit + n_bytes, limits.rlim_max);
  prlimit (self->pid, RLIMIT_AS, &limits, NULL);
}

/* Sends a request, with a text behind it, a file's descriptor, and with that
 * perhaps one of memory. It is never waited for: who keeps to the rules has read
 * what was sent before, or all but a few packets. FALSE when the process is dead. */
gboolean
tfv_sandbox_process_send (TfvSandboxProcess *self, TfvReaderRequest *request, const char *text, int fd, int memory)
{
  union
  {
    char           bytes[CMSG_SPACE (2 * sizeof (int))];
    struct cmsghdr align;
  } control = { { 0 } };
  const int       fds[2] = { fd, memory };
  const gsize     n_fd_bytes = memory >= 0 ? sizeof fds : sizeof fd;
  struct iovec    vectors[2] = { { request, sizeof *request }, { (void *) text, 0 } };
  struct msghdr   message = { .msg_iov = vectors, .msg_iovlen = 2 };
  const gsize     most = TFV_READER_PACKET_BYTES - sizeof *request;
  struct cmsghdr *head;
  ssize_t         n;

  if (!tfv_sandbox_process_is_ours (self))
    tfv_sandbox_process_kill (self, NULL);
  if (self->is_dead)
    return FALSE;
  request->n_text = text != NULL ? (guint32) MIN (strlen (text), most) : 0;
  vectors[1].iov_len = request->n_text;
  if (fd >= 0)
    {
      message.msg_control = control.bytes;
      message.msg_controllen = CMSG_SPACE (n_fd_bytes);
      head = CMSG_FIRSTHDR (&message);
      head->cmsg_level = SOL_SOCKET;
      head->cmsg_type = SCM_RIGHTS;
      head->cmsg_len = CMSG_LEN (n_fd_bytes);
      memcpy (CMSG_DATA (head), fds, n_fd_bytes);
    }
  do
    n = sendmsg (self->socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    tfv_sandbox_process_kill (self, errno == EAGAIN ? "it does not keep to the rules" : NULL);
  return n >= 0;
}

/* Waits for the next packet. FALSE when the process died, or had to be ended
 * because it takes too long. */
static gboolean
wait_for_packet (TfvSandboxProcess *self, GCancellable *cancellable)
{
  struct pollfd waited = { .fd = self->socket, .events = POLLIN };
  gint64        start_ns = get_clock_ns (CLOCK_MONOTONIC), start_cpu_ns = -1;

  for (;;)
    {
      int    n = poll (&waited, 1, LOOK_MS);
      gint64 cpu_ns;

      if (n > 0)
        return TRUE;
      if (n < 0 && errno != EINTR)
        return FALSE;
      if (g_cancellable_is_cancelled (cancellable))
        {
          tfv_sandbox_process_kill (self, "reading was cancelled");
          return FALSE;
        }
      cpu_ns = get_cpu_ns (self);
      move_cpu_limit (self, cpu_ns);
      if (start_cpu_ns < 0)
        start_cpu_ns = cpu_ns;
      if (cpu_ns - start_cpu_ns > most_cpu_ns + self->extra_ns || get_clock_ns (CLOCK_MONOTONIC) - start_ns > most_wall_ns + self->extra_ns)
        {
          tfv_sandbox_process_kill (self, "it came to no end");
          return FALSE;
        }
    }
}

/* The next reply. FALSE when the process is dead; `epitaph` says of what. */
gboolean
tfv_sandbox_process_receive (TfvSandboxProcess *self, TfvSandboxReply *reply, GCancellable *cancellable)
{
  struct iovec  vectors[2] = { { &reply->head, sizeof reply->head }, { reply->text, TFV_READER_PACKET_BYTES } };
  struct msghdr message = { .msg_iov = vectors, .msg_iovlen = 2 };
  ssize_t       n;

  if (self->is_dead || !wait_for_packet (self, cancellable))
    {
      tfv_sandbox_process_kill (self, NULL);
      return FALSE;
    }
  do
    n = recvmsg (self->socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  if (n <= 0)
    {
      tfv_sandbox_process_kill (self, NULL);
      return FALSE;
    }
  if (n < (ssize_t) sizeof reply->head || reply->head.half > 1 || reply->head.n_bytes > TFV_READER_HALF_BYTES ||
      reply->head.n_text > (gsize) n - sizeof reply->head)
    {
      tfv_sandbox_process_kill (self, "it does not keep to the rules");
      return FALSE;
    }
  reply->text[reply->head.n_text] = '\0';
  return TRUE;
}

/* Where in its file the process read last, so far as it says. */
guint64
tfv_sandbox_process_get_place (TfvSandboxProcess *self)
{
  return ((volatile TfvReaderHeader *) self->memory)->place;
}
