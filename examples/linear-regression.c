/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The first program of every course: finds the line that noisy points lie on,
 * y = 0.1 x + 0.3. With a folder as its argument it writes what happens there,
 * to be watched with tfview. */

#include <stdio.h>

#include "engine/tfv-engine.h"
#include "engine/training/tfv-training.h"
#include "summaries/tfv-summary-writer.h"

#define N_POINTS 1000
#define N_STEPS 1000

/* Points on the line, each a little off it. */
static void
make_points (TfvTensor **x, TfvTensor **y)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  *x = tfv_tensor_new (TFV_DATA_TYPE_FLOAT, TFV_SHAPE (N_POINTS));
  *y = tfv_tensor_new (TFV_DATA_TYPE_FLOAT, TFV_SHAPE (N_POINTS));
  for (int i = 0; i < N_POINTS; i++)
    {
      double at = g_rand_double_range (random, -1, 1);

      tfv_tensor_set_value (*x, (gsize) i, at);
      tfv_tensor_set_value (*y, (gsize) i, 0.1 * at + 0.3 + g_rand_double_range (random, -0.05, 0.05));
    }
}

static gboolean
learn (TfvSummaryWriter *writer, GError **error)
{
  g_autoptr (TfvGraph)     graph = tfv_graph_new ();
  g_autoptr (TfvOptimizer) optimizer = tfv_gradient_descent_optimizer_new (0.5);
  g_autoptr (TfvSession)   session = NULL;
  g_autoptr (TfvCallable)  step = NULL;
  g_autoptr (TfvTensor)    x_data = NULL;
  g_autoptr (TfvTensor)    y_data = NULL;
  g_autoptr (TfvTensor)    zero = tfv_tensor_new (TFV_DATA_TYPE_FLOAT, TFV_SHAPE (1));
  TfvOutput                x, y_, W, b, y, loss;
  TfvOperation            *train;

  make_points (&x_data, &y_data);

  /* The model: y = W x + b. */
  x = tfv_constant (graph, x_data, "x");
  y_ = tfv_constant (graph, y_data, "y_");
  W = tfv_variable (tfv_random_uniform (tfv_constant_shape (graph, TFV_SHAPE (1), NULL), TFV_DATA_TYPE_FLOAT, 1, NULL), "W");
  b = tfv_variable (tfv_constant (graph, zero, NULL), "b");
  y = tfv_add (tfv_multiply (W, x, NULL), b, "y");

  /* What is to become small, and what makes it so. */
  loss = tfv_reduce_mean (tfv_square (tfv_subtract (y, y_, NULL), NULL), TFV_OUTPUT_NONE, FALSE, "loss");
  train = tfv_optimizer_minimize (optimizer, loss, NULL, 0, TFV_OUTPUT_NONE);

  session = tfv_session_new (graph, error);
  if (session == NULL || !tfv_session_run_target (session, tfv_graph_variables_initializer (graph, "init"), error))
    return FALSE;
  step = tfv_session_make_callable (session, NULL, 0, &loss, 1, &train, 1, error);
  if (step == NULL)
    return FALSE;

  for (int i = 0; i <= N_STEPS; i++)
    {
      g_autoptr (TfvTensor) loss_now = NULL;

      if (i % 100 == 0)
        {
          g_autoptr (TfvTensor) W_now = tfv_session_fetch (session, W, error);
          g_autoptr (TfvTensor) b_now = W_now ? tfv_session_fetch (session, b, error) : NULL;

          if (b_now == NULL)
            return FALSE;
          printf ("step %4d: W = %.4f, b = %.4f\n", i, tfv_tensor_get_value (W_now, 0), tfv_tensor_get_value (b_now, 0));
        }
      if (!tfv_callable_run (step, NULL, NULL, &loss_now, NULL, error))
        return FALSE;
      if (writer)
        tfv_summary_writer_add_scalar_float (writer, "loss", (float) tfv_tensor_get_value (loss_now, 0), i);
    }
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (TfvSummaryWriter) writer = NULL;
  g_autoptr (GError)           error = NULL;

  if (argc > 2 || (argc == 2 && argv[1][0] == '-'))
    {
      fprintf (stderr, "usage: %s [LOGDIR]\n", argv[0]);
      return 2;
    }
  if (argc == 2)
    writer = tfv_summary_writer_new (argv[1], &error);
  if (error || !learn (writer, &error) || (writer && !tfv_summary_writer_close (writer, &error)))
    {
      fprintf (stderr, "linear-regression: %s\n", error->message);
      return 1;
    }
  return 0;
}
