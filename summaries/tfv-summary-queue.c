/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is handed over under the writer's lock: strings, which get ids, and
 * records of any size. */

#include "summaries/tfv-summary-writer-private.h"

#include <string.h>

/* What stands for all names that there is no room for any more, and the room
 * that is kept for it. */
#define LAST_NAME "(too many names)"
#define LAST_NAMES_BYTES 4096

static guint
hash_name (gconstpointer data)
{
  const TfvWriterName *name = data;

  return g_str_hash (name->string) ^ (name->kind * 2654435761u) ^ (name->parent * 40503u);
}

static gboolean
equal_names (gconstpointer a, gconstpointer b)
{
  const TfvWriterName *first = a, *second = b;

  return first->kind == second->kind && first->parent == second->parent && strcmp (first->string, second->string) == 0;
}

static void
free_name (gpointer data)
{
  TfvWriterName *name = data;

  g_free (name->string);
  g_free (name);
}

GHashTable *
tfv_summary_writer_create_ids (void)
{
  return g_hash_table_new_full (hash_name, equal_names, free_name, NULL);
}

/* Adds a string to the log that the consumer reads; FALSE when that is full. */
static gboolean
log_string (TfvSummaryWriter *self, guint32 kind, const char *string, guint32 parent, gsize room_kept)
{
  TfvWriterHeader *header = self->region->header;
  guint64          end = atomic_load_explicit (&header->string_end, memory_order_relaxed);
  /* A little more than is written, so that a cut in a character is not seen. */
  gsize            length = strnlen (string, TFV_WRITER_MAX_NAME_BYTES + 8);
  gsize            n_bytes = tfv_writer_string_get_bytes (length);
  TfvWriterString *entry = (TfvWriterString *) (tfv_writer_region_get_string_log (self->region) + end);

  if (end + n_bytes + room_kept > header->string_bytes)
    return FALSE;

  *entry = (TfvWriterString){ kind, parent, (guint32) length, 0 };
  memcpy (entry + 1, string, length);
  atomic_store_explicit (&header->string_end, end + n_bytes, memory_order_release);

  return TRUE;
}

/* Under the lock. */
static TfvWriterName *
find_name (TfvSummaryWriter *self, guint32 kind, const char *string, guint32 parent, guint32 *id)
{
  TfvWriterName key = { kind, parent, (char *) string };
  gpointer      name = NULL;
  gpointer      value = NULL;

  g_hash_table_lookup_extended (self->ids, &key, &name, &value);
  *id = GPOINTER_TO_UINT (value);

  return name;
}

/* The id of a string, made if it is new; @kept gets the writer's own copy. Rows
 * that are pushed afterwards may use the id. */
guint32
tfv_summary_writer_add_string (TfvSummaryWriter *self, guint32 kind, const char *string, guint32 parent, const char **kept)
{
  gsize          room_kept = LAST_NAMES_BYTES;
  TfvWriterName *name;
  guint32        id;

  g_mutex_lock (&self->mutex);
  name = find_name (self, kind, string, parent, &id);
  while (name == NULL)
    {
      if (log_string (self, kind, string, parent, room_kept))
        {
          id = g_hash_table_size (self->ids) + 1;
          name = g_new (TfvWriterName, 1);
          *name = (TfvWriterName){ kind, parent, g_strdup (string) };
          g_hash_table_insert (self->ids, name, GUINT_TO_POINTER (id));
          break;
        }

      /* At the very end any name that there is will do. */
      id = 1;
      if (room_kept == 0)
        break;
      string = LAST_NAME;
      parent = 0;
      room_kept = 0;
      name = find_name (self, kind, string, parent, &id);
    }
  if (kept != NULL)
    *kept = name != NULL ? name->string : LAST_NAME;
  g_mutex_unlock (&self->mutex);

  return id;
}

/* Where @n_bytes in one piece can go in the blob buffer, and from where on that is
 * in use then; FALSE when it is full. */
static gboolean
find_blob_room (TfvSummaryWriter *self, gsize n_bytes, guint64 *position, guint64 *used_from)
{
  guint64 capacity = self->region->header->blob_bytes;
  guint64 released = MAX (atomic_load_explicit (&self->region->header->blob_released, memory_order_acquire), self->blob_floor);
  guint64 begin = self->blob_end;
  guint64 next = (begin + capacity - 1) / capacity * capacity;

  /* An empty buffer is begun anew, so that little of it is ever memory. */
  if (released == begin)
    released = begin = next;
  else if (n_bytes > next - begin)
    begin = next;

  if (n_bytes > capacity || begin + n_bytes - released > capacity)
    return FALSE;

  *position = begin;
  *used_from = released;
  return TRUE;
}

static gboolean
queue_blob (TfvSummaryWriter *self, TfvRecordKind kind, guint32 tag, gint64 step, double wall_time, GBytes *bytes)
{
  gsize          n_bytes;
  gconstpointer  data = g_bytes_get_data (bytes, &n_bytes);
  guint64        position, used_from;
  TfvWriterBlob *blob;

  if (!find_blob_room (self, n_bytes, &position, &used_from))
    return FALSE;
  blob = tfv_ring_inlet_reserve (&self->blobs);
  if (blob == NULL)
    return TRUE;

  if (n_bytes > 0)
    memcpy (self->region->blob_bytes + position % self->region->header->blob_bytes, data, n_bytes);
  *blob = (TfvWriterBlob){ position, n_bytes, step, wall_time, kind, tag };
  self->blob_floor = used_from;
  self->blob_end = position + n_bytes;
  tfv_ring_inlet_commit (&self->blobs, sizeof *blob);

  return TRUE;
}

/* Queues a record of any size. One that finds the queue full, or would fill more
 * than all of it, which is told, is dropped and counted. */
void
tfv_summary_writer_add_blob (TfvSummaryWriter *self, TfvRecordKind kind, const char *tag, gint64 step, double wall_time, GBytes *bytes)
{
  TfvWriterHeader *header = self->region->header;
  guint32          id;

  if (!tfv_summary_writer_is_open (self))
    {
      tfv_summary_writer_count_late (self, &header->n_late_blobs);
      return;
    }

  if (g_bytes_get_size (bytes) > header->blob_bytes)
    g_message ("%s: %s: a record of %" G_GSIZE_FORMAT " bytes is dropped: %" G_GUINT64_FORMAT " is the most", self->logdir, tag, g_bytes_get_size (bytes), header->blob_bytes);

  id = tfv_summary_writer_add_string (self, kind, tag, 0, NULL);

  g_mutex_lock (&self->mutex);
  if (!queue_blob (self, kind, id, step, wall_time, bytes))
    atomic_fetch_add (&header->n_late_blobs, 1);
  g_mutex_unlock (&self->mutex);

  tfv_summary_writer_kick (self);
}
