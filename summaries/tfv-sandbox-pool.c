/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-sandbox-pool-private.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"

#define MAX_PROCESSES 8

/* For records that are read on demand. */
#define MAX_IDLE_PROCESSES 4

G_LOCK_DEFINE_STATIC (pool);
static GPtrArray  *processes;
static GPtrArray  *idle_processes;
static char       *program;
static const char *state;
static gboolean    is_looked_for;
static gboolean    has_run;
static pid_t       owner;

static void forget_own (gpointer process);

/* The process that the thread reads with. */
static GPrivate own_process = G_PRIVATE_INIT (forget_own);

/* It stands beside the library in a build tree, and otherwise where it was
 * installed. NULL where files are to be parsed in the program itself. */
static char *
find_program (void)
{
  const char      *chosen = secure_getenv ("TFV_READER");
  g_autofree char *beside = NULL;
  g_autofree char *folder = NULL;
  Dl_info          library;

  if (chosen != NULL && *chosen != '\0')
    return strcmp (chosen, "none") != 0 ? g_strdup (chosen) : NULL;
  if (dladdr ((gconstpointer) (guintptr) find_program, &library) != 0 && library.dli_fname != NULL)
    {
      folder = g_path_get_dirname (library.dli_fname);
      beside = g_build_filename (folder, TFV_READER_PROCESS_NAME, NULL);
      if (access (beside, X_OK) == 0)
        return g_steal_pointer (&beside);
    }
  if (access (TFV_LIBEXECDIR "/" TFV_READER_PROCESS_NAME, X_OK) == 0)
    return g_strdup (TFV_LIBEXECDIR "/" TFV_READER_PROCESS_NAME);
  return NULL;
}

static void
set_state (const char *text)
{
  if (state != text)
    g_info ("event files are parsed %s", text);
  state = text;
}

/* A child that was forked has the descriptors but not the processes: it has to
 * have its own, and leaves those of its parent alone. */
static void
look_for_program_locked (void)
{
  if (is_looked_for && owner == getpid ())
    return;
  owner = getpid ();
  processes = g_ptr_array_new ();
  idle_processes = g_ptr_array_new ();
  g_private_set (&own_process, NULL);
  if (!is_looked_for)
    {
      program = find_program ();
      if (program == NULL)
        set_state ("in this process: there is no " TFV_READER_PROCESS_NAME);
    }
  is_looked_for = TRUE;
}

/* Starts one more. NULL without an error where there can't be any. */
static TfvSandboxProcess *
start_locked (GPtrArray *list, GError **error)
{
  g_autoptr (GError) failure = NULL;
  TfvSandboxProcess *process = program != NULL ? tfv_sandbox_process_start (program, &failure) : NULL;

  if (process != NULL)
    {
      has_run = TRUE;
      set_state (process->is_confined ? "in a process that may do nothing else" : "in a process of their own, which the system does not let be confined");
      g_ptr_array_add (list, process);
    }
  else if (has_run)
    {
      /* What ended the others must not get at us. */
      g_propagate_error (error, g_steal_pointer (&failure));
    }
  else if (program != NULL)
    {
      set_state ("in this process: " TFV_READER_PROCESS_NAME " does not run");
      g_info ("%s", failure->message);
      g_clear_pointer (&program, g_free);
    }
  return process;
}

static void
remove_dead_locked (GPtrArray *list)
{
  for (guint i = list->len; i-- > 0;)
    {
      TfvSandboxProcess *process = list->pdata[i];

      if (!process->is_dead)
        continue;
      g_ptr_array_remove_index (list, i);
      tfv_sandbox_process_unref (process);
    }
}

static void
remove_unused_locked (TfvSandboxProcess *process)
{
  if (process->n_files == 0 && process->n_users == 0 && owner == getpid () && g_ptr_array_remove (processes, process))
    tfv_sandbox_process_unref (process);
}

/* The thread ends. */
static void
forget_own (gpointer data)
{
  TfvSandboxProcess *process = data;

  G_LOCK (pool);
  process->n_users--;
  remove_unused_locked (process);
  G_UNLOCK (pool);
  tfv_sandbox_process_unref (process);
}

static TfvSandboxProcess *
find_least_used_locked (void)
{
  TfvSandboxProcess *least = NULL;

  for (guint i = 0; i < processes->len; i++)
    {
      TfvSandboxProcess *process = processes->pdata[i];

      if (least == NULL || process->n_users < least->n_users)
        least = process;
    }
  return least;
}

/* The process for a file that this thread begins to read: each thread has one,
 * as long as there are not too many. (transfer full): NULL without an error
 * where files are parsed in the program itself */
TfvSandboxProcess *
tfv_sandbox_pool_get (GError **error)
{
  TfvSandboxProcess *process, *least;

  G_LOCK (pool);
  look_for_program_locked ();
  remove_dead_locked (processes);
  process = g_private_get (&own_process);
  if (process != NULL && process->is_dead)
    {
      g_private_set (&own_process, NULL);
      tfv_sandbox_process_unref (process);
      process = NULL;
    }
  if (process == NULL)
    {
      least = find_least_used_locked ();
      if (least != NULL && (least->n_users == 0 || processes->len >= MIN (g_get_num_processors (), MAX_PROCESSES)))
        process = least;
      else
        process = start_locked (processes, error);
      if (process != NULL)
        {
          process->n_users++;
          g_private_set (&own_process, tfv_sandbox_process_ref (process));
        }
    }
  if (process != NULL)
    tfv_sandbox_process_ref (process);
  G_UNLOCK (pool);
  return process;
}

/* A process that is not at work now, for one request; locked. (transfer full):
 * NULL without an error where files are parsed in the program itself */
TfvSandboxProcess *
tfv_sandbox_pool_get_idle (GError **error)
{
  TfvSandboxProcess *process = NULL;
  gboolean           is_locked = FALSE;

  G_LOCK (pool);
  look_for_program_locked ();
  remove_dead_locked (idle_processes);
  for (guint i = 0; i < idle_processes->len && !is_locked; i++)
    {
      process = idle_processes->pdata[i];
      is_locked = g_mutex_trylock (&process->lock);
    }
  if (!is_locked && idle_processes->len < MIN (g_get_num_processors (), MAX_IDLE_PROCESSES))
    process = start_locked (idle_processes, error);
  if (process != NULL)
    tfv_sandbox_process_ref (process);
  G_UNLOCK (pool);

  if (process != NULL && !is_locked)
    g_mutex_lock (&process->lock);
  /* One that somebody ended meanwhile is no use. */
  if (process != NULL && !tfv_sandbox_process_is_there (process))
    {
      g_mutex_unlock (&process->lock);
      tfv_sandbox_process_unref (process);
      return tfv_sandbox_pool_get_idle (error);
    }
  return process;
}

void
tfv_sandbox_pool_add_file (TfvSandboxProcess *process)
{
  G_LOCK (pool);
  process->n_files++;
  G_UNLOCK (pool);
}

void
tfv_sandbox_pool_remove_file (TfvSandboxProcess *process)
{
  G_LOCK (pool);
  process->n_files--;
  remove_unused_locked (process);
  G_UNLOCK (pool);
}

/* How files are parsed, in words that go on "event files are parsed …". */
const char *
tfv_sandbox_pool_get_state (void)
{
  const char *text;

  G_LOCK (pool);
  look_for_program_locked ();
  if (state == NULL)
    {
      TfvSandboxProcess *process = start_locked (idle_processes, NULL);

      (void) process;
    }
  text = state;
  G_UNLOCK (pool);
  return text;
}
