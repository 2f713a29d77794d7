/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-settings.h"

#include "config.h"

#define MAX_RECENT 8

/* Where the schema lies when it is not in the system's folders: beside a
 * program in its build folder, or in a prefix that XDG_DATA_DIRS misses. */
static GSettingsSchema *
find_beside_program (GSettingsSchemaSource *parent)
{
  static const char *const folders[] = { "../data", "../share/glib-2.0/schemas" };
  g_autofree char         *program = g_file_read_link ("/proc/self/exe", NULL);

  if (program == NULL)
    return NULL;
  g_autofree char *bindir = g_path_get_dirname (program);
  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char                  *folder = g_build_filename (bindir, folders[i], NULL);
      g_autoptr (GSettingsSchemaSource) source = g_settings_schema_source_new_from_directory (folder, parent, TRUE, NULL);
      GSettingsSchema                  *schema = source != NULL ? g_settings_schema_source_lookup (source, TFV_APP_ID, FALSE) : NULL;

      if (schema != NULL)
        return schema;
    }
  return NULL;
}

/**
 * tfv_settings_new: (skip)
 *
 * Opens the program's settings.
 *
 * Returns: (transfer full) (nullable): the settings, or %NULL where their
 *   schema is not installed; then nothing is remembered
 */
GSettings *
tfv_settings_new (void)
{
  GSettingsSchemaSource      *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, TFV_APP_ID, TRUE);
  if (schema == NULL)
    schema = find_beside_program (source);
  if (schema == NULL)
    return NULL;
  GSettings *settings = g_settings_new_full (schema, NULL, NULL);
  /* A slider that is dragged would write at every pixel: it is all written when
   * a window closes. */
  g_settings_delay (settings);
  return settings;
}

/**
 * tfv_settings_add_recent: (skip)
 * @settings: (nullable): the settings
 * @paths: (array zero-terminated=1): what was opened, absolute
 *
 * Puts paths first in the list of what was opened last.
 */
void
tfv_settings_add_recent (GSettings *settings, const char *const *paths)
{
  if (settings == NULL)
    return;
  g_auto (GStrv)           old = g_settings_get_strv (settings, "recent-paths");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint                    n_added = 0;

  for (guint i = 0; paths[i] != NULL && n_added < MAX_RECENT; i++, n_added++)
    g_strv_builder_add (builder, paths[i]);
  for (guint i = 0; old[i] != NULL && n_added < MAX_RECENT; i++)
    {
      if (g_strv_contains (paths, old[i]))
        continue;
      g_strv_builder_add (builder, old[i]);
      n_added++;
    }
  g_auto (GStrv) recent = g_strv_builder_end (builder);
  g_settings_set_strv (settings, "recent-paths", (const char *const *) recent);
  g_settings_apply (settings);
}
