/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-tag-private.h"

#include <string.h>

#include "summaries/tfv-error.h"
#include "summaries/tfv-scalar-series-private.h"

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
  self->plugin = g_strdup (plugin != NULL ? plugin : "");
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
  g_mutex_clear (&self->lock);
  g_free (self->name);
  g_free (self->plugin);
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
  g_autoptr (TfvBlobPart) part = NULL;
  TfvBlobPlace            place = { 0 };
  guint64                 place_index = index;

  g_mutex_lock (&self->lock);
  part = find_place_locked (self, &place_index);
  if (part != NULL)
    {
      g_atomic_ref_count_inc (&part->ref_count);
      place = g_array_index (part->places, TfvBlobPlace, place_index);
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

void
tfv_blob_part_unref (TfvBlobPart *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_array_unref (self->places);
  g_clear_pointer (&self->origin, tfv_origin_unref);
  g_free (self->path);
  g_free (self);
}

/* What the file at @path gives. (transfer full) */
TfvBlobPart *
tfv_tag_add_blob_part (TfvTag *self, TfvOrigin *origin, const char *path, const TfvFormat *format)
{
  TfvBlobPart *part = g_new0 (TfvBlobPart, 1);

  g_atomic_ref_count_init (&part->ref_count);
  part->origin = tfv_origin_ref (origin);
  part->path = g_strdup (path);
  part->format = format;
  part->places = g_array_new (FALSE, FALSE, sizeof (TfvBlobPlace));

  g_mutex_lock (&self->lock);
  if (self->blob_parts == NULL)
    self->blob_parts = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_blob_part_unref);
  g_atomic_ref_count_inc (&part->ref_count);
  g_ptr_array_add (self->blob_parts, part);
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
