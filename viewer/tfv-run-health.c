/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-run-health.h"

#include <math.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#define SESSION_END_TAG "_hparams_/session_end_info"
#define MAX_WARNINGS 8

static TfvHparamsStatus
read_status (TfvRun *run)
{
  g_autoptr (TfvTag)     tag = tfv_run_dup_tag (run, TFV_RECORD_HPARAMS, SESSION_END_TAG);
  g_autoptr (GBytes)     record = NULL;
  g_autoptr (TfvHparams) hparams = NULL;
  TfvTagSummary          summary = { 0 };

  if (tag != NULL)
    tfv_tag_get_summary (tag, &summary);
  if (summary.count > 0)
    record = tfv_tag_read_record (tag, summary.count - 1, NULL);
  if (record != NULL)
    hparams = tfv_hparams_decode (record, NULL);
  return hparams != NULL && hparams->part == TFV_HPARAMS_SESSION_END ? hparams->status : TFV_HPARAMS_STATUS_UNKNOWN;
}

static double
read_last_written (TfvRun *run)
{
  g_auto (GStrv) files = tfv_run_dup_files (run);
  double         last = NAN;

  for (guint i = 0; files[i] != NULL; i++)
    {
      GStatBuf info;

      if (g_stat (files[i], &info) == 0)
        last = fmax (last, (double) info.st_mtime);
    }
  return last;
}

/**
 * tfv_run_health_read: (skip)
 * @run: a run
 * @health: (out): what was found
 *
 * Looks a run over. May read files, and all points of a run that was restarted:
 * not for the UI thread.
 */
void
tfv_run_health_read (TfvRun *run, TfvRunHealth *health)
{
  *health = (TfvRunHealth){ .status = read_status (run), .last_written = read_last_written (run), .n_superseded = tfv_run_count_superseded_scalars (run) };
}

static void
append_end (const TfvRunHealth *health, GString *text)
{
  g_autoptr (GDateTime) time = NULL;
  g_autofree char      *formatted = NULL;

  if (health->status == TFV_HPARAMS_STATUS_SUCCESS)
    g_string_append_printf (text, "\n%s", _ ("Ended"));
  else if (health->status == TFV_HPARAMS_STATUS_FAILURE)
    g_string_append_printf (text, "\n⚠ %s", _ ("Ended with a failure"));
  if (isfinite (health->last_written))
    time = g_date_time_new_from_unix_local ((gint64) health->last_written);
  if (time != NULL)
    formatted = g_date_time_format (time, "%x %X");
  if (formatted == NULL)
    return;
  g_string_append_c (text, '\n');
  /* Translators: %s is a date and a time */
  g_string_append_printf (text, _ ("Last written %s"), formatted);
}

/**
 * tfv_run_health_append_lines: (skip)
 * @health: what was found
 * @run: the run
 * @text: where to append lines, each after a line feed
 *
 * Tells it all in words, with the run's warnings.
 */
void
tfv_run_health_append_lines (const TfvRunHealth *health, TfvRun *run, GString *text)
{
  g_auto (GStrv) warnings = tfv_run_dup_warnings (run);
  guint64        n_dropped = tfv_run_get_n_dropped (run);

  append_end (health, text);
  if (health->n_superseded > 0)
    {
      g_autofree char *n = g_strdup_printf ("%'" G_GUINT64_FORMAT, health->n_superseded);

      g_string_append_c (text, '\n');
      g_string_append_printf (text, ngettext ("%s point was superseded by a restart", "%s points were superseded by a restart", (gulong) health->n_superseded), n);
    }
  if (n_dropped > 0)
    {
      g_autofree char *n = g_strdup_printf ("%'" G_GUINT64_FORMAT, n_dropped);

      g_string_append (text, "\n⚠ ");
      g_string_append_printf (text, ngettext ("%s record was dropped while writing", "%s records were dropped while writing", (gulong) n_dropped), n);
    }
  for (guint i = 0; warnings[i] != NULL; i++)
    {
      if (i == MAX_WARNINGS)
        {
          g_string_append (text, "\n…");
          break;
        }
      g_string_append_printf (text, "\n⚠ %s", warnings[i]);
    }
}
