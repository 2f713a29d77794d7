/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "examples/digits-data.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <zlib.h>

enum
{
  N_IMAGES = 200
};

typedef struct
{
  float  pixels[N_IMAGES * DIGITS_N_PIXELS];
  gint64 labels[N_IMAGES];
} Batch;

/* The glyphs, or NULL with the test skipped where there are no fonts. */
static DigitsGlyphs *
get_glyphs (void)
{
  g_autoptr (GError) error = NULL;
  DigitsGlyphs      *glyphs = digits_glyphs_new (&error);

  if (glyphs == NULL)
    g_test_skip (error->message);
  return glyphs;
}

static Batch *
draw_batch (DigitsGlyphs *glyphs, guint64 seed)
{
  g_autoptr (DigitsData) data = digits_data_new_drawn (glyphs, seed);
  Batch                 *batch = g_new (Batch, 1);

  digits_data_next (data, N_IMAGES, batch->pixels, batch->labels);
  return batch;
}

static void
test_seeds (void)
{
  g_autoptr (DigitsGlyphs) glyphs = get_glyphs ();
  g_autofree Batch        *first = NULL;
  g_autofree Batch        *again = NULL;
  g_autofree Batch        *other = NULL;

  if (glyphs == NULL)
    return;
  first = draw_batch (glyphs, 1);
  again = draw_batch (glyphs, 1);
  other = draw_batch (glyphs, 2);
  g_assert_cmpmem (first->pixels, sizeof first->pixels, again->pixels, sizeof again->pixels);
  g_assert_cmpmem (first->labels, sizeof first->labels, again->labels, sizeof again->labels);
  g_assert_cmpint (memcmp (first->pixels, other->pixels, sizeof first->pixels), !=, 0);
}

/* How a stream is cut into batches does not change it. */
static void
test_batches (void)
{
  g_autoptr (DigitsGlyphs) glyphs = get_glyphs ();
  g_autoptr (DigitsData)   data = NULL;
  g_autofree Batch        *whole = NULL;
  g_autofree Batch        *parts = g_new (Batch, 1);

  if (glyphs == NULL)
    return;
  whole = draw_batch (glyphs, 3);
  data = digits_data_new_drawn (glyphs, 3);
  digits_data_next (data, 7, parts->pixels, parts->labels);
  digits_data_next (data, N_IMAGES - 7, parts->pixels + 7 * DIGITS_N_PIXELS, parts->labels + 7);
  g_assert_cmpmem (whole->pixels, sizeof whole->pixels, parts->pixels, sizeof parts->pixels);
}

static void
test_pictures (void)
{
  g_autoptr (DigitsGlyphs) glyphs = get_glyphs ();
  g_autofree Batch        *batch = NULL;
  guint                    seen[DIGITS_N_CLASSES] = { 0 };

  if (glyphs == NULL)
    return;
  batch = draw_batch (glyphs, 4);
  for (int i = 0; i < N_IMAGES; i++)
    {
      const float *image = batch->pixels + i * DIGITS_N_PIXELS;
      float        brightest = 0;
      float        edge = 0;
      double       sum = 0;

      g_assert_cmpint (batch->labels[i], >=, 0);
      g_assert_cmpint (batch->labels[i], <, DIGITS_N_CLASSES);
      seen[batch->labels[i]]++;
      for (int j = 0; j < DIGITS_N_PIXELS; j++)
        {
          g_assert_true (image[j] >= 0 && image[j] <= 1);
          brightest = MAX (brightest, image[j]);
          sum += image[j];
          if (j < DIGITS_SIDE || j >= DIGITS_N_PIXELS - DIGITS_SIDE)
            edge += image[j] / (2 * DIGITS_SIDE);
        }
      /* ink on mostly empty paper, and none of it cut off above or below */
      g_assert_cmpfloat (brightest, >, 0.5);
      g_assert_cmpfloat (sum / DIGITS_N_PIXELS, <, 0.6);
      g_assert_cmpfloat (edge, <, 0.3);
    }
  for (int digit = 0; digit < DIGITS_N_CLASSES; digit++)
    g_assert_cmpuint (seen[digit], >, 0);
}

/* Every face and weight has ten digits that differ. */
static void
test_glyphs (void)
{
  g_autoptr (DigitsGlyphs) glyphs = get_glyphs ();

  if (glyphs == NULL)
    return;
  for (guint face = 0; face < digits_glyphs_get_n_faces (glyphs); face++)
    for (guint weight = 0; weight < digits_glyphs_get_n_weights (glyphs); weight++)
      for (guint digit = 0; digit < 10; digit++)
        {
          const DigitsGlyph *glyph = digits_glyphs_get_glyph (glyphs, face, weight, digit);
          guint              n_ink = 0;

          for (int i = 0; i < DIGITS_GLYPH_SIDE * DIGITS_GLYPH_SIDE; i++)
            {
              int column = i % DIGITS_GLYPH_SIDE;
              int row = i / DIGITS_GLYPH_SIDE;

              n_ink += glyph->mask[i] > 127;
              if (glyph->mask[i] > 0)
                g_assert_true (column >= glyph->left && column < glyph->right && row >= glyph->top && row < glyph->bottom);
            }
          if (n_ink < 40)
            g_error ("%s, weight %u: %u has %u pixels of ink", digits_glyphs_get_face_name (glyphs, face), weight, digit, n_ink);
          for (guint other = 0; other < digit; other++)
            g_assert_cmpint (memcmp (glyph->mask, digits_glyphs_get_glyph (glyphs, face, weight, other)->mask, sizeof glyph->mask), !=, 0);
        }
}

/* MNIST's files with `n` images; image i is filled with i + 1, its label is i % 10. */
static void
write_mnist (const char *directory, const char *set, guint n, gboolean packed)
{
  g_autoptr (GByteArray) images = g_byte_array_new ();
  g_autoptr (GByteArray) labels = g_byte_array_new ();
  const guint8           image_header[] = { 0, 0, 8, 3, 0, 0, 0, (guint8) n, 0, 0, 0, 28, 0, 0, 0, 28 };
  const guint8           label_header[] = { 0, 0, 8, 1, 0, 0, 0, (guint8) n };
  GByteArray            *contents[] = { images, labels };
  const char            *names[] = { "images-idx3", "labels-idx1" };

  g_byte_array_append (images, image_header, sizeof image_header);
  g_byte_array_append (labels, label_header, sizeof label_header);
  for (guint i = 0; i < n; i++)
    {
      guint8 image[DIGITS_N_PIXELS];
      guint8 label = (guint8) (i % 10);

      memset (image, (int) i + 1, sizeof image);
      g_byte_array_append (images, image, sizeof image);
      g_byte_array_append (labels, &label, 1);
    }
  for (int i = 0; i < 2; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%s-%s-ubyte%s", directory, set, names[i], packed ? ".gz" : "");

      if (packed)
        {
          gzFile file = gzopen (path, "wb");

          g_assert_cmpint (gzwrite (file, contents[i]->data, contents[i]->len), ==, (int) contents[i]->len);
          gzclose (file);
        }
      else
        g_assert_true (g_file_set_contents (path, (char *) contents[i]->data, contents[i]->len, NULL));
    }
}

static char *
make_directory (void)
{
  char *directory = g_dir_make_tmp ("tfv-mnist-XXXXXX", NULL);

  g_assert_nonnull (directory);
  return directory;
}

static void
remove_directory (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char      *name;

  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);

      g_unlink (path);
    }
  g_rmdir (directory);
}

static void
test_mnist (gconstpointer packed)
{
  g_autofree char       *directory = make_directory ();
  g_autoptr (GError)     error = NULL;
  g_autoptr (DigitsData) train = NULL;
  g_autoptr (DigitsData) held_out = NULL;
  g_autofree Batch      *batch = g_new (Batch, 1);
  guint                  seen[31] = { 0 };

  write_mnist (directory, "train", 30, GPOINTER_TO_INT (packed));
  write_mnist (directory, "t10k", 5, GPOINTER_TO_INT (packed));

  held_out = digits_data_new_mnist (directory, TRUE, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (digits_data_get_n_images (held_out), ==, 5);
  digits_data_next (held_out, 6, batch->pixels, batch->labels);
  for (int i = 0; i < 6; i++)
    {
      g_assert_cmpint (batch->labels[i], ==, i % 5);
      g_assert_cmpfloat (batch->pixels[i * DIGITS_N_PIXELS], ==, (float) (i % 5 + 1) / 255.0f);
    }

  /* Each time through the training set every image comes once, with its label. */
  train = digits_data_new_mnist (directory, FALSE, 1, &error);
  g_assert_no_error (error);
  for (guint time = 1; time <= 2; time++)
    {
      digits_data_next (train, 30, batch->pixels, batch->labels);
      for (int i = 0; i < 30; i++)
        {
          int number = (int) (batch->pixels[i * DIGITS_N_PIXELS + 500] * 255 + 0.5f);

          g_assert_cmpint (batch->labels[i], ==, (number - 1) % 10);
          seen[number]++;
        }
      for (int number = 1; number <= 30; number++)
        g_assert_cmpuint (seen[number], ==, time);
    }
  remove_directory (directory);
}

static void
assert_mnist_error (const char *directory, const char *pattern)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (digits_data_new_mnist (directory, FALSE, 0, &error));
  g_assert_nonnull (error);
  if (!g_pattern_match_simple (pattern, error->message))
    g_error ("“%s” is not like “%s”", error->message, pattern);
}

static void
test_mnist_damaged (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *images = g_build_filename (directory, "train-images-idx3-ubyte", NULL);
  g_autofree char *labels = g_build_filename (directory, "train-labels-idx1-ubyte", NULL);
  g_autofree char *content = NULL;
  gsize            length;

  assert_mnist_error (directory, "*holds no train-images-idx3-ubyte*");

  write_mnist (directory, "train", 3, FALSE);
  g_file_get_contents (images, &content, &length, NULL);
  g_file_set_contents (images, content, (gssize) length - 1, NULL);
  assert_mnist_error (directory, "*train-images-idx3-ubyte: ends after 2 of 3 items");

  /* a header that claims more than there is */
  content[4] = 0x7f;
  g_file_set_contents (images, content, (gssize) length, NULL);
  assert_mnist_error (directory, "*train-images-idx3-ubyte: claims *");
  content[4] = 0;
  content[5] = 1;
  g_file_set_contents (images, content, (gssize) length, NULL);
  assert_mnist_error (directory, "*ends after 3 of 65539 items");
  content[5] = 0;
  content[11] = 29;
  g_file_set_contents (images, content, (gssize) length, NULL);
  assert_mnist_error (directory, "*pictures of 29 × 28*");
  g_file_set_contents (images, "what's this?", -1, NULL);
  assert_mnist_error (directory, "*not an IDX file*");

  write_mnist (directory, "train", 3, FALSE);
  g_file_set_contents (labels, "\0\0\x8\x1\0\0\0\x2\1\2", 10, NULL);
  assert_mnist_error (directory, "*3 images and 2 labels");
  g_file_set_contents (labels, "\0\0\x8\x1\0\0\0\x3\1\2\xa", 11, NULL);
  assert_mnist_error (directory, "*label 2 of the train set is 10, no digit");
  remove_directory (directory);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/examples/digits-data/gives-the-same-for-the-same-seed", test_seeds);
  g_test_add_func ("/examples/digits-data/does-not-depend-on-batches", test_batches);
  g_test_add_func ("/examples/digits-data/draws-ink-on-paper", test_pictures);
  g_test_add_func ("/examples/digits-data/finds-fonts-with-real-digits", test_glyphs);
  g_test_add_data_func ("/examples/digits-data/reads-mnist", GINT_TO_POINTER (FALSE), test_mnist);
  g_test_add_data_func ("/examples/digits-data/reads-packed-mnist", GINT_TO_POINTER (TRUE), test_mnist);
  g_test_add_func ("/examples/digits-data/says-what-is-wrong-with-mnist", test_mnist_damaged);
  return g_test_run ();
}
