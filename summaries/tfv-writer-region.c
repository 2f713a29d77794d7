/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-writer-region-private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "summaries/tfv-error.h"

#define PAGE_BYTES 4096u
#define ROUND_UP(n_bytes) (((gsize) (n_bytes) + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES)

/* All of it is address space that only becomes memory as it is used. */
#define STRING_BYTES ((gsize) 64 << 20)
#define BLOB_BYTES ((gsize) 256 << 20)
#define MAX_HALVINGS 5

#define SCALARS_BYTES ROUND_UP (TFV_RING_BYTES (TFV_WRITER_RING_ROWS, sizeof (TfvEventScalarRow)))
#define SPANS_BYTES ROUND_UP (TFV_RING_BYTES (TFV_WRITER_RING_ROWS, sizeof (TfvEventSpanRow)))
#define MOMENTS_BYTES ROUND_UP (TFV_RING_BYTES (TFV_WRITER_RING_ROWS, sizeof (TfvMoment)))
#define SLOT_BYTES (SCALARS_BYTES + SPANS_BYTES + MOMENTS_BYTES)
#define QUEUE_BYTES ROUND_UP (TFV_RING_BYTES (TFV_WRITER_BLOB_ROWS, sizeof (TfvWriterBlob)))
#define HEADER_BYTES ROUND_UP (sizeof (TfvWriterHeader))

/* Of the blob buffer's memory so much is kept when it is not needed. */
#define KEPT_BLOB_BYTES ((gsize) 4 << 20)

static gsize
get_main_bytes (gsize string_bytes, gsize blob_bytes)
{
  return HEADER_BYTES + QUEUE_BYTES + string_bytes + blob_bytes;
}

static void *
map (int fd, gsize offset, gsize n_bytes)
{
  int   flags = fd >= 0 ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS;
  void *memory = mmap (NULL, n_bytes, PROT_READ | PROT_WRITE, flags | MAP_NORESERVE, fd, fd >= 0 ? (off_t) offset : 0);

  return memory != MAP_FAILED ? memory : NULL;
}

/* Memory that can be given to another process, of a size that is for good, so
 * that no access to it can fail. -1 where there is none to be had. */
static int
create_memory (gsize n_bytes)
{
  struct rlimit limit;
  int           fd;

  /* A file that passes the limit would be a signal to the program. */
  if (getrlimit (RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < n_bytes)
    return -1;

  fd = memfd_create ("tfv-writer", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd >= 0 && (ftruncate (fd, (off_t) n_bytes) != 0 || fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0))
    {
      close (fd);
      fd = -1;
    }

  return fd;
}

static TfvWriterRegion *
new_view (int fd, void *memory)
{
  TfvWriterRegion *self = g_new0 (TfvWriterRegion, 1);
  struct stat      status;

  g_atomic_ref_count_init (&self->ref_count);
  self->fd = fd;
  self->inode = fd >= 0 && fstat (fd, &status) == 0 ? status.st_ino : 0;
  self->header = memory;
  self->blobs = (TfvRing *) ((guint8 *) memory + HEADER_BYTES);
  self->strings = (guint8 *) memory + HEADER_BYTES + QUEUE_BYTES;

  return self;
}

/* Makes one, with nothing in it but its sizes. Where memory can't be shared it
 * is of this process alone, and where there is little address space small. */
TfvWriterRegion *
tfv_writer_region_new (GError **error)
{
  for (guint i = 0; i <= MAX_HALVINGS; i++)
    {
      gsize            string_bytes = STRING_BYTES >> i;
      gsize            blob_bytes = BLOB_BYTES >> i;
      gsize            main_bytes = get_main_bytes (string_bytes, blob_bytes);
      int              fd = create_memory (main_bytes + TFV_WRITER_N_SLOTS * SLOT_BYTES);
      void            *memory = map (fd, 0, main_bytes);
      TfvWriterRegion *self;

      if (memory == NULL)
        {
          if (fd >= 0)
            close (fd);
          continue;
        }

      self = new_view (fd, memory);
      self->blob_bytes = (guint8 *) self->strings + string_bytes;
      self->header->version = TFV_WRITER_REGION_VERSION;
      self->header->string_bytes = string_bytes;
      self->header->blob_bytes = blob_bytes;
      tfv_ring_init (self->blobs, TFV_WRITER_BLOB_ROWS, sizeof (TfvWriterBlob));

      return self;
    }

  g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "cannot get memory for what is logged: %s", g_strerror (errno));
  return NULL;
}

/* Another process's view. It owns @fd from now on. */
TfvWriterRegion *
tfv_writer_region_attach (int fd, GError **error)
{
  struct stat      status;
  TfvWriterHeader *header = fstat (fd, &status) == 0 && (gsize) status.st_size >= HEADER_BYTES ? map (fd, 0, HEADER_BYTES) : NULL;
  gsize            main_bytes = 0;
  gsize            string_bytes = 0;
  void            *memory = NULL;
  TfvWriterRegion *self;

  if (header != NULL)
    {
      string_bytes = header->string_bytes;
      if (header->version == TFV_WRITER_REGION_VERSION && string_bytes <= STRING_BYTES && header->blob_bytes <= BLOB_BYTES)
        main_bytes = get_main_bytes (string_bytes, header->blob_bytes);
      munmap (header, HEADER_BYTES);
    }
  if (main_bytes > 0 && (gsize) status.st_size == main_bytes + TFV_WRITER_N_SLOTS * SLOT_BYTES)
    memory = map (fd, 0, main_bytes);
  if (memory == NULL)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_FORMAT, "file descriptor %d is no memory of a writer", fd);
      return NULL;
    }

  self = new_view (fd, memory);
  self->blob_bytes = (guint8 *) self->strings + string_bytes;

  return self;
}

TfvWriterRegion *
tfv_writer_region_ref (TfvWriterRegion *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tfv_writer_region_unref (TfvWriterRegion *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  for (guint i = 0; i < TFV_WRITER_N_SLOTS; i++)
    {
      if (self->slots[i].scalars != NULL)
        munmap (self->slots[i].scalars, SLOT_BYTES);
    }
  if (tfv_writer_region_has_fd (self))
    close (self->fd);
  munmap (self->header, get_main_bytes (self->header->string_bytes, self->header->blob_bytes));
  g_free (self);
}

/* Whether its descriptor is still the one that it was: programs that become
 * daemons close all that they find. */
gboolean
tfv_writer_region_has_fd (TfvWriterRegion *self)
{
  struct stat status;

  return self->fd >= 0 && fstat (self->fd, &status) == 0 && status.st_ino == self->inode;
}

/* Makes the rings of a slot reachable. One thread at a time in each process. */
gboolean
tfv_writer_region_map_slot (TfvWriterRegion *self, guint slot)
{
  gsize   main_bytes = get_main_bytes (self->header->string_bytes, self->header->blob_bytes);
  guint8 *memory;

  if (self->slots[slot].scalars != NULL)
    return TRUE;
  if (self->fd >= 0 && !tfv_writer_region_has_fd (self))
    return FALSE;

  memory = map (self->fd, main_bytes + slot * SLOT_BYTES, SLOT_BYTES);
  if (memory == NULL)
    return FALSE;

  self->slots[slot].spans = (TfvRing *) (memory + SCALARS_BYTES);
  self->slots[slot].moments = (TfvRing *) (memory + SCALARS_BYTES + SPANS_BYTES);
  self->slots[slot].scalars = (TfvRing *) memory;

  return TRUE;
}

guint8 *
tfv_writer_region_get_string_log (TfvWriterRegion *self)
{
  return (guint8 *) self->strings;
}

/* Consumer: gives the blobs before @tail back, and memory beyond the first few
 * megabytes to the system. */
void
tfv_writer_region_release_blobs (TfvWriterRegion *self, guint64 tail)
{
  guint64 capacity = self->header->blob_bytes;
  guint64 end = atomic_load (&self->header->blob_released);

  for (guint64 i = atomic_load (&self->blobs->tail); i < tail; i++)
    {
      const TfvWriterBlob *blob = tfv_ring_get_row (self->blobs, i, sizeof *blob);
      gsize                begin = MAX (ROUND_UP (blob->position % capacity), KEPT_BLOB_BYTES);
      gsize                stop = (blob->position % capacity + blob->length) / PAGE_BYTES * PAGE_BYTES;

      if (stop > begin)
        madvise (self->blob_bytes + begin, stop - begin, self->fd >= 0 ? MADV_REMOVE : MADV_DONTNEED);
      end = blob->position + blob->length;
    }

  tfv_ring_release (self->blobs, tail);
  atomic_store_explicit (&self->header->blob_released, end, memory_order_release);
}

/* What was not taken, so far. */
void
tfv_writer_region_count_dropped (TfvWriterRegion *self, TfvWriterDropped *dropped)
{
  TfvWriterHeader *header = self->header;

  dropped->n_scalars = atomic_load (&header->n_late_scalars) + atomic_load (&header->n_lost_scalars);
  dropped->n_spans = atomic_load (&header->n_late_spans) + atomic_load (&header->n_lost_spans);
  dropped->n_moments = atomic_load (&header->n_late_moments) + atomic_load (&header->n_lost_moments);
  dropped->n_blobs = atomic_load (&header->n_late_blobs) + atomic_load (&header->n_lost_blobs) + tfv_ring_get_n_dropped (self->blobs);

  for (guint i = 0; i < atomic_load (&header->n_slots); i++)
    {
      if (atomic_load (&header->slots[i]) == TFV_SLOT_FREE || self->slots[i].scalars == NULL)
        continue;
      dropped->n_scalars += tfv_ring_get_n_dropped (self->slots[i].scalars);
      dropped->n_spans += tfv_ring_get_n_dropped (self->slots[i].spans);
      dropped->n_moments += tfv_ring_get_n_dropped (self->slots[i].moments);
    }
}

/* Not the private kinds of futex: it may be another process that sleeps. */
void
tfv_writer_region_wake (_Atomic guint32 *word, int n)
{
  syscall (SYS_futex, word, FUTEX_WAKE, n, NULL, NULL, 0);
}

/* Wakes the consumer, from whichever sleep. */
void
tfv_writer_region_kick (TfvWriterRegion *self)
{
  if (atomic_exchange (&self->header->sleep, TFV_WRITER_KICKED) != TFV_WRITER_KICKED)
    tfv_writer_region_wake (&self->header->sleep, 1);
}

/* Sleeps while the word is @value, for at most @timeout_ns, for ever if that is
 * negative. May return early. */
void
tfv_writer_region_wait (_Atomic guint32 *word, guint32 value, gint64 timeout_ns)
{
  struct timespec timeout = { timeout_ns / 1000000000, timeout_ns % 1000000000 };

  syscall (SYS_futex, word, FUTEX_WAIT, value, timeout_ns >= 0 ? &timeout : NULL, NULL, 0);
}

/* Consumer: wakes all who wait for it. */
void
tfv_writer_region_progress (TfvWriterRegion *self)
{
  atomic_fetch_add (&self->header->progress, 1);
  tfv_writer_region_wake (&self->header->progress, G_MAXINT);
}

/* One process, one thread sets it; one that died meanwhile leaves it odd. */
void
tfv_writer_text_set (TfvWriterText *self, const char *text)
{
  guint32 sequence = atomic_load (&self->sequence) | 1;
  gsize   i = 0;

  atomic_store (&self->sequence, sequence);
  for (; text[i] != '\0' && i < sizeof self->text - 1; i++)
    atomic_store_explicit (&self->text[i], text[i], memory_order_release);
  atomic_store_explicit (&self->text[i], '\0', memory_order_release);
  atomic_store (&self->sequence, sequence + 1);
}

/* The text, whole; @sequence tells one text from the next and is 0 where there
 * was none yet. */
char *
tfv_writer_text_dup (TfvWriterText *self, guint32 *sequence)
{
  g_autofree char *copy = g_malloc (sizeof self->text);

  for (guint n_tries = 0; n_tries < 1000; n_tries++)
    {
      guint32 before = atomic_load (&self->sequence);

      for (gsize i = 0; i < sizeof self->text; i++)
        {
          copy[i] = atomic_load_explicit (&self->text[i], memory_order_acquire);
          if (copy[i] == '\0')
            break;
        }
      copy[sizeof self->text - 1] = '\0';

      if ((before & 1) == 0 && atomic_load (&self->sequence) == before)
        {
          if (sequence != NULL)
            *sequence = before;
          return g_strdup (copy);
        }
      g_usleep (100);
    }

  return NULL;
}
