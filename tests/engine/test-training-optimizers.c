/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "engine/tfv-engine.h"
#include "engine/training/tfv-training.h"

#define N 5
#define N_STEPS 4

/* A loss that pulls each element of W to another place, harder with each:
 * sum (c · (W - target)²), whose gradient is 2 c (W - target). */
typedef struct
{
  TfvGraph   *graph;
  TfvOutput   W;
  TfvOutput   loss;
  TfvOutput   global_step;
  double      weights[N];
  TfvSession *session;
} Problem;

static const double start[N] = { 1, -2, 0.5, 3, 0 };
static const double target[N] = { 0.25, 1, 0.5, -1, 2 };
static const double strength[N] = { 1, 0.5, 2, 0.125, 0.75 };

static TfvTensor *
make_vector (TfvDataType dtype, const double *values)
{
  TfvTensor *tensor = tfv_tensor_new (dtype, TFV_SHAPE (N));

  for (gsize i = 0; i < N; i++)
    tfv_tensor_set_value (tensor, i, values[i]);
  return tensor;
}

static void
problem_init (Problem *self, TfvDataType dtype)
{
  g_autoptr (TfvTensor) start_tensor = make_vector (dtype, start);
  g_autoptr (TfvTensor) target_tensor = make_vector (dtype, target);
  g_autoptr (TfvTensor) strength_tensor = make_vector (dtype, strength);
  TfvOutput             distance;

  *self = (Problem){ .graph = tfv_graph_new () };
  tfv_graph_push_scope (self->graph, "layer");
  self->W = tfv_variable (tfv_constant (self->graph, start_tensor, "start"), "W");
  tfv_graph_pop_scope (self->graph);
  self->global_step = tfv_variable_untrainable (tfv_constant_int64 (self->graph, 10, "ten"), "global_step");
  distance = tfv_square (tfv_subtract (self->W, tfv_constant (self->graph, target_tensor, "target"), NULL), NULL);
  self->loss = tfv_reduce_sum (tfv_multiply (distance, tfv_constant (self->graph, strength_tensor, "strength"), NULL), TFV_OUTPUT_NONE, FALSE, "loss");
  for (guint i = 0; i < N; i++)
    self->weights[i] = start[i];
}

static void
problem_start (Problem *self)
{
  g_autoptr (GError) error = NULL;

  tfv_graph_variables_initializer (self->graph, NULL);
  g_assert_no_error (tfv_graph_get_error (self->graph));
  self->session = tfv_session_new (self->graph, &error);
  g_assert_no_error (error);
  tfv_session_run_target (self->session, tfv_graph_get_operation (self->graph, "init"), &error);
  g_assert_no_error (error);
}

static void
problem_clear (Problem *self)
{
  g_clear_object (&self->session);
  g_object_unref (self->graph);
}

static void
assert_values (Problem *self, TfvOutput output, const double *expected, double tolerance)
{
  g_autoptr (GError)    error = NULL;
  g_autoptr (TfvTensor) value = tfv_session_fetch (self->session, output, &error);

  g_assert_no_error (error);
  for (gsize i = 0; i < tfv_tensor_get_n_elements (value); i++)
    g_assert_cmpfloat (fabs (tfv_tensor_get_value (value, i) - expected[i]), <=, tolerance);
}

static double
get_gradient (Problem *self, guint i)
{
  return 2 * strength[i] * (self->weights[i] - target[i]);
}

static void
run (Problem *self, TfvOperation *train)
{
  g_autoptr (GError) error = NULL;

  tfv_session_run_target (self->session, train, &error);
  g_assert_no_error (error);
}

static double
get_tolerance (TfvDataType dtype)
{
  return dtype == TFV_DATA_TYPE_FLOAT ? 1e-5 : 1e-12;
}

static void
test_gradient_descent (gconstpointer data)
{
  TfvDataType              dtype = (TfvDataType) GPOINTER_TO_INT (data);
  g_autoptr (TfvOptimizer) optimizer = tfv_gradient_descent_optimizer_new (0.1);
  Problem                  problem;
  TfvOperation            *train;

  problem_init (&problem, dtype);
  train = tfv_optimizer_minimize (optimizer, problem.loss, NULL, 0, TFV_OUTPUT_NONE);
  problem_start (&problem);
  for (guint step = 0; step < N_STEPS; step++)
    {
      for (guint i = 0; i < N; i++)
        problem.weights[i] -= 0.1 * get_gradient (&problem, i);
      run (&problem, train);
      assert_values (&problem, problem.W, problem.weights, get_tolerance (dtype));
    }
  problem_clear (&problem);
}

static void
try_momentum (TfvDataType dtype, gboolean use_nesterov)
{
  g_autoptr (TfvOptimizer) optimizer = tfv_momentum_optimizer_new (0.05, 0.75, use_nesterov);
  double                   accumulation[N] = { 0 };
  Problem                  problem;
  TfvOperation            *train;

  problem_init (&problem, dtype);
  train = tfv_optimizer_minimize (optimizer, problem.loss, NULL, 0, TFV_OUTPUT_NONE);
  problem_start (&problem);
  for (guint step = 0; step < N_STEPS; step++)
    {
      for (guint i = 0; i < N; i++)
        {
          double gradient = get_gradient (&problem, i);

          accumulation[i] = 0.75 * accumulation[i] + gradient;
          problem.weights[i] -= 0.05 * (use_nesterov ? gradient + 0.75 * accumulation[i] : accumulation[i]);
        }
      run (&problem, train);
      assert_values (&problem, problem.W, problem.weights, get_tolerance (dtype));
      assert_values (&problem, tfv_optimizer_get_slot (optimizer, problem.W, "momentum"), accumulation, get_tolerance (dtype));
    }
  problem_clear (&problem);
}

static void
test_momentum (gconstpointer data)
{
  try_momentum ((TfvDataType) GPOINTER_TO_INT (data), FALSE);
}

static void
test_nesterov (gconstpointer data)
{
  try_momentum ((TfvDataType) GPOINTER_TO_INT (data), TRUE);
}

static void
test_adam (gconstpointer data)
{
  TfvDataType              dtype = (TfvDataType) GPOINTER_TO_INT (data);
  g_autoptr (TfvOptimizer) optimizer = tfv_adam_optimizer_new (0.1, 0.8, 0.95, 1e-4);
  double                   m[N] = { 0 };
  double                   v[N] = { 0 };
  Problem                  problem;
  TfvOperation            *train;

  problem_init (&problem, dtype);
  train = tfv_optimizer_minimize (optimizer, problem.loss, NULL, 0, TFV_OUTPUT_NONE);
  problem_start (&problem);
  for (guint step = 1; step <= N_STEPS; step++)
    {
      double rate = 0.1 * sqrt (1 - pow (0.95, step)) / (1 - pow (0.8, step));
      double power = pow (0.8, step + 1);

      for (guint i = 0; i < N; i++)
        {
          double gradient = get_gradient (&problem, i);

          m[i] = 0.8 * m[i] + 0.2 * gradient;
          v[i] = 0.95 * v[i] + 0.05 * gradient * gradient;
          problem.weights[i] -= rate * m[i] / (sqrt (v[i]) + 1e-4);
        }
      run (&problem, train);
      assert_values (&problem, problem.W, problem.weights, get_tolerance (dtype));
      assert_values (&problem, tfv_optimizer_get_slot (optimizer, problem.W, "m"), m, get_tolerance (dtype));
      assert_values (&problem, tfv_optimizer_get_slot (optimizer, problem.W, "v"), v, get_tolerance (dtype));
      assert_values (&problem, tfv_graph_get_output (problem.graph, "beta1_power:0"), &power, get_tolerance (dtype));
    }
  problem_clear (&problem);
}

static void
assert_operation (TfvGraph *graph, const char *name, const char *op_type)
{
  TfvOperation *operation = tfv_graph_get_operation (graph, name);

  g_test_message ("looking for %s", name);
  g_assert_nonnull (operation);
  g_assert_cmpstr (tfv_operation_get_op_type (operation), ==, op_type);
}

static void
test_names (void)
{
  g_autoptr (TfvOptimizer) adam = tfv_adam_optimizer_new (0.1, 0.9, 0.999, 1e-8);
  g_autoptr (TfvOptimizer) momentum = tfv_momentum_optimizer_new (0.1, 0.9, FALSE);
  Problem                  problem;

  problem_init (&problem, TFV_DATA_TYPE_FLOAT);
  tfv_optimizer_minimize (adam, problem.loss, NULL, 0, TFV_OUTPUT_NONE);
  tfv_optimizer_minimize (momentum, problem.loss, NULL, 0, problem.global_step);
  tfv_optimizer_minimize (momentum, problem.loss, NULL, 0, TFV_OUTPUT_NONE);
  g_assert_no_error (tfv_graph_get_error (problem.graph));

  assert_operation (problem.graph, "Adam", "NoOp");
  assert_operation (problem.graph, "Adam/update_layer/W/ApplyAdam", "ApplyAdam");
  assert_operation (problem.graph, "Adam/learning_rate", "Const");
  assert_operation (problem.graph, "Adam/epsilon", "Const");
  assert_operation (problem.graph, "Adam/Assign_1", "Assign");
  assert_operation (problem.graph, "layer/W/Adam", "VariableV2");
  assert_operation (problem.graph, "layer/W/Adam/Initializer/zeros", "Fill");
  assert_operation (problem.graph, "layer/W/Adam/read", "Identity");
  assert_operation (problem.graph, "layer/W/Adam_1", "VariableV2");
  assert_operation (problem.graph, "beta1_power", "VariableV2");
  assert_operation (problem.graph, "beta2_power/initial_value", "Const");
  assert_operation (problem.graph, "Momentum", "AssignAdd");
  assert_operation (problem.graph, "Momentum/update", "NoOp");
  assert_operation (problem.graph, "Momentum/update_layer/W/ApplyMomentum", "ApplyMomentum");
  assert_operation (problem.graph, "Momentum_1", "NoOp");
  /* The second round uses the slots of the first. */
  assert_operation (problem.graph, "layer/W/Momentum", "VariableV2");
  g_assert_null (tfv_graph_get_operation (problem.graph, "layer/W/Momentum_1"));
  g_assert_cmpuint (tfv_graph_get_n_trainable_variables (problem.graph), ==, 1);
  problem_clear (&problem);
}

static void
test_global_step (void)
{
  g_autoptr (TfvOptimizer) optimizer = tfv_gradient_descent_optimizer_new (0.1);
  const double             expected = 12;
  Problem                  problem;
  TfvOperation            *train;

  problem_init (&problem, TFV_DATA_TYPE_FLOAT);
  train = tfv_optimizer_minimize (optimizer, problem.loss, NULL, 0, problem.global_step);
  problem_start (&problem);
  run (&problem, train);
  run (&problem, train);
  assert_values (&problem, problem.global_step, &expected, 0);
  g_assert_false (tfv_output_is_none (tfv_operation_get_output (train, 0)));
  problem_clear (&problem);
}

static void
test_fed_learning_rate (void)
{
  g_autoptr (TfvOptimizer) optimizer = tfv_gradient_descent_optimizer_new (1000);
  g_autoptr (GError)       error = NULL;
  Problem                  problem;
  TfvOutput                rate;
  TfvOperation            *train;

  /* A float rate for a double variable. */
  problem_init (&problem, TFV_DATA_TYPE_DOUBLE);
  rate = tfv_placeholder (problem.graph, TFV_DATA_TYPE_FLOAT, tfv_shape_scalar (), "rate");
  tfv_optimizer_set_learning_rate (optimizer, rate);
  train = tfv_optimizer_minimize (optimizer, problem.loss, NULL, 0, TFV_OUTPUT_NONE);
  problem_start (&problem);
  for (guint step = 1; step <= 3; step++)
    {
      float                 value = 0.25f / (float) step;
      g_autoptr (TfvTensor) tensor = tfv_tensor_new_float (value);

      for (guint i = 0; i < N; i++)
        problem.weights[i] -= (double) value * get_gradient (&problem, i);
      tfv_session_run (problem.session, NULL, &rate, &tensor, 1, NULL, 0, &train, 1, NULL, NULL, &error);
      g_assert_no_error (error);
      assert_values (&problem, problem.W, problem.weights, 1e-12);
    }
  problem_clear (&problem);
}

static void
test_given_variables (void)
{
  g_autoptr (TfvOptimizer) optimizer = tfv_gradient_descent_optimizer_new (0.5);
  const double             expected_trained = 1;
  const double             expected_left = 3;
  Problem                  problem;
  TfvOutput                trained, left;
  TfvOperation            *train;

  problem_init (&problem, TFV_DATA_TYPE_FLOAT);
  trained = tfv_variable (tfv_constant_float (problem.graph, 3, NULL), "trained");
  left = tfv_variable (tfv_constant_float (problem.graph, 3, NULL), "left");
  train = tfv_optimizer_minimize (optimizer, tfv_multiply (trained, tfv_add (left, tfv_constant_float (problem.graph, 1, NULL), NULL), NULL), &trained, 1, TFV_OUTPUT_NONE);
  problem_start (&problem);
  run (&problem, train);
  assert_values (&problem, trained, &expected_trained, 0);
  assert_values (&problem, left, &expected_left, 0);
  assert_values (&problem, problem.W, start, 0);
  problem_clear (&problem);
}

/* Between the two halves of minimize() gradients may be changed. */
static void
test_changed_gradients (void)
{
  g_autoptr (TfvOptimizer)        optimizer = tfv_gradient_descent_optimizer_new (0.1);
  g_autofree TfvVariableGradient *gradients = NULL;
  guint                           n_gradients;
  Problem                         problem;
  TfvOutput                       half;
  TfvOperation                   *train;

  problem_init (&problem, TFV_DATA_TYPE_DOUBLE);
  gradients = tfv_optimizer_compute_gradients (optimizer, problem.loss, NULL, 0, &n_gradients);
  g_assert_cmpuint (n_gradients, ==, 1);
  g_assert_true (tfv_output_equal (gradients[0].variable, problem.W));
  half = tfv_constant_double (problem.graph, 0.5, "half");
  gradients[0].gradient = tfv_multiply (gradients[0].gradient, half, NULL);
  train = tfv_optimizer_apply_gradients (optimizer, gradients, n_gradients, TFV_OUTPUT_NONE);
  problem_start (&problem);
  for (guint i = 0; i < N; i++)
    problem.weights[i] -= 0.1 * 0.5 * get_gradient (&problem, i);
  run (&problem, train);
  assert_values (&problem, problem.W, problem.weights, 1e-12);
  problem_clear (&problem);
}

/* An optimizer of one's own: follows the sign of the gradient, by a share of
 * how often it did so already. */
#define TYPE_SIGN_OPTIMIZER (sign_optimizer_get_type ())
G_DECLARE_FINAL_TYPE (SignOptimizer, sign_optimizer, SIGN, OPTIMIZER, TfvOptimizer)

struct _SignOptimizer
{
  TfvOptimizer parent_instance;
};

G_DEFINE_FINAL_TYPE (SignOptimizer, sign_optimizer, TFV_TYPE_OPTIMIZER)

static void
create_counter (TfvOptimizer *optimizer, const TfvVariableGradient *gradients, guint n_gradients)
{
  for (guint i = 0; i < n_gradients; i++)
    tfv_optimizer_create_zeros_slot (optimizer, gradients[i].variable, "counter");
}

static TfvOperation *
follow_sign (TfvOptimizer *optimizer, TfvOutput variable, TfvOutput gradient)
{
  TfvDataType dtype = tfv_output_get_dtype (variable);
  TfvOutput   counter = tfv_optimizer_get_slot (optimizer, variable, "counter");
  TfvOutput   sign = tfv_sign (gradient, NULL);
  TfvOutput   count = tfv_assign_add (counter, tfv_multiply (sign, sign, NULL), NULL);
  TfvOutput   rate = tfv_optimizer_get_learning_rate (optimizer, dtype);

  return tfv_assign_sub (variable, tfv_multiply (tfv_multiply (sign, rate, NULL), tfv_identity (count, NULL), NULL), NULL).operation;
}

static void
sign_optimizer_class_init (SignOptimizerClass *klass)
{
  TFV_OPTIMIZER_CLASS (klass)->create_slots = create_counter;
  TFV_OPTIMIZER_CLASS (klass)->apply = follow_sign;
}

static void
sign_optimizer_init (SignOptimizer *self)
{
}

static void
test_own_optimizer (void)
{
  g_autoptr (TfvOptimizer) optimizer = g_object_new (TYPE_SIGN_OPTIMIZER, "name", "Sign", "learning-rate", 0.125, NULL);
  Problem                  problem;
  TfvOperation            *train;

  problem_init (&problem, TFV_DATA_TYPE_FLOAT);
  train = tfv_optimizer_minimize (optimizer, problem.loss, NULL, 0, TFV_OUTPUT_NONE);
  g_assert_cmpstr (tfv_operation_get_name (train), ==, "Sign");
  problem_start (&problem);
  for (guint step = 1; step <= 2; step++)
    {
      for (guint i = 0; i < N; i++)
        {
          double gradient = get_gradient (&problem, i);

          problem.weights[i] -= 0.125 * step * ((gradient > 0) - (gradient < 0));
        }
      run (&problem, train);
      assert_values (&problem, problem.W, problem.weights, 0);
    }
  problem_clear (&problem);
}

static void
test_no_gradients (void)
{
  g_autoptr (TfvOptimizer) optimizer = tfv_gradient_descent_optimizer_new (0.1);
  Problem                  problem;
  TfvOutput                other;

  problem_init (&problem, TFV_DATA_TYPE_FLOAT);
  other = tfv_placeholder (problem.graph, TFV_DATA_TYPE_FLOAT, tfv_shape_scalar (), "other");
  g_assert_null (tfv_optimizer_minimize (optimizer, other, NULL, 0, TFV_OUTPUT_NONE));
  g_assert_error (tfv_graph_get_error (problem.graph), TFV_ENGINE_ERROR, TFV_ENGINE_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (tfv_graph_get_error (problem.graph)->message, "No gradients provided for any variable"));
  g_assert_nonnull (strstr (tfv_graph_get_error (problem.graph)->message, "layer/W"));
  problem_clear (&problem);
}

static void
test_uninitialized (void)
{
  g_autoptr (TfvOptimizer) optimizer = tfv_gradient_descent_optimizer_new (0.1);
  g_autoptr (GError)       error = NULL;
  Problem                  problem;
  TfvOperation            *train;

  problem_init (&problem, TFV_DATA_TYPE_FLOAT);
  train = tfv_optimizer_minimize (optimizer, problem.loss, NULL, 0, TFV_OUTPUT_NONE);
  problem.session = tfv_session_new (problem.graph, &error);
  g_assert_no_error (error);
  g_assert_false (tfv_session_run_target (problem.session, train, &error));
  g_assert_error (error, TFV_ENGINE_ERROR, TFV_ENGINE_ERROR_FAILED_PRECONDITION);
  g_assert_nonnull (strstr (error->message, "layer/W"));
  problem_clear (&problem);
}

static void
add_for_types (const char *path, GTestDataFunc function)
{
  g_autofree char *for_float = g_strconcat (path, "/float", NULL);
  g_autofree char *for_double = g_strconcat (path, "/double", NULL);

  g_test_add_data_func (for_float, GINT_TO_POINTER (TFV_DATA_TYPE_FLOAT), function);
  g_test_add_data_func (for_double, GINT_TO_POINTER (TFV_DATA_TYPE_DOUBLE), function);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_for_types ("/engine/training/gradient-descent-takes-the-steps-computed-by-hand", test_gradient_descent);
  add_for_types ("/engine/training/momentum-takes-the-steps-computed-by-hand", test_momentum);
  add_for_types ("/engine/training/nesterov-takes-the-steps-computed-by-hand", test_nesterov);
  add_for_types ("/engine/training/adam-takes-the-steps-computed-by-hand", test_adam);
  g_test_add_func ("/engine/training/operations-are-called-as-in-tensorflow", test_names);
  g_test_add_func ("/engine/training/the-global-step-counts-steps", test_global_step);
  g_test_add_func ("/engine/training/the-learning-rate-can-be-fed", test_fed_learning_rate);
  g_test_add_func ("/engine/training/only-given-variables-are-trained", test_given_variables);
  g_test_add_func ("/engine/training/gradients-can-be-changed-before-they-are-applied", test_changed_gradients);
  g_test_add_func ("/engine/training/anybody-can-write-an-optimizer", test_own_optimizer);
  g_test_add_func ("/engine/training/a-loss-of-no-variable-is-an-error", test_no_gradients);
  g_test_add_func ("/engine/training/training-what-was-not-initialized-is-an-error", test_uninitialized);
  return g_test_run ();
}
