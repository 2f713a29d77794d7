/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-span-table-private.h"

#include <stdatomic.h>
#include <string.h>

#include "summaries/tfv-row-list-private.h"

#define FIRST_STRINGS_LOG2 5

typedef struct
{
  char         *string;
  TfvStringKind kind;
  guint32       parent;
} TfvStringEntry;

struct _TfvSpanTable
{
  gatomicrefcount ref_count;
  GMutex          lock;
  GHashTable     *ids;
  TfvRowList      spans;
  TfvRowList      counters;
  TfvRowList      flows;
  TfvRowList      markers;
  atomic_uint     n_strings;
  TfvStringEntry *strings[TFV_ROW_LIST_N_SEGMENTS];
};

G_DEFINE_BOXED_TYPE (TfvSpanTable, tfv_span_table, tfv_span_table_ref, tfv_span_table_unref)

static guint
hash_entry (gconstpointer key)
{
  const TfvStringEntry *entry = key;

  return g_str_hash (entry->string) ^ ((guint) entry->kind * 0x9e3779b1u) ^ (entry->parent * 0x85ebca6bu);
}

static gboolean
entries_equal (gconstpointer a, gconstpointer b)
{
  const TfvStringEntry *left = a, *right = b;

  return left->kind == right->kind && left->parent == right->parent && strcmp (left->string, right->string) == 0;
}

/**
 * tfv_span_table_new:
 *
 * Creates an empty table.
 *
 * Returns: (transfer full): a new table
 */
TfvSpanTable *
tfv_span_table_new (void)
{
  TfvSpanTable *self = g_new0 (TfvSpanTable, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  tfv_row_list_init (&self->spans, sizeof (TfvSpan));
  tfv_row_list_init (&self->counters, sizeof (TfvCounter));
  tfv_row_list_init (&self->flows, sizeof (TfvFlow));
  tfv_row_list_init (&self->markers, sizeof (TfvMarker));
  return self;
}

/**
 * tfv_span_table_ref:
 * @self: a table
 *
 * Takes a reference. Any thread.
 *
 * Returns: (transfer full): @self
 */
TfvSpanTable *
tfv_span_table_ref (TfvSpanTable *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * tfv_span_table_unref:
 * @self: (transfer full): a table
 *
 * Gives a reference back. Any thread.
 */
void
tfv_span_table_unref (TfvSpanTable *self)
{
  guint n_strings;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  n_strings = atomic_load (&self->n_strings);
  for (guint i = 0; i < n_strings; i++)
    {
      gsize offset;
      guint segment = tfv_row_list_locate (i, FIRST_STRINGS_LOG2, &offset);

      g_free (self->strings[segment][offset].string);
    }
  for (guint i = 0; i < TFV_ROW_LIST_N_SEGMENTS; i++)
    g_free (self->strings[i]);
  tfv_row_list_clear (&self->spans);
  tfv_row_list_clear (&self->counters);
  tfv_row_list_clear (&self->flows);
  tfv_row_list_clear (&self->markers);
  g_clear_pointer (&self->ids, g_hash_table_unref);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * tfv_span_table_get_n_spans:
 * @self: a table
 *
 * How many spans there are now. Any thread.
 *
 * Returns: number of spans
 */
gsize
tfv_span_table_get_n_spans (TfvSpanTable *self)
{
  return tfv_row_list_get_n_rows (&self->spans);
}

/**
 * tfv_span_table_get_span:
 * @self: a table
 * @index: which span, below [method@Tfv.SpanTable.get_n_spans]
 * @span: (out caller-allocates): the span
 *
 * Copies a span, in the order in which they were stored. Any thread; takes no
 * lock.
 */
void
tfv_span_table_get_span (TfvSpanTable *self, gsize index, TfvSpan *span)
{
  g_return_if_fail (index < tfv_span_table_get_n_spans (self));

  *span = *(const TfvSpan *) tfv_row_list_get (&self->spans, index, NULL);
}

/**
 * tfv_span_table_append:
 * @self: a table
 * @span: a span, whose ids are those of this table
 *
 * Appends a copy of a span. Any thread.
 */
void
tfv_span_table_append (TfvSpanTable *self, const TfvSpan *span)
{
  tfv_span_table_append_from (self, span, 0);
}

static void
append (TfvSpanTable *self, TfvRowList *rows, gconstpointer row, guint32 source)
{
  g_mutex_lock (&self->lock);
  tfv_row_list_append (rows, row, source);
  g_mutex_unlock (&self->lock);
}

/* The same for a span of a file, whose number is @source. */
void
tfv_span_table_append_from (TfvSpanTable *self, const TfvSpan *span, guint32 source)
{
  append (self, &self->spans, span, source);
}

void
tfv_span_table_append_counter_from (TfvSpanTable *self, const TfvCounter *counter, guint32 source)
{
  append (self, &self->counters, counter, source);
}

void
tfv_span_table_append_flow_from (TfvSpanTable *self, const TfvFlow *flow, guint32 source)
{
  append (self, &self->flows, flow, source);
}

void
tfv_span_table_append_marker_from (TfvSpanTable *self, const TfvMarker *marker, guint32 source)
{
  append (self, &self->markers, marker, source);
}

/**
 * tfv_span_table_get_n_counters:
 * @self: a table
 *
 * How many counters there are now. Any thread.
 *
 * Returns: number of counters
 */
gsize
tfv_span_table_get_n_counters (TfvSpanTable *self)
{
  return tfv_row_list_get_n_rows (&self->counters);
}

/**
 * tfv_span_table_get_counter:
 * @self: a table
 * @index: which one, below [method@Tfv.SpanTable.get_n_counters]
 * @counter: (out caller-allocates): the counter
 *
 * Copies one of the counters, in the order in which they were stored. Any
 * thread; takes no lock.
 */
void
tfv_span_table_get_counter (TfvSpanTable *self, gsize index, TfvCounter *counter)
{
  g_return_if_fail (index < tfv_span_table_get_n_counters (self));

  *counter = *(const TfvCounter *) tfv_row_list_get (&self->counters, index, NULL);
}

/**
 * tfv_span_table_get_n_flows:
 * @self: a table
 *
 * How many points of flows there are now. Any thread.
 *
 * Returns: number of points of flows
 */
gsize
tfv_span_table_get_n_flows (TfvSpanTable *self)
{
  return tfv_row_list_get_n_rows (&self->flows);
}

/**
 * tfv_span_table_get_flow:
 * @self: a table
 * @index: which one, below [method@Tfv.SpanTable.get_n_flows]
 * @flow: (out caller-allocates): the flow
 *
 * Copies one of the points of flows, in the order in which they were stored. Any
 * thread; takes no lock.
 */
void
tfv_span_table_get_flow (TfvSpanTable *self, gsize index, TfvFlow *flow)
{
  g_return_if_fail (index < tfv_span_table_get_n_flows (self));

  *flow = *(const TfvFlow *) tfv_row_list_get (&self->flows, index, NULL);
}

/**
 * tfv_span_table_get_n_markers:
 * @self: a table
 *
 * How many markers there are now. Any thread.
 *
 * Returns: number of markers
 */
gsize
tfv_span_table_get_n_markers (TfvSpanTable *self)
{
  return tfv_row_list_get_n_rows (&self->markers);
}

/**
 * tfv_span_table_get_marker:
 * @self: a table
 * @index: which one, below [method@Tfv.SpanTable.get_n_markers]
 * @marker: (out caller-allocates): the marker
 *
 * Copies one of the markers, in the order in which they were stored. Any
 * thread; takes no lock.
 */
void
tfv_span_table_get_marker (TfvSpanTable *self, gsize index, TfvMarker *marker)
{
  g_return_if_fail (index < tfv_span_table_get_n_markers (self));

  *marker = *(const TfvMarker *) tfv_row_list_get (&self->markers, index, NULL);
}

/* A table without the spans and moments of a file. Strings keep their ids. Called by the
   one thread that appends. (transfer full) */
TfvSpanTable *
tfv_span_table_copy_without (TfvSpanTable *self, guint32 source)
{
  TfvSpanTable *copy = tfv_span_table_new ();
  guint32       n_strings = tfv_span_table_get_n_strings (self);

  for (guint32 id = 1; id <= n_strings; id++)
    {
      TfvStringKind kind;
      guint32       parent;
      const char   *string = tfv_span_table_get_string (self, id, &kind, &parent);

      tfv_span_table_intern (copy, kind, string, parent);
    }
  tfv_row_list_append_without (&copy->spans, &self->spans, source);
  tfv_row_list_append_without (&copy->counters, &self->counters, source);
  tfv_row_list_append_without (&copy->flows, &self->flows, source);
  tfv_row_list_append_without (&copy->markers, &self->markers, source);
  return copy;
}

/**
 * tfv_span_table_intern:
 * @self: a table
 * @kind: what the string names
 * @string: the string
 * @parent: id of what it belongs to (the device of a lane), or 0
 *
 * The id of a string, which is the same for the same kind, string and parent.
 * Any thread.
 *
 * Returns: an id, never 0
 */
guint32
tfv_span_table_intern (TfvSpanTable *self, TfvStringKind kind, const char *string, guint32 parent)
{
  return tfv_span_table_intern_length (self, kind, string, -1, parent);
}

/* The same for a string of @length bytes, or up to its NUL where that is -1.
   What is not UTF-8 in it is replaced. */
guint32
tfv_span_table_intern_length (TfvSpanTable *self, TfvStringKind kind, const char *string, gssize length, guint32 parent)
{
  g_autofree char *valid = g_utf8_make_valid (string, length);
  TfvStringEntry   key = { valid, kind, parent };
  TfvStringEntry  *entry;
  gpointer         found;
  guint            n, segment;
  gsize            offset;

  g_mutex_lock (&self->lock);
  if (self->ids == NULL)
    self->ids = g_hash_table_new (hash_entry, entries_equal);
  found = g_hash_table_lookup (self->ids, &key);
  if (found == NULL)
    {
      n = atomic_load_explicit (&self->n_strings, memory_order_relaxed);
      segment = tfv_row_list_locate (n, FIRST_STRINGS_LOG2, &offset);
      if (self->strings[segment] == NULL)
        self->strings[segment] = g_new (TfvStringEntry, (gsize) 1 << (segment + FIRST_STRINGS_LOG2));
      entry = &self->strings[segment][offset];
      *entry = (TfvStringEntry){ g_steal_pointer (&valid), kind, parent };
      found = GUINT_TO_POINTER (n + 1);
      g_hash_table_insert (self->ids, entry, found);
      atomic_store_explicit (&self->n_strings, n + 1, memory_order_release);
    }
  g_mutex_unlock (&self->lock);
  return GPOINTER_TO_UINT (found);
}

/**
 * tfv_span_table_get_string:
 * @self: a table
 * @id: an id, from 1 to [method@Tfv.SpanTable.get_n_strings]
 * @kind: (out) (optional): what the string names
 * @parent: (out) (optional): id of what it belongs to, or 0
 *
 * The string of an id. Any thread; takes no lock.
 *
 * Returns: (nullable) (transfer none): the string, which lives as long as the
 *   table, or %NULL where there is no such id
 */
const char *
tfv_span_table_get_string (TfvSpanTable *self, guint32 id, TfvStringKind *kind, guint32 *parent)
{
  const TfvStringEntry *entry;
  gsize                 offset;
  guint                 segment;

  if (id == 0 || id > atomic_load_explicit (&self->n_strings, memory_order_acquire))
    return NULL;
  segment = tfv_row_list_locate (id - 1, FIRST_STRINGS_LOG2, &offset);
  entry = &self->strings[segment][offset];
  if (kind != NULL)
    *kind = entry->kind;
  if (parent != NULL)
    *parent = entry->parent;
  return entry->string;
}

/**
 * tfv_span_table_get_n_strings:
 * @self: a table
 *
 * How many strings there are now. Any thread.
 *
 * Returns: the greatest id
 */
guint32
tfv_span_table_get_n_strings (TfvSpanTable *self)
{
  return atomic_load_explicit (&self->n_strings, memory_order_acquire);
}
