/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/training/tfv-optimizer.h"

#include "engine/tfv-gradients.h"
#include "engine/tfv-graph-private.h"
#include "engine/tfv-op-builder.h"
#include "engine/tfv-ops.h"
#include "engine/tfv-variable.h"

/* The names of what is added are those that TensorFlow gives, so that graphs
 * and checkpoints can be compared: "Adam" for the train operation,
 * "Adam/update_W/ApplyAdam" for the update of W, "W/Adam" and "W/Adam_1" for
 * its slots. */

typedef struct
{
  char     *name;
  double    initial_learning_rate;
  TfvOutput learning_rate; /* none where it is the number above */

  TfvGraph   *graph;   /* the one that the rest is in; NULL until it is used */
  GHashTable *slots;   /* "<id of the variable>/<name of the slot>", or a name -> TfvOutput */
  GHashTable *numbers; /* "<name>:<type>" -> TfvOutput, of this round of updates */
  char       *scope;   /* of this round of updates */
} TfvOptimizerPrivate;

enum
{
  PROP_0,
  PROP_NAME,
  PROP_LEARNING_RATE,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (TfvOptimizer, tfv_optimizer, G_TYPE_OBJECT)

static TfvOptimizerPrivate *
get_private (TfvOptimizer *self)
{
  return tfv_optimizer_get_instance_private (self);
}

static void
tfv_optimizer_finalize (GObject *object)
{
  TfvOptimizerPrivate *private = get_private (TFV_OPTIMIZER (object));

  g_free (private->name);
  g_free (private->scope);
  g_hash_table_unref (private->slots);
  g_hash_table_unref (private->numbers);
  g_clear_object (&private->graph);
  G_OBJECT_CLASS (tfv_optimizer_parent_class)->finalize (object);
}

static void
tfv_optimizer_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TfvOptimizerPrivate *private = get_private (TFV_OPTIMIZER (object));

  switch (id)
    {
    case PROP_NAME:
      private
      ->name = g_value_dup_string (value);
      break;
    case PROP_LEARNING_RATE:
      private
      ->initial_learning_rate = g_value_get_double (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tfv_optimizer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TfvOptimizerPrivate *private = get_private (TFV_OPTIMIZER (object));

  switch (id)
    {
    case PROP_NAME:
      g_value_set_string (value, private->name);
      break;
    case PROP_LEARNING_RATE:
      g_value_set_double (value, private->initial_learning_rate);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tfv_optimizer_class_init (TfvOptimizerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = tfv_optimizer_finalize;
  object_class->set_property = tfv_optimizer_set_property;
  object_class->get_property = tfv_optimizer_get_property;

  /**
   * TfvOptimizer:name:
   *
   * Name of the train operation and of the scope of the updates.
   */
  properties[PROP_NAME] =
      g_param_spec_string ("name", NULL, NULL, "Optimizer", G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  /**
   * TfvOptimizer:learning-rate:
   *
   * How far a step goes, where [method@Tfv.Optimizer.set_learning_rate] does
   * not say it.
   */
  properties[PROP_LEARNING_RATE] =
      g_param_spec_double ("learning-rate", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0.01, G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
tfv_optimizer_init (TfvOptimizer *self)
{
  TfvOptimizerPrivate *private = get_private (self);

  private->learning_rate = TFV_OUTPUT_NONE;
  private->slots = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  private->numbers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/**
 * tfv_optimizer_get_name:
 * @self: an optimizer
 *
 * Returns: (transfer none): name of the train operation and of the scope of
 *   the updates
 */
const char *
tfv_optimizer_get_name (TfvOptimizer *self)
{
  g_return_val_if_fail (TFV_IS_OPTIMIZER (self), NULL);

  return get_private (self)->name;
}

/**
 * tfv_optimizer_get_graph:
 * @self: an optimizer
 *
 * Returns: (transfer none) (nullable): the graph that it trains; %NULL before
 *   it was used
 */
TfvGraph *
tfv_optimizer_get_graph (TfvOptimizer *self)
{
  g_return_val_if_fail (TFV_IS_OPTIMIZER (self), NULL);

  return get_private (self)->graph;
}

/**
 * tfv_optimizer_set_learning_rate: (skip)
 * @self: an optimizer
 * @learning_rate: a scalar: a placeholder that each step feeds, or a schedule
 *   computed from the global step
 *
 * Makes updates that are added from now on take the learning rate from the
 * graph, in place of the number that the optimizer was made with.
 */
void
tfv_optimizer_set_learning_rate (TfvOptimizer *self, TfvOutput learning_rate)
{
  g_return_if_fail (TFV_IS_OPTIMIZER (self));

  get_private (self)->learning_rate = learning_rate;
}

static void
set_graph (TfvOptimizer *self, TfvGraph *graph)
{
  TfvOptimizerPrivate *private = get_private (self);

  if (private->graph == graph)
    return;
  g_hash_table_remove_all (private->slots);
  g_set_object (&private->graph, graph);
}

static TfvOutput *
copy_output (TfvOutput output)
{
  return g_memdup2 (&output, sizeof output);
}

static TfvOutput
look_up (GHashTable *table, const char *key)
{
  TfvOutput *found = g_hash_table_lookup (table, key);

  return found != NULL ? *found : TFV_OUTPUT_NONE;
}

/* Builds outside of all scopes and of whatever must run before. */
static void
enter_scope (TfvGraph *graph, const char *full_name, const char *device)
{
  tfv_graph_push_control_dependencies (graph, NULL, 0);
  tfv_graph_push_absolute_scope (graph, full_name);
  tfv_graph_push_device (graph, device);
}

static void
leave_scope (TfvGraph *graph)
{
  tfv_graph_pop_device (graph);
  tfv_graph_pop_scope (graph);
  tfv_graph_pop_control_dependencies (graph);
}

/* As an operation, whatever the number of elements: a graph that is written
 * somewhere must not carry all those zeros. */
static TfvOutput
build_zeros (TfvGraph *graph, TfvDataType dtype, const TfvShape *shape)
{
  g_autoptr (TfvTensor) zero = tfv_tensor_new (dtype, tfv_shape_scalar ());

  return tfv_fill (tfv_constant_shape (graph, *shape, "zeros/shape_as_tensor"), tfv_constant (graph, zero, "zeros/Const"), "zeros");
}

static char *
make_slot_key (TfvOutput variable, const char *slot)
{
  return g_strdup_printf ("%u/%s", variable.operation->id, slot);
}

/**
 * tfv_optimizer_get_slot: (skip)
 * @self: an optimizer
 * @variable: a variable that it trains
 * @slot: name of the slot: "momentum" of a momentum optimizer, "m" and "v" of
 *   Adam
 *
 * Returns: the variable that the optimizer keeps beside @variable, or none
 */
TfvOutput
tfv_optimizer_get_slot (TfvOptimizer *self, TfvOutput variable, const char *slot)
{
  g_autofree char *key = NULL;

  g_return_val_if_fail (TFV_IS_OPTIMIZER (self), TFV_OUTPUT_NONE);
  g_return_val_if_fail (variable.operation != NULL && slot != NULL, TFV_OUTPUT_NONE);

  key = make_slot_key (variable, slot);
  return look_up (get_private (self)->slots, key);
}

/**
 * tfv_optimizer_create_zeros_slot: (skip)
 * @self: an optimizer
 * @variable: a variable that it trains
 * @slot: name of the slot
 *
 * Makes an untrainable variable that is shaped like @variable and begins as
 * zeros, called after the variable and the optimizer. Where the slot is there
 * already, gives that.
 *
 * Returns: the slot
 */
TfvOutput
tfv_optimizer_create_zeros_slot (TfvOptimizer *self, TfvOutput variable, const char *slot)
{
  TfvOptimizerPrivate *private = get_private (self);
  TfvOutput        found = tfv_optimizer_get_slot (self, variable, slot);
  TfvShape         shape = tfv_output_get_shape (variable);
  g_autofree char *name = NULL;
  TfvOutput        zeros;

  if (found.operation != NULL)
    return found;
  if (!tfv_shape_is_fully_known (&shape))
    {
      tfv_graph_fail (private->graph, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "%s: the shape of variable '%s' must be known", private->name, variable.operation->name);
      return TFV_OUTPUT_NONE;
    }
  enter_scope (private->graph, variable.operation->name, tfv_operation_get_device (variable.operation));
  tfv_graph_push_scope (private->graph, private->name);
  name = g_strconcat (tfv_graph_get_scope (private->graph), "/", NULL);
  tfv_graph_push_scope (private->graph, "Initializer");
  zeros = build_zeros (private->graph, tfv_output_get_dtype (variable), &shape);
  tfv_graph_pop_scope (private->graph);
  tfv_graph_pop_scope (private->graph);
  found = tfv_variable_untrainable (zeros, name);
  leave_scope (private->graph);
  if (found.operation != NULL)
    g_hash_table_insert (private->slots, make_slot_key (variable, slot), copy_output (found));
  return found;
}

/**
 * tfv_optimizer_create_variable: (skip)
 * @self: an optimizer
 * @name: name of the variable, in no scope
 * @initial_value: what it begins with
 * @beside: a variable whose type and device it gets
 *
 * Makes an untrainable scalar that the updates of all variables share. Where
 * it is there already, gives that.
 *
 * Returns: the variable
 */
TfvOutput
tfv_optimizer_create_variable (TfvOptimizer *self, const char *name, double initial_value, TfvOutput beside)
{
  TfvOptimizerPrivate *private = get_private (self);
  TfvOutput             variable = look_up (private->slots, name);
  g_autofree char      *full_name = NULL;
  g_autoptr (TfvTensor) tensor = NULL;

  if (variable.operation != NULL || beside.operation == NULL)
    return variable;
  tensor = tfv_tensor_new (tfv_output_get_dtype (beside), tfv_shape_scalar ());
  tfv_tensor_set_value (tensor, 0, initial_value);
  enter_scope (private->graph, "", tfv_operation_get_device (beside.operation));
  tfv_graph_push_scope (private->graph, name);
  full_name = g_strconcat (tfv_graph_get_scope (private->graph), "/", NULL);
  variable = tfv_constant (private->graph, tensor, "initial_value");
  tfv_graph_pop_scope (private->graph);
  variable = tfv_variable_untrainable (variable, full_name);
  leave_scope (private->graph);
  if (variable.operation != NULL)
    g_hash_table_insert (private->slots, g_strdup (name), copy_output (variable));
  return variable;
}

/**
 * tfv_optimizer_get_number: (skip)
 * @self: an optimizer
 * @name: name of a setting: "momentum", say
 * @value: its value
 * @dtype: type of the variable to update with it
 *
 * Gives a setting as a constant of the graph, in the scope of the updates. The
 * updates of one round share it.
 *
 * Returns: a scalar of @dtype
 */
TfvOutput
tfv_optimizer_get_number (TfvOptimizer *self, const char *name, double value, TfvDataType dtype)
{
  TfvOptimizerPrivate *private = get_private (self);
  g_autofree char      *key = g_strdup_printf ("%s:%d", name, (int) dtype);
  TfvOutput             number = look_up (private->numbers, key);
  g_autoptr (TfvTensor) tensor = NULL;

  if (number.operation != NULL)
    return number;
  tensor = tfv_tensor_new (dtype, tfv_shape_scalar ());
  tfv_tensor_set_value (tensor, 0, value);
  enter_scope (private->graph, private->scope, "");
  number = tfv_constant (private->graph, tensor, name);
  leave_scope (private->graph);
  g_hash_table_insert (private->numbers, g_steal_pointer (&key), copy_output (number));
  return number;
}

/**
 * tfv_optimizer_get_learning_rate: (skip)
 * @self: an optimizer
 * @dtype: type of the variable to update with it
 *
 * Returns: the learning rate, a scalar of @dtype
 */
TfvOutput
tfv_optimizer_get_learning_rate (TfvOptimizer *self, TfvDataType dtype)
{
  TfvOptimizerPrivate *private = get_private (self);

  if (private->learning_rate.operation == NULL)
    return tfv_optimizer_get_number (self, "learning_rate", private->initial_learning_rate, dtype);
  if (tfv_output_get_dtype (private->learning_rate) == dtype)
    return private->learning_rate;
  return tfv_cast (private->learning_rate, dtype, NULL);
}

/**
 * tfv_optimizer_compute_gradients: (skip)
 * @self: an optimizer
 * @loss: what is to become small; where it is no scalar, its sum
 * @variables: (array length=n_variables) (nullable): the variables to train;
 *   %NULL for all trainable ones of the graph
 * @n_variables: how many there are
 * @n_gradients: (out): how many there are in the result
 *
 * The first half of [method@Tfv.Optimizer.minimize], for those who do
 * something to the gradients before they are applied.
 *
 * Returns: (transfer full) (array length=n_gradients) (nullable): each variable
 *   with its gradient, to be freed with g_free(); %NULL after an error
 */
TfvVariableGradient *
tfv_optimizer_compute_gradients (TfvOptimizer *self, TfvOutput loss, const TfvOutput *variables, guint n_variables, guint *n_gradients)
{
  TfvGraph             *graph;
  g_autofree TfvOutput *xs = NULL;
  g_autofree TfvOutput *outs = NULL;
  TfvVariableGradient  *gradients;

  g_return_val_if_fail (TFV_IS_OPTIMIZER (self), NULL);
  g_return_val_if_fail (n_gradients != NULL, NULL);

  *n_gradients = 0;
  if (loss.operation == NULL)
    return NULL;
  graph = loss.operation->graph;
  if (variables == NULL)
    n_variables = tfv_graph_get_n_trainable_variables (graph);
  if (n_variables == 0)
    {
      tfv_graph_fail (graph, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "%s: there are no variables to train", tfv_optimizer_get_name (self));
      return NULL;
    }
  xs = g_new (TfvOutput, n_variables);
  outs = g_new (TfvOutput, n_variables);
  for (guint i = 0; i < n_variables; i++)
    xs[i] = variables != NULL ? variables[i] : tfv_graph_get_nth_trainable_variable (graph, i);
  if (!tfv_gradients (graph, &loss, 1, xs, n_variables, NULL, outs))
    return NULL;
  gradients = g_new (TfvVariableGradient, n_variables);
  for (guint i = 0; i < n_variables; i++)
    gradients[i] = (TfvVariableGradient){ .gradient = outs[i], .variable = xs[i] };
  *n_gradients = n_variables;
  return gradients;
}

/* The variables that have a gradient; NULL, with the graph's error set, where
 * none has. */
static GArray *
pick_updates (TfvOptimizer *self, const TfvVariableGradient *gradients, guint n_gradients)
{
  GArray   *picked = g_array_new (FALSE, FALSE, sizeof (TfvVariableGradient));
  GString  *names = g_string_new (NULL);
  TfvGraph *graph = NULL;

  for (guint i = 0; i < n_gradients; i++)
    {
      if (gradients[i].variable.operation == NULL)
        continue;
      graph = gradients[i].variable.operation->graph;
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", gradients[i].variable.operation->name);
      if (gradients[i].gradient.operation != NULL)
        g_array_append_val (picked, gradients[i]);
    }
  if (picked->len == 0)
    {
      if (graph != NULL)
        tfv_graph_fail (graph, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "%s: No gradients provided for any variable: the loss does not depend on %s", tfv_optimizer_get_name (self), names->str);
      g_clear_pointer (&picked, g_array_unref);
    }
  g_string_free (names, TRUE);
  return picked;
}

static void
build_updates (TfvOptimizer *self, GArray *gradients, GPtrArray *updates)
{
  TfvOptimizerPrivate *private = get_private (self);
  TfvOptimizerClass *klass = TFV_OPTIMIZER_GET_CLASS (self);

  for (guint i = 0; i < gradients->len; i++)
    {
      TfvVariableGradient *item = &g_array_index (gradients, TfvVariableGradient, i);
      g_autofree char     *scope = g_strconcat ("update_", item->variable.operation->name, NULL);

      tfv_graph_push_scope (private->graph, scope);
      tfv_graph_push_device (private->graph, tfv_operation_get_device (item->variable.operation));
      g_ptr_array_add (updates, klass->apply (self, item->variable, item->gradient));
      tfv_graph_pop_device (private->graph);
      tfv_graph_pop_scope (private->graph);
    }
  if (klass->finish != NULL)
    klass->finish (self, updates);
}

/* Counts the step, after all updates: the operation called @name. */
static TfvOperation *
build_counter (TfvGraph *graph, const char *name, TfvOperation *updates, TfvOutput global_step)
{
  g_autoptr (TfvTensor) one = tfv_tensor_new (tfv_output_get_dtype (global_step), tfv_shape_scalar ());
  TfvOpBuilder         *builder;

  TfvOperation *counter;

  tfv_tensor_set_value (one, 0, 1);
  tfv_graph_push_device (graph, tfv_operation_get_device (global_step.operation));
  builder = tfv_op_builder_new (graph, "AssignAdd", name);
  tfv_op_builder_add_input (builder, global_step);
  tfv_op_builder_add_input (builder, tfv_constant (graph, one, "value"));
  tfv_op_builder_add_control_input (builder, updates);
  counter = tfv_op_builder_finish (builder);
  tfv_graph_pop_device (graph);
  return counter;
}

/**
 * tfv_optimizer_apply_gradients: (skip)
 * @self: an optimizer
 * @gradients: (array length=n_gradients): variables with their gradients, of
 *   one graph; those without a gradient are left alone
 * @n_gradients: how many there are
 * @global_step: a scalar variable, or none
 *
 * The second half of [method@Tfv.Optimizer.minimize].
 *
 * Returns: (transfer none) (nullable): the train operation; %NULL after an
 *   error, which the graph then has
 */
TfvOperation *
tfv_optimizer_apply_gradients (TfvOptimizer *self, const TfvVariableGradient *gradients, guint n_gradients, TfvOutput global_step)
{
  TfvOptimizerPrivate *private;
  g_autoptr (GArray)    picked = NULL;
  g_autoptr (GPtrArray) updates = g_ptr_array_new ();
  g_autofree char      *name = NULL;
  TfvOperation         *train;

  g_return_val_if_fail (TFV_IS_OPTIMIZER (self), NULL);

  private = get_private (self);
  picked = pick_updates (self, gradients, n_gradients);
  if (picked == NULL)
    return NULL;
  set_graph (self, g_array_index (picked, TfvVariableGradient, 0).variable.operation->graph);
  if (TFV_OPTIMIZER_GET_CLASS (self)->create_slots != NULL)
    TFV_OPTIMIZER_GET_CLASS (self)->create_slots (self, (const TfvVariableGradient *) picked->data, picked->len);

  tfv_graph_push_scope (private->graph, private->name);
  g_free (private->scope);
  private->scope = g_strdup (tfv_graph_get_scope (private->graph));
  name = g_strconcat (private->scope, "/", NULL);
  g_hash_table_remove_all (private->numbers);
  build_updates (self, picked, updates);
  if (global_step.operation == NULL)
    train = tfv_group (private->graph, (TfvOperation *const *) updates->pdata, updates->len, name);
  else
    {
      TfvOperation *group = tfv_group (private->graph, (TfvOperation *const *) updates->pdata, updates->len, "update");

      train = build_counter (private->graph, name, group, global_step);
    }
  tfv_graph_pop_scope (private->graph);
  return train;
}

/**
 * tfv_optimizer_minimize: (skip)
 * @self: an optimizer
 * @loss: what is to become small; where it is no scalar, its sum
 * @variables: (array length=n_variables) (nullable): the variables to train;
 *   %NULL for all trainable ones of the graph
 * @n_variables: how many there are
 * @global_step: a scalar variable that counts the steps, or none
 *
 * Adds all that a step of training needs: the gradients of the loss, an update
 * of each variable, and, after all of those, one more in @global_step. Run the
 * variables' initializers after this: optimizers keep variables of their own.
 *
 * Returns: (transfer none) (nullable): the train operation, called like the
 *   optimizer, to be run once a step; %NULL after an error, which the graph
 *   then has
 */
TfvOperation *
tfv_optimizer_minimize (TfvOptimizer *self, TfvOutput loss, const TfvOutput *variables, guint n_variables, TfvOutput global_step)
{
  g_autofree TfvVariableGradient *gradients = NULL;
  guint                           n_gradients;

  g_return_val_if_fail (TFV_IS_OPTIMIZER (self), NULL);

  gradients = tfv_optimizer_compute_gradients (self, loss, variables, n_variables, &n_gradients);
  if (gradients == NULL)
    return NULL;
  return tfv_optimizer_apply_gradients (self, gradients, n_gradients, global_step);
}
