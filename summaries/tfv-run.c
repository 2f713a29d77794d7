/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-run-private.h"

#include <math.h>

#include "summaries/tfv-clock-table-private.h"
#include "summaries/tfv-run-part-private.h"
#include "summaries/tfv-span-table-private.h"
#include "summaries/tfv-tag-private.h"

/* A file that is damaged all over is not told of for ever. */
#define MAX_WARNINGS 100

#define N_KINDS (TFV_RECORD_RUN_METADATA + 1)

struct _TfvRun
{
  GObject parent_instance;

  char          *name;
  char          *directory;
  TfvRestarts   *restarts;
  _Atomic gint64 generation;

  GMutex         lock;
  TfvSpanTable  *spans;
  guint32        n_sources;
  GPtrArray     *parts;
  guint64        parts_generation;
  GHashTable    *tags[N_KINDS];
  GPtrArray     *warnings;
  guint          n_warnings_left_out;
  gboolean       has_clock_offset;
  gint64         clock_offset_ns;
  TfvClockTable *clocks;
};

G_DEFINE_FINAL_TYPE (TfvRun, tfv_run, G_TYPE_OBJECT)

static void
tfv_run_finalize (GObject *object)
{
  TfvRun *self = TFV_RUN (object);

  g_ptr_array_unref (self->parts);
  for (guint kind = 0; kind < N_KINDS; kind++)
    g_clear_pointer (&self->tags[kind], g_hash_table_unref);
  g_ptr_array_unref (self->warnings);
  tfv_restarts_unref (self->restarts);
  tfv_clock_table_free (self->clocks);
  tfv_span_table_unref (self->spans);
  g_mutex_clear (&self->lock);
  g_free (self->name);
  g_free (self->directory);
  G_OBJECT_CLASS (tfv_run_parent_class)->finalize (object);
}

static void
tfv_run_class_init (TfvRunClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tfv_run_finalize;
}

static void
tfv_run_init (TfvRun *self)
{
  g_mutex_init (&self->lock);
  self->restarts = tfv_restarts_new ();
  self->clocks = tfv_clock_table_new ();
  self->spans = tfv_span_table_new ();
  self->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_run_part_free);
  self->warnings = g_ptr_array_new_with_free_func (g_free);
}

/* A run without files. (transfer full) */
TfvRun *
tfv_run_new (const char *name, const char *directory)
{
  TfvRun *self = g_object_new (TFV_TYPE_RUN, NULL);

  self->name = g_strdup (name);
  self->directory = g_strdup (directory);
  return self;
}

void
tfv_run_lock (TfvRun *self)
{
  g_mutex_lock (&self->lock);
}

void
tfv_run_unlock (TfvRun *self)
{
  g_mutex_unlock (&self->lock);
}

TfvRestarts *
tfv_run_get_restarts (TfvRun *self)
{
  return self->restarts;
}

static TfvOrigin *
get_origin (gconstpointer part)
{
  return ((const TfvRunPart *) part)->origin;
}

static void
sort_parts_locked (TfvRun *self)
{
  tfv_restarts_sort_parts (self->restarts, self->parts, get_origin, &self->parts_generation);
}

/* Adds a file of the run. (transfer none): the run keeps it until it is removed */
TfvRunPart *
tfv_run_add_part (TfvRun *self, const char *path, const TfvFormat *format)
{
  TfvRunPart *part = tfv_run_part_new (self, path, format);

  g_mutex_lock (&self->lock);
  part->source = ++self->n_sources;
  g_ptr_array_add (self->parts, part);
  self->parts_generation = G_MAXUINT64;
  g_mutex_unlock (&self->lock);
  tfv_run_touch (self);
  return part;
}

static gboolean
tag_is_empty (gpointer name, gpointer tag, gpointer data)
{
  TfvTagSummary summary;

  tfv_tag_get_summary (tag, &summary);
  return summary.count == 0;
}

/* Looks taken before keep the table that they have. */
static void
remove_spans (TfvRun *self, guint32 source)
{
  TfvSpanTable *old = self->spans;
  TfvSpanTable *without = tfv_span_table_copy_without (old, source);

  g_mutex_lock (&self->lock);
  self->spans = without;
  g_mutex_unlock (&self->lock);
  tfv_span_table_unref (old);
}

/* Forgets what a file gave, and the tags that only it had. */
void
tfv_run_remove_part (TfvRun *self, TfvRunPart *part)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_set_free_func (self->parts, NULL);
  g_ptr_array_remove (self->parts, part);
  g_ptr_array_set_free_func (self->parts, (GDestroyNotify) tfv_run_part_free);
  g_mutex_unlock (&self->lock);

  if (part->has_spans)
    remove_spans (self, part->source);
  tfv_run_part_forget (part);
  tfv_run_part_free (part);

  g_mutex_lock (&self->lock);
  for (guint kind = 0; kind < N_KINDS; kind++)
    if (self->tags[kind] != NULL)
      g_hash_table_foreach_remove (self->tags[kind], tag_is_empty, NULL);
  g_mutex_unlock (&self->lock);
  tfv_run_touch (self);
}

/* Something in the run changed. */
void
tfv_run_touch (TfvRun *self)
{
  self->generation++;
}

static TfvTag *
lookup_tag_locked (TfvRun *self, const char *name, TfvRecordKind kind)
{
  return (guint) kind < N_KINDS && self->tags[kind] != NULL ? g_hash_table_lookup (self->tags[kind], name) : NULL;
}

/* The tag of this name and kind, made where there is none. (transfer full) */
TfvTag *
tfv_run_ensure_tag (TfvRun *self, const char *name, TfvRecordKind kind, const char *plugin)
{
  TfvTag *tag;

  g_return_val_if_fail ((guint) kind < N_KINDS, NULL);

  g_mutex_lock (&self->lock);
  tag = lookup_tag_locked (self, name, kind);
  if (tag == NULL)
    {
      tag = tfv_tag_new (name, kind, plugin, self->restarts);
      if (self->tags[kind] == NULL)
        self->tags[kind] = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) tfv_tag_unref);
      g_hash_table_insert (self->tags[kind], (gpointer) tfv_tag_get_name (tag), tag);
    }
  tfv_tag_ref (tag);
  g_mutex_unlock (&self->lock);
  return tag;
}

/* The plugin of the tag of this name that has one, of whatever kind. (transfer full) (nullable) */
char *
tfv_run_dup_plugin (TfvRun *self, const char *name)
{
  char *plugin = NULL;

  g_mutex_lock (&self->lock);
  for (guint kind = TFV_RECORD_SCALAR; kind < N_KINDS && plugin == NULL; kind++)
    {
      TfvTag *tag = lookup_tag_locked (self, name, (TfvRecordKind) kind);

      if (tag != NULL && *tfv_tag_get_plugin (tag) != '\0')
        plugin = g_strdup (tfv_tag_get_plugin (tag));
    }
  g_mutex_unlock (&self->lock);
  return plugin;
}

/* The run's files in their order. Called with the lock. (transfer none): TfvRunPart */
GPtrArray *
tfv_run_get_parts (TfvRun *self)
{
  sort_parts_locked (self);
  return self->parts;
}

/* The run's own offset, which is the first one told. */
gint64
tfv_run_adopt_clock_offset_ns (TfvRun *self, gint64 offset_ns)
{
  g_mutex_lock (&self->lock);
  if (!self->has_clock_offset)
    self->clock_offset_ns = offset_ns;
  self->has_clock_offset = TRUE;
  offset_ns = self->clock_offset_ns;
  g_mutex_unlock (&self->lock);
  return offset_ns;
}

/* Keeps how the run's span clock stood to wall time. */
void
tfv_run_add_clock_pair (TfvRun *self, gint64 time_ns, gint64 wall_ns)
{
  g_mutex_lock (&self->lock);
  tfv_clock_table_add (self->clocks, time_ns, wall_ns);
  g_mutex_unlock (&self->lock);
}

/* Keeps a warning that is not kept yet. */
void
tfv_run_add_warning (TfvRun *self, const char *warning)
{
  g_mutex_lock (&self->lock);
  if (!g_ptr_array_find_with_equal_func (self->warnings, warning, g_str_equal, NULL))
    {
      if (self->warnings->len < MAX_WARNINGS)
        g_ptr_array_add (self->warnings, g_utf8_make_valid (warning, -1));
      else
        self->n_warnings_left_out++;
    }
  g_mutex_unlock (&self->lock);
  tfv_run_touch (self);
}

/* Keeps a warning in the place of an earlier one, whose count grew. */
void
tfv_run_replace_warning (TfvRun *self, const char *previous, const char *warning)
{
  guint index;

  g_mutex_lock (&self->lock);
  if (g_ptr_array_find_with_equal_func (self->warnings, previous, g_str_equal, &index))
    {
      g_free (self->warnings->pdata[index]);
      self->warnings->pdata[index] = g_strdup (warning);
    }
  g_mutex_unlock (&self->lock);
  tfv_run_touch (self);
}

/**
 * tfv_run_get_name:
 * @self: a run
 *
 * The run's folder below the path that was opened, `.` for that path itself, as
 * in TensorBoard. Any thread.
 *
 * Returns: (transfer none): the name
 */
const char *
tfv_run_get_name (TfvRun *self)
{
  return self->name;
}

/**
 * tfv_run_get_directory:
 * @self: a run
 *
 * The folder that the run's files lie in. Any thread.
 *
 * Returns: (transfer none) (type filename): its path
 */
const char *
tfv_run_get_directory (TfvRun *self)
{
  return self->directory;
}

/**
 * tfv_run_dup_files:
 * @self: a run
 *
 * The files that the run is read from, in the order in which their records
 * count. Any thread.
 *
 * Returns: (transfer full) (array zero-terminated=1) (element-type filename): their paths
 */
char **
tfv_run_dup_files (TfvRun *self)
{
  GPtrArray *files = g_ptr_array_new ();

  g_mutex_lock (&self->lock);
  sort_parts_locked (self);
  for (guint i = 0; i < self->parts->len; i++)
    g_ptr_array_add (files, g_strdup (((TfvRunPart *) self->parts->pdata[i])->path));
  g_mutex_unlock (&self->lock);
  g_ptr_array_add (files, NULL);
  return (char **) g_ptr_array_free (files, FALSE);
}

/**
 * tfv_run_dup_warnings:
 * @self: a run
 *
 * What was wrong with the run's files, one line each with the file and the
 * place in it. Any thread.
 *
 * Returns: (transfer full) (array zero-terminated=1): the warnings
 */
char **
tfv_run_dup_warnings (TfvRun *self)
{
  GPtrArray *warnings = g_ptr_array_new ();

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->warnings->len; i++)
    g_ptr_array_add (warnings, g_strdup (self->warnings->pdata[i]));
  if (self->n_warnings_left_out > 0)
    g_ptr_array_add (warnings, g_strdup_printf ("%s: %u more warnings", self->directory, self->n_warnings_left_out));
  g_mutex_unlock (&self->lock);
  g_ptr_array_add (warnings, NULL);
  return (char **) g_ptr_array_free (warnings, FALSE);
}

/**
 * tfv_run_get_generation:
 * @self: a run
 *
 * A number that grows whenever anything of the run changed. Any thread.
 *
 * Returns: the generation
 */
guint64
tfv_run_get_generation (TfvRun *self)
{
  return (guint64) self->generation;
}

/**
 * tfv_run_dup_tags:
 * @self: a run
 *
 * The tags that the run has now, sorted by name and then by kind. Any thread.
 *
 * Returns: (transfer container) (element-type TfvTag): the tags
 */
GPtrArray *
tfv_run_dup_tags (TfvRun *self)
{
  GPtrArray     *tags = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_tag_unref);
  GHashTableIter iter;
  gpointer       tag;

  g_mutex_lock (&self->lock);
  for (guint kind = 0; kind < N_KINDS; kind++)
    {
      if (self->tags[kind] == NULL)
        continue;
      g_hash_table_iter_init (&iter, self->tags[kind]);
      while (g_hash_table_iter_next (&iter, NULL, &tag))
        g_ptr_array_add (tags, tfv_tag_ref (tag));
    }
  g_mutex_unlock (&self->lock);
  g_ptr_array_sort (tags, tfv_tag_compare);
  return tags;
}

/**
 * tfv_run_dup_tag:
 * @self: a run
 * @kind: what the tag's records are
 * @name: the tag's name
 *
 * Looks a tag up. Any thread.
 *
 * Returns: (transfer full) (nullable): the tag, or %NULL
 */
TfvTag *
tfv_run_dup_tag (TfvRun *self, TfvRecordKind kind, const char *name)
{
  TfvTag *tag;

  g_mutex_lock (&self->lock);
  tag = lookup_tag_locked (self, name, kind);
  if (tag != NULL)
    tfv_tag_ref (tag);
  g_mutex_unlock (&self->lock);
  return tag;
}

/**
 * tfv_run_dup_spans:
 * @self: a run
 *
 * The run's spans, of all its files. It grows; a file that is gone takes its
 * spans along, and then the run has another table. Any thread.
 *
 * Returns: (transfer full): the table
 */
TfvSpanTable *
tfv_run_dup_spans (TfvRun *self)
{
  TfvSpanTable *spans;

  g_mutex_lock (&self->lock);
  spans = tfv_span_table_ref (self->spans);
  g_mutex_unlock (&self->lock);
  return spans;
}

/* The same for the loader's thread, which alone replaces the table. (transfer none) */
TfvSpanTable *
tfv_run_peek_spans (TfvRun *self)
{
  return self->spans;
}

/**
 * tfv_run_get_n_graphs:
 * @self: a run
 *
 * How many graphs the run stored. Any thread.
 *
 * Returns: number of records of kind %TFV_RECORD_GRAPH
 */
guint
tfv_run_get_n_graphs (TfvRun *self)
{
  GHashTableIter iter;
  gpointer       tag;
  guint64        n_graphs = 0;

  g_mutex_lock (&self->lock);
  if (self->tags[TFV_RECORD_GRAPH] != NULL)
    {
      g_hash_table_iter_init (&iter, self->tags[TFV_RECORD_GRAPH]);
      while (g_hash_table_iter_next (&iter, NULL, &tag))
        {
          TfvTagSummary summary;

          tfv_tag_get_summary (tag, &summary);
          n_graphs += summary.count;
        }
    }
  g_mutex_unlock (&self->lock);
  return (guint) MIN (n_graphs, G_MAXUINT);
}

/**
 * tfv_run_get_start_time:
 * @self: a run
 *
 * When the run began: when the first of its writers began, or the wall time of
 * the first event where the files don't tell. Any thread.
 *
 * Returns: seconds since the UNIX epoch; NaN while not known
 */
double
tfv_run_get_start_time (TfvRun *self)
{
  double start_time = NAN;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->parts->len; i++)
    {
      TfvRunPart *part = self->parts->pdata[i];

      start_time = fmin (start_time, isnan (part->start_time) ? part->first_wall_time : part->start_time);
    }
  g_mutex_unlock (&self->lock);
  return start_time;
}

/**
 * tfv_run_dup_hparams:
 * @self: a run
 *
 * The hyper-parameters that the run was started with: those of its last file
 * that tells any. Any thread.
 *
 * Returns: (transfer full) (nullable): a dictionary `a{sv}`, or %NULL
 */
GVariant *
tfv_run_dup_hparams (TfvRun *self)
{
  GVariant *hparams = NULL;

  g_mutex_lock (&self->lock);
  sort_parts_locked (self);
  for (guint i = self->parts->len; i-- > 0 && hparams == NULL;)
    {
      TfvRunPart *part = self->parts->pdata[i];

      if (part->hparams != NULL)
        hparams = g_variant_ref (part->hparams);
    }
  g_mutex_unlock (&self->lock);
  return hparams;
}

/**
 * tfv_run_get_n_dropped:
 * @self: a run
 *
 * How many records the run's writers had to drop. Any thread.
 *
 * Returns: number of records
 */
guint64
tfv_run_get_n_dropped (TfvRun *self)
{
  guint64 n_dropped = 0;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->parts->len; i++)
    n_dropped += ((TfvRunPart *) self->parts->pdata[i])->n_dropped;
  g_mutex_unlock (&self->lock);
  return n_dropped;
}

/**
 * tfv_run_get_clock_offset_ns:
 * @self: a run
 *
 * What to add to the start of a span to get nanoseconds since the UNIX epoch, as
 * it was when the first file of the run began. [method@Tfv.Run.get_wall_ns] knows
 * how it was later. Any thread.
 *
 * Returns: the offset; 0 while not known
 */
gint64
tfv_run_get_clock_offset_ns (TfvRun *self)
{
  gint64 offset_ns;

  g_mutex_lock (&self->lock);
  offset_ns = self->clock_offset_ns;
  g_mutex_unlock (&self->lock);
  return offset_ns;
}

/**
 * tfv_run_get_wall_ns:
 * @self: a run
 * @time_ns: a time of the run's span clock, such as the start of a span
 *
 * When that was by the wall clock. The two clocks don't always keep their
 * distance, for a wall clock is set, and set right: what counts is how they stood
 * at the nearest moment that the run's files state, which is not a second away
 * while the run lives. Any thread.
 *
 * Returns: nanoseconds since the UNIX epoch; @time_ns where nothing is known
 */
gint64
tfv_run_get_wall_ns (TfvRun *self, gint64 time_ns)
{
  gint64 offset_ns;

  g_mutex_lock (&self->lock);
  if (!tfv_clock_table_find_offset (self->clocks, time_ns, &offset_ns))
    offset_ns = self->clock_offset_ns;
  g_mutex_unlock (&self->lock);
  /* A damaged file may hold any time: let it wrap. */
  return (gint64) ((guint64) time_ns + (guint64) offset_ns);
}
