/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-format-private.h"

G_LOCK_DEFINE_STATIC (registered);
static GPtrArray *registered;

/**
 * tfv_format_register: (skip)
 * @format: a format; kept, so it lives as long as the program
 *
 * Adds a format that another package reads. Any thread.
 */
void
tfv_format_register (const TfvFormat *format)
{
  G_LOCK (registered);
  if (registered == NULL)
    registered = g_ptr_array_new ();
  if (!g_ptr_array_find (registered, format, NULL))
    g_ptr_array_add (registered, (gpointer) format);
  G_UNLOCK (registered);
}

/**
 * tfv_format_find: (skip)
 * @basename: a file's name without its folder
 * @head: (array length=n_head): the file's first bytes
 * @n_head: how many there are
 *
 * The format that a file is of. Any thread.
 *
 * Returns: (transfer none) (nullable): the format, or %NULL where none matches
 */
const TfvFormat *
tfv_format_find (const char *basename, const guint8 *head, gsize n_head)
{
  const TfvFormat *found = NULL;

  for (guint i = 0; tfv_formats[i] != NULL; i++)
    if (tfv_formats[i]->matches (basename, head, n_head))
      return tfv_formats[i];

  G_LOCK (registered);
  for (guint i = 0; registered != NULL && found == NULL && i < registered->len; i++)
    {
      const TfvFormat *format = registered->pdata[i];

      if (format->matches (basename, head, n_head))
        found = format;
    }
  G_UNLOCK (registered);
  return found;
}
