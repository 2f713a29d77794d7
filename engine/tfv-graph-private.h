/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-attribute-private.h"
#include "engine/tfv-graph.h"
#include "engine/tfv-op-registry-private.h"

G_BEGIN_DECLS

typedef struct
{
  TfvDataType dtype;
  gboolean    is_ref;
  TfvShape    shape;
  TfvTensor  *constant; /* its value where building knows it already */
} TfvOutputInfo;

struct _TfvOperation
{
  TfvGraph        *graph; /* not owned: the graph owns the operation */
  guint            id;    /* greater than that of every input */
  char            *name;
  char            *device;
  const TfvOpType *type;
  guint            n_inputs;
  TfvOutput       *inputs;
  guint            n_control_inputs;
  TfvOperation   **control_inputs;
  guint            n_outputs;
  TfvOutputInfo   *outputs;
  TfvAttribute    *attributes; /* one for each of the signature's */
  /* What an op that wants a value, not a reference, gets in place of output 0:
   * the "read" of a variable. */
  TfvOutput     snapshot;
  TfvOperation *initializer;
};

/* One level of push_control_dependencies. */
typedef struct
{
  GPtrArray *operations; /* NULL where the level leaves the outer ones */
  guint      start_id;   /* what has an id from here was built inside it */
} TfvControlScope;

struct _TfvGraph
{
  GObject parent_instance;

  GRecMutex   lock;
  GError     *error;
  GPtrArray  *operations; /* by id */
  GHashTable *operations_by_name;
  GHashTable *names_in_use; /* lower case name -> number of times it was asked for */
  GPtrArray  *scopes;       /* full names, innermost last */
  GArray     *control_scopes;
  GPtrArray  *devices; /* innermost last */
  GArray     *variables;
  GArray     *trainable_variables;
  gint64      seed;
  gboolean    has_seed;
};

void tfv_graph_fail (TfvGraph *self, TfvEngineError code, const char *format, ...) G_GNUC_PRINTF (3, 4);
void tfv_graph_take_error (TfvGraph *self, GError *error);
void tfv_graph_add_operation (TfvGraph *self, TfvOperation *operation);
void tfv_graph_add_variable (TfvGraph *self, TfvOutput variable, gboolean trainable);
void tfv_graph_get_op_seeds (TfvGraph *self, gint64 seed, gint64 *seed_attr, gint64 *seed2_attr);

char *tfv_graph_dup_unique_name (TfvGraph *self, const char *name);
char *tfv_graph_dup_device (TfvGraph *self, const char *device);
void  tfv_graph_append_control_inputs (TfvGraph *self, GPtrArray *control_inputs, const TfvOutput *inputs, guint n_inputs);
/* Enters a scope by its full name, as when it is entered again. */
void tfv_graph_push_absolute_scope (TfvGraph *self, const char *full_name);

void                tfv_operation_free (TfvOperation *self);
const TfvAttribute *tfv_operation_get_attribute (const TfvOperation *self, const char *name);
TfvDataType         tfv_operation_get_kernel_dtype (const TfvOperation *self);
gboolean            tfv_operation_infer (const TfvOperation *self,
                                         const TfvShape     *inputs,
                                         TfvTensor *const   *constants,
                                         TfvShape           *outputs,
                                         TfvTensor         **values,
                                         GError            **error);

G_END_DECLS
