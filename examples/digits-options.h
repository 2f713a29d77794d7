/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "examples/digits-model.h"

G_BEGIN_DECLS

#define DIGITS_MAX_LAYERS 8

/* What the command line says. */
typedef struct
{
  char           *logdir;
  char           *data; /* folder of MNIST's files; NULL draws the digits */
  gint64          n_steps;
  double          seconds; /* 0 for as long as the steps take */
  guint           batch_size;
  double          learning_rate; /* at first */
  guint           layer_sizes[DIGITS_MAX_LAYERS];
  guint           n_layers;
  DigitsOptimizer optimizer;
  gint64          seed;
} DigitsOptions;

DigitsOptions *digits_options_new (char **argv, GError **error);
void           digits_options_free (DigitsOptions *self);
GVariant      *digits_options_to_hparams (const DigitsOptions *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DigitsOptions, digits_options_free)

G_END_DECLS
