/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "cli/tfv-command.h"
#include "cli/tfv-input.h"
#include "cli/tfv-plot-sheet.h"

extern const TfvCommand tfv_command_plot;

#define MAX_LENGTH 100000.0
#define MAX_SCALE 16.0

/* What the command line asks for. */
typedef struct
{
  char    *run;
  char   **tags;
  char    *out;
  char    *size;
  char    *scale;
  char    *columns;
  char    *x;
  char    *smoothing;
  gboolean log_x;
  gboolean log_y;
  gboolean symlog;
  gboolean ignore_outliers;
  gboolean all;
  gboolean dark;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->run);
  g_strfreev (options->tags);
  g_free (options->out);
  g_free (options->size);
  g_free (options->scale);
  g_free (options->columns);
  g_free (options->x);
  g_free (options->smoothing);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* A number in all of the text, from @min to @max. */
static gboolean
parse_number (const char *text, double min, double max, double *number)
{
  char *end;

  *number = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && g_ascii_isdigit (*text) && *number >= min && *number <= max;
}

static gboolean
parse_size (const char *text, TfvPlotStyle *style)
{
  g_auto (GStrv) sides = g_strsplit (text, "x", -1);

  return g_strv_length (sides) == 2 && parse_number (sides[0], 1, MAX_LENGTH, &style->width) && parse_number (sides[1], 1, MAX_LENGTH, &style->height);
}

static gboolean
parse_x (const char *text, TfvPlotX *x_kind)
{
  static const char *const names[] = { "step", "relative", "wall" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (text, names[i]))
      {
        *x_kind = (TfvPlotX) i;
        return TRUE;
      }
  return FALSE;
}

/* AMOUNT alone is TensorBoard's weight. */
static gboolean
parse_smoothing (const char *text, TfvPlotStyle *style)
{
  static const struct
  {
    const char   *prefix;
    TfvSmoothKind kind;
    double        max;
  } ways[] = {
    { "half-life:", TFV_SMOOTH_TIME_WEIGHTED, 1e18 },
    { "mean:", TFV_SMOOTH_RUNNING_MEAN, 1e9 },
    { "gaussian:", TFV_SMOOTH_GAUSSIAN, 1e9 },
    { "", TFV_SMOOTH_TENSORBOARD, 0.999 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    if (g_str_has_prefix (text, ways[i].prefix))
      {
        style->smooth_kind = ways[i].kind;
        return parse_number (text + strlen (ways[i].prefix), 0, ways[i].max, &style->smoothing);
      }
  return FALSE;
}

static gboolean
parse_format (const char *path, TfvPlotFormat *format)
{
  static const char *const suffixes[] = { ".png", ".svg", ".pdf" };
  g_autofree char         *lower = g_ascii_strdown (path, -1);

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_suffix (lower, suffixes[i]))
      {
        *format = (TfvPlotFormat) i;
        return TRUE;
      }
  return FALSE;
}

/* How to draw, or what is wrong with it. */
static char *
parse_style (const Options *options, TfvPlotStyle *style)
{
  double n_columns = 0;

  *style = (TfvPlotStyle){ .scale = 1, .is_dark = options->dark, .shows_all = options->all, .ignore_outliers = options->ignore_outliers };
  if (options->size != NULL && !parse_size (options->size, style))
    return g_strdup_printf ("'%s' is no size, 800x500 is one", options->size);
  if (options->scale != NULL && !parse_number (options->scale, 0.1, MAX_SCALE, &style->scale))
    return g_strdup_printf ("'%s' is no scale, 1, 1.5 and 2 are", options->scale);
  if (options->columns != NULL && (!parse_number (options->columns, 1, 1000, &n_columns) || n_columns != floor (n_columns)))
    return g_strdup_printf ("'%s' is no number of columns", options->columns);
  if (options->x != NULL && !parse_x (options->x, &style->x_kind))
    return g_strdup_printf ("'%s' is no x axis; step, relative and wall are", options->x);
  if (options->smoothing != NULL && !parse_smoothing (options->smoothing, style))
    return g_strdup_printf ("'%s' is no smoothing; 0.6, half-life:100, mean:11 and gaussian:5 are", options->smoothing);
  if (options->log_y && options->symlog)
    return g_strdup ("--log-y and --symlog can't both be");
  if (options->log_x && style->x_kind == TFV_PLOT_X_WALL)
    return g_strdup ("wall time has no logarithm; --log-x goes with --x=step and --x=relative");
  style->n_columns = (guint) n_columns;
  style->x_scale = options->log_x ? TFV_AXIS_LOG : TFV_AXIS_LINEAR;
  style->y_scale = options->symlog ? TFV_AXIS_SYMLOG : options->log_y ? TFV_AXIS_LOG
                                                                      : TFV_AXIS_LINEAR;
  return NULL;
}

static void
complain_of_nothing (const TfvInput *input, const Options *options)
{
  g_autoptr (GString) globs = g_string_new (NULL);

  if (options->run != NULL)
    g_string_append_printf (globs, " --run=%s", options->run);
  for (char **tag = options->tags; tag != NULL && *tag != NULL; tag++)
    g_string_append_printf (globs, " --tag=%s", *tag);
  if (globs->len > 0 && input->runs->len > 0)
    tfv_command_complain ("no scalars match%s", globs->str);
  else
    tfv_command_complain ("there are no scalars to plot");
}

static int
plot_runs (TfvInput *input, const Options *options, const TfvPlotStyle *style, TfvPlotFormat format)
{
  g_auto (TfvPlotCharts)   charts = { NULL };
  g_autoptr (TfvPlotSheet) sheet = NULL;
  g_autoptr (GError)       load_error = NULL;
  g_autoptr (GError)       error = NULL;

  tfv_plot_charts_find (&charts, input->runs, options->run, options->tags);
  if (charts.charts->len == 0)
    {
      complain_of_nothing (input, options);
      return TFV_EXIT_FAILURE;
    }
  /* What could be read is drawn nevertheless. */
  if (!tfv_plot_charts_load (&charts, &load_error))
    {
      tfv_command_complain ("%s", load_error->message);
      input->status = TFV_EXIT_FAILURE;
    }
  sheet = tfv_plot_sheet_new (&charts, style, format, &error);
  if (sheet == NULL || !tfv_plot_sheet_write (sheet, options->out, &error))
    {
      tfv_command_complain ("%s", error->message);
      return TFV_EXIT_FAILURE;
    }
  return input->status;
}

static const char plot_description[] =
    "A chart for each tag, with a curve for each run in the colour that the window\n"
    "gives it, and below them what the runs are called. Without --tag all scalars are\n"
    "drawn. What a restart superseded is left out, as in the window.\n"
    "\n"
    "In a GLOB, * stands for anything, / too, and ? for one character. --tag can be\n"
    "given several times. SIZE is that of the whole picture in logical pixels; without\n"
    "it, the picture is as large as its charts want to be.\n"
    "\n"
    "SMOOTHING is one of\n"
    "  0.6            TensorBoard's exponential average, the weight from 0 to 0.999\n"
    "  half-life:100  an exponential average that forgets half in that distance in x\n"
    "                 (steps, or seconds)\n"
    "  mean:11        the mean of so many points around\n"
    "  gaussian:5     weighted by a bell curve, so many points its standard deviation\n"
    "The curves as they were logged lie behind, paler.";

static int
run_plot (int argc, char **argv, TfvPrinter *printer)
{
  g_auto (Options)   options = { NULL };
  const GOptionEntry entries[] = {
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &options.out, "Where to draw to; the ending says what it becomes", "FILE.svg|.pdf|.png" },
    { "run", 0, 0, G_OPTION_ARG_FILENAME, &options.run, "Only runs whose name matches", "GLOB" },
    { "tag", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.tags, "Only tags whose name matches", "GLOB" },
    { "size", 0, 0, G_OPTION_ARG_FILENAME, &options.size, "Width and height of the picture, as 1600x900", "SIZE" },
    { "scale", 0, 0, G_OPTION_ARG_FILENAME, &options.scale, "Pixels of a PNG for each logical one, 1 unless told", "N" },
    { "columns", 0, 0, G_OPTION_ARG_FILENAME, &options.columns, "How many charts stand side by side", "N" },
    { "dark", 0, 0, G_OPTION_ARG_NONE, &options.dark, "Draw on a dark ground", NULL },
    { "x", 0, 0, G_OPTION_ARG_FILENAME, &options.x, "What runs along the bottom, step unless told", "step|relative|wall" },
    { "smoothing", 0, 0, G_OPTION_ARG_FILENAME, &options.smoothing, "How to smooth the curves, not unless told", "SMOOTHING" },
    { "log-x", 0, 0, G_OPTION_ARG_NONE, &options.log_x, "Logarithmic x axis", NULL },
    { "log-y", 0, 0, G_OPTION_ARG_NONE, &options.log_y, "Logarithmic y axis", NULL },
    { "symlog", 0, 0, G_OPTION_ARG_NONE, &options.symlog, "Logarithmic y axis on both sides of zero", NULL },
    { "ignore-outliers", 0, 0, G_OPTION_ARG_NONE, &options.ignore_outliers, "Leave the outermost values out of the range of y", NULL },
    { "all", 0, 0, G_OPTION_ARG_NONE, &options.all, "Draw what a restart superseded, too", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (TfvInput) input = { NULL };
  g_autofree char  *wrong = NULL;
  TfvPlotFormat     format;
  TfvPlotStyle      style;
  int               status;

  if (!tfv_command_parse (&tfv_command_plot, plot_description, entries, &argc, &argv, printer, &status))
    return status;
  if (options.out == NULL)
    return tfv_command_fail_usage (&tfv_command_plot, "no --out=FILE given");
  if (!parse_format (options.out, &format))
    return tfv_command_fail_usage (&tfv_command_plot, "'%s' ends in none of .svg, .pdf and .png", options.out);
  wrong = parse_style (&options, &style);
  if (wrong != NULL)
    return tfv_command_fail_usage (&tfv_command_plot, "%s", wrong);
  if (argc < 2)
    return tfv_command_fail_usage (&tfv_command_plot, "no PATH given");

  if (!tfv_input_open (&input, argv + 1))
    return input.status;
  return plot_runs (&input, &options, &style, format);
}

const TfvCommand tfv_command_plot = {
  .name = "plot",
  .arguments = "PATH…",
  .summary = "Draw scalars as the window does",
  .run = run_plot,
};
