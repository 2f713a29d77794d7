/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/summaries/load-run-private.h"
#include "tests/summaries/training-private.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-event-layout-private.h"
#include "summaries/tfv-run-private.h"
#include "summaries/tfv-scalar-series.h"
#include "summaries/tfv-summary-writer-private.h"
#include "summaries/tfv-tag.h"

#define WAIT_US (20 * G_USEC_PER_SEC)
#define NOBODY 65534
#define SKIPPED 77

/* Runs a part of a test in a process of its own, which it may spoil; TRUE where
 * it could be tried. */
static gboolean
run_in_child (int (*func) (const char *folder), const char *folder)
{
  int   status = -1;
  pid_t child;

#ifdef __SANITIZE_THREAD__
  g_test_skip ("ThreadSanitizer does not follow threads into a forked child");
  return FALSE;
#endif

  child = fork ();
  if (child == 0)
    _exit (func (folder));
  waitpid (child, &status, 0);
  if (WIFEXITED (status) && WEXITSTATUS (status) == SKIPPED)
    {
      g_test_skip ("this machine does not allow it");
      return FALSE;
    }
  g_assert_cmpint (status, ==, 0);

  return TRUE;
}

static void
log_steps (TfvSummaryWriter *writer, gint64 first, gint64 end)
{
  for (gint64 step = first; step < end; step++)
    tfv_summary_writer_add_scalar (writer, "loss", (double) step, step);
}

/* What the writer said, as the program's log has it. */
static GMutex   messages_mutex;
static GString *messages;

static void
keep_message (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
  g_mutex_lock (&messages_mutex);
  if (messages != NULL)
    g_string_append_printf (messages, "%s\n", message);
  g_mutex_unlock (&messages_mutex);
}

static void
keep_messages (void)
{
  g_mutex_lock (&messages_mutex);
  messages = g_string_new (NULL);
  g_mutex_unlock (&messages_mutex);
  g_log_set_default_handler (keep_message, NULL);
}

static guint
count_messages (const char *needle)
{
  g_auto (GStrv) parts = NULL;

  g_mutex_lock (&messages_mutex);
  parts = g_strsplit (messages->str, needle, -1);
  g_mutex_unlock (&messages_mutex);

  return MAX (g_strv_length (parts), 1) - 1;
}

static void
forget_messages (void)
{
  g_log_set_default_handler (g_log_default_handler, NULL);
  g_mutex_lock (&messages_mutex);
  g_string_free (g_steal_pointer (&messages), TRUE);
  g_mutex_unlock (&messages_mutex);
}

static void
wait_for_message (const char *needle)
{
  gint64 deadline_us = g_get_monotonic_time () + WAIT_US;

  while (count_messages (needle) == 0 && g_get_monotonic_time () < deadline_us)
    g_usleep (1000);
  g_assert_cmpuint (count_messages (needle), ==, 1);
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) listing = g_dir_open (folder, 0, NULL);
  guint            n_files = 0;

  while (listing != NULL && g_dir_read_name (listing) != NULL)
    n_files++;

  return n_files;
}

static gboolean
write_text (const char *path, const char *text)
{
  int      fd = open (path, O_WRONLY | O_CLOEXEC);
  gboolean is_written = fd >= 0 && write (fd, text, strlen (text)) > 0;

  if (fd >= 0)
    close (fd);

  return is_written;
}

static gboolean
become_root_of_a_namespace (void)
{
  g_autofree char *users = g_strdup_printf ("0 %u 1", (unsigned) geteuid ());
  g_autofree char *groups = g_strdup_printf ("0 %u 1", (unsigned) getegid ());

  return unshare (CLONE_NEWUSER | CLONE_NEWNS) == 0 && write_text ("/proc/self/uid_map", users) &&
         write_text ("/proc/self/setgroups", "deny") && write_text ("/proc/self/gid_map", groups);
}

/* A small disk of this process's own, mounted on the folder. */
static gboolean
mount_disk (const char *folder, const char *size)
{
  g_autofree char *options = g_strdup_printf ("size=%s", size);

  if (unshare (CLONE_NEWNS) != 0 && !become_root_of_a_namespace ())
    return FALSE;

  return mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 && mount ("tfv", folder, "tmpfs", 0, options) == 0;
}

/* Leaves so much of the disk. */
static void
fill_disk (const char *folder, guint64 free_bytes)
{
  g_autofree char *path = g_build_filename (folder, "filler", NULL);
  struct statvfs   disk;
  int              fd = open (path, O_CREAT | O_WRONLY | O_CLOEXEC, 0666);

  g_assert_cmpint (statvfs (folder, &disk), ==, 0);
  g_assert_cmpint (posix_fallocate (fd, 0, (off_t) (disk.f_bavail * disk.f_frsize - free_bytes)), ==, 0);
  close (fd);
}

static void
empty_disk (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "filler", NULL);

  g_assert_cmpint (g_unlink (path), ==, 0);
}

static int
go_on_when_there_is_room (const char *folder)
{
  g_autoptr (TfvSummaryWriter) writer = NULL;
  g_autoptr (TfvRun)           run = NULL;
  g_autoptr (GError)           error = NULL;

  if (!mount_disk (folder, "64m"))
    return SKIPPED;

  keep_messages ();
  writer = new_writer (folder);
  log_steps (writer, 0, 1000);
  g_assert_true (tfv_summary_writer_flush (writer, NULL));

  fill_disk (folder, 1 << 20);
  g_usleep (50000);
  log_steps (writer, 1000, 2000);
  g_assert_false (tfv_summary_writer_flush (writer, &error));
  g_assert_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO);
  g_assert_nonnull (strstr (error->message, "the disk is full"));
  log_steps (writer, 2000, 3000);
  g_assert_false (tfv_summary_writer_flush (writer, NULL));
  wait_for_message ("the disk is full; what is logged is not stored for now");

  empty_disk (folder);
  log_steps (writer, 3000, 4000);
  close_writer (writer);
  g_assert_cmpuint (count_messages ("the disk is full"), ==, 1);
  forget_messages ();

  g_assert_cmpuint (tfv_summary_writer_get_n_dropped (writer), ==, 0);
  run = load_run (folder);
  g_assert_cmpint (count_steps (run), ==, 4000);

  return 0;
}

static void
test_a_full_disk_is_told_of_once_and_waited_for (void)
{
  g_autofree char *folder = g_dir_make_tmp ("tfv-safety-XXXXXX", NULL);

  run_in_child (go_on_when_there_is_room, folder);
  remove_folder (folder);
}

typedef struct
{
  _Atomic gint64 helper;
  _Atomic gint64 n_pushed;
} Shared;

/* Starts a training of 1000 flushed steps, fills the disk, logs 500 more and
 * kills it. Returns the process that writes for it. */
static gint64
kill_with_a_full_disk (const char *folder, gint64 patience_ns)
{
  Shared *shared = mmap (NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  gint64  helper;
  pid_t   child = fork ();

  if (child == 0)
    {
      TfvSummaryWriter *writer = new_writer (folder);

      writer->region->header->patience_ns = patience_ns;
      atomic_store (&shared->helper, get_helper (writer));
      log_steps (writer, 0, 1000);
      g_assert_true (tfv_summary_writer_flush (writer, NULL));
      fill_disk (folder, 2 << 20);
      g_usleep (50000);
      log_steps (writer, 1000, 1500);
      kill (getpid (), SIGKILL);
    }
  waitpid (child, NULL, 0);
  helper = atomic_load (&shared->helper);
  munmap (shared, sizeof *shared);

  return helper;
}

static int
wait_for_room (const char *folder)
{
  g_autoptr (TfvRun) run = NULL;
  gint64             helper;

  if (!mount_disk (folder, "64m"))
    return SKIPPED;

  helper = kill_with_a_full_disk (folder, 60 * G_GINT64_CONSTANT (1000000000));
  g_usleep (1500000);
  g_assert_true (is_process_there (helper));
  empty_disk (folder);
  wait_for_end (helper);

  run = load_run (folder);
  g_assert_cmpint (count_steps (run), ==, 1500);
  g_assert_cmpuint (tfv_run_get_n_dropped (run), ==, 0);
  g_assert_cmpuint (get_last_state (folder), ==, TFV_EVENT_STATE_ENDED);

  return 0;
}

static void
test_a_helper_waits_for_room_when_its_training_was_killed (void)
{
  g_autofree char *folder = g_dir_make_tmp ("tfv-safety-XXXXXX", NULL);

  run_in_child (wait_for_room, folder);
  remove_folder (folder);
}

static int
say_what_is_lost (const char *folder)
{
  g_autoptr (TfvRun) run = NULL;

  if (!mount_disk (folder, "64m"))
    return SKIPPED;

  wait_for_end (kill_with_a_full_disk (folder, 1000000));
  empty_disk (folder);

  run = load_run (folder);
  g_assert_cmpint (count_steps (run), ==, 1000);
  g_assert_cmpuint (tfv_run_get_n_dropped (run), ==, 500);
  g_assert_cmpuint (get_last_state (folder), ==, TFV_EVENT_STATE_ENDED);

  return 0;
}

static void
test_a_helper_that_gives_up_says_what_is_lost (void)
{
  g_autofree char *folder = g_dir_make_tmp ("tfv-safety-XXXXXX", NULL);

  run_in_child (say_what_is_lost, folder);
  remove_folder (folder);
}

/* The same for writes that fail: a limit on the size of the helper's files, set
 * from outside, needs no privilege. */
static void
test_a_helper_whose_writes_fail_waits_too (void)
{
  g_autofree char   *folder = g_dir_make_tmp ("tfv-safety-XXXXXX", NULL);
  Shared            *shared = mmap (NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  struct rlimit      limit = { 1, RLIM_INFINITY };
  gint64             deadline_us = g_get_monotonic_time () + WAIT_US;
  pid_t              child;
  pid_t              helper;
  g_autoptr (TfvRun) run = NULL;

#ifdef __SANITIZE_THREAD__
  g_test_skip ("ThreadSanitizer does not follow threads into a forked child");
  remove_folder (folder);
  return;
#endif

  child = fork ();
  if (child == 0)
    {
      TfvSummaryWriter *writer = new_writer (folder);

      log_steps (writer, 0, 1000);
      g_assert_true (tfv_summary_writer_flush (writer, NULL));
      atomic_store (&shared->helper, get_helper (writer));
      g_assert_cmpint (prlimit ((pid_t) get_helper (writer), RLIMIT_FSIZE, &limit, NULL), ==, 0);
      log_steps (writer, 1000, 1500);
      atomic_store (&shared->n_pushed, 1500);
      g_usleep (WAIT_US);
      _exit (1);
    }
  while (atomic_load (&shared->n_pushed) == 0 && g_get_monotonic_time () < deadline_us)
    g_usleep (1000);
  g_usleep (100000);
  kill (child, SIGKILL);
  waitpid (child, NULL, 0);
  helper = (pid_t) atomic_load (&shared->helper);
  g_usleep (1200000);
  g_assert_true (is_process_there (helper));
  limit.rlim_cur = RLIM_INFINITY;
  g_assert_cmpint (prlimit (helper, RLIMIT_FSIZE, &limit, NULL), ==, 0);
  wait_for_end (helper);

  run = load_run (folder);
  g_assert_cmpint (count_points (run), ==, 1500);
  g_assert_cmpuint (tfv_run_get_n_dropped (run), ==, 0);
  g_assert_cmpuint (count_files (folder), ==, 2);

  munmap (shared, sizeof *shared);
  remove_folder (folder);
}

static void
test_what_is_dropped_is_told_of_once (void)
{
  g_autofree char             *folder = g_dir_make_tmp ("tfv-safety-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) writer = new_writer (folder);
  g_autoptr (TfvRun)           run = NULL;

  keep_messages ();
  g_assert_cmpint (get_helper (writer), !=, getpid ());
  kill ((pid_t) get_helper (writer), SIGSTOP);
  log_steps (writer, 0, TFV_WRITER_RING_ROWS + 1000);
  kill ((pid_t) get_helper (writer), SIGCONT);
  g_assert_true (tfv_summary_writer_flush (writer, NULL));
  log_steps (writer, TFV_WRITER_RING_ROWS + 1000, TFV_WRITER_RING_ROWS + 2000);
  close_writer (writer);
  g_assert_cmpuint (count_messages ("some are dropped, and counted"), ==, 1);
  forget_messages ();

  g_assert_cmpuint (tfv_summary_writer_get_n_dropped (writer), ==, 1000);
  run = load_run (folder);
  g_assert_cmpuint (tfv_run_get_n_dropped (run), ==, 1000);
  g_assert_cmpint (count_points (run), ==, TFV_WRITER_RING_ROWS + 1000);
  remove_folder (folder);
}

/* root is not kept from a folder by its mode. */
static gboolean
become_nobody (void)
{
  return geteuid () != 0 || (setgid (NOBODY) == 0 && setuid (NOBODY) == 0);
}

static int
fail_in_a_read_only_folder (const char *folder)
{
  g_autofree char   *below = g_build_filename (folder, "run", NULL);
  const char *const  folders[] = { folder, below };
  g_autoptr (GError) error = NULL;

  if (!become_nobody ())
    return SKIPPED;

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_assert_null (tfv_summary_writer_new (folders[i], &error));
      g_assert_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO);
      g_assert_nonnull (strstr (error->message, folders[i]));
      g_assert_nonnull (strstr (error->message, "Permission denied"));
      g_clear_error (&error);
    }

  return 0;
}

static void
test_a_read_only_folder_is_told_of_at_once (void)
{
  g_autofree char *folder = g_dir_make_tmp ("tfv-safety-XXXXXX", NULL);

  g_assert_cmpint (g_chmod (folder, 0555), ==, 0);
  run_in_child (fail_in_a_read_only_folder, folder);
  g_assert_cmpint (g_chmod (folder, 0755), ==, 0);
  remove_folder (folder);
}

/* A folder that vanishes is made again: what comes then is not lost. */
static void
test_a_folder_that_vanishes_is_made_again (void)
{
  g_autofree char             *parent = g_dir_make_tmp ("tfv-safety-XXXXXX", NULL);
  g_autofree char             *folder = g_build_filename (parent, "run", NULL);
  g_autoptr (TfvSummaryWriter) writer = new_writer (folder);
  g_autofree char             *first_path = tfv_summary_writer_dup_path (writer);
  g_autofree char             *second_path = NULL;
  g_autoptr (TfvRun)           run = NULL;

  log_steps (writer, 0, 100);
  g_assert_true (tfv_summary_writer_flush (writer, NULL));
  keep_messages ();
  remove_folder (folder);
  g_usleep (50000);
  log_steps (writer, 100, 300);
  g_assert_true (tfv_summary_writer_flush (writer, NULL));
  wait_for_message ("the file was removed; going on in a new file");
  log_steps (writer, 300, 400);
  second_path = tfv_summary_writer_dup_path (writer);
  g_assert_cmpstr (first_path, !=, second_path);
  close_writer (writer);
  g_assert_cmpuint (count_messages ("removed"), ==, 1);
  forget_messages ();

  run = load_run (folder);
  g_assert_cmpint (count_points (run), ==, 300);
  remove_folder (folder);
  g_rmdir (parent);
}

static void
test_a_folder_that_is_removed_at_the_end_stays_away (void)
{
  g_autofree char             *parent = g_dir_make_tmp ("tfv-safety-XXXXXX", NULL);
  g_autofree char             *folder = g_build_filename (parent, "run", NULL);
  g_autoptr (TfvSummaryWriter) writer = new_writer (folder);

  log_steps (writer, 0, 100);
  g_assert_true (tfv_summary_writer_flush (writer, NULL));
  remove_folder (folder);
  g_usleep (50000);
  close_writer (writer);
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));

  g_rmdir (parent);
}

static void
test_a_folder_may_be_renamed (void)
{
  g_autofree char             *parent = g_dir_make_tmp ("tfv-safety-XXXXXX", NULL);
  g_autofree char             *folder = g_build_filename (parent, "run", NULL);
  g_autofree char             *renamed = g_build_filename (parent, "renamed", NULL);
  g_autoptr (TfvSummaryWriter) writer = new_writer (folder);
  g_autoptr (TfvRun)           run = NULL;

  log_steps (writer, 0, 100);
  g_assert_cmpint (g_rename (folder, renamed), ==, 0);
  g_usleep (50000);
  log_steps (writer, 100, 200);
  close_writer (writer);
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));

  run = load_run (renamed);
  g_assert_cmpint (count_steps (run), ==, 200);
  g_assert_cmpuint (count_files (renamed), ==, 1);
  remove_folder (renamed);
  g_rmdir (parent);
}

static int
log_one_step (const char *folder)
{
  g_autoptr (TfvSummaryWriter) writer = new_writer (folder);

  log_steps (writer, 2000, 2001);

  return tfv_summary_writer_close (writer, NULL) ? 0 : 1;
}

/* In one process and in two: each has a file of its own. */
static void
test_writers_share_a_run (void)
{
  g_autofree char             *folder = g_dir_make_tmp ("tfv-safety-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) first = NULL;
  g_autoptr (TfvSummaryWriter) second = NULL;
  g_autoptr (TfvRun)           run = NULL;
  guint                        n_files;

  first = new_writer (folder);
  second = new_writer (folder);
  for (gint64 step = 0; step < 1000; step++)
    {
      log_steps (first, step, step + 1);
      log_steps (second, step + 1000, step + 1001);
    }
  n_files = 2 + (run_in_child (log_one_step, folder) ? 1 : 0);
  close_writer (first);
  close_writer (second);

  g_assert_cmpuint (count_files (folder), ==, n_files);
  run = load_run (folder);
  g_assert_cmpint (count_points (run), ==, 1998 + n_files);
  remove_folder (folder);
}

/* Started again at a step that was done before, without a word: the points that
 * are done over supersede those of the time before, from there on. */
static void
test_a_restart_at_an_earlier_step_supersedes (void)
{
  g_autofree char          *folder = g_dir_make_tmp ("tfv-safety-XXXXXX", NULL);
  g_autoptr (TfvRun)        run = NULL;
  g_autoptr (TfvTag)        tag = NULL;
  g_autoptr (TfvScalarView) all = NULL;
  g_autoptr (TfvScalarView) purged = NULL;

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (TfvSummaryWriter) writer = new_writer (folder);

      log_steps (writer, i == 0 ? 0 : 60, i == 0 ? 100 : 80);
      close_writer (writer);
    }

  run = load_run (folder);
  tag = tfv_run_dup_tag (run, TFV_RECORD_SCALAR, "loss");
  all = tfv_scalar_series_snapshot (tfv_tag_get_series (tag), TFV_SCALAR_VIEW_ALL);
  purged = tfv_scalar_series_snapshot (tfv_tag_get_series (tag), TFV_SCALAR_VIEW_PURGED);
  g_assert_cmpuint (all->n_points, ==, 120);
  g_assert_cmpuint (purged->n_points, ==, 80);
  remove_folder (folder);
}

/* As a loader of training data does it: processes that come and go, that know of
 * the writer, and that end as programs do. */
static void
test_children_that_come_and_go_disturb_nothing (void)
{
  g_autofree char             *folder = g_dir_make_tmp ("tfv-safety-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) writer = new_writer (folder);
  g_autoptr (TfvRun)           run = NULL;

  for (gint64 round = 0; round < 20; round++)
    {
      pid_t children[4];

      for (guint i = 0; i < G_N_ELEMENTS (children); i++)
        {
          children[i] = fork ();
          if (children[i] == 0)
            {
              log_steps (writer, 100000, 101000);
              tfv_summary_writer_flush (writer, NULL);
              if (i % 2 == 0)
                tfv_summary_writer_close (writer, NULL);
#ifdef __SANITIZE_ADDRESS__
              /* What the writer's thread held can't be freed here. */
              _exit (0);
#else
              exit (0);
#endif
            }
        }
      log_steps (writer, round * 500, (round + 1) * 500);
      for (guint i = 0; i < G_N_ELEMENTS (children); i++)
        {
          int status = -1;

          waitpid (children[i], &status, 0);
          g_assert_cmpint (status, ==, 0);
        }
    }
  close_writer (writer);

  g_assert_cmpuint (tfv_summary_writer_get_n_dropped (writer), ==, 0);
  g_assert_cmpuint (count_files (folder), ==, 1);
  run = load_run (folder);
  g_assert_cmpint (count_steps (run), ==, 10000);
  remove_folder (folder);
}

/* From here on a system call fails in this process. */
static gboolean
forbid (int number)
{
  struct sock_filter filter[] = {
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr)),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, (guint32) number, 0, 1),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = { G_N_ELEMENTS (filter), filter };

  return prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static int
log_without_helper (const char *folder)
{
  g_autoptr (TfvSummaryWriter) writer = new_writer (folder);

  g_assert_cmpint (get_helper (writer), ==, getpid ());
  log_steps (writer, 0, 1000);
  close_writer (writer);
  g_assert_cmpuint (tfv_summary_writer_get_n_dropped (writer), ==, 0);

  return 0;
}

static int
log_without_memfd (const char *folder)
{
  return forbid (SYS_memfd_create) ? log_without_helper (folder) : SKIPPED;
}

static int
log_without_pidfd (const char *folder)
{
  return forbid (SYS_pidfd_open) ? log_without_helper (folder) : SKIPPED;
}

static int
log_without_exec (const char *folder)
{
  return forbid (SYS_execve) ? log_without_helper (folder) : SKIPPED;
}

static int
log_without_membarrier (const char *folder)
{
  g_autoptr (TfvSummaryWriter) writer = NULL;

  if (!forbid (SYS_membarrier))
    return SKIPPED;
  writer = new_writer (folder);
  for (gint64 step = 0; step < 1000; step++)
    {
      log_steps (writer, step, step + 1);
      if (step % 250 == 0)
        g_usleep (60000);
    }
  close_writer (writer);

  return 0;
}

static int
log_with_few_descriptors (const char *folder)
{
  int           fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  struct rlimit limit = { (rlim_t) fd + 4, (rlim_t) fd + 4 };

  setrlimit (RLIMIT_NOFILE, &limit);
  close (fd);

  return log_without_helper (folder);
}

static void
test_a_thread_writes_where_the_system_refuses (void)
{
  int (*const funcs[]) (const char *) = { log_without_memfd, log_without_pidfd, log_without_exec, log_without_membarrier, log_with_few_descriptors };

  for (guint i = 0; i < G_N_ELEMENTS (funcs); i++)
    {
      g_autofree char   *folder = g_dir_make_tmp ("tfv-safety-XXXXXX", NULL);
      g_autoptr (TfvRun) run = NULL;

      if (run_in_child (funcs[i], folder))
        {
          run = load_run (folder);
          g_assert_cmpint (count_steps (run), ==, 1000);
        }
      remove_folder (folder);
    }
}

/* Where there can be no thread either there is no writer, and the program is
 * told so at once. */
static int
fail_without_threads (const char *folder)
{
  struct rlimit      limit = { 0, 0 };
  g_autoptr (GError) error = NULL;

  if (!become_nobody () || setrlimit (RLIMIT_NPROC, &limit) != 0)
    return SKIPPED;
  g_assert_null (tfv_summary_writer_new (folder, &error));
  g_assert_nonnull (error);

  return 0;
}

static void
test_a_program_without_threads_is_told_so (void)
{
  g_autofree char *folder = g_dir_make_tmp ("tfv-safety-XXXXXX", NULL);

  g_assert_cmpint (g_chmod (folder, 0777), ==, 0);
  run_in_child (fail_without_threads, folder);
  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function) g_test_add_func ("/summaries/writer-safety/" name, function)
  ADD ("a-full-disk-is-told-of-once-and-waited-for", test_a_full_disk_is_told_of_once_and_waited_for);
  ADD ("a-helper-waits-for-room-when-its-training-was-killed", test_a_helper_waits_for_room_when_its_training_was_killed);
  ADD ("a-helper-that-gives-up-says-what-is-lost", test_a_helper_that_gives_up_says_what_is_lost);
  ADD ("a-helper-whose-writes-fail-waits-too", test_a_helper_whose_writes_fail_waits_too);
  ADD ("what-is-dropped-is-told-of-once", test_what_is_dropped_is_told_of_once);
  ADD ("a-read-only-folder-is-told-of-at-once", test_a_read_only_folder_is_told_of_at_once);
  ADD ("a-folder-that-vanishes-is-made-again", test_a_folder_that_vanishes_is_made_again);
  ADD ("a-folder-that-is-removed-at-the-end-stays-away", test_a_folder_that_is_removed_at_the_end_stays_away);
  ADD ("a-folder-may-be-renamed", test_a_folder_may_be_renamed);
  ADD ("writers-share-a-run", test_writers_share_a_run);
  ADD ("a-restart-at-an-earlier-step-supersedes", test_a_restart_at_an_earlier_step_supersedes);
  ADD ("children-that-come-and-go-disturb-nothing", test_children_that_come_and_go_disturb_nothing);
  ADD ("a-thread-writes-where-the-system-refuses", test_a_thread_writes_where_the_system_refuses);
  ADD ("a-program-without-threads-is-told-so", test_a_program_without_threads_is_told_so);

  return g_test_run ();
}
