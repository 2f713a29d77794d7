/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* live-window DIR [SECONDS]: the program's own window on a run that another process writes.
 *
 * First markers alone, at random moments; then a thousand scalars a second for
 * SECONDS (60) with markers between them. The latency of a marker runs from just
 * before add_scalar() in the writer to when the display server has drawn the
 * first frame in which the chart's picture has that point. While the thousand
 * come, every frame is timed and the process's memory is looked at.
 *
 * A virtual display has no vertical sync: the frame clock's timer gives the
 * rhythm, and a frame is late where the UI thread is late for it. */

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <glib-unix.h>

#include "bench/live-window-frames.h"
#include "bench/live-window-writer.h"
#include "viewer/tfv-application.h"
#include "viewer/tfv-chart.h"
#include "viewer/tfv-environment.h"
#include "viewer/tfv-window.h"

#define WIDTH 1440
#define HEIGHT 900
#define DEFAULT_SECONDS 60
#define TIMEOUT_US (30 * G_USEC_PER_SEC)

/* When what is made once (fonts, threads, buffers) is made. */
#define WARM_UP_SECONDS 10

#define FRAME_MS (1000.0 / 60)
#define LATE_MS 33.4

typedef struct
{
  LiveWriter writer;
  TfvWindow *window;
  TfvChart  *chart;        /* of the markers */
  GArray    *pending;      /* of LiveMarker: not seen yet */
  GArray    *latencies_ms; /* of those seen in this phase */
  gboolean   is_written;   /* the writer is through with this phase */
  double     warm_bytes;
  double     start_bytes;
} Bench;

static double
resident_bytes (void)
{
  g_autofree char *text = NULL;
  double           n_pages = NAN;

  if (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    {
      char *resident = strchr (text, ' ');

      n_pages = resident != NULL ? g_ascii_strtod (resident, NULL) : NAN;
    }
  return n_pages * (double) sysconf (_SC_PAGESIZE);
}

static double
process_cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static TfvChart *
find_chart (GtkWidget *widget, const char *title)
{
  if (TFV_IS_CHART (widget))
    {
      g_autofree char *own_title = NULL;

      g_object_get (widget, "title", &own_title, NULL);
      if (g_strcmp0 (own_title, title) == 0)
        return TFV_CHART (widget);
    }

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      TfvChart *found = find_chart (child, title);

      if (found != NULL)
        return found;
    }

  return NULL;
}

/* The last step in the picture that the chart shows. The first is 0, and there
 * is as much room before it as after the last. */
static double
last_step_shown (TfvChart *chart)
{
  double x0, x1;

  return tfv_chart_get_shown_x (chart, &x0, &x1) ? x0 + x1 : -1;
}

static gboolean
on_marker (int fd, GIOCondition condition, gpointer data)
{
  Bench     *self = data;
  LiveMarker marker;

  if (read (fd, &marker, sizeof marker) != sizeof marker)
    {
      self->is_written = TRUE;
      return G_SOURCE_REMOVE;
    }
  if (marker.step < 0)
    self->is_written = TRUE;
  else
    g_array_append_val (self->pending, marker);
  return G_SOURCE_CONTINUE;
}

static void
on_after_paint (GdkFrameClock *clock, Bench *self)
{
  double shown = last_step_shown (self->chart);
  gint64 now_ns;

  if (self->pending->len == 0 || (double) g_array_index (self->pending, LiveMarker, 0).step > shown + 0.5)
    return;
  gdk_display_sync (gtk_widget_get_display (GTK_WIDGET (self->window)));
  now_ns = live_now_ns ();
  while (self->pending->len > 0 && (double) g_array_index (self->pending, LiveMarker, 0).step < shown + 0.5)
    {
      double latency_ms = (double) (now_ns - g_array_index (self->pending, LiveMarker, 0).begin_ns) / 1e6;

      g_array_append_val (self->latencies_ms, latency_ms);
      g_array_remove_index (self->pending, 0);
    }
}

static gboolean
has_shown_all (Bench *self)
{
  return self->is_written && self->pending->len == 0;
}

static gboolean
has_marker_chart (Bench *self)
{
  self->chart = find_chart (GTK_WIDGET (self->window), LIVE_MARKER_TAG);
  return self->chart != NULL && last_step_shown (self->chart) == 0 && tfv_window_is_settled (self->window);
}

static gboolean
on_timeout (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
iterate_until (Bench *self, gboolean (*condition) (Bench *self), gint64 timeout_us)
{
  gboolean is_over = FALSE;
  guint    timeout = g_timeout_add ((guint) (timeout_us / 1000), on_timeout, &is_over);

  while (!condition (self) && !is_over)
    g_main_context_iteration (NULL, TRUE);
  if (!is_over)
    g_source_remove (timeout);
  return !is_over;
}

static gboolean
on_warm (gpointer data)
{
  Bench *self = data;

  self->warm_bytes = resident_bytes ();
  return G_SOURCE_REMOVE;
}

/* Has the writer do something and waits until all of it is seen. */
static gboolean
run_phase (Bench *self, LiveOrder order, guint n_seconds)
{
  g_array_set_size (self->latencies_ms, 0);
  self->is_written = FALSE;
  live_writer_order (&self->writer, order);
  if (iterate_until (self, has_shown_all, n_seconds * G_USEC_PER_SEC + TIMEOUT_US))
    return TRUE;
  g_printerr ("live-window: %u points were not seen\n", self->pending->len);
  return FALSE;
}

static gboolean
open_window (Bench *self, const char *logdir)
{
  tfv_window_open (self->window, (const char *const[]){ logdir, NULL });
  gtk_window_set_default_size (GTK_WINDOW (self->window), WIDTH, HEIGHT);
  gtk_window_present (GTK_WINDOW (self->window));
  if (!iterate_until (self, has_marker_chart, TIMEOUT_US))
    {
      g_printerr ("live-window: the window does not show the run\n");
      return FALSE;
    }
  g_array_set_size (self->pending, 0);
  g_signal_connect_after (gtk_widget_get_frame_clock (GTK_WIDGET (self->window)), "after-paint", G_CALLBACK (on_after_paint), self);
  return TRUE;
}

static void
print_latencies (Bench *self, const char *name)
{
  g_print ("\"%s n\": %u, \"%s median\": %.1f, \"%s p99\": %.1f, \"%s max\": %.1f, ",
           name,
           self->latencies_ms->len,
           name,
           live_quantile (self->latencies_ms, 0.5),
           name,
           live_quantile (self->latencies_ms, 0.99),
           name,
           live_quantile (self->latencies_ms, 1));
}

static gboolean
measure (Bench *self, const char *logdir, guint n_seconds)
{
  LiveFrames frames;
  double     cpu_seconds;
  gint64     start_ns;
  double     seconds;

  if (!open_window (self, logdir) || !run_phase (self, LIVE_ORDER_MARKERS, 60))
    return FALSE;
  g_print ("{");
  print_latencies (self, "quiet");

  self->start_bytes = self->warm_bytes = resident_bytes ();
  g_timeout_add_seconds (MIN (WARM_UP_SECONDS, n_seconds), on_warm, self);
  cpu_seconds = process_cpu_seconds ();
  start_ns = live_now_ns ();
  live_frames_start (&frames, GTK_WIDGET (self->window));
  if (!run_phase (self, LIVE_ORDER_LOAD, n_seconds))
    return FALSE;
  live_frames_stop (&frames);
  seconds = (double) (live_now_ns () - start_ns) / 1e9;
  cpu_seconds = process_cpu_seconds () - cpu_seconds;
  print_latencies (self, "latency");

  g_print ("\"frames\": %u, \"interval mean\": %.2f, \"interval p99\": %.2f, \"interval max\": %.2f, \"late frames\": %u, ",
           frames.costs_ms->len,
           live_mean (frames.intervals_ms),
           live_quantile (frames.intervals_ms, 0.99),
           live_quantile (frames.intervals_ms, 1),
           live_count_over (frames.intervals_ms, LATE_MS));
  g_print ("\"frame median\": %.2f, \"frame p99\": %.2f, \"frame max\": %.2f, \"frames over 16.7\": %u, \"frame cpu mean\": %.2f, \"longest turn\": %.2f, ",
           live_quantile (frames.costs_ms, 0.5),
           live_quantile (frames.costs_ms, 0.99),
           live_quantile (frames.costs_ms, 1),
           live_count_over (frames.costs_ms, FRAME_MS),
           frames.cpu_ms / frames.costs_ms->len,
           frames.longest_turn_ms);
  g_print ("\"memory start\": %.1f, \"memory warm\": %.1f, \"memory\": %.1f, \"growth\": %.2f, \"cpu\": %.1f}\n",
           self->start_bytes / 1e6,
           self->warm_bytes / 1e6,
           resident_bytes () / 1e6,
           (resident_bytes () - self->warm_bytes) / 1e6,
           100 * cpu_seconds / seconds);
  g_array_unref (frames.costs_ms);
  g_array_unref (frames.intervals_ms);
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GtkApplication) application = NULL;
  g_autoptr (GError)         error = NULL;
  Bench                      bench = { 0 };
  guint                      n_seconds = argc == 3 ? (guint) g_ascii_strtoull (argv[2], NULL, 10) : DEFAULT_SECONDS;
  gboolean                   is_measured;

  if (argc < 2 || argc > 3 || n_seconds == 0)
    {
      g_printerr ("usage: live-window DIR [SECONDS]\n");
      return 2;
    }
  tfv_environment_prepare ();
  if (!live_writer_start (&bench.writer, argv[1], n_seconds))
    {
      g_printerr ("live-window: %s\n", g_strerror (errno));
      return EXIT_FAILURE;
    }
  setlocale (LC_ALL, "");
  if (!gtk_init_check ())
    {
      g_printerr ("live-window: there is no display\n");
      return EXIT_FAILURE;
    }
  application = g_object_new (TFV_TYPE_APPLICATION, "application-id", "org.tfview.Bench", "flags", G_APPLICATION_NON_UNIQUE, "resource-base-path", "/org/tfview/Tfview", NULL);
  if (!g_application_register (G_APPLICATION (application), NULL, &error))
    {
      g_printerr ("live-window: %s\n", error->message);
      return EXIT_FAILURE;
    }
  bench.window = tfv_window_new (application, NULL);
  bench.pending = g_array_new (FALSE, FALSE, sizeof (LiveMarker));
  bench.latencies_ms = g_array_new (FALSE, FALSE, sizeof (double));
  g_unix_fd_add (bench.writer.markers_fd, G_IO_IN | G_IO_HUP, on_marker, &bench);

  is_measured = measure (&bench, argv[1], n_seconds);
  gtk_window_destroy (GTK_WINDOW (bench.window));
  is_measured &= live_writer_end (&bench.writer);
  g_array_unref (bench.pending);
  g_array_unref (bench.latencies_ms);
  return is_measured ? EXIT_SUCCESS : EXIT_FAILURE;
}
