/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/tfv-csv-import.h"

#include <errno.h>
#include <gio/gio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/tfv-command.h"
#include "cli/tfv-csv-reader.h"
#include "cli/tfv-point-store.h"

#define SUFFIX ".csv"

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
  TfvCsvReader  reader;
  TfvPointStore points;
  char         *name;
  GArray       *columns;
  int           place[N_COLUMN_KINDS]; /* of the column of that kind, or -1 */
  double        default_time;
  guint64       n_bad_rows;
  guint64       first_bad_row;
} Import;

gboolean
tfv_csv_import_is_csv (const char *path)
{
  gsize n = strlen (path);

  return n > strlen (SUFFIX) && g_ascii_strcasecmp (path + n - strlen (SUFFIX), SUFFIX) == 0 && !g_file_test (path, G_FILE_TEST_IS_DIR);
}

static void
clear_column (gpointer data)
{
  Column *self = data;

  g_free (self->head);
  g_free (self->first_bad);
}

static void
import_clear (Import *self)
{
  tfv_csv_reader_clear (&self->reader);
  g_clear_pointer (&self->columns, g_array_unref);
  tfv_point_store_clear (&self->points);
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

/* The head of a column. One that is there before gets a number behind it, for two
 * curves are not one: ".1" for the second, as pandas has it. @seen counts them.
 * (transfer full) */
static char *
dup_head (GHashTable *seen, const char *text)
{
  g_autofree char *head = g_strstrip (g_utf8_make_valid (text, -1));
  guint            n = GPOINTER_TO_UINT (g_hash_table_lookup (seen, head));
  char            *unique = g_strdup (head);

  for (; g_hash_table_contains (seen, unique); n++)
    {
      g_free (unique);
      unique = g_strdup_printf ("%s.%u", head, n);
    }
  g_hash_table_insert (seen, g_strdup (unique), GUINT_TO_POINTER (1));
  g_hash_table_insert (seen, g_steal_pointer (&head), GUINT_TO_POINTER (MAX (n, 1)));
  return unique;
}

/* What the columns are. A table is one of single points where it has a column
 * "value" beside no curves. */
static gboolean
read_heads (Import *self, GError **error)
{
  TfvCsvReader          *reader = &self->reader;
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (!tfv_csv_reader_next (reader, error))
    {
      if (error != NULL && *error == NULL)
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: the file is empty", reader->path);
      return FALSE;
    }
  for (guint i = 0; i < reader->n_fields; i++)
    {
      Column column = { .head = dup_head (seen, tfv_csv_reader_get (reader, i)) };

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
static gboolean
add_points (Import *self, const char *run, gint64 step, double wall_time, GError **error)
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
      if (!tfv_point_store_add (&self->points, run, tag, step, wall_time, value, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
take_row (Import *self, GError **error)
{
  TfvCsvReader *reader = &self->reader;
  guint         step_place = (guint) self->place[COLUMN_STEP];
  const char   *step_text = tfv_csv_reader_get (reader, step_place);
  const char   *run = self->place[COLUMN_RUN] >= 0 ? tfv_csv_reader_get (reader, (guint) self->place[COLUMN_RUN]) : self->name;
  double        wall_time = self->default_time;
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
  if (!tfv_point_store_takes_run (&self->points, run))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%s: line %" G_GUINT64_FORMAT ": a second run, “%s”; a file holds one: give a folder", reader->path, reader->line, run);
      return FALSE;
    }
  return add_points (self, run, step, wall_time, error);
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
 * one file of one run, called @name, less its suffix, where the table has no
 * column for it. What is no number is left out and told of; where the table
 * can't be read to its end that is told too, and @is_whole is FALSE. FALSE where
 * nothing is written. */
gboolean
tfv_csv_import (const char *path, const char *name, TfvOutputTree *tree, const char *file, gboolean *is_whole, GError **error)
{
  g_auto (Import)    self = { .columns = NULL };
  g_autoptr (GError) damage = NULL;
  GError            *fault = NULL;
  struct stat        status;

  *is_whole = FALSE;
  self.name = g_strndup (name, strlen (name) - strlen (SUFFIX));
  self.columns = g_array_new (FALSE, FALSE, sizeof (Column));
  g_array_set_clear_func (self.columns, clear_column);
  if (!tfv_csv_reader_open (&self.reader, path, error) || !read_heads (&self, error))
    return FALSE;
  if (fstat (fileno (self.reader.file), &status) == 0)
    self.default_time = (double) status.st_mtim.tv_sec;
  tfv_point_store_init (&self.points, tree, file, self.name, self.default_time);

  while (fault == NULL && tfv_csv_reader_next (&self.reader, &damage))
    take_row (&self, &fault);
  tell_bad (&self);
  if (fault == NULL && g_hash_table_size (self.points.runs) == 0)
    {
      if (damage != NULL)
        fault = g_steal_pointer (&damage);
      else
        g_set_error (&fault, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: there is no row with a number", path);
    }
  if (fault != NULL || !tfv_point_store_finish (&self.points, &fault))
    {
      g_propagate_error (error, fault);
      return FALSE;
    }
  if (damage != NULL)
    tfv_command_complain ("%s; what is before it was taken", damage->message);
  *is_whole = damage == NULL;
  return TRUE;
}
