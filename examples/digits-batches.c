/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "examples/digits-batches.h"

#include <string.h>

/* Batches under way: enough that a moment without the processor does not stop
 * the training. */
#define N_BATCHES 8

/* Drawing a picture takes longer than training on it. So one picture of four in
 * a batch is new, and the others come from the last few thousand, which the
 * network has seen a few times at most. Which ones does not depend on timing:
 * the same seed gives the same batches. */
#define N_REMEMBERED 8192
#define NEW_IN 4
#define MIN_REMEMBERED 1024

struct _DigitsBatches
{
  DigitsData  *data;
  GAsyncQueue *empty;
  GAsyncQueue *full;
  GThread     *thread;
  gint         is_ending; /* atomic */

  /* of the thread */
  GRand  *rand;
  float  *pixels; /* of the remembered pictures; NULL where all are new */
  gint64 *labels;
  guint   n_remembered;
  guint   oldest;
};

DigitsBatch *
digits_batch_new (guint n_images)
{
  DigitsBatch *self = g_new0 (DigitsBatch, 1);

  self->pixels = tfv_tensor_new (TFV_DATA_TYPE_FLOAT, TFV_SHAPE (n_images, DIGITS_N_PIXELS));
  self->labels = tfv_tensor_new (TFV_DATA_TYPE_INT64, TFV_SHAPE (n_images));
  return self;
}

void
digits_batch_free (DigitsBatch *self)
{
  tfv_tensor_unref (self->pixels);
  tfv_tensor_unref (self->labels);
  g_free (self);
}

/* Fills the batch with the next pictures. */
void
digits_batch_fill (DigitsBatch *self, DigitsData *data)
{
  digits_data_next (data, (guint) tfv_tensor_get_n_elements (self->labels), tfv_tensor_get_data (self->pixels), tfv_tensor_get_data (self->labels));
}

static void
remember (DigitsBatches *self, const float *pixels, gint64 label)
{
  memcpy (self->pixels + (gsize) self->oldest * DIGITS_N_PIXELS, pixels, DIGITS_N_PIXELS * sizeof *pixels);
  self->labels[self->oldest] = label;
  self->oldest = (self->oldest + 1) % N_REMEMBERED;
  self->n_remembered = MIN (self->n_remembered + 1, N_REMEMBERED);
}

static void
recall (DigitsBatches *self, float *pixels, gint64 *label)
{
  guint32 which = (guint32) g_rand_int_range (self->rand, 0, (gint32) self->n_remembered);

  memcpy (pixels, self->pixels + (gsize) which * DIGITS_N_PIXELS, DIGITS_N_PIXELS * sizeof *pixels);
  *label = self->labels[which];
}

static void
mix (DigitsBatches *self, DigitsBatch *batch)
{
  float  *pixels = tfv_tensor_get_data (batch->pixels);
  gint64 *labels = tfv_tensor_get_data (batch->labels);
  guint   n_images = (guint) tfv_tensor_get_n_elements (batch->labels);
  guint   n_new = self->n_remembered < MIN_REMEMBERED ? n_images : (n_images + NEW_IN - 1) / NEW_IN;

  digits_data_next (self->data, n_new, pixels, labels);
  for (guint i = n_new; i < n_images; i++)
    recall (self, pixels + (gsize) i * DIGITS_N_PIXELS, &labels[i]);
  for (guint i = 0; i < n_new; i++)
    remember (self, pixels + (gsize) i * DIGITS_N_PIXELS, labels[i]);
}

static gpointer
produce (gpointer data)
{
  DigitsBatches *self = data;

  for (;;)
    {
      DigitsBatch *batch = g_async_queue_pop (self->empty);

      if (g_atomic_int_get (&self->is_ending))
        {
          digits_batch_free (batch);
          return NULL;
        }
      if (self->pixels != NULL)
        mix (self, batch);
      else
        digits_batch_fill (batch, self->data);
      g_async_queue_push (self->full, batch);
    }
}

/* Starts to make batches. `data` is used by the thread from now on, until it is
 * freed with the rest. */
DigitsBatches *
digits_batches_new (DigitsData *data, guint batch_size, guint64 seed)
{
  DigitsBatches *self = g_new0 (DigitsBatches, 1);

  self->data = data;
  self->empty = g_async_queue_new_full ((GDestroyNotify) digits_batch_free);
  self->full = g_async_queue_new_full ((GDestroyNotify) digits_batch_free);
  self->rand = g_rand_new_with_seed ((guint32) seed);
  if (digits_data_get_n_images (data) == 0)
    {
      self->pixels = g_new (float, (gsize) N_REMEMBERED *DIGITS_N_PIXELS);
      self->labels = g_new (gint64, N_REMEMBERED);
    }
  for (guint i = 0; i < N_BATCHES; i++)
    g_async_queue_push (self->empty, digits_batch_new (batch_size));
  self->thread = g_thread_new ("batches", produce, self);
  return self;
}

/* All batches that were taken must have been given back. */
void
digits_batches_free (DigitsBatches *self)
{
  g_atomic_int_set (&self->is_ending, TRUE);
  g_async_queue_push (self->empty, digits_batch_new (1)); /* in case it waits */
  g_thread_join (self->thread);
  g_async_queue_unref (self->empty);
  g_async_queue_unref (self->full);
  digits_data_free (self->data);
  g_rand_free (self->rand);
  g_free (self->pixels);
  g_free (self->labels);
  g_free (self);
}

/* The next batch, to be given back as soon as a step has used it. */
DigitsBatch *
digits_batches_take (DigitsBatches *self)
{
  return g_async_queue_pop (self->full);
}

void
digits_batches_give_back (DigitsBatches *self, DigitsBatch *batch)
{
  g_async_queue_push (self->empty, batch);
}
