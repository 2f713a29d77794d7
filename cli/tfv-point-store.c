/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/tfv-point-store.h"

#include <math.h>

#include "summaries/tfv-event-builder.h"

/* Each event file that is open takes memory and a descriptor. */
#define MAX_OPEN_FILES 64

typedef struct
{
  gint64 step;
  double wall_time;
  double value;
  guint  tag; /* its place in names */
} Point;

typedef struct
{
  GHashTable      *tags; /* of a name, its place counted from one */
  GPtrArray       *names;
  GArray          *ids; /* of each tag in the file that is open, 0 where it is not in there yet */
  GArray          *points;
  TfvEventBuilder *builder;
} Run;

static void
run_free (gpointer data)
{
  Run *self = data;

  g_clear_pointer (&self->builder, tfv_event_builder_free);
  g_hash_table_unref (self->tags);
  g_ptr_array_unref (self->names);
  g_array_unref (self->ids);
  g_array_unref (self->points);
  g_free (self);
}

static Run *
run_new (void)
{
  Run *self = g_new0 (Run, 1);

  self->tags = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->ids = g_array_new (FALSE, TRUE, sizeof (guint32));
  self->points = g_array_new (FALSE, FALSE, sizeof (Point));
  return self;
}

/* Prepares for points that go to @tree, in files that have @name in theirs, or to
 * @file; @first_time is when they begin. */
void
tfv_point_store_init (TfvPointStore *self, TfvOutputTree *tree, const char *file, const char *name, double first_time)
{
  *self = (TfvPointStore){ .tree = tree, .file = file, .name = name, .first_time = first_time, .max_held = TFV_POINT_STORE_MAX_HELD };
  self->runs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, run_free);
}

void
tfv_point_store_clear (TfvPointStore *self)
{
  g_clear_pointer (&self->runs, g_hash_table_unref);
}

/* Whether it takes points of a run: a file holds those of one. */
gboolean
tfv_point_store_takes_run (TfvPointStore *self, const char *run)
{
  return self->tree != NULL || g_hash_table_size (self->runs) == 0 || g_hash_table_contains (self->runs, run);
}

/* A name in the folder that no file has: tables of one name may come from several
 * places, and none may take another's. A run's files are read in the order of their
 * names. */
static char *
dup_free_path (TfvPointStore *self, const char *run, GError **error)
{
  g_autofree char *folder = tfv_output_tree_add_folder (self->tree, run, error);

  while (folder != NULL)
    {
      g_autofree char *name = g_strdup_printf ("events.%s.%06u.0.tfv.h5", self->name, self->n_files++);
      g_autofree char *path = g_build_filename (folder, g_strcanon (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_.", '-'), NULL);

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }
  return NULL;
}

static gboolean
open_file (TfvPointStore *self, Run *run, const char *name, GError **error)
{
  g_autofree char *path = self->tree != NULL ? dup_free_path (self, name, error) : g_strdup (self->file);

  if (path == NULL || (run->builder = tfv_event_builder_new (path, NAN, error)) == NULL)
    return FALSE;
  tfv_event_builder_set_first_time (run->builder, self->first_time);
  g_array_set_size (run->ids, 0);
  g_array_set_size (run->ids, run->names->len);
  return TRUE;
}

/* Writes the points of a run that are held. */
static gboolean
write_run (TfvPointStore *self, Run *run, const char *name, GError **error)
{
  if (run->builder == NULL && !open_file (self, run, name, error))
    return FALSE;
  g_array_set_size (run->ids, run->names->len);
  for (guint i = 0; i < run->points->len; i++)
    {
      const Point *point = &g_array_index (run->points, Point, i);
      guint32     *id = &g_array_index (run->ids, guint32, point->tag);

      if (*id == 0)
        *id = tfv_event_builder_add_tag (run->builder, TFV_RECORD_SCALAR, run->names->pdata[point->tag]);
      tfv_event_builder_add_scalar (run->builder, *id, point->step, point->wall_time, point->value, FALSE);
    }
  g_array_set_size (run->points, 0);
  return TRUE;
}

static gboolean
write_runs (TfvPointStore *self, gboolean is_last, GError **error)
{
  gboolean       closes = is_last || g_hash_table_size (self->runs) > MAX_OPEN_FILES;
  GHashTableIter iter;
  gpointer       name, value;

  g_hash_table_iter_init (&iter, self->runs);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      Run *run = value;

      if (run->points->len > 0 && !write_run (self, run, name, error))
        return FALSE;
      if (closes && run->builder != NULL && !tfv_event_builder_close (g_steal_pointer (&run->builder), error))
        return FALSE;
    }
  self->n_held = 0;
  return TRUE;
}

/* The place of a tag's name. */
static guint
find_tag (Run *self, const char *tag)
{
  guint            place = GPOINTER_TO_UINT (g_hash_table_lookup (self->tags, tag));
  g_autofree char *valid = NULL;

  if (place > 0)
    return place - 1;
  /* What isn't UTF-8 may become what is there already. */
  valid = g_utf8_make_valid (tag, -1);
  place = GPOINTER_TO_UINT (g_hash_table_lookup (self->tags, valid));
  if (place == 0)
    {
      g_ptr_array_add (self->names, g_strdup (valid));
      place = self->names->len;
      g_hash_table_insert (self->tags, g_steal_pointer (&valid), GUINT_TO_POINTER (place));
    }
  g_hash_table_insert (self->tags, g_strdup (tag), GUINT_TO_POINTER (place));
  return place - 1;
}

/* Takes a point of a run that it takes. FALSE where it can't be written. */
gboolean
tfv_point_store_add (TfvPointStore *self, const char *run, const char *tag, gint64 step, double wall_time, double value, GError **error)
{
  Run  *found = g_hash_table_lookup (self->runs, run);
  Point point = { .step = step, .wall_time = wall_time, .value = value };

  if (found == NULL)
    {
      found = run_new ();
      g_hash_table_insert (self->runs, g_strdup (run), found);
    }
  point.tag = find_tag (found, tag);
  g_array_append_val (found->points, point);
  return ++self->n_held < self->max_held || write_runs (self, FALSE, error);
}

/* Writes what is left. The files are there when it gives TRUE. */
gboolean
tfv_point_store_finish (TfvPointStore *self, GError **error)
{
  return write_runs (self, TRUE, error);
}
