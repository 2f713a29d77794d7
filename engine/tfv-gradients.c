/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-gradient-private.h"

#include "engine/tfv-graph-private.h"
#include "engine/tfv-ops.h"

/* The walk from ys back to xs. Ids are a topological order, so that going
 * through them downwards visits an op when the gradients of all its uses are
 * known. */
typedef struct
{
  TfvGraph *graph;
  guint     n_operations; /* when the walk began */
  gboolean *reaches_y;
  gboolean *reaches_x;
  GArray  **grads; /* by id: Contributions to the outputs, or NULL */
} Walk;

/* One contribution to the gradient of one output. */
typedef struct
{
  int       index;
  TfvOutput grad;
} Contribution;

void
tfv_gradient_unbroadcast (TfvOperation *operation, TfvOutput x_grad, TfvOutput y_grad, TfvOutput *input_grads)
{
  TfvOutput x = operation->inputs[0];
  TfvOutput y = operation->inputs[1];
  TfvShape  x_shape = tfv_output_get_shape (x);
  TfvShape  y_shape = tfv_output_get_shape (y);

  if (tfv_shape_is_fully_known (&x_shape) && tfv_shape_equal (&x_shape, &y_shape))
    {
      input_grads[0] = x_grad;
      input_grads[1] = y_grad;
      return;
    }
  TfvOutput x_size = tfv_shape_of (x, NULL);
  TfvOutput y_size = tfv_shape_of (y, NULL);
  TfvOutput y_axes;
  TfvOutput x_axes = tfv_broadcast_gradient_args (x_size, y_size, &y_axes, NULL);

  input_grads[0] = tfv_reshape (tfv_reduce_sum (x_grad, x_axes, FALSE, NULL), x_size, NULL);
  input_grads[1] = tfv_reshape (tfv_reduce_sum (y_grad, y_axes, FALSE, NULL), y_size, NULL);
}

TfvOutput
tfv_constant_like (TfvOutput like, double value)
{
  g_autoptr (TfvTensor) tensor = NULL;

  if (tfv_output_is_none (like))
    return TFV_OUTPUT_NONE;
  tensor = tfv_tensor_new (tfv_output_get_dtype (like), tfv_shape_scalar ());
  tfv_tensor_set_value (tensor, 0, value);
  return tfv_constant (like.operation->graph, tensor, NULL);
}

static gboolean
is_differentiable (TfvOutput output)
{
  return tfv_data_type_is_floating (tfv_output_get_dtype (output));
}

static gboolean
stops_gradient (const TfvOperation *operation)
{
  return (operation->type->def->flags & TFV_OP_NO_GRADIENT) != 0;
}

/* Marks what ys are made from, going down, and what xs lead to, going up. */
static void
mark (Walk *self, const TfvOutput *ys, guint n_ys, const TfvOutput *xs, guint n_xs)
{
  for (guint i = 0; i < n_ys; i++)
    self->reaches_y[ys[i].operation->id] = TRUE;
  for (guint i = 0; i < n_xs; i++)
    self->reaches_x[xs[i].operation->id] = TRUE;
  for (guint id = self->n_operations; id-- > 0;)
    {
      TfvOperation *operation = g_ptr_array_index (self->graph->operations, id);

      for (guint i = 0; self->reaches_y[id] && !stops_gradient (operation) && i < operation->n_inputs; i++)
        if (is_differentiable (operation->inputs[i]))
          self->reaches_y[operation->inputs[i].operation->id] = TRUE;
    }
  for (guint id = 0; id < self->n_operations; id++)
    {
      TfvOperation *operation = g_ptr_array_index (self->graph->operations, id);

      for (guint i = 0; !stops_gradient (operation) && i < operation->n_inputs; i++)
        if (is_differentiable (operation->inputs[i]) && self->reaches_x[operation->inputs[i].operation->id])
          self->reaches_x[id] = TRUE;
    }
}

static void
contribute (Walk *self, TfvOutput output, TfvOutput grad)
{
  Contribution contribution = { output.index, grad };
  GArray     **grads = &self->grads[output.operation->id];

  if (*grads == NULL)
    *grads = g_array_new (FALSE, FALSE, sizeof (Contribution));
  g_array_append_val (*grads, contribution);
}

/* The sum of what has come for an output; none where nothing has. */
static TfvOutput
sum_contributions (Walk *self, TfvOutput output)
{
  GArray            *grads = self->grads[output.operation->id];
  g_autoptr (GArray) terms = g_array_new (FALSE, FALSE, sizeof (TfvOutput));

  for (guint i = 0; grads != NULL && i < grads->len; i++)
    {
      Contribution *contribution = &g_array_index (grads, Contribution, i);

      if (contribution->index == output.index)
        g_array_append_val (terms, contribution->grad);
    }
  if (terms->len == 0)
    return TFV_OUTPUT_NONE;
  if (terms->len == 1)
    return g_array_index (terms, TfvOutput, 0);
  return tfv_add_n ((const TfvOutput *) terms->data, terms->len, NULL);
}

/* Replaces the contributions by their sum, so that xs get the same op. */
static TfvOutput
settle (Walk *self, TfvOutput output)
{
  TfvOutput sum = sum_contributions (self, output);
  GArray   *grads = self->grads[output.operation->id];

  for (guint i = grads != NULL ? grads->len : 0; i-- > 0;)
    if (g_array_index (grads, Contribution, i).index == output.index)
      g_array_remove_index (grads, i);
  if (!tfv_output_is_none (sum))
    contribute (self, output, sum);
  return sum;
}

static gboolean
differentiate (Walk *self, TfvOperation *operation)
{
  const TfvOpDef       *def = operation->type->def;
  g_autofree TfvOutput *output_grads = g_new (TfvOutput, operation->n_outputs);
  g_autofree TfvOutput *input_grads = g_new (TfvOutput, operation->n_inputs);
  gboolean              has_grad = FALSE;

  for (guint i = 0; i < operation->n_outputs; i++)
    {
      output_grads[i] = settle (self, (TfvOutput){ operation, (int) i });
      has_grad = has_grad || !tfv_output_is_none (output_grads[i]);
    }
  if (!has_grad || operation->n_inputs == 0 || stops_gradient (operation))
    return self->graph->error == NULL;
  if (def->gradient == NULL)
    {
      tfv_graph_fail (self->graph, TFV_ENGINE_ERROR_UNIMPLEMENTED, "%s '%s': no gradient is defined for this type of operation", def->type, operation->name);
      return FALSE;
    }

  g_autofree char *scope = g_strconcat (operation->name, "_grad", NULL);

  for (guint i = 0; i < operation->n_inputs; i++)
    input_grads[i] = TFV_OUTPUT_NONE;
  tfv_graph_push_scope (self->graph, scope);
  def->gradient (operation, output_grads, input_grads);
  tfv_graph_pop_scope (self->graph);
  for (guint i = 0; i < operation->n_inputs; i++)
    if (!tfv_output_is_none (input_grads[i]) && self->reaches_x[operation->inputs[i].operation->id])
      contribute (self, operation->inputs[i], input_grads[i]);
  return self->graph->error == NULL;
}

static gboolean
check (TfvGraph *graph, const TfvOutput *outputs, guint n_outputs, const char *what)
{
  for (guint i = 0; i < n_outputs; i++)
    {
      if (tfv_output_is_none (outputs[i]) || outputs[i].operation->graph != graph)
        tfv_graph_fail (graph, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "gradients: %s %u is no output of this graph", what, i);
      else if (!is_differentiable (outputs[i]))
        tfv_graph_fail (graph,
                        TFV_ENGINE_ERROR_INVALID_ARGUMENT,
                        "gradients: %s '%s' has type %s, through which no gradient flows",
                        what,
                        outputs[i].operation->name,
                        tfv_data_type_to_string (tfv_output_get_dtype (outputs[i])));
      if (graph->error != NULL)
        return FALSE;
    }
  return TRUE;
}

static void
start (Walk *self, const TfvOutput *ys, guint n_ys, const TfvOutput *grad_ys)
{
  for (guint i = 0; i < n_ys; i++)
    if (grad_ys != NULL && !tfv_output_is_none (grad_ys[i]))
      contribute (self, ys[i], grad_ys[i]);
    else
      contribute (self, ys[i], tfv_fill (tfv_shape_of (ys[i], NULL), tfv_constant_like (ys[i], 1.0), "grad_ys"));
}

/**
 * tfv_gradients: (skip)
 * @graph: a graph
 * @ys: (array length=n_ys): outputs whose sum is differentiated
 * @n_ys: how many there are
 * @xs: (array length=n_xs): outputs, variables say, to differentiate by
 * @n_xs: how many there are
 * @grad_ys: (nullable) (array length=n_ys): gradients of @ys, of their shapes;
 *   where %NULL or none, ones
 * @outs: (out caller-allocates) (array length=n_xs): for each of @xs the
 *   gradient, of its shape, or none where @ys do not depend on it through
 *   operations that have gradients
 *
 * Adds operations that compute derivatives, in a scope "gradients". Thread: the
 * one that builds.
 *
 * Returns: %FALSE where it can't be done: the graph then has an error that
 *   names the operation, and @outs are all none
 */
gboolean
tfv_gradients (TfvGraph        *graph,
               const TfvOutput *ys,
               guint            n_ys,
               const TfvOutput *xs,
               guint            n_xs,
               const TfvOutput *grad_ys,
               TfvOutput       *outs)
{
  Walk     walk = { .graph = graph };
  gboolean is_good;

  g_return_val_if_fail (TFV_IS_GRAPH (graph), FALSE);

  for (guint i = 0; i < n_xs; i++)
    outs[i] = TFV_OUTPUT_NONE;
  if (graph->error != NULL || !check (graph, ys, n_ys, "y") || !check (graph, xs, n_xs, "x"))
    return FALSE;

  walk.n_operations = graph->operations->len;
  walk.reaches_y = g_new0 (gboolean, walk.n_operations);
  walk.reaches_x = g_new0 (gboolean, walk.n_operations);
  walk.grads = g_new0 (GArray *, walk.n_operations);
  mark (&walk, ys, n_ys, xs, n_xs);
  tfv_graph_push_scope (graph, "gradients");
  start (&walk, ys, n_ys, grad_ys);
  is_good = graph->error == NULL;
  for (guint id = walk.n_operations; is_good && id-- > 0;)
    if (walk.reaches_y[id] && walk.reaches_x[id])
      is_good = differentiate (&walk, g_ptr_array_index (graph->operations, id));
  for (guint i = 0; is_good && i < n_xs; i++)
    outs[i] = settle (&walk, xs[i]);
  tfv_graph_pop_scope (graph);

  for (guint id = 0; id < walk.n_operations; id++)
    g_clear_pointer (&walk.grads[id], g_array_unref);
  g_free (walk.grads);
  g_free (walk.reaches_x);
  g_free (walk.reaches_y);
  return is_good;
}
