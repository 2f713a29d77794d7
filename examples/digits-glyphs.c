/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "examples/digits-glyphs.h"

#include <fontconfig/fontconfig.h>
#include <gio/gio.h>
#include <pango/pangocairo.h>
#include <pango/pangofc-fontmap.h>
#include <string.h>

/* More fonts than these make no better set, only a slower start. */
#define MAX_FACES 48

/* Height of a face's tallest digit in its mask; the rest is margin. */
#define GLYPH_HEIGHT 40.0

/* Pixels by which a stroke's edge is moved outwards: a thinner, the font's
 * own, and a bolder hand. */
static const double weights[] = { -0.5, 0.0, 0.9 };

#define N_WEIGHTS G_N_ELEMENTS (weights)

/* A digit keeps at least this part of its ink when it is drawn thinner;
 * hairline fonts stay as they are. */
#define LEAST_INK_LEFT 0.55

typedef struct
{
  char       *name;
  DigitsGlyph glyphs[N_WEIGHTS][10];
} Face;

struct _DigitsGlyphs
{
  gatomicrefcount ref_count;
  GPtrArray      *faces;
};

static void
face_free (gpointer data)
{
  Face *face = data;

  g_free (face->name);
  g_free (face);
}

/* Whether a font is one to write text with: it has outlines, letters and
 * digits. Symbol fonts put pictures where digits belong, and emoji fonts have
 * digits to build key caps from. */
static gboolean
is_text_font (FcPattern *font)
{
  FcCharSet *characters = NULL;
  FcBool     flag = FcFalse;
  char      *family = NULL;

  if (FcPatternGetBool (font, FC_SCALABLE, 0, &flag) == FcResultMatch && !flag)
    return FALSE;
  if (FcPatternGetBool (font, FC_SYMBOL, 0, &flag) == FcResultMatch && flag)
    return FALSE;
  if (FcPatternGetBool (font, FC_COLOR, 0, &flag) == FcResultMatch && flag)
    return FALSE;
  if (FcPatternGetBool (font, FC_VARIABLE, 0, &flag) == FcResultMatch && flag)
    return FALSE;
  if (FcPatternGetString (font, FC_FAMILY, 0, (FcChar8 **) &family) != FcResultMatch ||
      strcasestr (family, "symbol") || strcasestr (family, "barcode") || strcasestr (family, "dingbat"))
    return FALSE;
  if (FcPatternGetCharSet (font, FC_CHARSET, 0, &characters) != FcResultMatch)
    return FALSE;
  for (const char *c = "0123456789AEHOSTZaehostz"; *c; c++)
    if (!FcCharSetHasChar (characters, (FcChar32) *c))
      return FALSE;
  return TRUE;
}

/* Draws the outline that the context holds, its edges moved by `weight`
 * pixels, and gives the sum of the mask. */
static gint64
draw_outline (cairo_t *cr, const cairo_path_t *outline, double scale, const double ink[4], double weight, DigitsGlyph *glyph)
{
  cairo_surface_t *surface = cairo_get_target (cr);
  const guint8    *data;
  int              stride = cairo_image_surface_get_stride (surface);
  gint64           sum = 0;

  cairo_save (cr);
  cairo_set_operator (cr, CAIRO_OPERATOR_CLEAR);
  cairo_paint (cr);
  cairo_set_operator (cr, CAIRO_OPERATOR_OVER);
  cairo_translate (cr, DIGITS_GLYPH_SIDE / 2.0, DIGITS_GLYPH_SIDE / 2.0);
  cairo_scale (cr, scale, scale);
  cairo_translate (cr, -(ink[0] + ink[2]) / 2, -(ink[1] + ink[3]) / 2);
  cairo_new_path (cr);
  cairo_append_path (cr, outline);
  cairo_fill_preserve (cr);
  if (weight != 0)
    {
      cairo_set_operator (cr, weight > 0 ? CAIRO_OPERATOR_OVER : CAIRO_OPERATOR_DEST_OUT);
      cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
      cairo_set_line_width (cr, 2 * ABS (weight) / scale);
      cairo_stroke_preserve (cr);
    }
  cairo_restore (cr);

  cairo_surface_flush (surface);
  data = cairo_image_surface_get_data (surface);
  glyph->left = glyph->top = DIGITS_GLYPH_SIDE;
  glyph->right = glyph->bottom = 0;
  for (int y = 0; y < DIGITS_GLYPH_SIDE; y++)
    for (int x = 0; x < DIGITS_GLYPH_SIDE; x++)
      {
        guint8 value = data[y * stride + x];

        glyph->mask[y * DIGITS_GLYPH_SIDE + x] = value;
        sum += value;
        if (value == 0)
          continue;
        glyph->left = MIN (glyph->left, x);
        glyph->right = MAX (glyph->right, x + 1);
        glyph->top = MIN (glyph->top, y);
        glyph->bottom = MAX (glyph->bottom, y + 1);
      }
  return sum;
}

/* Gets the outlines of a face's digits and how far their ink reaches. */
static gboolean
get_outlines (cairo_t *cr, PangoLayout *layout, cairo_path_t *outlines[10], double ink[10][4])
{
  gboolean all_there = TRUE;

  for (int digit = 0; digit < 10; digit++)
    {
      const char text[] = { (char) ('0' + digit), '\0' };

      pango_layout_set_text (layout, text, 1);
      cairo_new_path (cr);
      pango_cairo_layout_path (cr, layout);
      cairo_path_extents (cr, &ink[digit][0], &ink[digit][1], &ink[digit][2], &ink[digit][3]);
      outlines[digit] = cairo_copy_path (cr);
      all_there = all_there && ink[digit][2] - ink[digit][0] > 1 && ink[digit][3] - ink[digit][1] > 1;
    }
  return all_there;
}

/* Two digits that look the same say that the font has some mark in place of a
 * glyph. */
static gboolean
digits_differ (Face *face)
{
  for (int a = 0; a < 10; a++)
    for (int b = a + 1; b < 10; b++)
      {
        gint64 difference = 0;

        for (guint i = 0; i < G_N_ELEMENTS (face->glyphs[1][a].mask); i++)
          difference += ABS (face->glyphs[1][a].mask[i] - face->glyphs[1][b].mask[i]);
        if (difference < 40 * 255)
          return FALSE;
      }
  return TRUE;
}

static Face *
draw_face (cairo_t *cr, FcPattern *font)
{
  g_autoptr (PangoLayout)          layout = pango_cairo_create_layout (cr);
  g_autoptr (PangoAttrList)        attributes = pango_attr_list_new ();
  g_autoptr (PangoFontDescription) description = pango_fc_font_description_from_pattern (font, FALSE);
  cairo_path_t                    *outlines[10];
  double                           ink[10][4];
  double                           tallest = 0;
  double                           widest = 0;
  Face                            *face = NULL;

  pango_font_description_set_absolute_size (description, GLYPH_HEIGHT * PANGO_SCALE);
  pango_layout_set_font_description (layout, description);
  pango_attr_list_insert (attributes, pango_attr_fallback_new (FALSE));
  pango_layout_set_attributes (layout, attributes);

  if (get_outlines (cr, layout, outlines, ink))
    {
      for (int digit = 0; digit < 10; digit++)
        {
          tallest = MAX (tallest, ink[digit][3] - ink[digit][1]);
          widest = MAX (widest, ink[digit][2] - ink[digit][0]);
        }
      face = g_new0 (Face, 1);
      pango_font_description_unset_fields (description, PANGO_FONT_MASK_SIZE);
      face->name = pango_font_description_to_string (description);
      for (int digit = 0; digit < 10; digit++)
        {
          double scale = MIN (GLYPH_HEIGHT / tallest, (DIGITS_GLYPH_SIDE - 4) / widest);
          gint64 plain = draw_outline (cr, outlines[digit], scale, ink[digit], 0, &face->glyphs[1][digit]);

          draw_outline (cr, outlines[digit], scale, ink[digit], weights[2], &face->glyphs[2][digit]);
          if (draw_outline (cr, outlines[digit], scale, ink[digit], weights[0], &face->glyphs[0][digit]) < LEAST_INK_LEFT * plain)
            face->glyphs[0][digit] = face->glyphs[1][digit];
        }
    }
  for (int digit = 0; digit < 10; digit++)
    cairo_path_destroy (outlines[digit]);
  if (face && !digits_differ (face))
    g_clear_pointer (&face, face_free);
  return face;
}

static int
compare_fonts (gconstpointer a, gconstpointer b)
{
  const FcPattern *left = *(FcPattern *const *) a;
  const FcPattern *right = *(FcPattern *const *) b;
  const char      *keys[] = { FC_FAMILY, FC_STYLE, FC_FILE };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      FcChar8 *left_value = (FcChar8 *) "";
      FcChar8 *right_value = (FcChar8 *) "";
      int      order;

      FcPatternGetString (left, keys[i], 0, &left_value);
      FcPatternGetString (right, keys[i], 0, &right_value);
      order = g_strcmp0 ((const char *) left_value, (const char *) right_value);
      if (order != 0)
        return order;
    }
  return 0;
}

/* The installed fonts that text is written with, in an order that does not
 * depend on how the disk lists them. */
static GPtrArray *
list_fonts (void)
{
  GPtrArray   *fonts = g_ptr_array_new_with_free_func ((GDestroyNotify) FcPatternDestroy);
  FcPattern   *any = FcPatternCreate ();
  FcObjectSet *wanted = FcObjectSetBuild (FC_FAMILY, FC_STYLE, FC_FILE, FC_WEIGHT, FC_SLANT, FC_WIDTH, FC_SCALABLE, FC_SYMBOL, FC_COLOR, FC_VARIABLE, FC_CHARSET, NULL);
  FcFontSet   *found = FcFontList (NULL, any, wanted);

  for (int i = 0; found && i < found->nfont; i++)
    if (is_text_font (found->fonts[i]))
      {
        FcPatternReference (found->fonts[i]);
        g_ptr_array_add (fonts, found->fonts[i]);
      }
  g_ptr_array_sort (fonts, compare_fonts);
  if (found)
    FcFontSetDestroy (found);
  FcObjectSetDestroy (wanted);
  FcPatternDestroy (any);
  return fonts;
}

/* Draws the digits of the installed fonts. Fails where there is no font to
 * draw them with. Takes some tenths of a second. */
DigitsGlyphs *
digits_glyphs_new (GError **error)
{
  g_autoptr (GPtrArray) fonts = list_fonts ();
  cairo_surface_t      *surface = cairo_image_surface_create (CAIRO_FORMAT_A8, DIGITS_GLYPH_SIDE, DIGITS_GLYPH_SIDE);
  cairo_t              *cr = cairo_create (surface);
  DigitsGlyphs         *self = g_new0 (DigitsGlyphs, 1);
  guint                 n_tried = MIN (fonts->len, MAX_FACES);

  g_atomic_ref_count_init (&self->ref_count);
  self->faces = g_ptr_array_new_with_free_func (face_free);
  /* Where there are too many, take them evenly from the whole list, and not
   * the variants of the first families. */
  for (guint i = 0; i < n_tried; i++)
    {
      Face *face = draw_face (cr, g_ptr_array_index (fonts, (gsize) i * fonts->len / n_tried));

      if (face)
        g_ptr_array_add (self->faces, face);
    }
  cairo_destroy (cr);
  cairo_surface_destroy (surface);

  if (self->faces->len == 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "No installed font has digits to draw: install one, such as fonts-dejavu-core, or give MNIST's files");
      g_clear_pointer (&self, digits_glyphs_unref);
    }
  return self;
}

DigitsGlyphs *
digits_glyphs_ref (DigitsGlyphs *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
digits_glyphs_unref (DigitsGlyphs *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->faces);
  g_free (self);
}

guint
digits_glyphs_get_n_faces (DigitsGlyphs *self)
{
  return self->faces->len;
}

const char *
digits_glyphs_get_face_name (DigitsGlyphs *self, guint face)
{
  return ((Face *) g_ptr_array_index (self->faces, face))->name;
}

guint
digits_glyphs_get_n_weights (DigitsGlyphs *self)
{
  return N_WEIGHTS;
}

const DigitsGlyph *
digits_glyphs_get_glyph (DigitsGlyphs *self, guint face, guint weight, guint digit)
{
  return &((Face *) g_ptr_array_index (self->faces, face))->glyphs[weight][digit];
}
