/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "examples/digits-feed.h"

/* Enough that a slow step of either side does not stop the other. */
#define N_AHEAD 4

typedef struct
{
  TfvTensor *images;
  TfvTensor *labels;
} Batch;

struct _DigitsFeed
{
  DigitsData *data;
  guint       batch_size;
  GThread    *thread;

  GMutex   lock;
  GCond    changed;
  GQueue   ready;
  gboolean is_ending;
};

static void
batch_free (gpointer data)
{
  Batch *batch = data;

  tfv_tensor_unref (batch->images);
  tfv_tensor_unref (batch->labels);
  g_free (batch);
}

/* Makes a batch at once: images [batch_size, DIGITS_N_PIXELS], labels [batch_size]. */
void
digits_feed_fill (DigitsData *data, guint batch_size, TfvTensor **images, TfvTensor **labels)
{
  *images = tfv_tensor_new (TFV_DATA_TYPE_FLOAT, TFV_SHAPE (batch_size, DIGITS_N_PIXELS));
  *labels = tfv_tensor_new (TFV_DATA_TYPE_INT64, TFV_SHAPE (batch_size));
  digits_data_next (data, batch_size, tfv_tensor_get_data (*images), tfv_tensor_get_data (*labels));
}

static gpointer
work (gpointer data)
{
  DigitsFeed *self = data;

  g_mutex_lock (&self->lock);
  while (!self->is_ending)
    {
      Batch *batch;

      if (self->ready.length >= N_AHEAD)
        {
          g_cond_wait (&self->changed, &self->lock);
          continue;
        }
      g_mutex_unlock (&self->lock);
      batch = g_new (Batch, 1);
      digits_feed_fill (self->data, self->batch_size, &batch->images, &batch->labels);
      g_mutex_lock (&self->lock);
      g_queue_push_tail (&self->ready, batch);
      g_cond_broadcast (&self->changed);
    }
  g_mutex_unlock (&self->lock);
  return NULL;
}

/* Begins to make batches of `data`, which nobody else may use from now on and
 * which must outlive the feed. */
DigitsFeed *
digits_feed_new (DigitsData *data, guint batch_size)
{
  DigitsFeed *self = g_new0 (DigitsFeed, 1);

  self->data = data;
  self->batch_size = batch_size;
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  g_queue_init (&self->ready);
  self->thread = g_thread_new ("digits-feed", work, self);
  return self;
}

void
digits_feed_free (DigitsFeed *self)
{
  g_mutex_lock (&self->lock);
  self->is_ending = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);
  g_queue_clear_full (&self->ready, batch_free);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Gives the next batch, as soon as there is one. The caller owns the tensors. */
void
digits_feed_next (DigitsFeed *self, TfvTensor **images, TfvTensor **labels)
{
  Batch *batch;

  g_mutex_lock (&self->lock);
  while (self->ready.length == 0)
    g_cond_wait (&self->changed, &self->lock);
  batch = g_queue_pop_head (&self->ready);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  *images = batch->images;
  *labels = batch->labels;
  g_free (batch);
}
