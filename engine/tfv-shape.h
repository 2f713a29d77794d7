/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "summaries/tfv-macros.h"

G_BEGIN_DECLS

/**
 * TFV_SHAPE_MAX_RANK:
 *
 * Most dimensions that a tensor can have.
 */
#define TFV_SHAPE_MAX_RANK 8

/**
 * TfvShape:
 * @rank: number of dimensions, or -1 where even that is unknown
 * @dims: sizes, outermost first; -1 is an unknown size
 *
 * A shape, fully known or not. A plain value: copied by assignment.
 */
typedef struct
{
  int    rank;
  gint64 dims[TFV_SHAPE_MAX_RANK];
} TfvShape;

/**
 * TFV_SHAPE:
 * @...: one or more sizes, -1 for an unknown one
 *
 * A shape written in place: `TFV_SHAPE (-1, 784)`.
 */
#define TFV_SHAPE(...)                                                         \
  tfv_shape_from_dims ((int) G_N_ELEMENTS (((const gint64[]){ __VA_ARGS__ })), \
                       (const gint64[]){ __VA_ARGS__ })

TFV_PUBLIC
TfvShape tfv_shape_scalar (void);
TFV_PUBLIC
TfvShape tfv_shape_unknown (void);
TFV_PUBLIC
TfvShape tfv_shape_unknown_of_rank (int rank);
TFV_PUBLIC
TfvShape tfv_shape_from_dims (int rank, const gint64 *dims);
TFV_PUBLIC
gboolean tfv_shape_is_fully_known (const TfvShape *shape);
TFV_PUBLIC
gint64 tfv_shape_get_n_elements (const TfvShape *shape);
TFV_PUBLIC
gboolean tfv_shape_equal (const TfvShape *a, const TfvShape *b);
TFV_PUBLIC
gboolean tfv_shape_is_compatible (const TfvShape *a, const TfvShape *b);
TFV_PUBLIC
gboolean tfv_shape_merge (const TfvShape *a, const TfvShape *b, TfvShape *merged);
TFV_PUBLIC
gboolean tfv_shape_broadcast (const TfvShape *a, const TfvShape *b, TfvShape *broadcast);
TFV_PUBLIC
char *tfv_shape_to_string (const TfvShape *shape);

G_END_DECLS
