/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <pthread.h>

#include "engine/tfv-operation.h"

G_BEGIN_DECLS

/* The generator Philox 4x32-10: a counter is scrambled with a key, so that
 * any place of the sequence can be reached at once. Key and the upper half of
 * the counter come from the op's seeds. */
typedef struct
{
  guint32 counter[4];
  guint32 key[2];
  guint32 numbers[4]; /* of the last counter */
  guint   n_left;
} TfvPhilox;

/* What a session keeps of a random op: where in its sequence it is. */
typedef struct
{
  pthread_mutex_t lock;
  TfvPhilox       philox;
} TfvRandomState;

gpointer tfv_random_state_new (const TfvOperation *operation);
void     tfv_random_state_free (gpointer state);
guint32  tfv_philox_next (TfvPhilox *self);

static inline double
tfv_philox_next_double (TfvPhilox *self)
{
  guint64 high = tfv_philox_next (self);

  return (double) ((high << 32 | tfv_philox_next (self)) >> 11) * 0x1p-53;
}

static inline float
tfv_philox_next_float (TfvPhilox *self)
{
  return (float) (tfv_philox_next (self) >> 8) * 0x1p-24f;
}

G_END_DECLS
