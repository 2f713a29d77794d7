/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-chunk-memory-private.h"

#include <stdatomic.h>
#include <sys/mman.h>

#define BLOCK_BYTES ((gsize) 2 << 20)

/* Shorter ones are left to malloc(), and so are longer ones, which it gets from
   the system each by itself. */
#define MIN_BYTES ((gsize) 2 << 10)
#define MAX_BYTES ((gsize) 128 << 10)

#define ALIGNMENT 64

/* At the beginning of a block. It goes when nothing in it is used and nothing more
   is taken from it. */
typedef struct
{
  atomic_uint n_used;
} TfvChunkBlock;

/* What the next pieces are taken from. It counts as used itself. */
static GMutex         lock;
static TfvChunkBlock *block;
static gsize          n_taken;

static gboolean
is_from_block (gsize n_bytes)
{
  return n_bytes >= MIN_BYTES && n_bytes <= MAX_BYTES;
}

/* A block begins at a multiple of its length. NULL where there is no memory. */
static TfvChunkBlock *
block_new (void)
{
  guint8        *memory = mmap (NULL, 2 * BLOCK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  guint8        *start;
  gsize          n_before;
  TfvChunkBlock *self;

  if (memory == MAP_FAILED)
    return NULL;
  n_before = (BLOCK_BYTES - (guintptr) memory % BLOCK_BYTES) % BLOCK_BYTES;
  start = memory + n_before;
  if (n_before > 0)
    munmap (memory, n_before);
  munmap (start + BLOCK_BYTES, BLOCK_BYTES - n_before);
#ifdef MADV_HUGEPAGE
  madvise (start, BLOCK_BYTES, MADV_HUGEPAGE);
#endif
  self = (TfvChunkBlock *) start;
  atomic_init (&self->n_used, 1);
  return self;
}

static void
block_unref (TfvChunkBlock *self)
{
  if (atomic_fetch_sub_explicit (&self->n_used, 1, memory_order_acq_rel) == 1)
    munmap (self, BLOCK_BYTES);
}

static gpointer
take_from_block (gsize n_bytes)
{
  gsize    n_wanted = (n_bytes + ALIGNMENT - 1) & ~(gsize) (ALIGNMENT - 1);
  gpointer memory = NULL;

  g_mutex_lock (&lock);
  if (block == NULL || n_taken + n_wanted > BLOCK_BYTES)
    {
      if (block != NULL)
        block_unref (block);
      block = block_new ();
      n_taken = ALIGNMENT;
    }
  if (block != NULL)
    {
      memory = (guint8 *) block + n_taken;
      n_taken += n_wanted;
      atomic_fetch_add_explicit (&block->n_used, 1, memory_order_relaxed);
    }
  g_mutex_unlock (&lock);
  return memory;
}

/* Memory whose content is whatever was there. NULL where there is not that much. */
gpointer
tfv_chunk_memory_try_alloc (gsize n_bytes)
{
  return is_from_block (n_bytes) ? take_from_block (n_bytes) : g_try_malloc (n_bytes);
}

/* Gives back what was asked for as @n_bytes. */
void
tfv_chunk_memory_free (gpointer memory, gsize n_bytes)
{
  if (memory != NULL && is_from_block (n_bytes))
    block_unref ((TfvChunkBlock *) ((guintptr) memory & ~(guintptr) (BLOCK_BYTES - 1)));
  else
    g_free (memory);
}
