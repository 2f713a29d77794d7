/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-window.h"

#include <glib/gi18n.h>

#include "viewer/tfv-message-bar.h"
#include "viewer/tfv-open-dialog.h"
#include "viewer/tfv-run-sidebar.h"
#include "viewer/tfv-settings.h"
#include "viewer/tfv-start-page.h"
#include "viewer/tfv-waiting-page.h"

#define MIN_SIDEBAR_WIDTH 180
#define MAX_SIDEBAR_WIDTH 600

struct _TfvWindow
{
  AdwApplicationWindow parent_instance;
  GSettings           *settings; /* NULL: nothing is remembered */
  TfvSelection        *selection;
  GPtrArray           *pages; /* of TfvPage, children of view_stack */
  GCancellable        *path_query;
  GStrv                missing;   /* a message for each path that isn't there */
  guint                n_missing; /* by what is known so far */

  AdwViewSwitcherTitle *title;
  TfvMessageBar        *message_bar;
  GtkStack             *state_stack;
  TfvStartPage         *start_page;
  GtkSpinner           *spinner;
  TfvWaitingPage       *waiting_page;
  AdwStatusPage        *nothing_status;
  AdwFlap              *flap;
  GtkWidget            *sidebar_button;
  TfvRunSidebar        *sidebar;
  GtkWidget            *sidebar_handle;
  AdwViewStack         *view_stack;
  int                   drag_start_width;
};

G_DEFINE_FINAL_TYPE (TfvWindow, tfv_window, ADW_TYPE_APPLICATION_WINDOW)

static guint
count_pages_with_data (TfvWindow *self)
{
  guint n = 0;

  for (guint i = 0; i < self->pages->len; i++)
    n += tfv_page_has_data (g_ptr_array_index (self->pages, i));
  return n;
}

/* What the runs do hold, where no page can show any of it. */
static char *
list_kinds (TfvWindow *self)
{
  GPtrArray *nodes = tfv_run_tree_get_runs (tfv_selection_get_runs (self->selection));
  GString   *kinds = g_string_new (NULL);
  guint64    seen = 0;

  for (guint i = 0; i < nodes->len; i++)
    {
      TfvRun               *run = tfv_run_node_get_run (g_ptr_array_index (nodes, i));
      g_autoptr (GPtrArray) tags = tfv_run_dup_tags (run);

      for (guint j = 0; j < tags->len; j++)
        {
          TfvRecordKind kind = tfv_tag_get_kind (g_ptr_array_index (tags, j));

          if (seen & (G_GUINT64_CONSTANT (1) << kind))
            continue;
          seen |= G_GUINT64_CONSTANT (1) << kind;
          g_string_append_printf (kinds, "%s%s", kinds->len > 0 ? ", " : "", tfv_record_kind_to_string (kind));
        }
    }
  return g_string_free (kinds, FALSE);
}

static void
describe_nothing (TfvWindow *self, const char *kinds)
{
  g_autofree char *escaped = g_markup_escape_text (kinds, -1);
  /* Translators: %s is a list of kinds of records, such as "text, graph" */
  g_autofree char *text = g_strdup_printf (_ ("These runs hold records of other kinds (%s). Curves appear here by themselves once scalars are logged."), escaped);

  adw_status_page_set_description (self->nothing_status, text);
}

static const char *
find_state (TfvWindow *self)
{
  TfvLogdir *logdir = tfv_selection_get_logdir (self->selection);

  if (logdir == NULL)
    return "start";
  if (count_pages_with_data (self) > 0)
    return "content";
  if (!tfv_logdir_is_loaded (logdir))
    return "loading";

  g_autofree char *kinds = list_kinds (self);
  if (*kinds == '\0')
    return "waiting";
  describe_nothing (self, kinds);
  return "nothing";
}

static void
update_state (TfvWindow *self)
{
  const char *state = find_state (self);

  gtk_stack_set_visible_child_name (self->state_stack, state);
  /* Unseen it would still ask for sixty frames a second. */
  gtk_spinner_set_spinning (self->spinner, g_str_equal (state, "loading"));
  gtk_widget_set_visible (self->sidebar_button, g_str_equal (state, "content"));
  /* One page needs no switcher: then the title tells what is open. */
  adw_view_switcher_title_set_view_switcher_enabled (self->title, count_pages_with_data (self) > 1);
}

static void
add_run_warnings (TfvWindow *self, GStrvBuilder *messages)
{
  GPtrArray *nodes = tfv_run_tree_get_runs (tfv_selection_get_runs (self->selection));

  for (guint i = 0; i < nodes->len; i++)
    {
      TfvRunNode *node = g_ptr_array_index (nodes, i);

      if (tfv_run_node_get_n_warnings (node) == 0)
        continue;
      g_auto (GStrv) warnings = tfv_run_dup_warnings (tfv_run_node_get_run (node));
      g_strv_builder_addv (messages, (const char **) warnings);
    }
}

static void
update_messages (TfvWindow *self)
{
  TfvLogdir               *logdir = tfv_selection_get_logdir (self->selection);
  g_autoptr (GStrvBuilder) messages = g_strv_builder_new ();

  if (self->missing != NULL)
    g_strv_builder_addv (messages, (const char **) self->missing);
  if (logdir != NULL)
    {
      g_auto (GStrv) warnings = tfv_logdir_dup_warnings (logdir);

      g_strv_builder_addv (messages, (const char **) warnings);
      add_run_warnings (self, messages);
    }
  g_auto (GStrv) all = g_strv_builder_end (messages);
  tfv_message_bar_set_messages (self->message_bar, (const char *const *) all);
}

/* What is mistyped is not worth to be offered again. */
static void
remember_present (TfvWindow *self, const char *const *paths, const TfvPathKind *kinds)
{
  g_autoptr (GPtrArray) present = g_ptr_array_new ();
  guint                 n_paths = g_strv_length ((char **) paths);
  guint                 n_known = n_paths - self->n_missing;

  for (guint i = 0; i < n_paths; i++)
    if (kinds[i] != TFV_PATH_MISSING)
      g_ptr_array_add (present, (char *) paths[i]);
  self->n_missing = n_paths - present->len;
  if (present->len <= n_known)
    return;
  g_ptr_array_add (present, NULL);
  tfv_settings_add_recent (self->settings, (const char *const *) present->pdata);
}

/* One path that is missing is what the waiting page tells of; of several, the
 * others may well have something to show. */
static void
on_paths_queried (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree TfvPathKind *kinds = tfv_path_kind_query_finish (result, NULL);
  TfvWindow              *self = data;

  if (kinds == NULL)
    return;
  g_clear_object (&self->path_query);
  g_auto (GStrv)           paths = tfv_logdir_dup_paths (tfv_selection_get_logdir (self->selection));
  g_autoptr (GStrvBuilder) missing = g_strv_builder_new ();

  remember_present (self, (const char *const *) paths, kinds);
  tfv_waiting_page_set_path (self->waiting_page, paths[0], kinds[0]);
  for (guint i = 0; paths[i] != NULL && paths[1] != NULL; i++)
    {
      g_autofree char *place = g_filename_display_name (paths[i]);
      g_autofree char *message = g_strdup_printf (_ ("%s does not exist yet"), place);

      if (kinds[i] == TFV_PATH_MISSING)
        g_strv_builder_add (missing, message);
    }
  g_strfreev (self->missing);
  self->missing = g_strv_builder_end (missing);
  update_messages (self);
}

static void
stop_path_query (TfvWindow *self)
{
  if (self->path_query != NULL)
    g_cancellable_cancel (self->path_query);
  g_clear_object (&self->path_query);
}

static void
query_paths (TfvWindow *self, const char *const *paths)
{
  if (self->path_query != NULL)
    return;
  self->path_query = g_cancellable_new ();
  tfv_path_kind_query_async (paths, self->path_query, on_paths_queried, self);
}

static void
on_data_changed (TfvWindow *self)
{
  TfvLogdir *logdir = tfv_selection_get_logdir (self->selection);

  if (logdir != NULL && self->n_missing > 0)
    {
      g_auto (GStrv) paths = tfv_logdir_dup_paths (logdir);

      query_paths (self, (const char *const *) paths);
    }
  update_messages (self);
  update_state (self);
}

static void
update_titles (TfvWindow *self, const char *const *paths)
{
  g_autofree char *name = paths[0] != NULL ? g_filename_display_basename (paths[0]) : NULL;
  g_autofree char *place = paths[0] != NULL ? g_filename_display_name (paths[0]) : NULL;
  g_autofree char *title = NULL;
  g_autofree char *subtitle = NULL;

  if (name == NULL)
    return;
  if (paths[1] != NULL)
    {
      guint n_more = g_strv_length ((char **) paths) - 1;

      /* Translators: title of a window that shows several folders */
      title = g_strdup_printf (ngettext ("%s and %u more", "%s and %u more", n_more), name, n_more);
    }
  else
    {
      title = g_strdup (name);
      subtitle = g_path_get_dirname (place);
    }
  adw_view_switcher_title_set_title (self->title, title);
  adw_view_switcher_title_set_subtitle (self->title, subtitle);
  gtk_window_set_title (GTK_WINDOW (self), title);
}

/**
 * tfv_window_set_logdir:
 * @self: the window
 * @logdir: what to show; started by the caller where it is to be live
 */
void
tfv_window_set_logdir (TfvWindow *self, TfvLogdir *logdir)
{
  g_auto (GStrv) paths = tfv_logdir_dup_paths (logdir);

  stop_path_query (self);
  g_clear_pointer (&self->missing, g_strfreev);
  self->n_missing = g_strv_length (paths);
  update_titles (self, (const char *const *) paths);
  if (paths[0] != NULL)
    tfv_waiting_page_set_path (self->waiting_page, paths[0], TFV_PATH_FOLDER);
  tfv_selection_set_logdir (self->selection, logdir);
  query_paths (self, (const char *const *) paths);
}

/**
 * tfv_window_open:
 * @self: the window
 * @paths: (array zero-terminated=1): files and folders, absolute
 *
 * Shows files and folders, live, in place of what was shown before.
 */
void
tfv_window_open (TfvWindow *self, const char *const *paths)
{
  g_autoptr (TfvLogdir) logdir = tfv_logdir_new (paths);

  tfv_window_set_logdir (self, logdir);
  tfv_logdir_start (logdir);
}

static void
on_open_path (TfvStartPage *page, const char *path, TfvWindow *self)
{
  tfv_window_open (self, (const char *const[]){ path, NULL });
}

static void
on_paths_chosen (const char *const *paths, gpointer data)
{
  tfv_window_open (data, paths);
}

static void
ask_what_to_open (TfvWindow *self, gboolean folders)
{
  TfvLogdir     *logdir = tfv_selection_get_logdir (self->selection);
  g_auto (GStrv) paths = logdir != NULL ? tfv_logdir_dup_paths (logdir) : g_new0 (char *, 1);

  tfv_open_dialog_show (GTK_WINDOW (self), folders, paths[0], on_paths_chosen, self);
}

static void
on_open_folder (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ask_what_to_open (TFV_WINDOW (widget), TRUE);
}

static void
on_open_file (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ask_what_to_open (TFV_WINDOW (widget), FALSE);
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, TfvWindow *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  GSList                  *files = g_value_get_boxed (value);

  for (GSList *l = files; l != NULL; l = l->next)
    {
      g_autofree char *path = g_file_get_path (l->data);

      if (path != NULL)
        g_strv_builder_add (builder, path);
    }
  g_auto (GStrv) paths = g_strv_builder_end (builder);
  if (paths[0] == NULL)
    return FALSE;
  tfv_window_open (self, (const char *const *) paths);
  return TRUE;
}

static void
on_search_tags (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TfvWindow *self = TFV_WINDOW (widget);
  GtkWidget *page = adw_view_stack_get_visible_child (self->view_stack);

  if (page != NULL && gtk_widget_get_mapped (page))
    tfv_page_start_search (TFV_PAGE (page));
}

static void
on_search_runs (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TfvWindow *self = TFV_WINDOW (widget);

  adw_flap_set_reveal_flap (self->flap, TRUE);
  tfv_run_sidebar_start_search (self->sidebar);
}

static void
on_toggle_sidebar (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TfvWindow *self = TFV_WINDOW (widget);

  adw_flap_set_reveal_flap (self->flap, !adw_flap_get_reveal_flap (self->flap));
}

static void
on_handle_drag_begin (GtkGestureDrag *gesture, double x, double y, TfvWindow *self)
{
  self->drag_start_width = gtk_widget_get_width (GTK_WIDGET (self->sidebar));
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
}

static void
on_handle_drag_update (GtkGestureDrag *gesture, double offset_x, double offset_y, TfvWindow *self)
{
  double handle_x;
  double sidebar_x;
  double start_x;
  double start_y;

  /* The handle moves along with the pointer: measure from the window. */
  gtk_gesture_drag_get_start_point (gesture, &start_x, &start_y);
  gtk_widget_translate_coordinates (self->sidebar_handle, GTK_WIDGET (self), start_x + offset_x, 0, &handle_x, NULL);
  gtk_widget_translate_coordinates (GTK_WIDGET (self->sidebar), GTK_WIDGET (self), 0, 0, &sidebar_x, NULL);
  gtk_widget_set_size_request (GTK_WIDGET (self->sidebar), CLAMP ((int) (handle_x - sidebar_x), MIN_SIDEBAR_WIDTH, MAX_SIDEBAR_WIDTH), -1);
}

static void
on_system_dark_changed (TfvWindow *self)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());

  tfv_run_tree_set_dark (tfv_selection_get_runs (self->selection), dark);
}

static const char *const x_axis_nicks[] = { "step", "relative", "wall", NULL };
static const char *const smooth_kind_nicks[] = { "tensorboard", "time-weighted", "running-mean", "gaussian", "off", NULL };
static const char *const scale_nicks[] = { "linear", "log", "symlog", NULL };

static gboolean
nick_from_setting (GValue *value, GVariant *variant, gpointer nicks)
{
  for (int i = 0; ((const char *const *) nicks)[i] != NULL; i++)
    if (g_str_equal (g_variant_get_string (variant, NULL), ((const char *const *) nicks)[i]))
      {
        g_value_set_int (value, i);
        return TRUE;
      }
  return FALSE;
}

static GVariant *
nick_to_setting (const GValue *value, const GVariantType *type, gpointer nicks)
{
  return g_variant_new_string (((const char *const *) nicks)[g_value_get_int (value)]);
}

static void
bind_choice (TfvWindow *self, const char *name, const char *const *nicks)
{
  g_settings_bind_with_mapping (self->settings, name, self->selection, name, G_SETTINGS_BIND_DEFAULT, nick_from_setting, nick_to_setting, (gpointer) nicks, NULL);
}

static void
restore_settings (TfvWindow *self)
{
  int width = 260;

  if (self->settings != NULL)
    {
      const GSettingsBindFlags flags = G_SETTINGS_BIND_DEFAULT;

      gtk_window_set_default_size (GTK_WINDOW (self), g_settings_get_int (self->settings, "window-width"), g_settings_get_int (self->settings, "window-height"));
      if (g_settings_get_boolean (self->settings, "window-maximized"))
        gtk_window_maximize (GTK_WINDOW (self));
      width = CLAMP (g_settings_get_int (self->settings, "sidebar-width"), MIN_SIDEBAR_WIDTH, MAX_SIDEBAR_WIDTH);
      g_settings_bind (self->settings, "smoothing", self->selection, "smoothing", flags);
      g_settings_bind (self->settings, "ignore-outliers", self->selection, "ignore-outliers", flags);
      g_settings_bind (self->settings, "shows-superseded", self->selection, "shows-superseded", flags);
      bind_choice (self, "x-axis", x_axis_nicks);
      bind_choice (self, "smooth-kind", smooth_kind_nicks);
      bind_choice (self, "x-scale", scale_nicks);
      bind_choice (self, "y-scale", scale_nicks);
    }
  gtk_widget_set_size_request (GTK_WIDGET (self->sidebar), width, -1);
}

static gboolean
tfv_window_close_request (GtkWindow *window)
{
  TfvWindow *self = TFV_WINDOW (window);

  if (self->settings != NULL)
    {
      int width;
      int height;

      gtk_window_get_default_size (window, &width, &height);
      g_settings_set_int (self->settings, "window-width", width);
      g_settings_set_int (self->settings, "window-height", height);
      g_settings_set_boolean (self->settings, "window-maximized", gtk_window_is_maximized (window));
      gtk_widget_get_size_request (GTK_WIDGET (self->sidebar), &width, NULL);
      g_settings_set_int (self->settings, "sidebar-width", width);
      g_settings_apply (self->settings);
    }
  return GTK_WINDOW_CLASS (tfv_window_parent_class)->close_request (window);
}

static void
add_pages (TfvWindow *self)
{
  for (guint i = 0; tfv_page_types[i] != NULL; i++)
    {
      TfvPage          *page = g_object_new (tfv_page_types[i]->get_type (), NULL);
      AdwViewStackPage *stack_page = adw_view_stack_add_titled (self->view_stack, GTK_WIDGET (page), tfv_page_get_name (page), tfv_page_get_title (page));

      adw_view_stack_page_set_icon_name (stack_page, tfv_page_get_icon_name (page));
      tfv_page_set_selection (page, self->selection);
      g_object_bind_property (page, "has-data", stack_page, "visible", G_BINDING_SYNC_CREATE);
      g_signal_connect_object (page, "notify::has-data", G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
      g_ptr_array_add (self->pages, page);
    }
}

static void
tfv_window_dispose (GObject *object)
{
  TfvWindow *self = TFV_WINDOW (object);

  if (self->selection != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->selection, self);
      tfv_selection_set_logdir (self->selection, NULL);
    }
  stop_path_query (self);
  g_clear_object (&self->selection);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->pages, g_ptr_array_unref);
  g_clear_pointer (&self->missing, g_strfreev);
  G_OBJECT_CLASS (tfv_window_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/org/tfview/Tfview/ui/window.ui");
  gtk_widget_class_bind_template_child (widget_class, TfvWindow, title);
  gtk_widget_class_bind_template_child (widget_class, TfvWindow, message_bar);
  gtk_widget_class_bind_template_child (widget_class, TfvWindow, state_stack);
  gtk_widget_class_bind_template_child (widget_class, TfvWindow, start_page);
  gtk_widget_class_bind_template_child (widget_class, TfvWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, TfvWindow, waiting_page);
  gtk_widget_class_bind_template_child (widget_class, TfvWindow, nothing_status);
  gtk_widget_class_bind_template_child (widget_class, TfvWindow, flap);
  gtk_widget_class_bind_template_child (widget_class, TfvWindow, sidebar_button);
  gtk_widget_class_bind_template_child (widget_class, TfvWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, TfvWindow, sidebar_handle);
  gtk_widget_class_bind_template_child (widget_class, TfvWindow, view_stack);
  gtk_widget_class_bind_template_callback (widget_class, on_open_path);
  gtk_widget_class_bind_template_callback (widget_class, on_handle_drag_begin);
  gtk_widget_class_bind_template_callback (widget_class, on_handle_drag_update);
}

static void
tfv_window_class_init (TfvWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tfv_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = tfv_window_close_request;

  g_type_ensure (TFV_TYPE_MESSAGE_BAR);
  g_type_ensure (TFV_TYPE_RUN_SIDEBAR);
  g_type_ensure (TFV_TYPE_START_PAGE);
  g_type_ensure (TFV_TYPE_WAITING_PAGE);
  bind_template (widget_class);

  gtk_widget_class_install_action (widget_class, "win.open-folder", NULL, on_open_folder);
  gtk_widget_class_install_action (widget_class, "win.open-file", NULL, on_open_file);
  gtk_widget_class_install_action (widget_class, "win.search-tags", NULL, on_search_tags);
  gtk_widget_class_install_action (widget_class, "win.search-runs", NULL, on_search_runs);
  gtk_widget_class_install_action (widget_class, "win.toggle-sidebar", NULL, on_toggle_sidebar);
}

static void
tfv_window_init (TfvWindow *self)
{
  GtkDropTarget *drop_target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  self->selection = tfv_selection_new ();
  self->pages = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_cursor_from_name (self->sidebar_handle, "col-resize");

  g_signal_connect (drop_target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drop_target));

  tfv_run_sidebar_set_selection (self->sidebar, self->selection);
  add_pages (self);
  /* After the pages: by then they know what they have. */
  g_signal_connect_swapped (self->selection, "data-changed", G_CALLBACK (on_data_changed), self);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (on_system_dark_changed), self, G_CONNECT_SWAPPED);
  on_system_dark_changed (self);
  update_state (self);
}

/**
 * tfv_window_new:
 * @application: the program
 * @settings: (nullable): where things are remembered
 *
 * Returns: (transfer none): a window that shows nothing yet
 */
TfvWindow *
tfv_window_new (GtkApplication *application, GSettings *settings)
{
  TfvWindow *self = g_object_new (TFV_TYPE_WINDOW, "application", application, NULL);

  g_set_object (&self->settings, settings);
  restore_settings (self);
  tfv_start_page_set_settings (self->start_page, settings);
  return self;
}

/**
 * tfv_window_get_selection:
 * @self: the window
 *
 * Returns: (transfer none): what its pages look at
 */
TfvSelection *
tfv_window_get_selection (TfvWindow *self)
{
  return self->selection;
}

/**
 * tfv_window_is_empty:
 * @self: the window
 *
 * Returns: whether nothing was opened in it yet
 */
gboolean
tfv_window_is_empty (TfvWindow *self)
{
  return tfv_selection_get_logdir (self->selection) == NULL;
}

/**
 * tfv_window_get_state:
 * @self: the window
 *
 * Returns: (transfer none): `start`, `loading`, `waiting`, `nothing` or
 *   `content`
 */
const char *
tfv_window_get_state (TfvWindow *self)
{
  return gtk_stack_get_visible_child_name (self->state_stack);
}

/**
 * tfv_window_is_settled:
 * @self: the window
 *
 * Returns: whether nothing in it is still moving or being drawn
 */
gboolean
tfv_window_is_settled (TfvWindow *self)
{
  GtkWidget *page = adw_view_stack_get_visible_child (self->view_stack);

  if (gtk_stack_get_transition_running (self->state_stack) || self->path_query != NULL)
    return FALSE;
  if (g_strcmp0 (tfv_window_get_state (self), "content") != 0 || page == NULL)
    return TRUE;
  return tfv_page_is_settled (TFV_PAGE (page));
}
