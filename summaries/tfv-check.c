/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-check-private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "summaries/tfv-error.h"
#include "summaries/tfv-event-layout-private.h"
#include "summaries/tfv-event-owner-private.h"
#include "summaries/tfv-format-private.h"
#include "summaries/tfv-input-file-private.h"
#include "summaries/tfv-sandbox-private.h"

#define HEAD_BYTES 64

/* More of them help nobody. */
#define MAX_LINES 100

/* Since this minor version writers claim their files. */
#define CLAIMING_MINOR 2

static void
add_line (GPtrArray *lines, const char *format, va_list arguments)
{
  g_autofree char *line = g_strdup_vprintf (format, arguments);

  if (lines->len < MAX_LINES)
    g_ptr_array_add (lines, g_utf8_make_valid (line, -1));
}

/* Notes something that is wrong with the file. */
void
tfv_check_report_add_problem (TfvCheckReport *self, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  add_line (self->problems, format, arguments);
  va_end (arguments);
}

/* Notes something that is worth knowing and not wrong. */
void
tfv_check_report_add_note (TfvCheckReport *self, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  add_line (self->notes, format, arguments);
  va_end (arguments);
}

static void
report_init (TfvCheckReport *self, GVariant *members)
{
  g_variant_dict_init (&self->members, members);
  self->problems = g_ptr_array_new_with_free_func (g_free);
  self->notes = g_ptr_array_new_with_free_func (g_free);
}

static void
insert_lines (TfvCheckReport *self, const char *key, GPtrArray *lines)
{
  g_variant_dict_insert_value (&self->members, key, g_variant_new_strv ((const char *const *) lines->pdata, (gssize) lines->len));
  g_ptr_array_unref (lines);
}

static GVariant *
report_end (TfvCheckReport *self)
{
  insert_lines (self, "problems", self->problems);
  insert_lines (self, "notes", self->notes);
  return g_variant_ref_sink (g_variant_dict_end (&self->members));
}

static gboolean
parse (TfvCheckReport *report, const char *path, gboolean is_brief, GError **error)
{
  g_autofree char *basename = g_path_get_basename (path);
  guint8           head[HEAD_BYTES];
  int              fd = tfv_input_file_open (path);
  ssize_t          n_head = fd >= 0 ? pread (fd, head, sizeof head, 0) : -1;
  const TfvFormat *format;

  if (fd >= 0)
    close (fd);
  if (n_head < 0)
    {
      const char *fault = errno == ENOTSUP ? "not a regular file" : g_strerror (errno);

      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: %s", path,
                   g_file_test (path, G_FILE_TEST_IS_DIR) ? "is a folder; give the files in it" : fault);
      return FALSE;
    }
  format = tfv_format_find (basename, head, (gsize) n_head);
  if ((n_head >= 8 && memcmp (head, "\x89HDF\r\n\x1a\n", 8) == 0) || (format != NULL && strcmp (format->name, "tfview") == 0))
    return tfv_check_event_file (report, path, is_brief, error);
  if (format != NULL && strcmp (format->name, "tfevents") == 0)
    return tfv_check_tfevents (report, path, error);
  g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_FORMAT, "%s: not an event file of a known format", path);
  return FALSE;
}

/* Looks at a file, in this process. (transfer full): a dictionary as
 * [func@Tfv.check_file] gives it, without what the system knows */
GVariant *
tfv_check_parse (const char *path, gboolean is_brief, GError **error)
{
  TfvCheckReport       report;
  g_autoptr (GVariant) result = NULL;
  gboolean             is_parsed;

  report_init (&report, NULL);
  is_parsed = parse (&report, path, is_brief, error);
  result = report_end (&report);
  return is_parsed ? g_steal_pointer (&result) : NULL;
}

/* What the writer of an HDF5 file made of it, or still makes. */
static const char *
find_state (TfvCheckReport *report, const char *path)
{
  const char   *host = NULL;
  gint64        pid = 0, start_wall_ns = 0;
  guint32       last_state = 0, minor = 0;
  gboolean      is_written = FALSE;
  TfvEventOwner owner = TFV_EVENT_OWNER_GONE;
  int           fd = tfv_input_file_open (path);

  g_variant_dict_lookup (&report->members, "host", "&s", &host);
  g_variant_dict_lookup (&report->members, "pid", "x", &pid);
  g_variant_dict_lookup (&report->members, "start_wall_ns", "x", &start_wall_ns);
  g_variant_dict_lookup (&report->members, "version_minor", "u", &minor);
  g_variant_dict_lookup (&report->members, "last_state", "u", &last_state);
  g_variant_dict_lookup (&report->members, "is_marked_as_written", "b", &is_written);
  if (fd >= 0)
    {
      owner = tfv_event_owner_find (fd, host, pid, start_wall_ns, minor >= CLAIMING_MINOR);
      close (fd);
    }

  if (is_written && owner == TFV_EVENT_OWNER_RUNS)
    return "live";
  if (is_written && owner == TFV_EVENT_OWNER_UNKNOWN)
    {
      tfv_check_report_add_note (report, "whether its writer still runs can only be told on %s, where that was process %" G_GINT64_FORMAT, host != NULL ? host : "its host", pid);
      return "live";
    }
  if (is_written && g_strcmp0 (host, g_get_host_name ()) != 0)
    {
      /* One that has nothing to log leaves no trace either. */
      tfv_check_report_add_problem (report,
                                    "its writer, process %" G_GINT64_FORMAT " of %s, has written nothing for a minute and is taken for dead: what it had flushed is here, but programs that don't speak SWMR can't open the "
                                    "file until 'tfv repair' has mended it, which is not to be done while it runs",
                                    pid, host != NULL ? host : "an unknown host");
      return "crashed";
    }
  if (is_written)
    {
      tfv_check_report_add_problem (report, "its writer died: what it had flushed is here, but programs that don't speak SWMR can't open the file until 'tfv repair' has mended it");
      return "crashed";
    }
  if (last_state == TFV_EVENT_STATE_CLOSED)
    return "closed";
  if (last_state == TFV_EVENT_STATE_ENDED)
    {
      tfv_check_report_add_note (report, "the program ended without closing it, killed perhaps; all that it had logged is here");
      return "ended";
    }
  tfv_check_report_add_note (report, "its writer died, and it was mended: what had been flushed is here");
  return "mended";
}

/* Adds what parsing could not tell. */
static GVariant *
complete (GVariant *parsed, const char *path)
{
  TfvCheckReport          report;
  g_autofree const char **problems = NULL;
  g_autofree const char **notes = NULL;
  const char             *format = NULL;
  const char             *state;

  report_init (&report, parsed);
  g_variant_dict_lookup (&report.members, "problems", "^a&s", &problems);
  for (guint i = 0; problems != NULL && problems[i] != NULL; i++)
    tfv_check_report_add_problem (&report, "%s", problems[i]);
  g_variant_dict_lookup (&report.members, "notes", "^a&s", &notes);
  for (guint i = 0; notes != NULL && notes[i] != NULL; i++)
    tfv_check_report_add_note (&report, "%s", notes[i]);
  if (g_variant_dict_lookup (&report.members, "format", "&s", &format) && strcmp (format, "tfview") == 0)
    {
      state = find_state (&report, path);
      g_variant_dict_insert (&report.members, "state", "s", state);
    }
  g_variant_dict_insert (&report.members, "path", "s", path);
  g_variant_dict_insert (&report.members, "parsed", "s", tfv_sandbox_get_state ());
  return report_end (&report);
}

static GVariant *
check (const char *path, gboolean is_brief, GError **error)
{
  g_autoptr (GVariant) parsed = tfv_sandbox_check (path, is_brief, error);

  return parsed != NULL ? complete (parsed, path) : NULL;
}

/* The same as [func@Tfv.check_file] without looking at what is in the file. */
GVariant *
tfv_check_file_in_brief (const char *path, GError **error)
{
  return check (path, TRUE, error);
}

/**
 * tfv_check_file:
 * @path: (type filename): a file
 * @error: return location for an error
 *
 * Finds out what an event file is and what is wrong with it; all of it is read.
 * The result is a dictionary, `a{sv}`. In every one of them are
 *
 * - `path` (s), `format` (s), which is `"tfview"` or `"tfevents"`, and `size` (t)
 *   in bytes;
 * - `problems` (as), a line for each thing that is wrong, with its place, and
 *   `notes` (as), lines about what is not wrong;
 * - `parsed` (s): how the file was parsed, in words.
 *
 * Files of tfview have `state` (s): `"live"`, `"closed"`, `"ended"` without having
 * been closed, `"crashed"`, or `"mended"` after that; `version_major` and
 * `version_minor` (u), `writer`, `host`, `uuid` (s), `pid` (x), `segment` (u),
 * `start_wall_ns` (x), `is_compacted` (b), `dropped` (t), and `datasets`
 * (`a(stt)`): name, rows, and how many of them are not valid. Those of TensorFlow
 * have `version` (u), `records` (t), `bad_records` (t), and `whole` (`a(tt)`), the
 * stretches of the file that are whole records: offset and length in bytes.
 *
 * Any thread; blocks on the file.
 *
 * Returns: (transfer full): the dictionary, or %NULL with @error set where it is no
 *   event file, or can't be read at all
 */
GVariant *
tfv_check_file (const char *path, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);

  return check (path, FALSE, error);
}
