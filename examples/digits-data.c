/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "examples/digits-data.h"

#include <gio/gio.h>
#include <math.h>

#include "examples/digits-mnist.h"

struct _DigitsData
{
  guint64 random; /* state of the generator */

  /* drawn */
  DigitsGlyphs *glyphs;

  /* MNIST */
  GBytes  *images;
  GBytes  *labels;
  gsize    n_images;
  gsize    next;
  guint32 *order; /* shuffled before each time through; NULL for the files' order */
};

/* splitmix64: small, quick, and the same everywhere. */
static guint64
next_random (DigitsData *self)
{
  guint64 z = self->random += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ z >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ z >> 31;
}

static guint
random_below (DigitsData *self, guint n)
{
  return (guint) ((next_random (self) >> 32) * n >> 32);
}

static float
random_between (DigitsData *self, float low, float high)
{
  return low + (high - low) * (float) (next_random (self) >> 40) * 0x1p-24f;
}

/* How one picture differs from another. Lengths are in its pixels. */
typedef struct
{
  float shift_x, shift_y;
  float inverse[2][2]; /* from a place in the picture to a place in the mask */
  float ink, paper;
  float noise;
} Hand;

static Hand
pick_hand (DigitsData *self)
{
  float turn = random_between (self, -15, 15) * (float) (G_PI / 180);
  float slant = random_between (self, -0.2f, 0.2f);
  float height = random_between (self, 0.42f, 0.58f);
  float width = height * random_between (self, 0.85f, 1.15f);
  float c = cosf (turn);
  float s = sinf (turn);
  Hand  hand = {
     .shift_x = random_between (self, -2.5f, 2.5f),
     .shift_y = random_between (self, -2.5f, 2.5f),
     .ink = random_between (self, 0.7f, 1.0f),
     .paper = random_between (self, 0.0f, 0.12f),
     .noise = random_between (self, 0.0f, 0.12f),
  };

  /* The inverse of turning by `turn` what was slanted after it was scaled. */
  hand.inverse[0][0] = (c + slant * s) / width;
  hand.inverse[0][1] = (s - slant * c) / width;
  hand.inverse[1][0] = -s / height;
  hand.inverse[1][1] = c / height;
  return hand;
}

/* The mask at (x, y), between its four nearest pixels; beyond it, paper. */
static inline float
sample (const guint8 *mask, float x, float y)
{
  int           column = (int) x;
  int           row = (int) y;
  float         right = x - (float) column;
  float         below = y - (float) row;
  const guint8 *pixel = mask + row * DIGITS_GLYPH_SIDE + column;

  if (!(x >= 0 && y >= 0 && column < DIGITS_GLYPH_SIDE - 1 && row < DIGITS_GLYPH_SIDE - 1))
    return 0;
  return (1 - below) * ((1 - right) * pixel[0] + right * pixel[1]) +
         below * ((1 - right) * pixel[DIGITS_GLYPH_SIDE] + right * pixel[DIGITS_GLYPH_SIDE + 1]);
}

/* Noise that is nearly normal, with mean 0 and deviation 1: four uniform
 * numbers out of one draw. */
static inline float
random_normal (DigitsData *self)
{
  guint64 bits = next_random (self);
  float   sum = (float) ((bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48));

  return (sum - 131070) * (float) (1.7320508 / 65536);
}

/* The pixels of the picture that ink can reach: most of it is paper, and need
 * not be looked up in the mask. */
static void
find_inked (const DigitsGlyph *glyph, const Hand *hand, int first[2], int end[2])
{
  const int   corners[4][2] = { { glyph->left, glyph->top }, { glyph->right, glyph->top }, { glyph->left, glyph->bottom }, { glyph->right, glyph->bottom } };
  const float shift[2] = { hand->shift_x, hand->shift_y };
  float       determinant = hand->inverse[0][0] * hand->inverse[1][1] - hand->inverse[0][1] * hand->inverse[1][0];

  first[0] = first[1] = DIGITS_SIDE;
  end[0] = end[1] = 0;
  for (int i = 0; i < 4; i++)
    {
      float x = (float) corners[i][0] - DIGITS_GLYPH_SIDE / 2.0f;
      float y = (float) corners[i][1] - DIGITS_GLYPH_SIDE / 2.0f;
      float place[2] = {
        (hand->inverse[1][1] * x - hand->inverse[0][1] * y) / determinant,
        (hand->inverse[0][0] * y - hand->inverse[1][0] * x) / determinant,
      };

      /* A place between pixels of the mask, and one between pixels of the
       * picture, may each be off by one. */
      for (int axis = 0; axis < 2; axis++)
        {
          int at = (int) floorf (place[axis] + DIGITS_SIDE / 2.0f + shift[axis]);

          first[axis] = CLAMP (at - 2, 0, first[axis]);
          end[axis] = CLAMP (at + 3, end[axis], DIGITS_SIDE);
        }
    }
}

/* How much of a pixel is covered by ink, from 0 to 1. */
static inline float
cover (const DigitsGlyph *glyph, const Hand *hand, int column, int row)
{
  float covered = 0;

  /* Four places in each pixel, so that shrinking does not make teeth. */
  for (int i = 0; i < 4; i++)
    {
      float x = (float) column + ((i & 1) ? 0.75f : 0.25f) - DIGITS_SIDE / 2.0f - hand->shift_x;
      float y = (float) row + ((i & 2) ? 0.75f : 0.25f) - DIGITS_SIDE / 2.0f - hand->shift_y;

      covered += sample (glyph->mask,
                         hand->inverse[0][0] * x + hand->inverse[0][1] * y + DIGITS_GLYPH_SIDE / 2.0f - 0.5f,
                         hand->inverse[1][0] * x + hand->inverse[1][1] * y + DIGITS_GLYPH_SIDE / 2.0f - 0.5f);
    }
  return covered / (4 * 255);
}

static void
draw (DigitsData *self, guint digit, float *pixels)
{
  guint              face = random_below (self, digits_glyphs_get_n_faces (self->glyphs));
  guint              weight = random_below (self, digits_glyphs_get_n_weights (self->glyphs));
  const DigitsGlyph *glyph = digits_glyphs_get_glyph (self->glyphs, face, weight, digit);
  Hand               hand = pick_hand (self);
  int                first[2];
  int                end[2];

  find_inked (glyph, &hand, first, end);
  for (int row = 0; row < DIGITS_SIDE; row++)
    for (int column = 0; column < DIGITS_SIDE; column++)
      {
        gboolean is_inked = row >= first[1] && row < end[1] && column >= first[0] && column < end[0];
        float    covered = is_inked ? cover (glyph, &hand, column, row) : 0;
        float    value = hand.paper + (hand.ink - hand.paper) * covered + hand.noise * random_normal (self);

        pixels[row * DIGITS_SIDE + column] = CLAMP (value, 0.0f, 1.0f);
      }
}

/* Draws digits without end, in random fonts, weights, sizes and places, turned
 * by up to 15°, slanted, with noise. The same seed and fonts give the same
 * pictures; another seed gives others, for a held-out set say. */
DigitsData *
digits_data_new_drawn (DigitsGlyphs *glyphs, guint64 seed)
{
  DigitsData *self = g_new0 (DigitsData, 1);

  self->glyphs = digits_glyphs_ref (glyphs);
  self->random = seed;
  return self;
}

/* Reads MNIST's training or held-out set from its IDX files, packed by gzip or
 * not. The training set is shuffled before each time through it. */
DigitsData *
digits_data_new_mnist (const char *directory, gboolean held_out, guint64 seed, GError **error)
{
  g_autoptr (DigitsData) self = g_new0 (DigitsData, 1);
  gsize                  n_labels;

  self->random = seed;
  self->images = digits_mnist_read_images (directory, held_out, &self->n_images, error);
  if (self->images == NULL)
    return NULL;
  self->labels = digits_mnist_read_labels (directory, held_out, &n_labels, error);
  if (self->labels == NULL)
    return NULL;
  if (n_labels != self->n_images)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: the %s set has %" G_GSIZE_FORMAT " images and %" G_GSIZE_FORMAT " labels", directory, held_out ? "t10k" : "train", self->n_images, n_labels);
      return NULL;
    }
  if (!held_out)
    {
      self->order = g_new (guint32, self->n_images);
      for (gsize i = 0; i < self->n_images; i++)
        self->order[i] = (guint32) i;
    }
  return g_steal_pointer (&self);
}

void
digits_data_free (DigitsData *self)
{
  g_clear_pointer (&self->glyphs, digits_glyphs_unref);
  g_clear_pointer (&self->images, g_bytes_unref);
  g_clear_pointer (&self->labels, g_bytes_unref);
  g_free (self->order);
  g_free (self);
}

/* The number of different images; 0 where they are drawn without end. */
gsize
digits_data_get_n_images (DigitsData *self)
{
  return self->n_images;
}

static void
shuffle (DigitsData *self)
{
  for (gsize i = self->n_images - 1; i > 0; i--)
    {
      guint   other = random_below (self, (guint) i + 1);
      guint32 kept = self->order[i];

      self->order[i] = self->order[other];
      self->order[other] = kept;
    }
}

static guint
copy_next (DigitsData *self, float *pixels)
{
  const guint8 *image;
  gsize         index;

  if (self->next == 0 && self->order)
    shuffle (self);
  index = self->order ? self->order[self->next] : self->next;
  self->next = (self->next + 1) % self->n_images;
  image = (const guint8 *) g_bytes_get_data (self->images, NULL) + index * DIGITS_N_PIXELS;
  for (int i = 0; i < DIGITS_N_PIXELS; i++)
    pixels[i] = image[i] / 255.0f;
  return ((const guint8 *) g_bytes_get_data (self->labels, NULL))[index];
}

/* Fills in the next images: `n_images` rows of DIGITS_N_PIXELS pixels from 0
 * for paper to 1 for ink, and as many labels. After the last comes the first. */
void
digits_data_next (DigitsData *self, guint n_images, float *pixels, gint64 *labels)
{
  for (guint i = 0; i < n_images; i++)
    {
      float *image = pixels + (gsize) i * DIGITS_N_PIXELS;
      guint  label;

      if (self->glyphs)
        {
          label = random_below (self, DIGITS_N_CLASSES);
          draw (self, label, image);
        }
      else
        label = copy_next (self, image);
      labels[i] = label;
    }
}
