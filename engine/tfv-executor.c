/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-executor-private.h"

#include <time.h>

#include "engine/tfv-floating-point-private.h"

static gint64
now_ns (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (gint64) time.tv_sec * G_GINT64_CONSTANT (1000000000) + time.tv_nsec;
}

static void
drop (TfvRunState *state, guint32 slot)
{
  TfvTensor *tensor = g_steal_pointer (&state->slots[slot]);

  if (tensor != NULL && tensor != state->planned[slot])
    tfv_tensor_unref (tensor);
}

static void
fail_uninitialized (const TfvOperation *variable, GError **error)
{
  g_set_error (error,
               TFV_ENGINE_ERROR,
               TFV_ENGINE_ERROR_FAILED_PRECONDITION,
               "%s '%s': Attempting to use uninitialized value %s",
               tfv_operation_get_op_type (variable),
               variable->name,
               variable->name);
}

/* Collects the inputs; values of variables are held while the kernel runs. */
static gboolean
read_inputs (TfvPlan *plan, TfvRunState *state, const TfvPlanNode *node, GError **error)
{
  for (guint i = 0; i < node->n_inputs; i++)
    {
      guint32           index = node->first_input + i;
      TfvVariableState *variable = plan->input_variables[index];

      if (variable == NULL)
        state->inputs[i] = state->slots[plan->input_slots[index]];
      else if (plan->input_is_ref[index])
        state->inputs[i] = NULL;
      else
        {
          state->inputs[i] = tfv_variable_state_dup_value (variable);
          if (state->inputs[i] == NULL)
            {
              fail_uninitialized (node->operation->inputs[i].operation, error);
              return FALSE;
            }
        }
    }
  return TRUE;
}

static void
drop_inputs (TfvPlan *plan, TfvRunState *state, const TfvPlanNode *node)
{
  for (guint i = 0; i < node->n_inputs; i++)
    if (plan->input_variables[node->first_input + i] != NULL)
      g_clear_pointer (&state->inputs[i], tfv_tensor_unref);
    else
      state->inputs[i] = NULL;
}

static gboolean
run_node (TfvPlan *plan, TfvRunState *state, const TfvPlanNode *node, GError **error)
{
  GError          *local_error = NULL;
  TfvKernelContext context = {
    .operation = node->operation,
    .data = node->kernel->data,
    .resource = node->resource,
    .n_inputs = node->n_inputs,
    .inputs = state->inputs,
    .variables = &plan->input_variables[node->first_input],
    .may_forward = &plan->input_may_forward[node->first_input],
    .n_outputs = node->n_outputs,
    .outputs = &state->slots[node->first_output],
    .planned = &state->planned[node->first_output],
    .error = &local_error,
  };

  if (read_inputs (plan, state, node, &local_error))
    node->kernel->compute (&context);
  drop_inputs (plan, state, node);
  if (G_UNLIKELY (local_error != NULL))
    {
      g_propagate_error (error, local_error);
      return FALSE;
    }
  return TRUE;
}

static gboolean
run_nodes (TfvPlan *plan, TfvRunState *state, const TfvRunHooks *hooks, GError **error)
{
  for (guint n = 0; n < plan->n_nodes; n++)
    {
      const TfvPlanNode *node = &plan->nodes[n];
      gint64             start_ns = hooks != NULL ? now_ns () : 0;

      if (!run_node (plan, state, node, error))
        return FALSE;
      if (hooks != NULL)
        hooks->node_done (hooks->data, node->operation, start_ns, now_ns ());
      for (guint i = 0; i < node->n_releases; i++)
        drop (state, plan->releases[node->first_release + i]);
    }
  return TRUE;
}

/* The caller's own references; what lies in the arena is copied out. */
static gboolean
take_fetches (TfvPlan *plan, TfvRunState *state, TfvTensor **fetches, GError **error)
{
  for (guint i = 0; i < plan->n_fetches; i++)
    {
      const TfvPlanFetch *fetch = &plan->fetches[i];
      TfvTensor          *tensor = state->slots[fetch->slot];

      if (fetch->variable != NULL)
        fetches[i] = tfv_variable_state_dup_value (fetch->variable);
      else if (tensor != NULL)
        fetches[i] = tfv_tensor_is_in_arena (tensor) ? tfv_tensor_copy (tensor) : tfv_tensor_ref (tensor);
      if (fetches[i] == NULL)
        {
          fail_uninitialized (fetch->operation, error);
          for (guint j = 0; j < i; j++)
            g_clear_pointer (&fetches[j], tfv_tensor_unref);
          return FALSE;
        }
    }
  return TRUE;
}

/* Runs a plan. The tensors of the feeds have the types and shapes that it was
 * made for. Sets the fetches to new references, or to NULL where it fails. */
gboolean
tfv_executor_run (TfvPlan *plan, TfvTensor *const *feeds, TfvTensor **fetches, const TfvRunHooks *hooks, GError **error)
{
  TfvRunState *state = tfv_plan_acquire_state (plan);
  guint        floating_point_mode;
  gboolean     is_good;

  for (guint i = 0; i < plan->n_fetches; i++)
    fetches[i] = NULL;
  for (guint i = 0; i < plan->n_feeds; i++)
    state->slots[plan->feed_slots[i]] = tfv_tensor_ref (feeds[i]);
  floating_point_mode = tfv_floating_point_begin ();
  is_good = run_nodes (plan, state, hooks, error) && take_fetches (plan, state, fetches, error);
  tfv_floating_point_end (floating_point_mode);

  for (guint i = 0; i < plan->n_feeds; i++)
    drop (state, plan->feed_slots[i]);
  for (guint i = 0; i < plan->n_fetches; i++)
    if (plan->constants[plan->fetches[i].slot] == NULL)
      drop (state, plan->fetches[i].slot);
  for (guint i = 0; !is_good && i < plan->n_slots; i++)
    if (plan->constants[i] == NULL)
      drop (state, i);
  tfv_plan_release_state (plan, state);
  return is_good;
}
