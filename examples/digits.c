/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* digits: trains a network to recognise digits, and writes a run to watch:
 *
 *     digits --logdir=logs/digits/first &
 *     tfview logs/digits
 *
 * Below the run's folder are two runs, "train" and "test", whose curves lie in
 * the same charts. Ctrl-C ends the training; the same --logdir goes on with it. */

#include <errno.h>
#include <gio/gio.h>
#include <locale.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/tfv-run-trace.h"
#include "engine/training/tfv-training.h"
#include "examples/digits-batches.h"
#include "examples/digits-checkpoint.h"
#include "examples/digits-model.h"
#include "examples/digits-options.h"
#include "examples/digits-progress.h"

#define EVALUATION_STEPS 50
#define TRACE_STEPS 100
#define DETAIL_STEPS 200
#define CHECKPOINT_US (10 * G_USEC_PER_SEC)
#define HALF_LIFE_STEPS 4000

/* Images that are never trained on, at most so many: one batch is looked at
 * often, all are at the end. */
#define HELD_OUT_BATCH 1000
#define N_HELD_OUT_BATCHES 10

typedef struct
{
  DigitsOptions    *options;
  gint64            start_us;
  DigitsModel      *model;
  TfvSession       *session;
  TfvCallable      *train;    /* pixels, labels, rate -> loss, accuracy, summary */
  TfvCallable      *evaluate; /* pixels, labels -> loss, accuracy */
  TfvCallable      *describe; /* pixels -> details */
  DigitsBatches    *batches;
  GPtrArray        *held_out;   /* of DigitsBatch */
  guint             n_held_out; /* images in them */
  TfvSummaryWriter *train_writer;
  TfvSummaryWriter *test_writer;
  char             *checkpoint_path;
  gint64            checkpoint_us; /* when it was saved */
  DigitsProgress    progress;
} Training;

static volatile sig_atomic_t is_interrupted;

static void
interrupt (int signal_number)
{
  is_interrupted = TRUE;
}

/* The second Ctrl-C ends the program at once. */
static void
catch_signals (void)
{
  struct sigaction action = { .sa_handler = interrupt, .sa_flags = (int) SA_RESETHAND | SA_RESTART };

  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
}

static void
hold_out (Training *self, DigitsData *data)
{
  gsize n_images = digits_data_get_n_images (data);
  guint batch_size = n_images > 0 ? (guint) MIN (n_images, HELD_OUT_BATCH) : HELD_OUT_BATCH;
  guint n_batches = n_images > 0 ? (guint) MIN (n_images / batch_size, N_HELD_OUT_BATCHES) : N_HELD_OUT_BATCHES;

  for (guint i = 0; i < n_batches; i++)
    {
      DigitsBatch *batch = digits_batch_new (batch_size);

      digits_batch_fill (batch, data);
      g_ptr_array_add (self->held_out, batch);
    }
  self->n_held_out = n_batches * batch_size;
}

static gboolean
open_data (Training *self, GError **error)
{
  const DigitsOptions *options = self->options;
  guint64              seed = (guint64) options->seed;
  /* A run that goes on is to see other images than those it began with. */
  guint64                  train_seed = seed * 1000003 + (guint64) self->progress.first_step;
  DigitsData              *train = NULL;
  g_autoptr (DigitsData)   test = NULL;
  g_autoptr (DigitsGlyphs) glyphs = NULL;

  if (options->data != NULL)
    {
      test = digits_data_new_mnist (options->data, TRUE, 0, error);
      train = test != NULL ? digits_data_new_mnist (options->data, FALSE, train_seed, error) : NULL;
    }
  else
    {
      glyphs = digits_glyphs_new (error);
      if (glyphs == NULL)
        return FALSE;
      test = digits_data_new_drawn (glyphs, ~seed);
      train = digits_data_new_drawn (glyphs, train_seed);
    }
  if (train == NULL)
    return FALSE;
  hold_out (self, test);
  self->batches = digits_batches_new (train, options->batch_size, train_seed);
  return TRUE;
}

static gboolean
open_session (Training *self, GError **error)
{
  const DigitsOptions  *options = self->options;
  DigitsModel          *model = self->model = digits_model_new (options->layer_sizes, options->n_layers, options->optimizer, options->seed);
  const TfvOutput       feeds[] = { model->pixels, model->labels, model->learning_rate };
  const TfvOutput       fetches[] = { model->loss, model->accuracy, model->summary };
  g_autoptr (TfvTensor) step = NULL;

  self->session = tfv_session_new (model->graph, error);
  if (self->session == NULL)
    return FALSE;
  self->train = tfv_session_make_callable (self->session, feeds, 3, fetches, 3, &model->train, 1, error);
  if (self->train == NULL)
    return FALSE;
  self->evaluate = tfv_session_make_callable (self->session, feeds, 2, fetches, 2, NULL, 0, error);
  if (self->evaluate == NULL)
    return FALSE;
  self->describe = tfv_session_make_callable (self->session, feeds, 1, &model->details, 1, NULL, 0, error);
  if (self->describe == NULL)
    return FALSE;
  if (g_file_test (self->checkpoint_path, G_FILE_TEST_EXISTS))
    {
      if (!digits_checkpoint_restore (self->session, self->checkpoint_path, error))
        return FALSE;
    }
  else if (!tfv_session_run_target (self->session, model->initializer, error))
    return FALSE;

  step = tfv_session_fetch (self->session, model->global_step, error);
  if (step == NULL)
    return FALSE;
  self->progress.first_step = self->progress.step = (gint64) tfv_tensor_get_value (step, 0);
  self->progress.last_step = self->progress.step + options->n_steps;
  return TRUE;
}

static TfvSummaryWriter *
open_writer (Training *self, const char *name, GError **error)
{
  g_autofree char  *path = g_build_filename (self->options->logdir, name, NULL);
  TfvSummaryWriter *writer = tfv_summary_writer_new (path, error);

  /* What an earlier session wrote beyond its checkpoint does not count. */
  if (writer != NULL)
    tfv_summary_writer_add_session (writer, TFV_SESSION_START, self->progress.first_step + 1);
  return writer;
}

static gboolean
open_writers (Training *self, int argc, char **argv, GError **error)
{
  g_autoptr (GBytes) graph_def = NULL;

  self->train_writer = open_writer (self, "train", error);
  if (self->train_writer == NULL)
    return FALSE;
  self->test_writer = open_writer (self, "test", error);
  if (self->test_writer == NULL)
    return FALSE;
  graph_def = tfv_graph_to_graph_def (self->model->graph);
  tfv_summary_writer_add_graph (self->train_writer, graph_def);
  tfv_summary_writer_add_run_description (self->train_writer, argc, (const char *const *) argv, digits_options_to_hparams (self->options));
  return TRUE;
}

static double
get_learning_rate (Training *self)
{
  return self->options->learning_rate * pow (0.5, (double) self->progress.step / HALF_LIFE_STEPS);
}

static gboolean
run_step (Training *self, GError **error)
{
  static const TfvRunOptions traced = { .trace_level = TFV_TRACE_FULL };
  gint64                     step = self->progress.step + 1;
  gboolean                   is_traced = step % TRACE_STEPS == 0;
  DigitsBatch               *batch = digits_batches_take (self->batches);
  g_autoptr (TfvTensor)      rate = tfv_tensor_new_float ((float) get_learning_rate (self));
  g_autoptr (TfvRunMetadata) metadata = is_traced ? tfv_run_metadata_new () : NULL;
  TfvTensor                 *feeds[] = { batch->pixels, batch->labels, rate };
  TfvTensor                 *fetched[3] = { NULL };
  gboolean                   is_good;

  is_good = tfv_callable_run (self->train, is_traced ? &traced : NULL, feeds, fetched, metadata, error);
  digits_batches_give_back (self->batches, batch);
  if (!is_good)
    return FALSE;
  self->progress.step = step;
  self->progress.loss = tfv_tensor_get_value (fetched[0], 0);
  self->progress.accuracy = tfv_tensor_get_value (fetched[1], 0);
  is_good = tfv_summary_write (fetched[2], self->train_writer, step, error);
  if (is_traced)
    tfv_run_metadata_write (metadata, self->train_writer, step);
  for (guint i = 0; i < G_N_ELEMENTS (fetched); i++)
    tfv_tensor_unref (fetched[i]);
  return is_good;
}

/* Looks at the first few batches of images that are not trained on. */
static gboolean
evaluate (Training *self, guint n_batches, double *loss, double *accuracy, GError **error)
{
  *loss = *accuracy = 0;
  for (guint i = 0; i < n_batches; i++)
    {
      DigitsBatch *batch = g_ptr_array_index (self->held_out, i);
      TfvTensor   *feeds[] = { batch->pixels, batch->labels };
      TfvTensor   *fetched[2] = { NULL };

      if (!tfv_callable_run (self->evaluate, NULL, feeds, fetched, NULL, error))
        return FALSE;
      *loss += tfv_tensor_get_value (fetched[0], 0) / n_batches;
      *accuracy += tfv_tensor_get_value (fetched[1], 0) / n_batches;
      tfv_tensor_unref (fetched[0]);
      tfv_tensor_unref (fetched[1]);
    }
  return TRUE;
}

static gboolean
evaluate_and_log (Training *self, GError **error)
{
  double loss;

  if (!evaluate (self, 1, &loss, &self->progress.test_accuracy, error))
    return FALSE;
  tfv_summary_writer_add_scalar_float (self->test_writer, "loss", (float) loss, self->progress.step);
  tfv_summary_writer_add_scalar_float (self->test_writer, "accuracy", (float) self->progress.test_accuracy, self->progress.step);
  return TRUE;
}

/* What the network looks like, and what at: too much for every step. */
static gboolean
describe_and_log (Training *self, GError **error)
{
  DigitsBatch          *batch = g_ptr_array_index (self->held_out, 0);
  TfvTensor            *feed = batch->pixels;
  g_autoptr (TfvTensor) details = NULL;

  return tfv_callable_run (self->describe, NULL, &feed, &details, NULL, error) && tfv_summary_write (details, self->train_writer, self->progress.step, error);
}

static gboolean
save (Training *self, GError **error)
{
  if (!digits_checkpoint_save (self->session, self->checkpoint_path, error))
    return FALSE;
  tfv_summary_writer_add_session (self->train_writer, TFV_SESSION_CHECKPOINT, self->progress.step);
  self->checkpoint_us = g_get_monotonic_time ();
  return TRUE;
}

static double
get_seconds_left (Training *self, gint64 now_us)
{
  double seconds = (double) (now_us - self->start_us) / G_USEC_PER_SEC;

  return self->options->seconds > 0 ? MAX (self->options->seconds - seconds, 0) : -1;
}

static gboolean
train (Training *self, GError **error)
{
  g_autoptr (DigitsDisplay) display = digits_display_new ();
  gboolean                  is_over = FALSE;

  self->checkpoint_us = g_get_monotonic_time ();
  while (!is_over)
    {
      gint64 now_us;

      if (!run_step (self, error))
        return FALSE;
      if (self->progress.step % EVALUATION_STEPS == 0 && !evaluate_and_log (self, error))
        return FALSE;
      if (self->progress.step % DETAIL_STEPS == 0 && !describe_and_log (self, error))
        return FALSE;
      now_us = g_get_monotonic_time ();
      if (now_us - self->checkpoint_us > CHECKPOINT_US && !save (self, error))
        return FALSE;
      self->progress.seconds_left = get_seconds_left (self, now_us);
      is_over = is_interrupted || self->progress.step >= self->progress.last_step || self->progress.seconds_left == 0;
      digits_display_show (display, &self->progress, is_over);
    }
  return save (self, error);
}

static gboolean
finish (Training *self, GError **error)
{
  double loss;
  double accuracy;

  if (!evaluate (self, self->held_out->len, &loss, &accuracy, error))
    return FALSE;
  tfv_summary_writer_add_session (self->train_writer, TFV_SESSION_STOP, self->progress.step);
  tfv_summary_writer_add_session (self->test_writer, TFV_SESSION_STOP, self->progress.step);
  if (!tfv_summary_writer_close (self->train_writer, error) || !tfv_summary_writer_close (self->test_writer, error))
    return FALSE;
  if (is_interrupted)
    printf ("stopped; --logdir=%s goes on\n", self->options->logdir);
  printf ("%.2f %% of %u held-out digits recognised after %" G_GINT64_FORMAT " steps; the run is in %s\n",
          100 * accuracy,
          self->n_held_out,
          self->progress.step,
          self->options->logdir);
  return TRUE;
}

static gboolean
run (Training *self, int argc, char **argv, GError **error)
{
  if (g_mkdir_with_parents (self->options->logdir, 0777) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", self->options->logdir, g_strerror (errno));
      return FALSE;
    }
  if (!open_session (self, error) || !open_data (self, error) || !open_writers (self, argc, argv, error))
    return FALSE;
  if (self->progress.first_step > 0)
    printf ("going on after step %" G_GINT64_FORMAT " of %s\n", self->progress.first_step, self->options->logdir);
  return train (self, error) && finish (self, error);
}

static void
training_clear (Training *self)
{
  g_clear_pointer (&self->batches, digits_batches_free);
  g_ptr_array_unref (self->held_out);
  g_clear_pointer (&self->train, tfv_callable_unref);
  g_clear_pointer (&self->evaluate, tfv_callable_unref);
  g_clear_pointer (&self->describe, tfv_callable_unref);
  g_clear_object (&self->session);
  g_clear_pointer (&self->model, digits_model_free);
  g_clear_object (&self->train_writer);
  g_clear_object (&self->test_writer);
  g_free (self->checkpoint_path);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError)        error = NULL;
  g_autoptr (DigitsOptions) options = NULL;
  Training                  training = { .start_us = g_get_monotonic_time (), .progress = { .test_accuracy = NAN } };
  gboolean                  is_good;

  setlocale (LC_CTYPE, "");
  options = digits_options_new (argv, &error);
  if (options == NULL)
    {
      g_printerr ("digits: %s (see --help)\n", error->message);
      return 2;
    }
  training.options = options;
  training.progress.batch_size = options->batch_size;
  training.checkpoint_path = g_build_filename (options->logdir, "digits.checkpoint", NULL);
  training.held_out = g_ptr_array_new_with_free_func ((GDestroyNotify) digits_batch_free);
  catch_signals ();
  is_good = run (&training, argc, argv, &error);
  training_clear (&training);
  if (!is_good)
    g_printerr ("digits: %s\n", error->message);
  return is_good ? EXIT_SUCCESS : EXIT_FAILURE;
}
