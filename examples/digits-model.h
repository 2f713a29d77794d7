/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-engine.h"

G_BEGIN_DECLS

typedef enum
{
  DIGITS_ADAM,
  DIGITS_MOMENTUM,
  DIGITS_GRADIENT_DESCENT,
} DigitsOptimizer;

/* The network, as a graph: a stack of fully connected layers, its loss, and the
 * step that trains it. */
typedef struct
{
  TfvGraph     *graph;
  TfvOutput     pixels;        /* float32 [n, DIGITS_N_PIXELS], to be fed */
  TfvOutput     labels;        /* int64 [n], to be fed */
  TfvOutput     learning_rate; /* float32, to be fed to the train operation */
  TfvOutput     loss;          /* mean cross entropy */
  TfvOutput     accuracy;      /* share of the images that is recognised */
  TfvOutput     summary;       /* of the three above */
  TfvOutput     details;       /* summary of the images and the weights */
  TfvOutput     global_step;   /* number of steps trained */
  TfvOperation *train;
  TfvOperation *initializer;
} DigitsModel;

DigitsModel *digits_model_new (const guint *layer_sizes, guint n_layers, DigitsOptimizer optimizer, gint64 seed);
void         digits_model_free (DigitsModel *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DigitsModel, digits_model_free)

G_END_DECLS
