/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* linear-regression [--logdir=DIR]: the first program to read.
 *
 * There are points that lie near a line, y = 0.1 x + 0.3, and the program finds
 * the line from the points. It shows the three things that every program of this
 * kind does: it builds a graph, runs the graph in a session, and writes what
 * happens to an event file. While it runs, or later, look at that:
 *
 *     tfview logs/linear-regression
 */

#include <stdlib.h>

#include "engine/tfv-engine.h"
#include "engine/training/tfv-training.h"

#define N_POINTS 100
#define N_STEPS 1000
#define LEARNING_RATE 0.5

/* Points near the line: what the program is to learn from. */
static void
make_points (TfvTensor *x, TfvTensor *y)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (gsize i = 0; i < N_POINTS; i++)
    {
      double noise = g_rand_double_range (rand, -0.01, 0.01);

      tfv_tensor_set_value (x, i, g_rand_double (rand));
      tfv_tensor_set_value (y, i, 0.1 * tfv_tensor_get_value (x, i) + 0.3 + noise);
    }
}

static gboolean
train (const char *logdir, GError **error)
{
  g_autoptr (TfvTensor)        x_data = tfv_tensor_new (TFV_DATA_TYPE_FLOAT, TFV_SHAPE (N_POINTS));
  g_autoptr (TfvTensor)        y_data = tfv_tensor_new (TFV_DATA_TYPE_FLOAT, TFV_SHAPE (N_POINTS));
  g_autoptr (TfvTensor)        zero = tfv_tensor_new (TFV_DATA_TYPE_FLOAT, TFV_SHAPE (1));
  g_autoptr (TfvGraph)         graph = tfv_graph_new ();
  g_autoptr (TfvOptimizer)     optimizer = tfv_gradient_descent_optimizer_new (LEARNING_RATE);
  g_autoptr (TfvSession)       session = NULL;
  g_autoptr (TfvSummaryWriter) writer = NULL;
  g_autoptr (GBytes)           graph_def = NULL;
  TfvOutput                    x, y, W, b, prediction, loss, summary;
  TfvOperation                *step, *initializer;

  make_points (x_data, y_data);

  /* 1. Build the graph. Nothing is computed yet: these lines only say what is
   * to be computed. The points are placeholders, which every run is given; W and
   * b are variables, which keep their values from run to run. */
  tfv_graph_set_seed (graph, 1);
  x = tfv_placeholder (graph, TFV_DATA_TYPE_FLOAT, TFV_SHAPE (N_POINTS), "x");
  y = tfv_placeholder (graph, TFV_DATA_TYPE_FLOAT, TFV_SHAPE (N_POINTS), "y");
  W = tfv_variable (tfv_random_uniform (tfv_constant_shape (graph, TFV_SHAPE (1), NULL), TFV_DATA_TYPE_FLOAT, 0, NULL), "W");
  b = tfv_variable (tfv_constant (graph, zero, NULL), "b");
  prediction = tfv_add (tfv_multiply (W, x, NULL), b, "prediction");
  loss = tfv_reduce_mean (tfv_square (tfv_subtract (prediction, y, NULL), NULL), TFV_OUTPUT_NONE, FALSE, "mean_squared_error");

  /* The optimizer adds the gradients of the loss, and a step along them. */
  step = tfv_optimizer_minimize (optimizer, loss, NULL, 0, TFV_OUTPUT_NONE);
  summary = tfv_summary_scalar ("loss", loss);
  initializer = tfv_graph_variables_initializer (graph, NULL);

  /* 2. Make a session, in which the variables live, and a writer. If anything
   * was wrong with the graph, the session says so. */
  session = tfv_session_new (graph, error);
  if (session == NULL || !tfv_session_run_target (session, initializer, error))
    return FALSE;
  writer = tfv_summary_writer_new (logdir, error);
  if (writer == NULL)
    return FALSE;
  graph_def = tfv_graph_to_graph_def (graph);
  tfv_summary_writer_add_graph (writer, graph_def);

  /* 3. Run. Each run is fed the points, takes the step, and gives back what is
   * fetched: W, b and the summary of the loss, which goes to the file. The last
   * one takes no step: it shows what all the others gave. */
  g_print ("%6s  %8s  %8s\n", "step", "W", "b");
  for (int i = 0; i <= N_STEPS; i++)
    {
      const TfvOutput feeds[] = { x, y };
      TfvTensor      *values[] = { x_data, y_data };
      const TfvOutput fetches[] = { W, b, summary };
      TfvTensor      *fetched[3];
      gboolean        is_good;

      if (!tfv_session_run (session, NULL, feeds, values, 2, fetches, 3, &step, i < N_STEPS ? 1 : 0, fetched, NULL, error))
        return FALSE;
      if (i % 100 == 0)
        g_print ("%6d  %8.4f  %8.4f\n", i, tfv_tensor_get_value (fetched[0], 0), tfv_tensor_get_value (fetched[1], 0));
      is_good = tfv_summary_write (fetched[2], writer, i, error);
      for (int j = 0; j < 3; j++)
        tfv_tensor_unref (fetched[j]);
      if (!is_good)
        return FALSE;
    }
  g_print ("The points were made with W = 0.1 and b = 0.3. See how it went: tfview %s\n", logdir);
  return tfv_summary_writer_close (writer, error);
}

int
main (int argc, char **argv)
{
  g_autofree char *logdir = NULL;
  GOptionEntry     entries[] = {
        { "logdir", 0, 0, G_OPTION_ARG_FILENAME, &logdir, "Folder of the run (default: logs/linear-regression)", "DIR" },
        { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- find a line from points near it");
  g_autoptr (GError)         error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("linear-regression: %s (see --help)\n", error->message);
      return 2;
    }
  if (!train (logdir != NULL ? logdir : "logs/linear-regression", &error))
    {
      g_printerr ("linear-regression: %s\n", error->message);
      return EXIT_FAILURE;
    }
  return EXIT_SUCCESS;
}
