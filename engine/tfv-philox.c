/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-philox-private.h"

gpointer
tfv_random_state_new (const TfvOperation *operation)
{
  TfvRandomState *self = g_new0 (TfvRandomState, 1);
  guint64         seed = (guint64) tfv_operation_get_attr_int (operation, "seed");
  guint64         seed2 = (guint64) tfv_operation_get_attr_int (operation, "seed2");

  if (seed == 0 && seed2 == 0)
    {
      seed = (guint64) g_random_int () << 32 | g_random_int ();
      seed2 = (guint64) g_random_int () << 32 | g_random_int ();
    }
  pthread_mutex_init (&self->lock, NULL);
  self->philox.key[0] = (guint32) seed;
  self->philox.key[1] = (guint32) (seed >> 32);
  self->philox.counter[2] = (guint32) seed2;
  self->philox.counter[3] = (guint32) (seed2 >> 32);
  return self;
}

void
tfv_random_state_free (gpointer state)
{
  TfvRandomState *self = state;

  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

static void
do_round (guint32 *counter, const guint32 *key)
{
  guint64 product0 = (guint64) 0xD2511F53u * counter[0];
  guint64 product1 = (guint64) 0xCD9E8D57u * counter[2];
  guint32 next[4] = {
    (guint32) (product1 >> 32) ^ counter[1] ^ key[0],
    (guint32) product1,
    (guint32) (product0 >> 32) ^ counter[3] ^ key[1],
    (guint32) product0,
  };

  for (int i = 0; i < 4; i++)
    counter[i] = next[i];
}

/* 32 random bits. */
guint32
tfv_philox_next (TfvPhilox *self)
{
  guint32 key[2] = { self->key[0], self->key[1] };

  if (self->n_left > 0)
    return self->numbers[4 - self->n_left--];
  for (int i = 0; i < 4; i++)
    self->numbers[i] = self->counter[i];
  for (int i = 0; i < 10; i++)
    {
      do_round (self->numbers, key);
      key[0] += 0x9E3779B9u;
      key[1] += 0xBB67AE85u;
    }
  for (int i = 0; i < 4 && ++self->counter[i] == 0; i++)
    continue;
  self->n_left = 3;
  return self->numbers[0];
}
