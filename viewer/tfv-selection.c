/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-selection.h"

#include "viewer/tfv-run-watch.h"

struct _TfvSelection
{
  GObject      parent_instance;
  TfvLogdir   *logdir;
  TfvRunTree  *runs;
  TfvRunWatch *watch;
  gboolean     was_loaded; /* when the logdir was last looked at */
  char        *tag_filter;
  double       smoothing;
  int          x_axis;
  int          smooth_kind;
  int          x_scale;
  int          y_scale;
  gboolean     shows_superseded;
  gboolean     ignore_outliers;
};

G_DEFINE_FINAL_TYPE (TfvSelection, tfv_selection, G_TYPE_OBJECT)

enum
{
  PROP_TAG_FILTER = 1,
  PROP_SMOOTHING,
  PROP_X_AXIS,
  PROP_SMOOTH_KIND,
  PROP_X_SCALE,
  PROP_Y_SCALE,
  PROP_SHOWS_SUPERSEDED,
  PROP_IGNORE_OUTLIERS,
  N_PROPS,
};
static GParamSpec *properties[N_PROPS];

enum
{
  SIGNAL_DATA_CHANGED,
  SIGNAL_HEALTH_CHANGED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

static void
tfv_selection_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TfvSelection *self = TFV_SELECTION (object);

  switch (id)
    {
    case PROP_TAG_FILTER:
      g_value_set_string (value, self->tag_filter);
      break;
    case PROP_SMOOTHING:
      g_value_set_double (value, self->smoothing);
      break;
    case PROP_X_AXIS:
      g_value_set_int (value, self->x_axis);
      break;
    case PROP_SMOOTH_KIND:
      g_value_set_int (value, self->smooth_kind);
      break;
    case PROP_X_SCALE:
      g_value_set_int (value, self->x_scale);
      break;
    case PROP_Y_SCALE:
      g_value_set_int (value, self->y_scale);
      break;
    case PROP_SHOWS_SUPERSEDED:
      g_value_set_boolean (value, self->shows_superseded);
      break;
    case PROP_IGNORE_OUTLIERS:
      g_value_set_boolean (value, self->ignore_outliers);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tfv_selection_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TfvSelection *self = TFV_SELECTION (object);

  switch (id)
    {
    case PROP_TAG_FILTER:
      g_free (self->tag_filter);
      self->tag_filter = g_value_dup_string (value);
      break;
    case PROP_SMOOTHING:
      self->smoothing = g_value_get_double (value);
      break;
    case PROP_X_AXIS:
      self->x_axis = g_value_get_int (value);
      break;
    case PROP_SMOOTH_KIND:
      self->smooth_kind = g_value_get_int (value);
      break;
    case PROP_X_SCALE:
      self->x_scale = g_value_get_int (value);
      break;
    case PROP_Y_SCALE:
      self->y_scale = g_value_get_int (value);
      break;
    case PROP_SHOWS_SUPERSEDED:
      self->shows_superseded = g_value_get_boolean (value);
      break;
    case PROP_IGNORE_OUTLIERS:
      self->ignore_outliers = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
drop_logdir (TfvSelection *self)
{
  if (self->logdir == NULL)
    return;
  g_signal_handlers_disconnect_by_func (self->logdir, tfv_selection_data_changed, self);
  tfv_logdir_stop (self->logdir);
  g_clear_object (&self->logdir);
}

static void
tfv_selection_dispose (GObject *object)
{
  TfvSelection *self = TFV_SELECTION (object);

  drop_logdir (self);
  G_OBJECT_CLASS (tfv_selection_parent_class)->dispose (object);
}

static void
tfv_selection_finalize (GObject *object)
{
  TfvSelection *self = TFV_SELECTION (object);

  g_clear_pointer (&self->watch, tfv_run_watch_free);
  g_clear_object (&self->runs);
  g_free (self->tag_filter);
  G_OBJECT_CLASS (tfv_selection_parent_class)->finalize (object);
}

static void
tfv_selection_class_init (TfvSelectionClass *klass)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = tfv_selection_get_property;
  object_class->set_property = tfv_selection_set_property;
  object_class->dispose = tfv_selection_dispose;
  object_class->finalize = tfv_selection_finalize;

  properties[PROP_TAG_FILTER] = g_param_spec_string ("tag-filter", NULL, NULL, NULL, flags);
  properties[PROP_SMOOTHING] = g_param_spec_double ("smoothing", NULL, NULL, 0, 0.999, 0.6, flags);
  /* An int, and not an enum, so that toggle buttons and settings can bind it. */
  properties[PROP_X_AXIS] = g_param_spec_int ("x-axis", NULL, NULL, TFV_X_AXIS_STEP, TFV_X_AXIS_WALL, TFV_X_AXIS_STEP, flags);
  properties[PROP_SMOOTH_KIND] = g_param_spec_int ("smooth-kind", NULL, NULL, TFV_SMOOTH_TENSORBOARD, TFV_CHART_SMOOTH_OFF, TFV_SMOOTH_TENSORBOARD, flags);
  properties[PROP_X_SCALE] = g_param_spec_int ("x-scale", NULL, NULL, TFV_AXIS_LINEAR, TFV_AXIS_SYMLOG, TFV_AXIS_LINEAR, flags);
  properties[PROP_Y_SCALE] = g_param_spec_int ("y-scale", NULL, NULL, TFV_AXIS_LINEAR, TFV_AXIS_SYMLOG, TFV_AXIS_LINEAR, flags);
  properties[PROP_SHOWS_SUPERSEDED] = g_param_spec_boolean ("shows-superseded", NULL, NULL, FALSE, flags);
  properties[PROP_IGNORE_OUTLIERS] = g_param_spec_boolean ("ignore-outliers", NULL, NULL, TRUE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * TfvSelection::data-changed:
   *
   * The logdir has new runs, tags or records, or is another one. The tree of
   * runs knows of it already.
   */
  signals[SIGNAL_DATA_CHANGED] =
      g_signal_new ("data-changed", TFV_TYPE_SELECTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * TfvSelection::health-changed:
   *
   * More is known of what is wrong with runs.
   */
  signals[SIGNAL_HEALTH_CHANGED] =
      g_signal_new ("health-changed", TFV_TYPE_SELECTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
on_health_changed (gpointer data)
{
  g_signal_emit (data, signals[SIGNAL_HEALTH_CHANGED], 0);
}

static void
tfv_selection_init (TfvSelection *self)
{
  self->runs = tfv_run_tree_new ();
  self->watch = tfv_run_watch_new (self->runs, on_health_changed, self);
  self->smoothing = 0.6;
  self->ignore_outliers = TRUE;
}

/**
 * tfv_selection_new:
 *
 * Returns: (transfer full): a selection of nothing, with TensorBoard's defaults
 */
TfvSelection *
tfv_selection_new (void)
{
  return g_object_new (TFV_TYPE_SELECTION, NULL);
}

/**
 * tfv_selection_data_changed:
 * @self: the selection
 *
 * Takes over what the logdir has now. Called by itself whenever a live logdir
 * changes.
 */
void
tfv_selection_data_changed (TfvSelection *self)
{
  if (self->logdir != NULL)
    {
      /* Asked first: runs that are added in between are coloured next time. */
      gboolean              was_loaded = tfv_logdir_is_loaded (self->logdir);
      g_autoptr (GPtrArray) runs = tfv_logdir_dup_runs (self->logdir);

      tfv_run_tree_update (self->runs, runs);
      if (!self->was_loaded)
        tfv_run_tree_color_by_place (self->runs);
      self->was_loaded = was_loaded;
    }
  tfv_run_watch_data_changed (self->watch);
  g_signal_emit (self, signals[SIGNAL_DATA_CHANGED], 0);
}

/**
 * tfv_selection_is_looked_over:
 * @self: the selection
 *
 * Returns: whether it is known of all runs what is wrong with them
 */
gboolean
tfv_selection_is_looked_over (TfvSelection *self)
{
  return tfv_run_watch_is_settled (self->watch);
}

/**
 * tfv_selection_set_logdir:
 * @self: the selection
 * @logdir: (nullable): what to look at; whether it is live is its own affair
 */
void
tfv_selection_set_logdir (TfvSelection *self, TfvLogdir *logdir)
{
  if (self->logdir == logdir)
    return;
  drop_logdir (self);
  g_set_object (&self->logdir, logdir);
  tfv_run_tree_clear (self->runs);
  self->was_loaded = FALSE;
  if (logdir != NULL)
    g_signal_connect_swapped (logdir, "changed", G_CALLBACK (tfv_selection_data_changed), self);
  tfv_selection_data_changed (self);
}

/**
 * tfv_selection_get_logdir:
 * @self: the selection
 *
 * Returns: (transfer none) (nullable): what is looked at
 */
TfvLogdir *
tfv_selection_get_logdir (TfvSelection *self)
{
  return self->logdir;
}

/**
 * tfv_selection_get_runs:
 * @self: the selection
 *
 * Returns: (transfer none): the runs, always the same object
 */
TfvRunTree *
tfv_selection_get_runs (TfvSelection *self)
{
  return self->runs;
}

/**
 * tfv_selection_get_tag_filter:
 * @self: the selection
 *
 * Returns: (transfer none) (nullable): a regular expression over tags
 */
const char *
tfv_selection_get_tag_filter (TfvSelection *self)
{
  return self->tag_filter;
}

/**
 * tfv_selection_get_smoothing:
 * @self: the selection
 *
 * Returns: weight of the exponential moving average, 0 to 0.999
 */
double
tfv_selection_get_smoothing (TfvSelection *self)
{
  return self->smoothing;
}

/**
 * tfv_selection_get_x_axis:
 * @self: the selection
 *
 * Returns: what runs along the bottom of charts
 */
TfvXAxis
tfv_selection_get_x_axis (TfvSelection *self)
{
  return (TfvXAxis) self->x_axis;
}

/**
 * tfv_selection_get_y_scale:
 * @self: the selection
 *
 * Returns: where values stand on charts that were not told otherwise one by one
 */
TfvAxisScale
tfv_selection_get_y_scale (TfvSelection *self)
{
  return (TfvAxisScale) self->y_scale;
}

/**
 * tfv_selection_get_ignore_outliers:
 * @self: the selection
 *
 * Returns: whether outliers have no say in the range of the y axis
 */
gboolean
tfv_selection_get_ignore_outliers (TfvSelection *self)
{
  return self->ignore_outliers;
}
