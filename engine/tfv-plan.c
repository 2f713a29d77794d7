/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-plan-private.h"

#include <stdlib.h>

#include "engine/tfv-plan-memory-private.h"

#define NO_SLOT G_MAXUINT32

/* What is found out about one op on the way to a plan. */
typedef struct
{
  gboolean    is_needed;
  gboolean    is_folded; /* all outputs are known before the run */
  guint32     first_slot;
  TfvShape   *shapes;
  TfvTensor **values;
} OperationState;

typedef struct
{
  const TfvPlanRequest *request;
  TfvPlan              *plan;
  guint                 n_operations;
  OperationState       *states; /* by id */
  GArray               *input_slots;
  GPtrArray            *input_variables;
  GByteArray           *input_is_ref;
  GPtrArray            *slot_variables; /* by slot: the variable that a reference is to */
} Compiler;

static int
find_feed (const TfvPlanRequest *request, TfvOutput output)
{
  for (guint i = 0; i < request->n_feeds; i++)
    if (tfv_output_equal (request->feeds[i], output))
      return (int) i;
  return -1;
}

static void
need (Compiler *self, GPtrArray *stack, TfvOperation *operation)
{
  OperationState *state = &self->states[operation->id];

  if (state->is_needed)
    return;
  state->is_needed = TRUE;
  g_ptr_array_add (stack, operation);
}

/* Marks what fetches and targets need: backwards along inputs, up to what is
 * fed or known, and along control inputs. */
static void
mark_needed (Compiler *self)
{
  const TfvPlanRequest *request = self->request;
  g_autoptr (GPtrArray) stack = g_ptr_array_new ();

  for (guint i = 0; i < self->n_operations; i++)
    self->states[i].is_needed = FALSE;
  for (guint i = 0; i < request->n_fetches; i++)
    if (find_feed (request, request->fetches[i]) < 0)
      need (self, stack, request->fetches[i].operation);
  for (guint i = 0; i < request->n_targets; i++)
    need (self, stack, request->targets[i]);
  while (stack->len > 0)
    {
      TfvOperation *operation = g_ptr_array_steal_index_fast (stack, stack->len - 1);

      for (guint i = 0; i < operation->n_inputs && !self->states[operation->id].is_folded; i++)
        if (find_feed (request, operation->inputs[i]) < 0)
          need (self, stack, operation->inputs[i].operation);
      for (guint i = 0; i < operation->n_control_inputs; i++)
        need (self, stack, operation->control_inputs[i]);
    }
}

/* Shapes with those of the feeds, and values that follow from them. */
static gboolean
infer (Compiler *self, TfvOperation *operation, GError **error)
{
  OperationState        *state = &self->states[operation->id];
  g_autofree TfvShape   *inputs = g_new (TfvShape, operation->n_inputs);
  g_autofree TfvTensor **constants = g_new0 (TfvTensor *, operation->n_inputs);

  for (guint i = 0; i < operation->n_inputs; i++)
    {
      TfvOutput       input = operation->inputs[i];
      OperationState *source = &self->states[input.operation->id];
      int             feed = find_feed (self->request, input);

      inputs[i] = feed >= 0 ? self->request->feed_shapes[feed] : source->shapes[input.index];
      constants[i] = feed >= 0 ? NULL : source->values[input.index];
    }
  state->shapes = g_new (TfvShape, operation->n_outputs);
  state->values = g_new0 (TfvTensor *, operation->n_outputs);
  if (!tfv_operation_infer (operation, inputs, constants, state->shapes, state->values, error))
    return FALSE;

  state->is_folded = operation->n_outputs > 0 && (operation->type->def->flags & TFV_OP_STATEFUL) == 0;
  for (guint i = 0; i < operation->n_outputs; i++)
    {
      TfvShape merged;

      state->is_folded = state->is_folded && state->values[i] != NULL;
      if (tfv_shape_merge (&state->shapes[i], &operation->outputs[i].shape, &merged))
        state->shapes[i] = merged;
    }
  return TRUE;
}

static guint32
add_slot (Compiler *self, TfvDataType dtype, const TfvShape *shape)
{
  TfvPlan *plan = self->plan;

  plan->slots = g_renew (TfvPlanSlot, plan->slots, plan->n_slots + 1);
  plan->slots[plan->n_slots] = (TfvPlanSlot){ .dtype = dtype, .shape = *shape };
  g_ptr_array_add (self->slot_variables, NULL);
  return plan->n_slots++;
}

static guint32
find_slot (Compiler *self, TfvOutput output)
{
  int feed = find_feed (self->request, output);

  return feed >= 0 ? self->plan->feed_slots[feed] : self->states[output.operation->id].first_slot + (guint32) output.index;
}

/* A reference comes from the variable itself, or through an op that hands on
 * the one it got. */
static void
resolve_references (Compiler *self, const TfvPlanNode *node)
{
  for (guint i = 0; i < node->n_outputs; i++)
    if (node->operation->outputs[i].is_ref)
      self->slot_variables->pdata[node->first_output + i] =
          node->n_inputs > 0 ? self->input_variables->pdata[node->first_input] : node->resource;
}

static gboolean
add_node (Compiler *self, TfvOperation *operation, GError **error)
{
  const TfvOpDef *def = operation->type->def;
  OperationState *state = &self->states[operation->id];
  TfvPlanNode    *node = &self->plan->nodes[self->plan->n_nodes];

  *node = (TfvPlanNode){
    .kernel = tfv_op_def_find_kernel (def, TFV_DEVICE_CPU, tfv_operation_get_kernel_dtype (operation)),
    .operation = operation,
    .first_input = self->input_slots->len,
    .n_inputs = operation->n_inputs,
    .first_output = state->first_slot,
    .n_outputs = operation->n_outputs,
  };
  if (node->kernel == NULL)
    {
      g_set_error (error,
                   TFV_ENGINE_ERROR,
                   TFV_ENGINE_ERROR_UNIMPLEMENTED,
                   "%s '%s': there is no kernel for type %s",
                   def->type,
                   operation->name,
                   tfv_data_type_to_string (tfv_operation_get_kernel_dtype (operation)));
      return FALSE;
    }
  if (def->resource_new != NULL)
    node->resource = self->request->resource_lookup (self->request->session, operation);
  for (guint i = 0; i < operation->n_inputs; i++)
    {
      guint32 slot = find_slot (self, operation->inputs[i]);
      guint   argument = MIN (i, operation->type->signature->n_inputs - 1);
      guint8  is_ref = operation->type->signature->inputs[argument].is_ref;

      g_array_append_val (self->input_slots, slot);
      g_ptr_array_add (self->input_variables, self->slot_variables->pdata[slot]);
      g_byte_array_append (self->input_is_ref, &is_ref, 1);
      if (is_ref && self->slot_variables->pdata[slot] == NULL)
        {
          g_set_error (error,
                       TFV_ENGINE_ERROR,
                       TFV_ENGINE_ERROR_INVALID_ARGUMENT,
                       "%s '%s': variable '%s' is fed and can't be written",
                       def->type,
                       operation->name,
                       operation->inputs[i].operation->name);
          return FALSE;
        }
    }
  resolve_references (self, node);
  self->plan->max_inputs = MAX (self->plan->max_inputs, node->n_inputs);
  self->plan->n_nodes++;
  return TRUE;
}

static void
do_nothing (TfvKernelContext *context)
{
}

/* An Identity of a value: its output is where its input is, and nothing is
 * left to do but to be traced. Of a variable it reads what is there when it
 * runs, and is a node like others. */
static gboolean
add_passing_node (Compiler *self, TfvOperation *operation)
{
  static const TfvKernel kernel = { .compute = do_nothing };
  OperationState        *state = &self->states[operation->id];
  guint32                slot;

  if ((operation->type->def->flags & TFV_OP_PASSES_INPUT) == 0 || state->is_folded)
    return FALSE;
  slot = find_slot (self, operation->inputs[0]);
  if (self->slot_variables->pdata[slot] != NULL)
    return FALSE;
  state->first_slot = slot;
  self->plan->nodes[self->plan->n_nodes++] = (TfvPlanNode){
    .kernel = &kernel,
    .operation = operation,
    .first_input = self->input_slots->len,
    .first_output = slot,
  };
  return TRUE;
}

static void
add_slots (Compiler *self, TfvOperation *operation)
{
  OperationState *state = &self->states[operation->id];

  state->first_slot = self->plan->n_slots;
  for (guint i = 0; i < operation->n_outputs; i++)
    add_slot (self, operation->outputs[i].dtype, &state->shapes[i]);
}

static void
set_constants (Compiler *self)
{
  TfvPlan *plan = self->plan;

  plan->constants = g_new0 (TfvTensor *, plan->n_slots);
  for (guint id = 0; id < self->n_operations; id++)
    {
      OperationState *state = &self->states[id];
      TfvOperation   *operation = g_ptr_array_index (self->request->graph->operations, id);

      for (guint i = 0; state->is_needed && state->is_folded && i < operation->n_outputs; i++)
        plan->constants[state->first_slot + i] = tfv_tensor_ref (state->values[i]);
    }
}

static void
set_fetches (Compiler *self)
{
  TfvPlan *plan = self->plan;

  plan->n_fetches = self->request->n_fetches;
  plan->fetches = g_new (TfvPlanFetch, plan->n_fetches);
  for (guint i = 0; i < plan->n_fetches; i++)
    {
      guint32 slot = find_slot (self, self->request->fetches[i]);

      plan->fetches[i] = (TfvPlanFetch){ slot, self->slot_variables->pdata[slot], self->request->fetches[i].operation };
    }
}

static gboolean
compile (Compiler *self, GError **error)
{
  const TfvPlanRequest *request = self->request;
  TfvPlan              *plan = self->plan;
  GPtrArray            *operations = request->graph->operations;

  mark_needed (self);
  for (guint i = 0; i < self->n_operations; i++)
    if (self->states[i].is_needed && !infer (self, g_ptr_array_index (operations, i), error))
      return FALSE;
  mark_needed (self);

  plan->n_feeds = request->n_feeds;
  plan->feed_slots = g_new (guint32, request->n_feeds);
  for (guint i = 0; i < request->n_feeds; i++)
    plan->feed_slots[i] = add_slot (self, tfv_output_get_dtype (request->feeds[i]), &request->feed_shapes[i]);
  plan->nodes = g_new (TfvPlanNode, self->n_operations);
  for (guint i = 0; i < self->n_operations; i++)
    if (self->states[i].is_needed && !add_passing_node (self, g_ptr_array_index (operations, i)))
      {
        add_slots (self, g_ptr_array_index (operations, i));
        if (!self->states[i].is_folded && !add_node (self, g_ptr_array_index (operations, i), error))
          return FALSE;
      }
  set_constants (self);
  set_fetches (self);
  plan->input_slots = (guint32 *) g_array_free (g_steal_pointer (&self->input_slots), FALSE);
  plan->input_may_forward = g_new0 (guint8, self->input_is_ref->len);
  plan->input_is_ref = g_byte_array_free (g_steal_pointer (&self->input_is_ref), FALSE);
  plan->input_variables = (TfvVariableState **) g_ptr_array_free (g_steal_pointer (&self->input_variables), FALSE);
  tfv_plan_lay_out_memory (plan);
  return TRUE;
}

static void
compiler_clear (Compiler *self)
{
  for (guint id = 0; id < self->n_operations; id++)
    {
      OperationState *state = &self->states[id];
      TfvOperation   *operation = g_ptr_array_index (self->request->graph->operations, id);

      for (guint i = 0; state->values != NULL && i < operation->n_outputs; i++)
        g_clear_pointer (&state->values[i], tfv_tensor_unref);
      g_free (state->values);
      g_free (state->shapes);
    }
  g_free (self->states);
  g_clear_pointer (&self->input_slots, g_array_unref);
  g_clear_pointer (&self->input_variables, g_ptr_array_unref);
  g_clear_pointer (&self->input_is_ref, g_byte_array_unref);
  g_clear_pointer (&self->slot_variables, g_ptr_array_unref);
}

/* Compiles a plan; NULL, with an error that names the operation, where the
 * shapes of the feeds do not fit or a kernel is missing. */
TfvPlan *
tfv_plan_new (const TfvPlanRequest *request, GError **error)
{
  TfvPlan *plan = g_new0 (TfvPlan, 1);
  Compiler compiler = { .request = request, .plan = plan };
  gboolean is_good;

  plan->ref_count = 1;
  pthread_mutex_init (&plan->states_lock, NULL);
  plan->states = g_ptr_array_new ();
  g_rec_mutex_lock (&request->graph->lock);
  compiler.n_operations = request->graph->operations->len;
  compiler.states = g_new0 (OperationState, compiler.n_operations);
  compiler.input_slots = g_array_new (FALSE, FALSE, sizeof (guint32));
  compiler.input_variables = g_ptr_array_new ();
  compiler.input_is_ref = g_byte_array_new ();
  compiler.slot_variables = g_ptr_array_new ();
  is_good = compile (&compiler, error);
  compiler_clear (&compiler);
  g_rec_mutex_unlock (&request->graph->lock);
  if (!is_good)
    g_clear_pointer (&plan, tfv_plan_unref);
  return plan;
}

static void
run_state_free (TfvPlan *plan, TfvRunState *state)
{
  for (guint i = 0; i < plan->n_slots; i++)
    {
      if (state->slots[i] != NULL && state->slots[i] != state->planned[i])
        tfv_tensor_unref (state->slots[i]);
      g_clear_pointer (&state->planned[i], tfv_tensor_unref);
    }
  g_free (state->slots);
  g_free (state->planned);
  g_free (state->inputs);
  free (state->arena);
  g_free (state);
}

TfvPlan *
tfv_plan_ref (TfvPlan *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
tfv_plan_unref (TfvPlan *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  for (guint i = 0; i < self->states->len; i++)
    run_state_free (self, self->states->pdata[i]);
  g_ptr_array_unref (self->states);
  for (guint i = 0; self->constants != NULL && i < self->n_slots; i++)
    g_clear_pointer (&self->constants[i], tfv_tensor_unref);
  g_free (self->constants);
  g_free (self->nodes);
  g_free (self->input_slots);
  g_free (self->input_variables);
  g_free (self->input_is_ref);
  g_free (self->input_may_forward);
  g_free (self->releases);
  g_free (self->slots);
  g_free (self->feed_slots);
  g_free (self->fetches);
  pthread_mutex_destroy (&self->states_lock);
  g_free (self);
}

static TfvRunState *
run_state_new (TfvPlan *plan)
{
  TfvRunState *state = g_new0 (TfvRunState, 1);

  state->slots = g_new0 (TfvTensor *, plan->n_slots);
  state->planned = g_new0 (TfvTensor *, plan->n_slots);
  state->inputs = g_new0 (TfvTensor *, plan->max_inputs);
  /* Without an arena kernels allocate for themselves, so that the one for which
   * there is not enough is named. */
  if (plan->arena_bytes > 0)
    state->arena = aligned_alloc (TFV_TENSOR_ALIGNMENT_BYTES, plan->arena_bytes);
  for (guint i = 0; i < plan->n_slots; i++)
    {
      if (plan->constants[i] != NULL)
        state->slots[i] = tfv_tensor_ref (plan->constants[i]);
      if (plan->slots[i].is_planned && state->arena != NULL)
        state->planned[i] = tfv_tensor_new_in_arena (plan->slots[i].dtype, &plan->slots[i].shape, (char *) state->arena + plan->slots[i].offset_bytes);
    }
  return state;
}

/* A state nobody else uses. */
TfvRunState *
tfv_plan_acquire_state (TfvPlan *self)
{
  TfvRunState *state = NULL;

  pthread_mutex_lock (&self->states_lock);
  if (self->states->len > 0)
    state = g_ptr_array_steal_index_fast (self->states, self->states->len - 1);
  pthread_mutex_unlock (&self->states_lock);
  return state != NULL ? state : run_state_new (self);
}

void
tfv_plan_release_state (TfvPlan *self, TfvRunState *state)
{
  pthread_mutex_lock (&self->states_lock);
  g_ptr_array_add (self->states, state);
  pthread_mutex_unlock (&self->states_lock);
}
