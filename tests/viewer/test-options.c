/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-options.h"

static TfvOptions *
parse (GError **error, const char *first, ...)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  va_list                  arguments;

  g_strv_builder_add (builder, "tfview");
  va_start (arguments, first);
  for (const char *argument = first; argument != NULL; argument = va_arg (arguments, const char *))
    g_strv_builder_add (builder, argument);
  va_end (arguments);
  g_auto (GStrv) strv = g_strv_builder_end (builder);
  return tfv_options_parse (strv, error);
}

static void
takes_paths (void)
{
  g_autoptr (GError)     error = NULL;
  g_autoptr (TfvOptions) options = parse (&error, "logs", "--dark", "more logs", NULL);

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (options->paths), ==, 2);
  g_assert_cmpstr (options->paths[1], ==, "more logs");
  g_assert_cmpint (options->scheme, ==, TFV_COLOR_SCHEME_DARK);
  g_assert_null (options->screenshot_page);
}

static void
takes_nothing (void)
{
  g_autoptr (TfvOptions) options = parse (NULL, NULL);

  g_assert_nonnull (options);
  g_assert_cmpuint (g_strv_length (options->paths), ==, 0);
  g_assert_cmpint (options->width, ==, 0);
}

static void
takes_a_screenshot_with_a_size (void)
{
  g_autoptr (TfvOptions) options = parse (NULL, "--screenshot=scalars:out/a:b.png", "--size=1024x768", "logs", NULL);

  g_assert_cmpstr (options->screenshot_page, ==, "scalars");
  g_assert_cmpstr (options->screenshot_file, ==, "out/a:b.png");
  g_assert_cmpint (options->width, ==, 1024);
  g_assert_cmpint (options->height, ==, 768);
}

static void
refuses_what_makes_no_sense (void)
{
  static const char *const wrong[] = { "--screenshot=scalars", "--screenshot=:a.png", "--screenshot=scalars:", "--screenshot=scalars:a.jpg", "--screenshot=scalars:png", "--size=10", "--size=10x", "--size=0x10", "--size=10x10x10", "--size=99999x10", "--colour", NULL };

  for (int i = 0; wrong[i] != NULL; i++)
    {
      g_autoptr (GError)     error = NULL;
      g_autoptr (TfvOptions) options = parse (&error, wrong[i], NULL);

      g_test_message ("%s", wrong[i]);
      g_assert_null (options);
      g_assert_nonnull (error);
      g_assert_null (strchr (error->message, '\n'));
    }
  g_autoptr (GError) error = NULL;
  g_assert_null (parse (&error, "--dark", "--light", NULL));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/viewer/options/takes-paths", takes_paths);
  g_test_add_func ("/viewer/options/takes-nothing", takes_nothing);
  g_test_add_func ("/viewer/options/takes-a-screenshot-with-a-size", takes_a_screenshot_with_a_size);
  g_test_add_func ("/viewer/options/refuses-what-makes-no-sense", refuses_what_makes_no_sense);
  return g_test_run ();
}
