/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Side of a glyph's mask in pixels: twice the finest picture made of it, so
 * that turning and shrinking it loses nothing. */
#define DIGITS_GLYPH_SIDE 56

/* A digit as it is drawn by a face. */
typedef struct
{
  guint8 mask[DIGITS_GLYPH_SIDE * DIGITS_GLYPH_SIDE]; /* row by row; 0 is paper, 255 is ink */
  int    left, top, right, bottom;                    /* all ink lies in [left, right) × [top, bottom) */
} DigitsGlyph;

/* The ten digits in each of the installed fonts, drawn once. Never changed
 * after it is made: any thread. */
typedef struct _DigitsGlyphs DigitsGlyphs;

DigitsGlyphs      *digits_glyphs_new (GError **error);
DigitsGlyphs      *digits_glyphs_ref (DigitsGlyphs *self);
void               digits_glyphs_unref (DigitsGlyphs *self);
guint              digits_glyphs_get_n_faces (DigitsGlyphs *self);
const char        *digits_glyphs_get_face_name (DigitsGlyphs *self, guint face);
guint              digits_glyphs_get_n_weights (DigitsGlyphs *self);
const DigitsGlyph *digits_glyphs_get_glyph (DigitsGlyphs *self, guint face, guint weight, guint digit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DigitsGlyphs, digits_glyphs_unref)

G_END_DECLS
