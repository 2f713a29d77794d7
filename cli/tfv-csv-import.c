/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/tfv-csv-import.h"

#include <errno.h>
#include <gio/gio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/tfv-command.h"
#include "cli/tfv-csv-reader.h"
#include "summaries/tfv-event-builder.h"

#define SUFFIX ".csv"

/* Each event file that is open takes memory and a descriptor. */
#define MAX_OPEN_RUNS 64

/* A time that is greater is in milliseconds: in seconds it would be after the
 * year 5000. */
#define MAX_SECONDS 1e11

/* What a column holds. */
typedef enum
{
  COLUMN_CURVE,
  COLUMN_STEP,
  COLUMN_WALL_TIME,
  COLUMN_RUN,
  COLUMN_TAG,
  COLUMN_VALUE,
  N_COLUMN_KINDS,
} ColumnKind;

static const struct
{
  const char *head;
  ColumnKind  kind;
} known_heads[] = {
  /* Of several that would do the first in this list is taken. */
  { "step", COLUMN_STEP },
  { "_step", COLUMN_STEP },
  { "global_step", COLUMN_STEP },
  { "trainer/global_step", COLUMN_STEP },
  { "iteration", COLUMN_STEP },
  { "epoch", COLUMN_STEP },
  { "wall_time", COLUMN_WALL_TIME },
  { "wall time", COLUMN_WALL_TIME },
  { "timestamp", COLUMN_WALL_TIME },
  { "_timestamp", COLUMN_WALL_TIME },
  { "run", COLUMN_RUN },
  { "run_id", COLUMN_RUN },
  { "run_uuid", COLUMN_RUN },
  { "tag", COLUMN_TAG },
  { "metric", COLUMN_TAG },
  { "key", COLUMN_TAG },
  { "value", COLUMN_VALUE },
};

typedef struct
{
  char      *head;
  ColumnKind kind;
  guint64    n_bad; /* cells that are no number */
  char      *first_bad;
} Column;

typedef struct
{
  TfvEventBuilder *builder;
  GHashTable      *ids;
} Output;

typedef struct
{
  TfvCsvReader   reader;
  TfvOutputTree *tree;
  const char    *file;
  char          *name;
  GArray        *columns;
  int            place[N_COLUMN_KINDS]; /* of the column of that kind, or -1 */
  double         default_time;
  GHashTable    *outputs;
  guint          n_files;
  guint64        n_bad_rows;
  guint64        first_bad_row;
} Import;

gboolean
tfv_csv_import_is_csv (const char *path)
{
  gsize n = strlen (path);

  return n > strlen (SUFFIX) && g_ascii_strcasecmp (path + n - strlen (SUFFIX), SUFFIX) == 0;
}

static void
clear_column (gpointer data)
{
  Column *self = data;

  g_free (self->head);
  g_free (self->first_bad);
}

static void
output_free (gpointer data)
{
  Output *self = data;

  g_clear_pointer (&self->builder, tfv_event_builder_free);
  g_hash_table_unref (self->ids);
  g_free (self);
}

static void
import_clear (Import *self)
{
  tfv_csv_reader_clear (&self->reader);
  g_clear_pointer (&self->columns, g_array_unref);
  g_clear_pointer (&self->outputs, g_hash_table_unref);
  g_free (self->name);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Import, import_clear)

static Column *
get_column (Import *self, guint i)
{
  return &g_array_index (self->columns, Column, i);
}

static int
find_head (Import *self, const char *head)
{
  for (guint i = 0; i < self->columns->len; i++)
    if (g_ascii_strcasecmp (get_column (self, i)->head, head) == 0)
      return (int) i;
  return -1;
}

/* What the columns are. A table is one of single points where it has a column
 * "value" beside no curves. */
static gboolean
read_heads (Import *self, GError **error)
{
  TfvCsvReader *reader = &self->reader;

  if (!tfv_csv_reader_next (reader, error))
    {
      if (error != NULL && *error == NULL)
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: the file is empty", reader->path);
      return FALSE;
    }
  for (guint i = 0; i < reader->n_fields; i++)
    {
      Column column = { .head = g_strstrip (g_utf8_make_valid (tfv_csv_reader_get (reader, i), -1)) };

      g_array_append_val (self->columns, column);
    }
  for (guint k = 0; k < N_COLUMN_KINDS; k++)
    self->place[k] = -1;
  for (guint i = 0; i < G_N_ELEMENTS (known_heads); i++)
    {
      ColumnKind kind = known_heads[i].kind;
      int        place = self->place[kind] < 0 ? find_head (self, known_heads[i].head) : -1;

      if (place < 0)
        continue;
      self->place[kind] = place;
      get_column (self, (guint) place)->kind = kind;
    }
  if (self->place[COLUMN_STEP] < 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: line %" G_GUINT64_FORMAT ": there is no column “step” among the heads", reader->path, reader->line);
      return FALSE;
    }
  /* A curve may well be called "value", and a parameter "key". */
  for (guint i = 0; i < self->columns->len; i++)
    {
      ColumnKind kind = get_column (self, i)->kind;

      if (self->place[COLUMN_VALUE] < 0 ? kind == COLUMN_TAG : FALSE)
        get_column (self, i)->kind = COLUMN_CURVE;
    }
  return TRUE;
}

static gboolean
close_outputs (Import *self, GError **error)
{
  GHashTableIter iter;
  gpointer       value;

  g_hash_table_iter_init (&iter, self->outputs);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Output *output = value;

      if (!tfv_event_builder_close (g_steal_pointer (&output->builder), error))
        return FALSE;
    }
  g_hash_table_remove_all (self->outputs);
  return TRUE;
}

static Output *
add_output (Import *self, const char *run, GError **error)
{
  g_autofree char *folder = NULL;
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;
  TfvEventBuilder *builder;
  Output          *output;

  if (self->tree == NULL && self->n_files > 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%s: line %" G_GUINT64_FORMAT ": a second run, “%s”; a file holds one: give a folder", self->reader.path, self->reader.line, run);
      return NULL;
    }
  if (g_hash_table_size (self->outputs) == MAX_OPEN_RUNS && !close_outputs (self, error))
    return NULL;
  if (self->tree != NULL)
    {
      folder = tfv_output_tree_add_folder (self->tree, run, error);
      if (folder == NULL)
        return NULL;
      name = g_strdup_printf ("events.%s.%u.0.tfv.h5", self->name, self->n_files);
      path = g_build_filename (folder, g_strcanon (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_.", '-'), NULL);
    }
  builder = tfv_event_builder_new (path != NULL ? path : self->file, NAN, error);
  if (builder == NULL)
    return NULL;
  tfv_event_builder_set_first_time (builder, self->default_time);
  self->n_files++;
  output = g_new0 (Output, 1);
  output->builder = builder;
  output->ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_insert (self->outputs, g_strdup (run), output);
  return output;
}

static void
add_point (Output *self, const char *tag, gint64 step, double wall_time, double value)
{
  guint32 id = GPOINTER_TO_UINT (g_hash_table_lookup (self->ids, tag));

  if (id == 0)
    {
      g_autofree char *valid = g_utf8_make_valid (tag, -1);

      id = tfv_event_builder_add_tag (self->builder, TFV_RECORD_SCALAR, valid);
      g_hash_table_insert (self->ids, g_strdup (tag), GUINT_TO_POINTER (id));
    }
  tfv_event_builder_add_scalar (self->builder, id, step, wall_time, value, FALSE);
}

static gboolean
parse_number (const char *text, double *number)
{
  char *end;

  *number = g_ascii_strtod (text, &end);
  return end != text && *(end + strspn (end, " \t")) == '\0';
}

static gboolean
parse_step (const char *text, gint64 *step)
{
  char  *end;
  double number;

  errno = 0;
  *step = g_ascii_strtoll (text, &end, 10);
  if (end != text && *end == '\0' && errno == 0)
    return TRUE;
  if (!parse_number (text, &number) || !(fabs (number) < 0x1p53) || number != trunc (number))
    return FALSE;
  *step = (gint64) number;
  return TRUE;
}

/* Seconds or milliseconds since 1970, or a date. */
static gboolean
parse_time (const char *text, double *time)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) date = NULL;

  if (parse_number (text, time))
    {
      if (*time > MAX_SECONDS)
        *time /= 1000;
      return TRUE;
    }
  date = g_date_time_new_from_iso8601 (text, utc);
  if (date == NULL)
    return FALSE;
  *time = (double) g_date_time_to_unix (date) + g_date_time_get_microsecond (date) * 1e-6;
  return TRUE;
}

/* A cell that should be a number and is none. */
static void
note_bad_cell (Import *self, guint column, const char *text)
{
  Column *bad = get_column (self, column);

  if (bad->n_bad++ == 0)
    bad->first_bad = g_strdup_printf ("line %" G_GUINT64_FORMAT ": “%s” in the column “%s”", self->reader.line, text, bad->head);
}

/* The points of a row: one, or one of each curve. */
static void
add_points (Import *self, Output *output, gint64 step, double wall_time)
{
  int    value_place = self->place[COLUMN_VALUE];
  int    tag_place = self->place[COLUMN_TAG];
  double value;

  for (guint i = 0; i < self->columns->len; i++)
    {
      const Column *column = get_column (self, i);
      const char   *text = tfv_csv_reader_get (&self->reader, i);
      const char   *tag = column->head;

      if (value_place >= 0 ? column->kind != COLUMN_VALUE : column->kind != COLUMN_CURVE)
        continue;
      if (*text == '\0')
        continue;
      if (!parse_number (text, &value))
        {
          note_bad_cell (self, i, text);
          continue;
        }
      if (value_place >= 0)
        tag = tag_place >= 0 ? tfv_csv_reader_get (&self->reader, (guint) tag_place) : self->name;
      add_point (output, tag, step, wall_time, value);
    }
}

static gboolean
take_row (Import *self, GError **error)
{
  TfvCsvReader *reader = &self->reader;
  guint         step_place = (guint) self->place[COLUMN_STEP];
  const char   *step_text = tfv_csv_reader_get (reader, step_place);
  const char   *run = self->place[COLUMN_RUN] >= 0 ? tfv_csv_reader_get (reader, (guint) self->place[COLUMN_RUN]) : self->name;
  double        wall_time = self->default_time;
  Output       *output;
  gint64        step;

  if (reader->n_fields != self->columns->len)
    {
      if (self->n_bad_rows++ == 0)
        self->first_bad_row = reader->line;
      return TRUE;
    }
  if (!parse_step (step_text, &step))
    {
      note_bad_cell (self, step_place, step_text);
      return TRUE;
    }
  if (self->place[COLUMN_WALL_TIME] >= 0)
    {
      const char *text = tfv_csv_reader_get (reader, (guint) self->place[COLUMN_WALL_TIME]);

      if (*text != '\0' && !parse_time (text, &wall_time))
        note_bad_cell (self, (guint) self->place[COLUMN_WALL_TIME], text);
    }
  output = g_hash_table_lookup (self->outputs, run);
  if (output == NULL)
    output = add_output (self, run, error);
  if (output == NULL)
    return FALSE;
  add_points (self, output, step, wall_time);
  return TRUE;
}

static void
tell_bad (Import *self)
{
  if (self->n_bad_rows > 0)
    {
      g_autofree char *more = self->n_bad_rows > 1 ? g_strdup_printf (" (and %" G_GUINT64_FORMAT " more)", self->n_bad_rows - 1) : g_strdup ("");

      tfv_command_complain ("warning: %s: line %" G_GUINT64_FORMAT ": not as many fields as there are heads; left out%s", self->reader.path, self->first_bad_row, more);
    }
  for (guint i = 0; i < self->columns->len; i++)
    {
      const Column    *column = get_column (self, i);
      g_autofree char *more = column->n_bad > 1 ? g_strdup_printf (" (and %" G_GUINT64_FORMAT " more)", column->n_bad - 1) : g_strdup ("");

      if (column->n_bad > 0)
        tfv_command_complain ("warning: %s: %s is no %s; left out%s", self->reader.path, column->first_bad,
                              column->kind == COLUMN_STEP        ? "step"
                              : column->kind == COLUMN_WALL_TIME ? "time"
                                                                 : "number",
                              more);
    }
}

/* Writes the scalars of a table as event files: into a tree, a folder a run, or as
 * one file of one run. What is no number is left out and told of. */
gboolean
tfv_csv_import (const char *path, TfvOutputTree *tree, const char *file, GError **error)
{
  g_auto (Import)  self = { .tree = tree, .file = file };
  g_autofree char *basename = g_path_get_basename (path);
  GError          *fault = NULL;
  struct stat      status;

  self.name = g_strndup (basename, strlen (basename) - strlen (SUFFIX));
  self.outputs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, output_free);
  self.columns = g_array_new (FALSE, FALSE, sizeof (Column));
  g_array_set_clear_func (self.columns, clear_column);
  if (!tfv_csv_reader_open (&self.reader, path, error) || !read_heads (&self, error))
    return FALSE;
  if (fstat (fileno (self.reader.file), &status) == 0)
    self.default_time = (double) status.st_mtim.tv_sec;

  while (tfv_csv_reader_next (&self.reader, &fault) && take_row (&self, &fault))
    ;
  tell_bad (&self);
  if (fault == NULL && g_hash_table_size (self.outputs) == 0)
    g_set_error (&fault, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: there is no row of data", path);
  if (fault == NULL && close_outputs (&self, &fault))
    return TRUE;
  g_propagate_error (error, fault);
  return FALSE;
}
