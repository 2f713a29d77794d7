/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-text.h"

#define MAX_CACHED 1024

/* Pango keeps a font map for each thread, so layouts are kept for each, too. */
typedef struct
{
  PangoContext *context;
  GHashTable   *layouts;
} TextCache;

static void
text_cache_free (gpointer data)
{
  TextCache *cache = data;

  g_hash_table_unref (cache->layouts);
  g_object_unref (cache->context);
  g_free (cache);
}

static GPrivate text_cache = G_PRIVATE_INIT (text_cache_free);

static TextCache *
get_cache (void)
{
  TextCache *cache = g_private_get (&text_cache);

  if (cache == NULL)
    {
      cairo_font_options_t *options = cairo_font_options_create ();

      cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
      cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
      cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_SLIGHT);
      cache = g_new0 (TextCache, 1);
      cache->context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
      pango_cairo_context_set_font_options (cache->context, options);
      pango_cairo_context_set_resolution (cache->context, 96);
      pango_context_set_round_glyph_positions (cache->context, FALSE);
      cache->layouts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
      cairo_font_options_destroy (options);
      g_private_set (&text_cache, cache);
    }
  return cache;
}

/**
 * tfv_text_layout:
 * @font: a Pango font description
 * @text: UTF-8 of one line
 *
 * Any thread; the layout is that thread's own.
 *
 * Returns: (transfer none): a layout with figures of one width, from the cache
 *   where it was wanted before; valid until the thread asks for the next
 */
PangoLayout *
tfv_text_layout (const char *font, const char *text)
{
  TextCache       *cache = get_cache ();
  g_autofree char *key = g_strconcat (font, "\n", text, NULL);
  PangoLayout     *layout = g_hash_table_lookup (cache->layouts, key);

  if (layout == NULL)
    {
      PangoFontDescription *description = pango_font_description_from_string (font);
      PangoAttrList        *attributes = pango_attr_list_new ();

      if (g_hash_table_size (cache->layouts) >= MAX_CACHED)
        g_hash_table_remove_all (cache->layouts);
      layout = pango_layout_new (cache->context);
      pango_layout_set_font_description (layout, description);
      pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
      pango_layout_set_attributes (layout, attributes);
      pango_layout_set_text (layout, text, -1);
      pango_attr_list_unref (attributes);
      pango_font_description_free (description);
      g_hash_table_insert (cache->layouts, g_steal_pointer (&key), layout);
    }
  return layout;
}

void
tfv_text_measure (const char *font, const char *text, double *width, double *height)
{
  PangoRectangle logical;

  pango_layout_get_extents (tfv_text_layout (font, text), NULL, &logical);
  *width = (double) logical.width / PANGO_SCALE;
  *height = (double) logical.height / PANGO_SCALE;
}

/**
 * tfv_text_elide:
 * @font: a Pango font description
 * @text: UTF-8 of one line
 * @max_width: the room there is
 *
 * Returns: (transfer full): the text, without its middle where it is too long
 */
char *
tfv_text_elide (const char *font, const char *text, double max_width)
{
  glong            n = g_utf8_strlen (text, -1);
  glong            fits = 0;
  g_autofree char *best = NULL;
  double           width, height;

  tfv_text_measure (font, text, &width, &height);
  if (width <= max_width)
    return g_strdup (text);
  for (glong low = 0, high = n - 1; low <= high;)
    {
      glong            kept = (low + high) / 2;
      g_autofree char *head = g_utf8_substring (text, 0, (kept + 1) / 2);
      g_autofree char *elided = g_strconcat (head, "…", g_utf8_offset_to_pointer (text, n - kept / 2), NULL);

      tfv_text_measure (font, elided, &width, &height);
      if (width > max_width && kept > 0)
        {
          high = kept - 1;
          continue;
        }
      if (kept >= fits)
        {
          fits = kept;
          g_free (best);
          best = g_steal_pointer (&elided);
        }
      low = kept + 1;
    }
  return best != NULL ? g_steal_pointer (&best) : g_strdup ("…");
}
