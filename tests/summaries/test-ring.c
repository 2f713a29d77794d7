/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sys/mman.h>

#include "summaries/tfv-ring-private.h"

#define N_ZONES 16
#define CAPACITY (N_ZONES * TFV_RING_ZONE_ROWS)

typedef guint64 Row;

static TfvRing *
new_ring (void)
{
  TfvRing *ring = mmap (NULL, TFV_RING_BYTES (CAPACITY, sizeof (Row)), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

  g_assert_true (ring != MAP_FAILED);
  tfv_ring_init (ring, CAPACITY, sizeof (Row));
  return ring;
}

static void
free_ring (TfvRing *ring)
{
  munmap (ring, TFV_RING_BYTES (CAPACITY, sizeof (Row)));
}

static gboolean
push (TfvRingInlet *inlet, guint64 value)
{
  Row *row = tfv_ring_inlet_reserve (inlet);

  if (row == NULL)
    return FALSE;
  *row = value;
  tfv_ring_inlet_commit (inlet, sizeof *row);
  return TRUE;
}

/* Takes all rows from @tail on, each of which says its position. */
static guint64
take_all (TfvRing *ring, guint64 tail)
{
  guint64 head = tfv_ring_get_head (ring);

  while (tail < head)
    {
      guint64    n_rows = tfv_ring_get_run (ring, tail, head);
      const Row *rows = tfv_ring_get_row (ring, tail, sizeof *rows);

      g_assert_cmpuint (n_rows, >, 0);
      g_assert_cmpuint (n_rows, <=, head - tail);
      for (guint64 i = 0; i < n_rows; i++, tail++)
        g_assert_cmpuint (rows[i], ==, tail);
    }

  return tail;
}

static void
test_keeps_the_order (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  TfvRing          *ring = new_ring ();
  TfvRingInlet      inlet;
  guint64           n_pushed = 0;
  guint64           tail = 0;

  tfv_ring_inlet_open (&inlet, ring);
  for (guint round = 0; round < 500; round++)
    {
      guint n_rows = (guint) g_rand_int_range (random, 1, CAPACITY / 2);

      for (guint i = 0; i < n_rows && push (&inlet, n_pushed); i++)
        n_pushed++;
      g_assert_cmpuint (tfv_ring_get_head (ring), ==, n_pushed);
      /* What is seen now is given back only after more was pushed. */
      tfv_ring_release (ring, tail);
      if (g_rand_int_range (random, 0, 3) > 0)
        tail = take_all (ring, tail);
      /* Another thread may get the slot. */
      if (g_rand_int_range (random, 0, 10) == 0)
        tfv_ring_inlet_open (&inlet, ring);
    }
  g_assert_cmpuint (n_pushed, >, 10 * CAPACITY);

  free_ring (ring);
}

static void
test_counts_what_has_no_room (void)
{
  TfvRing     *ring = new_ring ();
  TfvRingInlet inlet;
  guint64      n_pushed = 0;

  tfv_ring_inlet_open (&inlet, ring);
  while (push (&inlet, n_pushed))
    n_pushed++;
  g_assert_cmpuint (n_pushed, ==, CAPACITY);
  g_assert_cmpuint (tfv_ring_get_n_dropped (ring), ==, 1);
  g_assert_false (push (&inlet, n_pushed));
  g_assert_cmpuint (tfv_ring_get_n_dropped (ring), ==, 2);

  /* Rows are forgotten by whole zones. */
  tfv_ring_release (ring, TFV_RING_ZONE_ROWS - 1);
  g_assert_false (push (&inlet, n_pushed));
  tfv_ring_release (ring, TFV_RING_ZONE_ROWS);
  for (guint i = 0; i < TFV_RING_ZONE_ROWS; i++)
    g_assert_true (push (&inlet, n_pushed++));
  g_assert_false (push (&inlet, n_pushed));
  g_assert_cmpuint (tfv_ring_get_n_dropped (ring), ==, 4);
  g_assert_cmpuint (take_all (ring, TFV_RING_ZONE_ROWS), ==, n_pushed);

  free_ring (ring);
}

/* Who logs little needs little memory, however long. */
static void
test_a_ring_that_is_emptied_uses_few_zones (void)
{
  TfvRing     *ring = new_ring ();
  TfvRingInlet inlet;
  guint64      n_pushed = 0;

  tfv_ring_inlet_open (&inlet, ring);
  for (guint round = 0; round < 1000; round++)
    {
      for (guint i = 0; i < 200; i++)
        g_assert_true (push (&inlet, n_pushed++));
      tfv_ring_release (ring, take_all (ring, n_pushed - 200));
    }
  g_assert_cmpuint (ring->n_zones_populated, <=, 4);
  for (guint64 position = 0; position < CAPACITY; position += TFV_RING_ZONE_ROWS)
    g_assert_cmpuint (tfv_ring_get_zone (ring, position), <, 2);

  free_ring (ring);
}

static gpointer
push_from_thread (gpointer data)
{
  TfvRingInlet inlet;
  guint64      n_pushed = 0;

  tfv_ring_inlet_open (&inlet, data);
  while (n_pushed < 20 * CAPACITY)
    {
      if (push (&inlet, n_pushed))
        n_pushed++;
      else
        g_thread_yield ();
    }

  return NULL;
}

static void
test_two_threads_share_one (void)
{
  TfvRing *ring = new_ring ();
  GThread *thread = g_thread_new ("producer", push_from_thread, ring);
  guint64  tail = 0;

  while (tail < 20 * CAPACITY)
    {
      tail = take_all (ring, tail);
      tfv_ring_release (ring, tail);
      g_thread_yield ();
    }
  g_thread_join (thread);

  free_ring (ring);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/summaries/ring/keeps-the-order", test_keeps_the_order);
  g_test_add_func ("/summaries/ring/counts-what-has-no-room", test_counts_what_has_no_room);
  g_test_add_func ("/summaries/ring/a-ring-that-is-emptied-uses-few-zones", test_a_ring_that_is_emptied_uses_few_zones);
  g_test_add_func ("/summaries/ring/two-threads-share-one", test_two_threads_share_one);

  return g_test_run ();
}
