/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-engine.h"

G_BEGIN_DECLS

/* A perceptron with one hidden layer that tells digits, and what trains it. */
typedef struct
{
  TfvGraph *graph;

  /* to feed */
  TfvOutput images;        /* float [n, 784] */
  TfvOutput labels;        /* int64 [n] */
  TfvOutput learning_rate; /* float */

  /* to fetch */
  TfvOutput loss;
  TfvOutput accuracy;
  TfvOutput summary;

  /* to run */
  TfvOperation *train;
  TfvOperation *initialize;
} DigitsModel;

gboolean digits_model_build (DigitsModel *self, guint n_hidden, gint64 seed, GError **error);
void     digits_model_clear (DigitsModel *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DigitsModel, digits_model_clear)

G_END_DECLS
