/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the process that parses may still do. */

#include "summaries/tfv-reader-confinement-private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Sanitizers need address space by the terabyte, and system calls of their own:
 * built with one, the process is only a process. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED 1
#else
#define IS_SANITIZED 0
#endif

#if defined(__x86_64__) && defined(__LP64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCHITECTURE AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define ARCHITECTURE AUDIT_ARCH_PPC64LE
#endif

/* A record of an event file is at most 2 GiB; a file that asks for more than this
 * gets nothing. */
#define MAX_ADDRESS_SPACE (G_GUINT64_CONSTANT (4) << 30)
#define MAX_FILES 4096
#define CPU_SECONDS 120

static void
limit (int resource, rlim_t soft, rlim_t hard)
{
  struct rlimit limits;

  if (getrlimit ((__rlimit_resource_t) resource, &limits) != 0)
    return;
  limits.rlim_max = MIN (limits.rlim_max, hard);
  limits.rlim_cur = MIN (soft, limits.rlim_max);
  setrlimit ((__rlimit_resource_t) resource, &limits);
}

/* The program raises those on time and space where it sees fit. */
static void
set_limits (void)
{
  limit (RLIMIT_CORE, 0, 0);
  limit (RLIMIT_FSIZE, 0, 0);
  limit (RLIMIT_NPROC, 0, 0);
  limit (RLIMIT_NOFILE, MAX_FILES, MAX_FILES);
  limit (RLIMIT_CPU, CPU_SECONDS, RLIM_INFINITY);
  if (!IS_SANITIZED)
    limit (RLIMIT_AS, MAX_ADDRESS_SPACE, RLIM_INFINITY);
}

#ifdef ARCHITECTURE

#define LOAD(field) BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, field))
#define ALLOW BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define REFUSE BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
#define KILL BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)
#define ALLOW_CALL(name) BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), ALLOW

/* The low half of an argument, on the machines above. */
#define LOAD_ARGUMENT(n) LOAD (args[n])
#define IF_CALL(name, n_skipped) BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, n_skipped)

/* Memory may be had, but none that can be executed. */
#define ALLOW_UNLESS_EXECUTABLE(name)                         \
  IF_CALL (name, 4),                                          \
      LOAD_ARGUMENT (2),                                      \
      BPF_JUMP (BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0), \
      ALLOW,                                                  \
      REFUSE

/* Of what can be done to a descriptor: none has a process signalled, or locks. */
#define ALLOW_DESCRIPTORS                                          \
  IF_CALL (fcntl, 6),                                              \
      LOAD_ARGUMENT (1),                                           \
      BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, F_DUPFD_CLOEXEC, 2, 0), \
      BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, F_GETFD, 1, 0),         \
      BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, F_GETFL, 0, 1),         \
      ALLOW,                                                       \
      REFUSE

/* Reading from what it was given, memory, talking to the program, and ending:
 * nothing that opens, starts, connects, signals or looks around. Whatever else
 * is called fails, as it may for many reasons, and the library goes on. */
static const struct sock_filter filter[] = {
  LOAD (arch),
  BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
  KILL,
  LOAD (nr),
  ALLOW_CALL (pread64),
  ALLOW_CALL (recvfrom),
  ALLOW_CALL (recvmsg),
  ALLOW_CALL (sendto),
  ALLOW_CALL (read),
  ALLOW_CALL (write),
  ALLOW_CALL (lseek),
  ALLOW_CALL (fstat),
  ALLOW_CALL (close),
  ALLOW_CALL (futex),
  ALLOW_CALL (brk),
  ALLOW_CALL (munmap),
  ALLOW_CALL (mremap),
  ALLOW_CALL (madvise),
  ALLOW_CALL (clock_gettime),
  ALLOW_CALL (clock_nanosleep),
  ALLOW_CALL (nanosleep),
  ALLOW_CALL (gettimeofday),
  ALLOW_CALL (getrandom),
  ALLOW_CALL (getpid),
  ALLOW_CALL (gettid),
  ALLOW_CALL (sched_yield),
  ALLOW_CALL (rt_sigprocmask),
  ALLOW_CALL (rt_sigreturn),
  ALLOW_CALL (restart_syscall),
  ALLOW_CALL (exit),
  ALLOW_CALL (exit_group),
  ALLOW_UNLESS_EXECUTABLE (mmap),
  ALLOW_UNLESS_EXECUTABLE (mprotect),
  ALLOW_DESCRIPTORS,
  REFUSE,
};

static gboolean
set_filter (void)
{
  const struct sock_fprog program = { G_N_ELEMENTS (filter), (struct sock_filter *) filter };

  /* For all threads, those that are there already too. Older kernels slow a
   * filtered process down, lest others listen to it; it has nothing to hide. */
  return syscall (SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program) == 0;
}

#else

static gboolean
set_filter (void)
{
  return FALSE;
}

#endif

/* Gives up, for ever, whatever parsing does not need. FALSE where the system, a
 * container's rules or a sanitizer don't let it be all of that. */
gboolean
tfv_reader_confine (void)
{
  gboolean is_bound = prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;

  if (!IS_SANITIZED)
    prctl (PR_SET_DUMPABLE, 0, 0, 0, 0);
  set_limits ();
  return is_bound && !IS_SANITIZED && set_filter ();
}
