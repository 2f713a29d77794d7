/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Trains a small network to tell digits: drawn on the fly from the installed
 * fonts, or MNIST's with --data=DIR. What it does can be watched with tfview
 * while it does it. */

#include <gio/gio.h>
#include <locale.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>

#include "engine/tfv-engine.h"
#include "engine/tfv-run-trace.h"
#include "engine/training/tfv-training.h"
#include "examples/digits-feed.h"
#include "examples/digits-model.h"
#include "summaries/tfv-summary-writer.h"

#define N_HELD_OUT 2000

/* Every so many steps a step is traced, and the held-out set is tried. */
#define TRACE_INTERVAL 100
#define TRIAL_INTERVAL 100
#define REPORT_INTERVAL 500

typedef struct
{
  char  *data;
  char  *logdir;
  int    n_steps;
  int    seconds;
  int    batch_size;
  int    n_hidden;
  double learning_rate;
  gint64 seed;
} Options;

/* All that a training needs and must give back. */
typedef struct
{
  const Options    *options;
  DigitsModel       model;
  TfvSession       *session;
  DigitsData       *train_data;
  DigitsData       *held_out_data;
  TfvTensor        *held_out[2]; /* images, labels */
  TfvSummaryWriter *train_writer;
  TfvSummaryWriter *held_out_writer;
  TfvCallable      *step;
  TfvCallable      *trial;
  double            held_out_accuracy;

  /* since the last report */
  double loss_sum;
  double accuracy_sum;
  int    n_summed;
} Training;

static volatile sig_atomic_t is_interrupted = 0;

static void
on_signal (int number)
{
  is_interrupted = 1;
}

static void
training_clear (Training *self)
{
  g_clear_pointer (&self->step, tfv_callable_unref);
  g_clear_pointer (&self->trial, tfv_callable_unref);
  g_clear_object (&self->session);
  digits_model_clear (&self->model);
  g_clear_pointer (&self->held_out[0], tfv_tensor_unref);
  g_clear_pointer (&self->held_out[1], tfv_tensor_unref);
  g_clear_pointer (&self->train_data, digits_data_free);
  g_clear_pointer (&self->held_out_data, digits_data_free);
  g_clear_object (&self->train_writer);
  g_clear_object (&self->held_out_writer);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Training, training_clear)

/* Falls from the learning rate to nothing along half a cosine. */
static float
get_learning_rate (const Options *options, int step)
{
  double done = (double) step / options->n_steps;

  return (float) (options->learning_rate * 0.5 * (1 + cos (G_PI * MIN (done, 1))));
}

static gboolean
open_data (Training *self, GError **error)
{
  const Options *options = self->options;
  guint          n_held_out = N_HELD_OUT;

  if (options->data)
    {
      self->train_data = digits_data_new_mnist (options->data, FALSE, (guint64) options->seed, error);
      if (self->train_data == NULL)
        return FALSE;
      self->held_out_data = digits_data_new_mnist (options->data, TRUE, 0, error);
      if (self->held_out_data == NULL)
        return FALSE;
      n_held_out = (guint) digits_data_get_n_images (self->held_out_data);
      printf ("%" G_GSIZE_FORMAT " training and %u held-out images from %s\n", digits_data_get_n_images (self->train_data), n_held_out, options->data);
    }
  else
    {
      g_autoptr (DigitsGlyphs) glyphs = digits_glyphs_new (error);

      if (glyphs == NULL)
        return FALSE;
      /* Far apart, so that no two sets of any two seeds are the same. */
      self->train_data = digits_data_new_drawn (glyphs, (guint64) options->seed);
      self->held_out_data = digits_data_new_drawn (glyphs, ~(guint64) options->seed);
      printf ("digits drawn on the fly in %u fonts; %u other ones are held out\n", digits_glyphs_get_n_faces (glyphs), n_held_out);
    }
  digits_feed_fill (self->held_out_data, n_held_out, &self->held_out[0], &self->held_out[1]);
  return TRUE;
}

static gboolean
open_writers (Training *self, int argc, char **argv, GError **error)
{
  const Options     *options = self->options;
  g_autofree char   *train = g_build_filename (options->logdir, "train", NULL);
  g_autofree char   *held_out = g_build_filename (options->logdir, "held-out", NULL);
  g_autoptr (GBytes) graph_def = tfv_graph_to_graph_def (self->model.graph);
  GVariantDict       hparams;

  self->train_writer = tfv_summary_writer_new (train, error);
  if (self->train_writer == NULL)
    return FALSE;
  self->held_out_writer = tfv_summary_writer_new (held_out, error);
  if (self->held_out_writer == NULL)
    return FALSE;

  g_variant_dict_init (&hparams, NULL);
  g_variant_dict_insert (&hparams, "batch_size", "x", (gint64) options->batch_size);
  g_variant_dict_insert (&hparams, "hidden", "x", (gint64) options->n_hidden);
  g_variant_dict_insert (&hparams, "learning_rate", "d", options->learning_rate);
  g_variant_dict_insert (&hparams, "optimizer", "s", "Adam");
  g_variant_dict_insert (&hparams, "seed", "x", options->seed);
  g_variant_dict_insert (&hparams, "steps", "x", (gint64) options->n_steps);
  tfv_summary_writer_add_run_description (self->train_writer, argc, (const char *const *) argv, g_variant_dict_end (&hparams));
  tfv_summary_writer_add_graph (self->train_writer, graph_def);

  /* Should there be an earlier training in the folder: this one begins anew. */
  tfv_summary_writer_add_session (self->train_writer, TFV_SESSION_START, 0);
  tfv_summary_writer_add_session (self->held_out_writer, TFV_SESSION_START, 0);
  return TRUE;
}

static gboolean
prepare_session (Training *self, GError **error)
{
  DigitsModel *model = &self->model;
  TfvOutput    step_feeds[] = { model->images, model->labels, model->learning_rate };
  TfvOutput    trial_feeds[] = { model->images, model->labels };
  TfvOutput    numbers[] = { model->loss, model->accuracy };
  TfvOutput    step_fetches[] = { model->loss, model->accuracy, model->summary };

  self->session = tfv_session_new (model->graph, error);
  if (self->session == NULL || !tfv_session_run_target (self->session, model->initialize, error))
    return FALSE;
  self->step = tfv_session_make_callable (self->session, step_feeds, G_N_ELEMENTS (step_feeds), step_fetches, G_N_ELEMENTS (step_fetches), &model->train, 1, error);
  if (self->step == NULL)
    return FALSE;
  self->trial = tfv_session_make_callable (self->session, trial_feeds, G_N_ELEMENTS (trial_feeds), numbers, G_N_ELEMENTS (numbers), NULL, 0, error);
  return self->trial != NULL;
}

/* Tries the held-out set, and logs how that went. */
static gboolean
try_held_out (Training *self, int step, GError **error)
{
  TfvTensor *numbers[2];

  if (!tfv_callable_run (self->trial, NULL, self->held_out, numbers, NULL, error))
    return FALSE;
  self->held_out_accuracy = tfv_tensor_get_value (numbers[1], 0);
  tfv_summary_writer_add_scalar_float (self->held_out_writer, "loss", (float) tfv_tensor_get_value (numbers[0], 0), step);
  tfv_summary_writer_add_scalar_float (self->held_out_writer, "accuracy", (float) self->held_out_accuracy, step);
  tfv_tensor_unref (numbers[0]);
  tfv_tensor_unref (numbers[1]);
  return TRUE;
}

/* One step: a batch through the network and back. */
static gboolean
train_step (Training *self, DigitsFeed *feed, int step, GError **error)
{
  TfvRunOptions              traced = { .trace_level = TFV_TRACE_FULL };
  gboolean                   is_traced = step % TRACE_INTERVAL == 0;
  g_autoptr (TfvRunMetadata) metadata = is_traced ? tfv_run_metadata_new () : NULL;
  TfvTensor                 *values[3];
  TfvTensor                 *results[3];
  gboolean                   is_done;

  digits_feed_next (feed, &values[0], &values[1]);
  values[2] = tfv_tensor_new_float (get_learning_rate (self->options, step));
  is_done = tfv_callable_run (self->step, is_traced ? &traced : NULL, values, results, metadata, error);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    tfv_tensor_unref (values[i]);
  if (!is_done)
    return FALSE;

  self->loss_sum += tfv_tensor_get_value (results[0], 0);
  self->accuracy_sum += tfv_tensor_get_value (results[1], 0);
  self->n_summed++;
  is_done = tfv_summary_write (results[2], self->train_writer, step, error);
  if (metadata)
    tfv_run_metadata_write (metadata, self->train_writer, step);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    tfv_tensor_unref (results[i]);
  return is_done;
}

/* A line for the terminal: the means since the last one, and the held-out set. */
static void
report (Training *self, int step, gint64 start_us)
{
  double seconds = (double) (g_get_monotonic_time () - start_us) * 1e-6;

  if (self->n_summed == 0)
    return;
  printf ("%7d  %7.1f  %8.4f  %7.2f %%  %7.2f %%  %7.0f\n", step, seconds, self->loss_sum / self->n_summed, self->accuracy_sum / self->n_summed * 100, self->held_out_accuracy * 100, step / MAX (seconds, 1e-3));
  fflush (stdout);
  self->loss_sum = self->accuracy_sum = 0;
  self->n_summed = 0;
}

/* Trains until it is done, the time is over or the user has had enough. */
static gboolean
train (Training *self, int *n_done, GError **error)
{
  const Options         *options = self->options;
  g_autoptr (DigitsFeed) feed = digits_feed_new (self->train_data, (guint) options->batch_size);
  gint64                 start_us = g_get_monotonic_time ();
  int                    step = 0;

  printf ("   step  seconds      loss   accuracy   held-out  steps/s\n");
  while (step < options->n_steps && !is_interrupted &&
         (options->seconds == 0 || g_get_monotonic_time () - start_us < options->seconds * G_TIME_SPAN_SECOND))
    {
      if (!train_step (self, feed, step, error))
        return FALSE;
      step++;
      if (step % TRIAL_INTERVAL == 0 && !try_held_out (self, step, error))
        return FALSE;
      if (step % REPORT_INTERVAL == 0)
        report (self, step, start_us);
    }
  if (!try_held_out (self, step, error))
    return FALSE;
  report (self, step, start_us);
  *n_done = step;
  return TRUE;
}

static gboolean
close_writers (Training *self, int step, GError **error)
{
  tfv_summary_writer_add_session (self->train_writer, TFV_SESSION_STOP, step);
  tfv_summary_writer_add_session (self->held_out_writer, TFV_SESSION_STOP, step);
  return tfv_summary_writer_close (self->train_writer, error) && tfv_summary_writer_close (self->held_out_writer, error);
}

static gboolean
run (const Options *options, int argc, char **argv, GError **error)
{
  g_auto (Training) training = { .options = options };
  int               n_done = 0;

  if (!open_data (&training, error) ||
      !digits_model_build (&training.model, (guint) options->n_hidden, options->seed, error) ||
      !open_writers (&training, argc, argv, error))
    return FALSE;
  printf ("watch it with: tfview %s\n\n", options->logdir);
  fflush (stdout);
  if (!prepare_session (&training, error) || !train (&training, &n_done, error) || !close_writers (&training, n_done, error))
    return FALSE;
  printf ("\n%sheld-out accuracy %.2f %% after %d steps\n", is_interrupted ? "stopped: " : "", training.held_out_accuracy * 100, n_done);
  return TRUE;
}

static gboolean
parse_options (Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &options->data, "Train on MNIST's IDX files in DIR instead of drawn digits", "DIR" },
    { "logdir", 0, 0, G_OPTION_ARG_FILENAME, &options->logdir, "Where the run is written (logs/digits-DATE-TIME)", "DIR" },
    { "steps", 0, 0, G_OPTION_ARG_INT, &options->n_steps, "Steps to train (12000)", "N" },
    { "seconds", 0, 0, G_OPTION_ARG_INT, &options->seconds, "Train no longer than this", "N" },
    { "batch", 0, 0, G_OPTION_ARG_INT, &options->batch_size, "Images in a batch (100)", "N" },
    { "hidden", 0, 0, G_OPTION_ARG_INT, &options->n_hidden, "Units of the hidden layer (128)", "N" },
    { "learning-rate", 0, 0, G_OPTION_ARG_DOUBLE, &options->learning_rate, "Learning rate at the start (0.002)", "X" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &options->seed, "Seed of all that is random (1)", "N" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, "Trains a small network to tell digits.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "Unexpected argument %s", (*argv)[1]);
  else if (options->n_steps < 1 || options->batch_size < 1 || options->n_hidden < 1 || options->seconds < 0 || !(options->learning_rate > 0))
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "Steps, batch, hidden units and learning rate must be more than 0");
  else
    return TRUE;
  return FALSE;
}

int
main (int argc, char **argv)
{
  Options            options = { .n_steps = 12000, .batch_size = 100, .n_hidden = 128, .learning_rate = 0.002, .seed = 1 };
  g_auto (GStrv)     command = g_strdupv (argv);
  g_autoptr (GError) error = NULL;
  int                status = 0;

  setlocale (LC_CTYPE, "");
  if (!parse_options (&options, &argc, &argv, &error))
    {
      fprintf (stderr, "digits: %s (see --help)\n", error->message);
      return 2;
    }
  if (options.logdir == NULL)
    {
      g_autoptr (GDateTime) now = g_date_time_new_now_local ();

      options.logdir = g_date_time_format (now, "logs/digits-%Y%m%d-%H%M%S");
    }

  signal (SIGINT, on_signal);
  signal (SIGTERM, on_signal);
  if (!run (&options, (int) g_strv_length (command), command, &error))
    {
      fprintf (stderr, "digits: %s\n", error->message);
      status = 1;
    }
  g_free (options.data);
  g_free (options.logdir);
  return status;
}
