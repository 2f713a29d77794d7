/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "examples/digits-options.h"

typedef struct
{
  const char     *name;
  DigitsOptimizer kind;
  double          learning_rate; /* a good one, if none is given */
} OptimizerChoice;

static const OptimizerChoice optimizers[] = {
  { "adam", DIGITS_ADAM, 0.002 },
  { "momentum", DIGITS_MOMENTUM, 0.05 },
  { "gd", DIGITS_GRADIENT_DESCENT, 0.2 },
};

/* As they are written, before they are checked. */
typedef struct
{
  char  *hidden;
  char  *optimizer;
  int    batch_size;
  double learning_rate;
} Text;

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, message);
  return FALSE;
}

static gboolean
parse_layers (DigitsOptions *self, const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      guint64 size;

      if (i == DIGITS_MAX_LAYERS || !g_ascii_string_to_unsigned (parts[i], 10, 1, 65536, &size, NULL))
        return refuse (error, "--hidden wants sizes of at most 8 layers, each from 1 to 65536, such as 256 or 256,128");
      self->layer_sizes[self->n_layers++] = (guint) size;
    }
  return TRUE;
}

static gboolean
parse_optimizer (DigitsOptions *self, const char *text, double learning_rate, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (optimizers); i++)
    if (g_str_equal (optimizers[i].name, text))
      {
        self->optimizer = optimizers[i].kind;
        self->learning_rate = learning_rate > 0 ? learning_rate : optimizers[i].learning_rate;
        return TRUE;
      }
  return refuse (error, "--optimizer wants adam, momentum or gd");
}

static gboolean
check (DigitsOptions *self, const Text *text, guint n_left, GError **error)
{
  if (n_left > 1)
    return refuse (error, "there are only options, no other arguments");
  if (self->n_steps < 1)
    return refuse (error, "--steps must be at least 1");
  if (self->seconds < 0)
    return refuse (error, "--seconds can't be negative");
  if (text->batch_size < 1 || text->batch_size > 65536)
    return refuse (error, "--batch-size must be from 1 to 65536");
  if (text->learning_rate < 0)
    return refuse (error, "--learning-rate must be greater than 0");
  self->batch_size = (guint) text->batch_size;
  return parse_layers (self, text->hidden != NULL ? text->hidden : "256", error) &&
         parse_optimizer (self, text->optimizer != NULL ? text->optimizer : "adam", text->learning_rate, error);
}

static char *
dup_default_logdir (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char      *name = g_date_time_format (now, "%Y-%m-%d-%H%M%S");

  return g_build_filename ("logs", "digits", name, NULL);
}

/* Reads the command line; NULL, with an error, where it can't be understood. */
DigitsOptions *
digits_options_new (char **argv, GError **error)
{
  g_autoptr (DigitsOptions)  self = g_new0 (DigitsOptions, 1);
  g_autoptr (GOptionContext) context = g_option_context_new ("- learn to recognise digits");
  g_auto (GStrv)             arguments = g_strdupv (argv);
  g_autofree char           *hidden = NULL;
  g_autofree char           *optimizer = NULL;
  Text                       text = { .batch_size = 100 };
  GOptionEntry               entries[] = {
                  { "logdir", 0, 0, G_OPTION_ARG_FILENAME, &self->logdir, "Folder of the run (default: logs/digits/TIME); a run that is there already goes on", "DIR" },
                  { "data", 0, 0, G_OPTION_ARG_FILENAME, &self->data, "Folder with MNIST's IDX files (default: draw digits from the installed fonts)", "DIR" },
                  { "steps", 0, 0, G_OPTION_ARG_INT64, &self->n_steps, "Train for N steps (default: 20000)", "N" },
                  { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &self->seconds, "Train for at most N seconds", "N" },
                  { "batch-size", 0, 0, G_OPTION_ARG_INT, &text.batch_size, "Images a step (default: 100)", "N" },
                  { "hidden", 0, 0, G_OPTION_ARG_STRING, &hidden, "Sizes of the hidden layers (default: 256)", "N[,N…]" },
                  { "optimizer", 0, 0, G_OPTION_ARG_STRING, &optimizer, "adam, momentum or gd (default: adam)", "NAME" },
                  { "learning-rate", 0, 0, G_OPTION_ARG_DOUBLE, &text.learning_rate, "Learning rate at first; it halves every 4000 steps (default: 0.002, 0.05 or 0.2)", "X" },
                  { "seed", 0, 0, G_OPTION_ARG_INT64, &self->seed, "Seed of all that is random (default: 1)", "N" },
                  { NULL },
  };

  self->n_steps = 20000;
  self->seed = 1;
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse_strv (context, &arguments, error))
    return NULL;
  text.hidden = hidden;
  text.optimizer = optimizer;
  if (!check (self, &text, g_strv_length (arguments), error))
    return NULL;
  if (self->logdir == NULL)
    self->logdir = dup_default_logdir ();
  return g_steal_pointer (&self);
}

void
digits_options_free (DigitsOptions *self)
{
  g_free (self->logdir);
  g_free (self->data);
  g_free (self);
}

/* The hyper-parameters, for the run's description: a floating a{sv}. */
GVariant *
digits_options_to_hparams (const DigitsOptions *self)
{
  g_autoptr (GString) hidden = g_string_new (NULL);
  GVariantDict        dict;

  for (guint i = 0; i < self->n_layers; i++)
    g_string_append_printf (hidden, "%s%u", i > 0 ? "," : "", self->layer_sizes[i]);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "data", "s", self->data != NULL ? "MNIST" : "drawn");
  g_variant_dict_insert (&dict, "batch_size", "x", (gint64) self->batch_size);
  g_variant_dict_insert (&dict, "hidden", "s", hidden->str);
  for (guint i = 0; i < G_N_ELEMENTS (optimizers); i++)
    if (optimizers[i].kind == self->optimizer)
      g_variant_dict_insert (&dict, "optimizer", "s", optimizers[i].name);
  g_variant_dict_insert (&dict, "learning_rate", "d", self->learning_rate);
  g_variant_dict_insert (&dict, "seed", "x", self->seed);
  return g_variant_dict_end (&dict);
}
