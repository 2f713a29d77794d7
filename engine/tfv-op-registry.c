/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-op-registry-private.h"

#include <pthread.h>

/* Generated from the list of files in ops/. */
extern const TfvOpFamily *const tfv_op_families[];

static GHashTable    *types_by_name;
static pthread_once_t types_once = PTHREAD_ONCE_INIT;

static void
read_all (void)
{
  GHashTable *types = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; tfv_op_families[i] != NULL; i++)
    for (guint j = 0; j < tfv_op_families[i]->n_defs; j++)
      {
        TfvOpType *type = g_new0 (TfvOpType, 1);

        type->def = &tfv_op_families[i]->defs[j];
        type->signature = tfv_op_signature_new (type->def);
        if (!g_hash_table_insert (types, (gpointer) type->def->type, type))
          g_error ("Op type %s is defined twice", type->def->type);
      }
  types_by_name = types;
}

static GHashTable *
all_types (void)
{
  pthread_once (&types_once, read_all);
  return types_by_name;
}

const TfvOpType *
tfv_op_registry_find (const char *type)
{
  return g_hash_table_lookup (all_types (), type);
}

static int
compare_types (gconstpointer a, gconstpointer b)
{
  const TfvOpType *const *first = a;
  const TfvOpType *const *second = b;

  return g_strcmp0 ((*first)->def->type, (*second)->def->type);
}

/* All op types by name, each a TfvOpType that the registry owns. */
GPtrArray *
tfv_op_registry_dup_types (void)
{
  GPtrArray     *types = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer       type;

  g_hash_table_iter_init (&iter, all_types ());
  while (g_hash_table_iter_next (&iter, NULL, &type))
    g_ptr_array_add (types, type);
  g_ptr_array_sort (types, compare_types);
  return types;
}

const TfvKernel *
tfv_op_def_find_kernel (const TfvOpDef *def, TfvDeviceType device, TfvDataType dtype)
{
  for (const TfvKernel *kernel = def->kernels; kernel != NULL && kernel->compute != NULL; kernel++)
    if (kernel->device == device && (kernel->dtype == dtype || kernel->dtype == TFV_DATA_TYPE_INVALID))
      return kernel;
  return NULL;
}
