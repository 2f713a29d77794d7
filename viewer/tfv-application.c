/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-application.h"

#include <errno.h>
#include <unistd.h>

#include <glib/gi18n.h>

#include "config.h"
#include "viewer/tfv-options.h"
#include "viewer/tfv-screenshot.h"
#include "viewer/tfv-settings.h"
#include "viewer/tfv-window.h"

#define DEFAULT_WIDTH 1280
#define DEFAULT_HEIGHT 800
#define EXIT_USAGE 2

struct _TfvApplication
{
  AdwApplication parent_instance;
  GSettings     *settings;
  TfvOptions    *options;         /* of this process's own command line */
  TfvPage       *screenshot_page; /* NULL: all of the window */
  int            exit_status;
};

G_DEFINE_FINAL_TYPE (TfvApplication, tfv_application, ADW_TYPE_APPLICATION)

static TfvWindow *
create_window (TfvApplication *self)
{
  TfvWindow *window = tfv_window_new (GTK_APPLICATION (self), self->settings);

  if (self->options != NULL && self->options->width > 0)
    gtk_window_set_default_size (GTK_WINDOW (window), self->options->width, self->options->height);
  return window;
}

static void
fail (TfvApplication *self, const char *message)
{
  g_printerr ("tfview: %s\n", message);
  self->exit_status = EXIT_FAILURE;
}

static void
on_screenshot_settled (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TfvApplication) self = data;
  GtkWindow                 *window = GTK_WINDOW (source);
  g_autoptr (GError)         error = NULL;

  if (!tfv_screenshot_wait_finish (result, &error) || !tfv_screenshot_save (window, self->options->screenshot_file, &error))
    fail (self, error->message);
  gtk_window_destroy (window);
  g_application_release (G_APPLICATION (self));
}

static gboolean
is_page_settled (gpointer page)
{
  return tfv_page_is_settled (page);
}

static gboolean
is_window_settled (gpointer window)
{
  return tfv_window_is_settled (window);
}

/* Nothing may move, no frame that depends on the desktop is drawn, and the size
 * is that asked for: the toolkit makes a default size fit on the screen, but not
 * one that is requested. */
static void
make_still (TfvApplication *self, GtkWidget *window)
{
  gtk_widget_set_size_request (window, self->options->width, self->options->height);
  g_object_set (gtk_widget_get_settings (window), "gtk-enable-animations", FALSE, NULL);
  gtk_widget_add_css_class (window, "screenshot");
}

/* A window with nothing in it but one page, which fills it. */
static void
shoot_page (TfvApplication *self, TfvPage *page, TfvLogdir *logdir)
{
  g_autoptr (TfvSelection) selection = tfv_selection_new ();
  GtkWidget               *window = adw_application_window_new (GTK_APPLICATION (self));

  make_still (self, window);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), GTK_WIDGET (page));
  tfv_run_tree_set_dark (tfv_selection_get_runs (selection), adw_style_manager_get_dark (adw_style_manager_get_default ()));
  tfv_page_set_selection (page, selection);
  tfv_selection_set_logdir (selection, logdir);
  gtk_window_present (GTK_WINDOW (window));
  tfv_screenshot_when_settled (GTK_WINDOW (window), is_page_settled, page, on_screenshot_settled, g_object_ref (self));
}

static void
shoot_window (TfvApplication *self, TfvLogdir *logdir)
{
  TfvWindow *window = create_window (self);

  make_still (self, GTK_WIDGET (window));
  if (logdir != NULL)
    tfv_window_set_logdir (window, logdir);
  gtk_window_present (GTK_WINDOW (window));
  tfv_screenshot_when_settled (GTK_WINDOW (window), is_window_settled, window, on_screenshot_settled, g_object_ref (self));
}

static char **
find_readable (TfvApplication *self, const char *const *paths)
{
  g_autoptr (GStrvBuilder) readable = g_strv_builder_new ();

  for (guint i = 0; paths[i] != NULL; i++)
    {
      if (access (paths[i], R_OK) == 0)
        {
          g_strv_builder_add (readable, paths[i]);
        }
      else
        {
          const char      *fault = g_strerror (errno);
          g_autofree char *place = g_filename_display_name (paths[i]);
          g_autofree char *message = g_strdup_printf ("%s: %s", place, fault);

          fail (self, message);
        }
    }
  return g_strv_builder_end (readable);
}

/* What is wrong with something below a path, the window shows; a path that was
 * asked for by name and can't be read is an error. */
static void
tell_faults (TfvApplication *self, TfvLogdir *logdir)
{
  g_auto (GStrv) paths = tfv_logdir_dup_paths (logdir);
  g_auto (GStrv) warnings = tfv_logdir_dup_warnings (logdir);

  for (guint i = 0; paths[i] != NULL; i++)
    {
      g_autofree char *valid = g_utf8_make_valid (paths[i], -1);
      g_autofree char *start = g_strconcat (valid, ": ", NULL);

      for (guint j = 0; warnings[j] != NULL; j++)
        if (g_str_has_prefix (warnings[j], start))
          fail (self, warnings[j]);
    }
}

/* Reads what can be read and tells of the rest; NULL where that is nothing. */
static TfvLogdir *
load_logdir (TfvApplication *self, const char *const *paths)
{
  g_auto (GStrv)        readable = find_readable (self, paths);
  g_autoptr (TfvLogdir) logdir = NULL;
  g_autoptr (GPtrArray) runs = NULL;
  g_autoptr (GError)    error = NULL;

  if (readable[0] == NULL)
    return NULL;
  logdir = tfv_logdir_new ((const char *const *) readable);
  if (!tfv_logdir_load (logdir, NULL, &error))
    {
      fail (self, error->message);
      return NULL;
    }
  tell_faults (self, logdir);
  runs = tfv_logdir_dup_runs (logdir);
  return runs->len > 0 || self->exit_status == EXIT_SUCCESS ? g_steal_pointer (&logdir) : NULL;
}

static void
take_screenshot (TfvApplication *self, const char *const *paths)
{
  g_autoptr (TfvLogdir) logdir = NULL;
  TfvPage              *page = NULL;

  if (!g_str_equal (self->options->screenshot_page, "window"))
    {
      page = tfv_page_new_by_name (self->options->screenshot_page);
      if (page == NULL)
        {
          g_printerr (_ ("tfview: --screenshot=%s: there is no such page, but “scalars” and “window”\n"), self->options->screenshot_page);
          self->exit_status = EXIT_USAGE;
          return;
        }
    }
  /* No window is there yet that could freeze: reading on this thread is right. */
  if (paths[0] != NULL && (logdir = load_logdir (self, paths)) == NULL)
    return;
  if (self->options->width == 0)
    {
      self->options->width = DEFAULT_WIDTH;
      self->options->height = DEFAULT_HEIGHT;
    }
  g_application_hold (G_APPLICATION (self));
  if (page != NULL)
    shoot_page (self, page, logdir);
  else
    shoot_window (self, logdir);
}

static void
tfv_application_activate (GApplication *application)
{
  TfvApplication *self = TFV_APPLICATION (application);
  GtkWindow      *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (self->options != NULL && self->options->screenshot_page != NULL)
    {
      take_screenshot (self, (const char *const[]){ NULL });
      return;
    }
  if (window == NULL)
    window = GTK_WINDOW (create_window (self));
  gtk_window_present (window);
}

static char **
paths_of_files (GFile **files, int n_files)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (int i = 0; i < n_files; i++)
    {
      g_autofree char *path = g_file_get_path (files[i]);

      if (path != NULL)
        {
          g_strv_builder_add (builder, path);
        }
      else
        {
          g_autofree char *uri = g_file_get_uri (files[i]);

          g_printerr (_ ("tfview: %s: only files of this computer can be opened\n"), uri);
        }
    }
  return g_strv_builder_end (builder);
}

static void
tfv_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  TfvApplication *self = TFV_APPLICATION (application);
  g_auto (GStrv)  paths = paths_of_files (files, n_files);
  GtkWindow      *active = gtk_application_get_active_window (GTK_APPLICATION (self));
  TfvWindow      *window;

  if (self->options != NULL && self->options->screenshot_page != NULL)
    {
      if (g_strv_length (paths) < (guint) n_files)
        self->exit_status = EXIT_FAILURE;
      if (paths[0] != NULL)
        take_screenshot (self, (const char *const *) paths);
      return;
    }
  window = TFV_IS_WINDOW (active) && tfv_window_is_empty (TFV_WINDOW (active)) ? TFV_WINDOW (active) : create_window (self);
  if (paths[0] != NULL)
    tfv_window_open (window, (const char *const *) paths);
  gtk_window_present (GTK_WINDOW (window));
}

static void
apply_color_scheme (TfvApplication *self)
{
  static const AdwColorScheme schemes[] = { ADW_COLOR_SCHEME_DEFAULT, ADW_COLOR_SCHEME_FORCE_LIGHT, ADW_COLOR_SCHEME_FORCE_DARK };
  TfvColorScheme              scheme = self->options != NULL ? self->options->scheme : TFV_COLOR_SCHEME_DEFAULT;

  if (scheme == TFV_COLOR_SCHEME_DEFAULT && self->settings != NULL)
    {
      g_autofree char *name = g_settings_get_string (self->settings, "color-scheme");

      scheme = g_str_equal (name, "dark") ? TFV_COLOR_SCHEME_DARK : g_str_equal (name, "light") ? TFV_COLOR_SCHEME_LIGHT
                                                                                                : TFV_COLOR_SCHEME_DEFAULT;
    }
  adw_style_manager_set_color_scheme (adw_application_get_style_manager (ADW_APPLICATION (self)), schemes[scheme]);
}

static void
on_color_scheme_setting_changed (TfvApplication *self)
{
  /* What the user chooses in the menu is stronger than the command line. */
  if (self->options != NULL)
    self->options->scheme = TFV_COLOR_SCHEME_DEFAULT;
  apply_color_scheme (self);
}

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GList *windows = g_list_copy (gtk_application_get_windows (GTK_APPLICATION (data)));

  /* Each remembers its size when it closes. */
  for (GList *l = windows; l != NULL; l = l->next)
    gtk_window_close (l->data);
  g_list_free (windows);
}

static void
on_new_window (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_window_present (GTK_WINDOW (create_window (data)));
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  adw_show_about_window (gtk_application_get_active_window (GTK_APPLICATION (data)),
                         "application-name", _ ("tfview"),
                         "application-icon", TFV_APP_ID,
                         "version", TFV_VERSION,
                         "developer-name", _ ("The tfview developers"),
                         "comments", _ ("Training runs, seen live: TensorBoard as a native program."),
                         "license-type", GTK_LICENSE_LGPL_2_1,
                         /* Translators: put your name here */
                         "translator-credits", _ ("translator-credits"),
                         NULL);
}

static void
add_accelerators (GtkApplication *application)
{
  static const struct
  {
    const char *action;
    const char *accelerators[3];
  } table[] = {
    { "app.quit", { "<Control>q" } },
    { "app.new-window", { "<Control>n" } },
    { "window.close", { "<Control>w" } },
    { "win.open-folder", { "<Control>o" } },
    { "win.open-file", { "<Control><Shift>o" } },
    { "win.search-tags", { "<Control>f" } },
    { "win.search-runs", { "<Control>r" } },
    { "win.toggle-sidebar", { "F9" } },
    { "win.show-help-overlay", { "<Control>question" } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    gtk_application_set_accels_for_action (application, table[i].action, table[i].accelerators);
}

static void
tfv_application_startup (GApplication *application)
{
  static const GActionEntry entries[] = {
    { .name = "quit", .activate = on_quit },
    { .name = "new-window", .activate = on_new_window },
    { .name = "about", .activate = on_about },
  };
  TfvApplication *self = TFV_APPLICATION (application);

  G_APPLICATION_CLASS (tfv_application_parent_class)->startup (application);
  gtk_window_set_default_icon_name (TFV_APP_ID);
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  add_accelerators (GTK_APPLICATION (self));

  /* A picture must not depend on what its maker likes. */
  if (self->options == NULL || self->options->screenshot_page == NULL)
    self->settings = tfv_settings_new ();
  if (self->settings != NULL)
    {
      g_autoptr (GAction) scheme_action = g_settings_create_action (self->settings, "color-scheme");

      g_action_map_add_action (G_ACTION_MAP (self), scheme_action);
      g_signal_connect_object (self->settings, "changed::color-scheme", G_CALLBACK (on_color_scheme_setting_changed), self, G_CONNECT_SWAPPED);
    }
  apply_color_scheme (self);
}

static void
open_paths (GApplication *application, char **paths)
{
  guint                 n_paths = g_strv_length (paths);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n_paths; i++)
    g_ptr_array_add (files, g_file_new_for_commandline_arg (paths[i]));
  if (n_paths > 0)
    g_application_open (application, (GFile **) files->pdata, (int) n_paths, "");
  else
    g_application_activate (application);
}

static gboolean
tfv_application_local_command_line (GApplication *application, char ***arguments, int *exit_status)
{
  TfvApplication    *self = TFV_APPLICATION (application);
  g_autoptr (GError) error = NULL;

  *exit_status = EXIT_SUCCESS;
  self->options = tfv_options_parse (*arguments, &error);
  if (self->options == NULL)
    {
      g_printerr ("tfview: %s\n", error->message);
      *exit_status = EXIT_USAGE;
      return TRUE;
    }
  if (self->options->show_version)
    {
      g_print ("tfview %s\n", TFV_VERSION);
      return TRUE;
    }
  if (!gtk_init_check ())
    {
      g_printerr ("tfview: %s\n", _ ("there is no display: set DISPLAY or WAYLAND_DISPLAY, or run it under xvfb-run"));
      *exit_status = EXIT_FAILURE;
      return TRUE;
    }
  if (self->options->screenshot_page != NULL)
    g_application_set_flags (application, g_application_get_flags (application) | G_APPLICATION_NON_UNIQUE);
  if (!g_application_register (application, NULL, &error))
    {
      g_printerr ("tfview: %s\n", error->message);
      *exit_status = EXIT_FAILURE;
      return TRUE;
    }
  open_paths (application, self->options->paths);
  return TRUE;
}

static void
tfv_application_finalize (GObject *object)
{
  TfvApplication *self = TFV_APPLICATION (object);

  g_clear_object (&self->settings);
  g_clear_pointer (&self->options, tfv_options_free);
  G_OBJECT_CLASS (tfv_application_parent_class)->finalize (object);
}

static void
tfv_application_class_init (TfvApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = tfv_application_finalize;
  application_class->local_command_line = tfv_application_local_command_line;
  application_class->startup = tfv_application_startup;
  application_class->activate = tfv_application_activate;
  application_class->open = tfv_application_open;
}

static void
tfv_application_init (TfvApplication *self)
{
}

/**
 * tfv_application_new:
 *
 * Returns: (transfer full): the program
 */
TfvApplication *
tfv_application_new (void)
{
  return g_object_new (TFV_TYPE_APPLICATION,
                       "application-id", TFV_APP_ID,
                       "flags", G_APPLICATION_HANDLES_OPEN,
                       "resource-base-path", "/org/tfview/Tfview",
                       NULL);
}

/**
 * tfv_application_get_exit_status:
 * @self: the program
 *
 * Returns: how what it was asked to do on the command line ended
 */
int
tfv_application_get_exit_status (TfvApplication *self)
{
  return self->exit_status;
}
