/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-tag-private.h"

#include <string.h>

#include "summaries/tfv-error.h"
#include "summaries/tfv-scalar-series-private.h"
#include "summaries/tfv-summary-payload-private.h"

struct _TfvTag
{
  gatomicrefcount  ref_count;
  char            *name;
  char            *plugin;
  TfvRecordKind    kind;
  TfvScalarSeries *series;
  TfvRestarts     *restarts;

  GMutex     lock;
  char      *display_name;
  char      *description;
  GBytes    *metadata;
  GPtrArray *blob_parts;
  guint64    order_generation;
};

G_DEFINE_BOXED_TYPE (TfvTag, tfv_tag, tfv_tag_ref, tfv_tag_unref)

/* A tag without records. @restarts may be NULL for a tag outside any run. (transfer full) */
TfvTag *
tfv_tag_new (const char *name, TfvRecordKind kind, const char *plugin, TfvRestarts *restarts)
{
  TfvTag *self = g_new0 (TfvTag, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  self->name = g_strdup (name);
  /* A million tags have one of a dozen plugins. */
  self->plugin = g_ref_string_new_intern (plugin != NULL ? plugin : "");
  self->kind = kind;
  self->restarts = restarts != NULL ? tfv_restarts_ref (restarts) : NULL;
  if (kind == TFV_RECORD_SCALAR)
    self->series = tfv_scalar_series_new_for_run (restarts);
  return self;
}

/**
 * tfv_tag_ref:
 * @self: a tag
 *
 * Takes a reference. Any thread.
 *
 * Returns: (transfer full): @self
 */
TfvTag *
tfv_tag_ref (TfvTag *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * tfv_tag_unref:
 * @self: (transfer full): a tag
 *
 * Gives a reference back. Any thread.
 */
void
tfv_tag_unref (TfvTag *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->series, tfv_scalar_series_unref);
  g_clear_pointer (&self->blob_parts, g_ptr_array_unref);
  g_clear_pointer (&self->restarts, tfv_restarts_unref);
  g_clear_pointer (&self->metadata, g_bytes_unref);
  g_mutex_clear (&self->lock);
  g_free (self->name);
  g_ref_string_release (self->plugin);
  g_free (self->display_name);
  g_free (self->description);
  g_free (self);
}

/* For g_ptr_array_sort(): by name, then by kind. */
int
tfv_tag_compare (gconstpointer a, gconstpointer b)
{
  const TfvTag *left = *(TfvTag *const *) a, *right = *(TfvTag *const *) b;
  int           order = strcmp (left->name, right->name);

  return order != 0 ? order : (int) left->kind - (int) right->kind;
}

/**
 * tfv_tag_get_name:
 * @self: a tag
 *
 * The tag's name, as it was written. Any thread.
 *
 * Returns: (transfer none): the name, UTF-8
 */
const char *
tfv_tag_get_name (TfvTag *self)
{
  return self->name;
}

/**
 * tfv_tag_get_kind:
 * @self: a tag
 *
 * What its records are. Any thread.
 *
 * Returns: the kind
 */
TfvRecordKind
tfv_tag_get_kind (TfvTag *self)
{
  return self->kind;
}

/**
 * tfv_tag_get_plugin:
 * @self: a tag
 *
 * The TensorBoard plugin that the tag is for. Any thread.
 *
 * Returns: (transfer none): the plugin's name, "" where none is known
 */
const char *
tfv_tag_get_plugin (TfvTag *self)
{
  return self->plugin;
}

/**
 * tfv_tag_dup_display_name:
 * @self: a tag
 *
 * The name to show instead of the tag's own. Any thread.
 *
 * Returns: (nullable) (transfer full): the name, %NULL where none was given
 */
char *
tfv_tag_dup_display_name (TfvTag *self)
{
  char *copy;

  g_mutex_lock (&self->lock);
  copy = g_strdup (self->display_name);
  g_mutex_unlock (&self->lock);
  return copy;
}

/**
 * tfv_tag_dup_description:
 * @self: a tag
 *
 * What the tag is about. Any thread.
 *
 * Returns: (nullable) (transfer full): Markdown, %NULL where none was given
 */
char *
tfv_tag_dup_description (TfvTag *self)
{
  char *copy;

  g_mutex_lock (&self->lock);
  copy = g_strdup (self->description);
  g_mutex_unlock (&self->lock);
  return copy;
}

/* Sets what is not NULL and not "". */
void
tfv_tag_set_display (TfvTag *self, const char *display_name, const char *description)
{
  g_mutex_lock (&self->lock);
  if (display_name != NULL && *display_name != '\0')
    {
      g_free (self->display_name);
      self->display_name = g_utf8_make_valid (display_name, -1);
    }
  if (description != NULL && *description != '\0')
    {
      g_free (self->description);
      self->description = g_utf8_make_valid (description, -1);
    }
  g_mutex_unlock (&self->lock);
}

/* Keeps the SummaryMetadata that the first of a tag's records came with: later
   ones come without, and points have no bytes of their own that it could be in. */
void
tfv_tag_set_metadata (TfvTag *self, gconstpointer metadata, gsize n_bytes)
{
  g_mutex_lock (&self->lock);
  if (self->metadata == NULL)
    self->metadata = g_bytes_new (metadata, n_bytes);
  g_mutex_unlock (&self->lock);
}

/* The SummaryMetadata of a tag, NULL where its records came without. (transfer full) */
GBytes *
tfv_tag_dup_metadata (TfvTag *self)
{
  GBytes *metadata;

  g_mutex_lock (&self->lock);
  metadata = self->metadata != NULL ? g_bytes_ref (self->metadata) : NULL;
  g_mutex_unlock (&self->lock);
  return metadata;
}

/**
 * tfv_tag_dup_plugin_content:
 * @self: a tag
 *
 * What the tag's plugin stored of the tag as a whole: a message of the plugin's
 * own, such as TensorBoard's `MeshPluginData` or `PrCurvePluginData`. It comes
 * with the tag's first record, and counts for all of them. Any thread.
 *
 * Returns: (transfer full) (nullable): its bytes, or %NULL where there is nothing
 */
GBytes *
tfv_tag_dup_plugin_content (TfvTag *self)
{
  g_autoptr (GBytes) bytes = tfv_tag_dup_metadata (self);
  TfvSummaryMetadata metadata;

  if (bytes == NULL || !tfv_summary_metadata_parse (tfv_slice_of_bytes (bytes), &metadata) || metadata.content.n_bytes == 0)
    return NULL;
  return g_bytes_new_from_bytes (bytes, (gsize) (metadata.content.data - (const guint8 *) g_bytes_get_data (bytes, NULL)), metadata.content.n_bytes);
}

static TfvOrigin *
get_origin (gconstpointer part)
{
  return ((const TfvBlobPart *) part)->origin;
}

static void
sort_parts_locked (TfvTag *self)
{
  if (self->restarts != NULL && self->blob_parts != NULL && self->blob_parts->len > 1)
    tfv_restarts_sort_parts (self->restarts, self->blob_parts, get_origin, &self->order_generation);
}

/**
 * tfv_tag_get_summary:
 * @self: a tag
 * @summary: (out caller-allocates): where to put it
 *
 * What a list shows of the tag, as it is now; zeros where it has no record yet.
 * Any thread.
 */
void
tfv_tag_get_summary (TfvTag *self, TfvTagSummary *summary)
{
  if (self->series != NULL)
    {
      tfv_scalar_series_get_summary (self->series, summary);
      return;
    }

  *summary = (TfvTagSummary){ 0 };
  g_mutex_lock (&self->lock);
  sort_parts_locked (self);
  for (guint i = 0; self->blob_parts != NULL && i < self->blob_parts->len; i++)
    {
      GArray *places = ((TfvBlobPart *) self->blob_parts->pdata[i])->places;

      if (places->len == 0)
        continue;
      if (summary->count == 0)
        summary->first_step = g_array_index (places, TfvBlobPlace, 0).step;
      summary->last_step = g_array_index (places, TfvBlobPlace, places->len - 1).step;
      summary->count += places->len;
    }
  g_mutex_unlock (&self->lock);
}

/**
 * tfv_tag_get_series:
 * @self: a tag
 *
 * The points of a tag of kind %TFV_RECORD_SCALAR. Any thread.
 *
 * Returns: (nullable) (transfer none): the series, which lives as long as the
 *   tag; %NULL for other kinds
 */
TfvScalarSeries *
tfv_tag_get_series (TfvTag *self)
{
  return self->series;
}

/* The part that record @index lies in; @index becomes its place there. */
static TfvBlobPart *
find_place_locked (TfvTag *self, guint64 *index)
{
  sort_parts_locked (self);
  for (guint i = 0; self->blob_parts != NULL && i < self->blob_parts->len; i++)
    {
      TfvBlobPart *part = self->blob_parts->pdata[i];

      if (*index < part->places->len)
        return part;
      *index -= part->places->len;
    }
  return NULL;
}

/* What tells of the run itself, or of what happened to it, stays true. */
gboolean
tfv_tag_can_be_superseded (TfvTag *self)
{
  switch (self->kind)
    {
    case TFV_RECORD_GRAPH:
    case TFV_RECORD_HPARAMS:
    case TFV_RECORD_LOG_MESSAGE:
    case TFV_RECORD_RUN:
    case TFV_RECORD_RUN_METADATA:
    case TFV_RECORD_SESSION:
      return FALSE;
    default:
      return TRUE;
    }
}

/**
 * tfv_tag_dup_surviving_records:
 * @self: a tag of any kind but %TFV_RECORD_SCALAR
 *
 * The records that no restart superseded: those that TensorBoard keeps. Graphs,
 * hyper-parameters, logs, and what tells of the run and its sessions, are never
 * superseded. Any thread.
 *
 * Returns: (transfer full) (element-type guint64): their indices, rising
 */
GArray *
tfv_tag_dup_surviving_records (TfvTag *self)
{
  g_autoptr (GPtrArray) none = NULL;
  GArray               *indices;
  TfvTagSummary         summary;

  if (tfv_tag_can_be_superseded (self))
    {
      none = g_ptr_array_new ();
      g_mutex_lock (&self->lock);
      sort_parts_locked (self);
      indices = tfv_blob_parts_find_surviving (self->blob_parts != NULL ? self->blob_parts : none, self->restarts);
      g_mutex_unlock (&self->lock);
      return indices;
    }

  tfv_tag_get_summary (self, &summary);
  indices = g_array_sized_new (FALSE, FALSE, sizeof (guint64), (guint) summary.count);
  for (guint64 i = 0; i < summary.count; i++)
    g_array_append_val (indices, i);
  return indices;
}

/**
 * tfv_tag_get_n_superseded:
 * @self: a tag
 *
 * How many of its records a restart superseded. They are stored, counted and
 * exported all the same. Any thread.
 *
 * Returns: number of records
 */
guint64
tfv_tag_get_n_superseded (TfvTag *self)
{
  g_autoptr (GArray) indices = NULL;
  TfvTagSummary      summary;

  if (self->series != NULL)
    return tfv_scalar_series_get_n_superseded (self->series);

  tfv_tag_get_summary (self, &summary);
  indices = tfv_tag_dup_surviving_records (self);
  return summary.count - MIN (summary.count, indices->len);
}

/**
 * tfv_tag_get_record:
 * @self: a tag of any kind but %TFV_RECORD_SCALAR
 * @index: which record, in stored order
 * @step: (out) (optional): its step
 * @wall_time: (out) (optional): its wall time, seconds since the UNIX epoch
 * @size_bytes: (out) (optional): how many bytes it has in its file
 *
 * What is known of a record without reading it. Any thread.
 *
 * Returns: whether there is such a record
 */
gboolean
tfv_tag_get_record (TfvTag *self, guint64 index, gint64 *step, double *wall_time, gsize *size_bytes)
{
  TfvBlobPart *part;

  g_mutex_lock (&self->lock);
  part = find_place_locked (self, &index);
  if (part != NULL)
    {
      const TfvBlobPlace *place = &g_array_index (part->places, TfvBlobPlace, index);

      if (step != NULL)
        *step = place->step;
      if (wall_time != NULL)
        *wall_time = place->wall_time;
      if (size_bytes != NULL)
        *size_bytes = place->length_bytes;
    }
  g_mutex_unlock (&self->lock);
  return part != NULL;
}

static GBytes *
read_record (TfvTag *self, guint64 index, gboolean is_whole, GError **error)
{
  g_autoptr (TfvBlobPart) part = NULL;
  TfvBlobPlace            place = { 0 };
  guint64                 place_index = index;

  g_mutex_lock (&self->lock);
  part = find_place_locked (self, &place_index);
  if (part != NULL)
    {
      tfv_blob_part_ref (part);
      place = g_array_index (part->places, TfvBlobPlace, place_index);
      if (is_whole)
        {
          place.offset -= place.n_before;
          place.length_bytes += (guint64) place.n_before + place.n_after;
        }
    }
  g_mutex_unlock (&self->lock);

  if (part == NULL)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "tag “%s”: there is no record %" G_GUINT64_FORMAT, self->name, index);
      return NULL;
    }
  if (part->format->read_blob == NULL)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_FORMAT, "%s: records of a %s file can't be read", part->path, part->format->name);
      return NULL;
    }
  return part->format->read_blob (part->path, place.offset, place.length_bytes, error);
}

/**
 * tfv_tag_read_record:
 * @self: a tag of any kind but %TFV_RECORD_SCALAR
 * @index: which record, in stored order
 * @error: return location for an error
 *
 * Reads a record from its file, as it is stored there: a serialised GraphDef for
 * graphs; for other kinds what decodes it is one function for all formats, such
 * as [func@Tfv.Histogram.decode] or [func@Tfv.Text.decode]. Any thread; blocks
 * on the file.
 *
 * Returns: (transfer full): its bytes, or %NULL with @error set where there is
 *   no such record or the file can't be read any more
 */
GBytes *
tfv_tag_read_record (TfvTag *self, guint64 index, GError **error)
{
  return read_record (self, index, FALSE, error);
}

/* Reads a record with the message that it is the inside of, where it is one's. */
GBytes *
tfv_tag_read_message (TfvTag *self, guint64 index, GError **error)
{
  return read_record (self, index, TRUE, error);
}

/* What the file at @path gives. (transfer full) */
TfvBlobPart *
tfv_tag_add_blob_part (TfvTag *self, TfvOrigin *origin, const char *path, const TfvFormat *format)
{
  TfvBlobPart *part = tfv_blob_part_new (origin, path, format);

  g_mutex_lock (&self->lock);
  if (self->blob_parts == NULL)
    self->blob_parts = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_blob_part_unref);
  g_ptr_array_add (self->blob_parts, tfv_blob_part_ref (part));
  self->order_generation = G_MAXUINT64;
  g_mutex_unlock (&self->lock);
  return part;
}

void
tfv_tag_remove_blob_part (TfvTag *self, TfvBlobPart *part)
{
  g_mutex_lock (&self->lock);
  if (self->blob_parts != NULL)
    g_ptr_array_remove (self->blob_parts, part);
  g_mutex_unlock (&self->lock);
}

void
tfv_tag_append_blob (TfvTag *self, TfvBlobPart *part, const TfvBlobPlace *place)
{
  g_mutex_lock (&self->lock);
  g_array_append_val (part->places, *place);
  g_mutex_unlock (&self->lock);
}

/* What came before of the part with a step not below @step is superseded. */
void
tfv_tag_restart_blobs (TfvTag *self, TfvBlobPart *part, gint64 step, guint session)
{
  g_mutex_lock (&self->lock);
  tfv_restart_marks_add (&part->marks, (TfvRestartMark){ part->places->len, step, session });
  g_mutex_unlock (&self->lock);
}

static void
clear_part_info (gpointer data)
{
  TfvTagPartInfo *self = data;

  g_clear_pointer (&self->marks, g_array_unref);
}

/* Adds what a file gives to a tag; the marks are copied. */
void
tfv_tag_part_info_append (GArray *infos, const TfvOrigin *origin, guint64 n_records, GArray *marks)
{
  TfvTagPartInfo info = { origin, n_records, marks != NULL ? g_array_copy (marks) : NULL };

  g_array_append_val (infos, info);
}

/* What each file gives to the tag, in stored order. (transfer full)
   (element-type TfvTagPartInfo) */
GArray *
tfv_tag_dup_parts (TfvTag *self)
{
  GArray *infos = g_array_new (FALSE, FALSE, sizeof (TfvTagPartInfo));

  g_array_set_clear_func (infos, clear_part_info);
  if (self->series != NULL)
    {
      tfv_scalar_series_append_part_infos (self->series, infos);
      return infos;
    }
  g_mutex_lock (&self->lock);
  sort_parts_locked (self);
  for (guint i = 0; self->blob_parts != NULL && i < self->blob_parts->len; i++)
    {
      const TfvBlobPart *part = self->blob_parts->pdata[i];

      tfv_tag_part_info_append (infos, part->origin, part->places->len, part->marks);
    }
  g_mutex_unlock (&self->lock);
  return infos;
}
