/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-run-trace.h"

#include "engine/tfv-engine.h"
#include "engine/training/tfv-training.h"
#include "profiler/sources/host.h"
#include "profiler/tfv-trace.h"
#include "tests/engine/logdir-fixture.h"

#define STEP 42

/* y = relu (x · W) */
typedef struct
{
  TfvGraph   *graph;
  TfvSession *session;
  TfvOutput   x;
  TfvOutput   y;
  TfvTensor  *value;
} Model;

static void
model_init (Model *self)
{
  g_autoptr (GError)    error = NULL;
  g_autoptr (TfvTensor) weights = tfv_tensor_new (TFV_DATA_TYPE_FLOAT, TFV_SHAPE (64, 64));
  TfvOutput             W;

  self->graph = tfv_graph_new ();
  self->x = tfv_placeholder (self->graph, TFV_DATA_TYPE_FLOAT, TFV_SHAPE (-1, 64), "x");
  W = tfv_variable (tfv_constant (self->graph, weights, NULL), "W");
  tfv_graph_push_scope (self->graph, "layer");
  self->y = tfv_relu (tfv_matmul (self->x, W, "product"), "active");
  tfv_graph_pop_scope (self->graph);
  self->session = tfv_session_new (self->graph, &error);
  g_assert_no_error (error);
  tfv_session_run_target (self->session, tfv_variable_get_initializer (W), &error);
  g_assert_no_error (error);
  self->value = tfv_tensor_new (TFV_DATA_TYPE_FLOAT, TFV_SHAPE (32, 64));
}

static void
model_clear (Model *self)
{
  tfv_tensor_unref (self->value);
  g_object_unref (self->session);
  g_object_unref (self->graph);
}

static void
model_run (Model *self, const TfvRunOptions *options, TfvRunMetadata *metadata)
{
  g_autoptr (GError)    error = NULL;
  g_autoptr (TfvTensor) result = NULL;

  tfv_session_run (self->session, options, &self->x, &self->value, 1, &self->y, 1, NULL, 0, &result, metadata, &error);
  g_assert_no_error (error);
}

/* The one span that is called so. */
static const TfvSpan *
find_span (TfvTrace *trace, const char *name)
{
  const TfvSpan      *found = NULL;
  guint               n_lanes;
  const TfvTraceLane *lanes = tfv_trace_get_lanes (trace, &n_lanes);

  for (guint i = 0; i < n_lanes; i++)
    {
      for (gsize j = 0; j < lanes[i].n_spans; j++)
        if (g_strcmp0 (tfv_trace_get_string (trace, lanes[i].spans[j].name), name) == 0)
          {
            g_assert_null (found);
            found = &lanes[i].spans[j];
          }
    }
  g_assert_nonnull (found);
  return found;
}

static void
test_spans (LogdirFixture *fixture, gconstpointer data)
{
  static const TfvRunOptions options = { .trace_level = TFV_TRACE_FULL };
  g_autoptr (TfvRunMetadata) metadata = tfv_run_metadata_new ();
  g_autoptr (TfvTrace)       trace = NULL;
  g_autoptr (TfvRun)         run = NULL;
  g_autofree char           *lane = tfv_host_dup_thread_lane ();
  const TfvSpan             *product, *active;
  gint64                     begin_ns, end_ns;
  Model                      model;
  guint                      n;

  model_init (&model);
  begin_ns = tfv_host_now_ns ();
  model_run (&model, &options, metadata);
  end_ns = tfv_host_now_ns ();
  tfv_run_metadata_write (metadata, fixture->writer, STEP);

  run = logdir_fixture_read_back (fixture);
  trace = tfv_trace_new (run);
  g_assert_cmpstr (tfv_trace_get_devices (trace, &n)[0].name, ==, TFV_HOST_DEVICE);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpstr (tfv_trace_get_lanes (trace, &n)[0].name, ==, lane);
  g_assert_cmpuint (n, ==, 1);

  product = find_span (trace, "layer/product");
  g_assert_cmpstr (tfv_trace_get_string (trace, product->op), ==, "layer/product");
  g_assert_cmpstr (tfv_trace_get_string (trace, product->category), ==, "MatMul");
  g_assert_cmpint (product->step, ==, STEP);
  active = find_span (trace, "layer/active");
  g_assert_cmpstr (tfv_trace_get_string (trace, active->category), ==, "Relu");
  g_assert_cmpint (product->start_ns, >=, begin_ns);
  g_assert_cmpint (product->start_ns + product->duration_ns, <=, active->start_ns);
  g_assert_cmpint (active->start_ns + active->duration_ns, <=, end_ns);
  model_clear (&model);
}

static void
test_untraced (LogdirFixture *fixture, gconstpointer data)
{
  g_autoptr (TfvRunMetadata) metadata = tfv_run_metadata_new ();
  g_autoptr (TfvRun)         run = NULL;
  g_autoptr (TfvSpanTable)   spans = NULL;
  Model                      model;
  guint                      n_nodes;

  model_init (&model);
  model_run (&model, NULL, metadata);
  tfv_run_metadata_get_nodes (metadata, &n_nodes);
  g_assert_cmpuint (n_nodes, ==, 0);
  tfv_run_metadata_write (metadata, fixture->writer, STEP);
  run = logdir_fixture_read_back (fixture);
  spans = tfv_run_dup_spans (run);
  g_assert_cmpuint (tfv_span_table_get_n_spans (spans), ==, 0);
  model_clear (&model);
}

static gpointer
run_traced (gpointer data)
{
  static const TfvRunOptions options = { .trace_level = TFV_TRACE_FULL };
  TfvRunMetadata            *metadata = tfv_run_metadata_new ();

  model_run (data, &options, metadata);
  return metadata;
}

/* What a thread did that has ended is on a lane of its own. */
static void
test_threads (LogdirFixture *fixture, gconstpointer data)
{
  g_autoptr (TfvRun)         run = NULL;
  g_autoptr (TfvTrace)       trace = NULL;
  g_autoptr (TfvRunMetadata) here = NULL;
  g_autoptr (TfvRunMetadata) there = NULL;
  Model                      model;
  guint                      n_lanes;

  model_init (&model);
  here = run_traced (&model);
  there = g_thread_join (g_thread_new ("other", run_traced, &model));
  tfv_run_metadata_write (here, fixture->writer, 1);
  tfv_run_metadata_write (there, fixture->writer, 2);
  run = logdir_fixture_read_back (fixture);
  trace = tfv_trace_new (run);
  tfv_trace_get_lanes (trace, &n_lanes);
  g_assert_cmpuint (n_lanes, ==, 2);
  model_clear (&model);
}

#define ADD(path, test) \
  g_test_add ("/engine/run-trace/" path, LogdirFixture, NULL, logdir_fixture_set_up, test, logdir_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("each-operation-that-ran-is-a-span", test_spans);
  ADD ("an-untraced-run-leaves-nothing", test_untraced);
  ADD ("each-thread-is-a-lane", test_threads);
  return g_test_run ();
}
