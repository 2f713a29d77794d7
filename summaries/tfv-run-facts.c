/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a run finds around it: the machine, and the part of the environment that
 * says how a training behaves. No secrets: what is not known to be none is left
 * out. */

#include "summaries/tfv-run-facts-private.h"

#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "summaries/tfv-git-state-private.h"

#define HIDDEN "***"
#define MAX_VALUE_BYTES 4096

/* The variables that are stored: those of the common libraries, schedulers and
 * launchers that change what is computed, where and how fast. */
static const char *const variables[] = {
  "CONDA_DEFAULT_ENV",
  "CUBLAS_WORKSPACE_CONFIG",
  "CUDA_DEVICE_MAX_CONNECTIONS",
  "CUDA_DEVICE_ORDER",
  "CUDA_LAUNCH_BLOCKING",
  "CUDA_MODULE_LOADING",
  "CUDA_VISIBLE_DEVICES",
  "GOMP_CPU_AFFINITY",
  "GROUP_RANK",
  "HIP_VISIBLE_DEVICES",
  "JAX_PLATFORMS",
  "KERAS_BACKEND",
  "KMP_AFFINITY",
  "LANG",
  "LC_ALL",
  "LD_LIBRARY_PATH",
  "LD_PRELOAD",
  "LOCAL_RANK",
  "LOCAL_WORLD_SIZE",
  "MALLOC_ARENA_MAX",
  "MASTER_ADDR",
  "MASTER_PORT",
  "MKL_NUM_THREADS",
  "NCCL_ALGO",
  "NCCL_DEBUG",
  "NCCL_IB_DISABLE",
  "NCCL_P2P_DISABLE",
  "NCCL_PROTO",
  "NCCL_SOCKET_IFNAME",
  "NVIDIA_TF32_OVERRIDE",
  "NVIDIA_VISIBLE_DEVICES",
  "OMPI_COMM_WORLD_RANK",
  "OMPI_COMM_WORLD_SIZE",
  "OMP_NUM_THREADS",
  "OMP_PROC_BIND",
  "OPENBLAS_NUM_THREADS",
  "PYTHONHASHSEED",
  "PYTHONPATH",
  "PYTORCH_CUDA_ALLOC_CONF",
  "RANK",
  "ROCR_VISIBLE_DEVICES",
  "SLURM_ARRAY_TASK_ID",
  "SLURM_JOB_ID",
  "SLURM_JOB_NODELIST",
  "SLURM_JOB_PARTITION",
  "SLURM_NNODES",
  "SLURM_NTASKS",
  "SLURM_PROCID",
  "TFV_WRITER",
  "TF_CPP_MIN_LOG_LEVEL",
  "TF_CUDNN_DETERMINISTIC",
  "TF_DETERMINISTIC_OPS",
  "TF_ENABLE_ONEDNN_OPTS",
  "TF_FORCE_GPU_ALLOW_GROWTH",
  "TF_GPU_ALLOCATOR",
  "TF_NUM_INTEROP_THREADS",
  "TF_NUM_INTRAOP_THREADS",
  "TF_XLA_FLAGS",
  "TORCH_CUDNN_V8_API_DISABLED",
  "TZ",
  "VIRTUAL_ENV",
  "WORLD_SIZE",
  "XLA_FLAGS",
  "XLA_PYTHON_CLIENT_MEM_FRACTION",
  "XLA_PYTHON_CLIENT_PREALLOCATE",
};

/* The variables of this process that are no secrets. (transfer floating): a{sv} */
GVariant *
tfv_run_facts_get_environment (void)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (variables); i++)
    {
      const char *value = g_getenv (variables[i]);

      if (value != NULL && strlen (value) <= MAX_VALUE_BYTES)
        {
          g_autofree char *valid = g_utf8_make_valid (value, -1);

          g_variant_dict_insert (&dict, variables[i], "s", valid);
        }
    }
  return g_variant_dict_end (&dict);
}

/* What /proc/cpuinfo calls the processor. */
static char *
dup_cpu_model (void)
{
  g_autofree char *text = NULL;
  const char      *line;

  if (!g_file_get_contents ("/proc/cpuinfo", &text, NULL, NULL) || (line = strstr (text, "model name")) == NULL || (line = strchr (line, ':')) == NULL)
    return NULL;
  line++;
  return g_strstrip (g_strndup (line, strcspn (line, "\n")));
}

static void
insert (GVariantDict *dict, const char *name, const char *value)
{
  if (value != NULL && *value != '\0' && g_utf8_validate (value, -1, NULL))
    g_variant_dict_insert (dict, name, "s", value);
}

/* (transfer floating): a{sv} */
GVariant *
tfv_run_facts_get_machine (void)
{
  g_autofree char *cpu = dup_cpu_model ();
  g_autofree char *os = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
  struct utsname   names;
  long             n_pages = sysconf (_SC_PHYS_PAGES);
  long             page_bytes = sysconf (_SC_PAGESIZE);
  GVariantDict     dict;

  g_variant_dict_init (&dict, NULL);
  insert (&dict, "cpu", cpu);
  g_variant_dict_insert (&dict, "cores", "x", (gint64) g_get_num_processors ());
  if (n_pages > 0 && page_bytes > 0)
    g_variant_dict_insert (&dict, "memory_bytes", "x", (gint64) n_pages * page_bytes);
  insert (&dict, "os", os);
  if (uname (&names) == 0)
    {
      insert (&dict, "kernel", names.release);
      insert (&dict, "architecture", names.machine);
    }
  return g_variant_dict_end (&dict);
}

/* Whether an option is named after a secret. Words count and not letters: what
 * has tokens, or a tokenizer, is none. */
static gboolean
names_a_secret (const char *option, gsize length)
{
  static const char *const secrets[] = { "token", "authtoken", "secret", "secretkey", "password", "passwd", "passphrase", "apikey", "accesskey", "credential", "credentials" };
  g_autofree char         *name = g_ascii_strdown (option, (gssize) length);
  g_auto (GStrv)           words = g_strsplit_set (name, "-_.", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      for (guint k = 0; k < G_N_ELEMENTS (secrets); k++)
        if (strcmp (words[i], secrets[k]) == 0)
          return TRUE;
      if (strcmp (words[i], "key") == 0 && i > 0 &&
          (strcmp (words[i - 1], "api") == 0 || strcmp (words[i - 1], "access") == 0 || strcmp (words[i - 1], "private") == 0))
        return TRUE;
    }
  return FALSE;
}

/* Whether a URL's parameter opens what it leads to: also a signature does. */
static gboolean
is_secret_parameter (const char *name, gsize length)
{
  g_autofree char *lower = g_ascii_strdown (name, (gssize) length);

  return names_a_secret (name, length) || strcmp (lower, "sig") == 0 || g_str_has_suffix (lower, "signature");
}

/* An argument without the credentials of its URLs, and the values of their
 * parameters that are secrets. (transfer full) */
static char *
dup_without_url_secrets (const char *argument)
{
  g_autofree char *bare = tfv_git_url_without_credentials (argument);
  const char      *at = strstr (bare, "://");
  GString         *open = g_string_new_len (bare, at != NULL ? at - bare : (gssize) strlen (bare));

  while (at != NULL && *at != '\0')
    {
      gsize length = strcspn (at + 1, "=?&#") + 1;
      char  before = *at;

      g_string_append_len (open, at, (gssize) length);
      if ((before == '?' || before == '&' || before == '#') && at[length] == '=' && is_secret_parameter (at + 1, length - 1))
        {
          g_string_append (open, "=" HIDDEN);
          length += strcspn (at + length, "&#");
        }
      at += length;
    }

  return g_string_free (open, FALSE);
}

/* Whether an argument is an option, and not a value that begins like one: after an
 * option that is named after a secret only "-v" and "--verbose" are. */
static gboolean
is_next_option (const char *argument)
{
  return argument[0] == '-' && (argument[1] == '-' || strlen (argument) <= 2);
}

/* The arguments of a command, with the values of options that are named after a
 * secret, and the credentials and secret parameters of URLs, replaced.
 * (transfer full) */
char **
tfv_run_facts_dup_command (int argc, const char *const *argv)
{
  char   **command = g_new0 (char *, MAX (argc, 0) + 1);
  gboolean hides_next = FALSE;

  for (int i = 0; i < argc && argv != NULL; i++)
    {
      gsize            length = strcspn (argv[i], "=");
      gboolean         has_value = argv[i][length] == '=';
      g_autofree char *name = g_strndup (argv[i], length);

      if (hides_next && !is_next_option (argv[i]))
        command[i] = g_strdup (HIDDEN);
      else if (has_value && strstr (name, "://") == NULL && names_a_secret (name, length))
        command[i] = g_strconcat (name, "=" HIDDEN, NULL);
      else
        command[i] = dup_without_url_secrets (argv[i]);
      hides_next = argv[i][0] == '-' && !has_value && names_a_secret (name, length);
    }
  return command;
}
