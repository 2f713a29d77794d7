/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "summaries/tfv-chunk-memory-private.h"

#define N_PIECES 500
#define N_ROUNDS 20
#define N_THREADS 4

typedef struct
{
  guint8 *memory;
  gsize   n_bytes;
} Piece;

static void
assert_filled (const Piece *piece, guint8 with)
{
  g_assert_cmpuint (piece->memory[0], ==, with);
  g_assert_cmpint (memcmp (piece->memory, piece->memory + 1, piece->n_bytes - 1), ==, 0);
}

/* Takes and gives back pieces of all lengths, and writes into each of them. */
static gpointer
take_and_give_back (gpointer seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (GPOINTER_TO_UINT (seed));
  g_autofree Piece *pieces = g_new0 (Piece, N_PIECES);

  for (guint round = 0; round < N_ROUNDS; round++)
    {
      for (guint i = 0; i < N_PIECES; i++)
        {
          gsize n_bytes = (gsize) g_rand_int_range (rand, 2, 1 << g_rand_int_range (rand, 2, 19));

          if (pieces[i].memory != NULL && g_rand_boolean (rand))
            continue;
          if (pieces[i].memory != NULL)
            {
              assert_filled (&pieces[i], (guint8) i);
              tfv_chunk_memory_free (pieces[i].memory, pieces[i].n_bytes);
            }
          pieces[i] = (Piece){ tfv_chunk_memory_try_alloc (n_bytes), n_bytes };
          g_assert_nonnull (pieces[i].memory);
          g_assert_cmpuint ((guintptr) pieces[i].memory % sizeof (gint64), ==, 0);
          memset (pieces[i].memory, (guint8) i, n_bytes);
        }
    }
  for (guint i = 0; i < N_PIECES; i++)
    {
      assert_filled (&pieces[i], (guint8) i);
      tfv_chunk_memory_free (pieces[i].memory, pieces[i].n_bytes);
    }
  return NULL;
}

static void
test_pieces_do_not_overlap (void)
{
  take_and_give_back (GUINT_TO_POINTER (1));
}

static void
test_threads_take_pieces_at_once (void)
{
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("take", take_and_give_back, GUINT_TO_POINTER (i + 2));
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
}

static void
test_nothing_is_given_back (void)
{
  tfv_chunk_memory_free (NULL, 4096);
  tfv_chunk_memory_free (NULL, 16);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/summaries/chunk-memory/pieces-do-not-overlap", test_pieces_do_not_overlap);
  g_test_add_func ("/summaries/chunk-memory/threads-take-pieces-at-once", test_threads_take_pieces_at_once);
  g_test_add_func ("/summaries/chunk-memory/nothing-is-given-back", test_nothing_is_given_back);
  return g_test_run ();
}
