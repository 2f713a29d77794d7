/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gtk/gtk.h>

#include "logdir-fixture.h"

typedef struct
{
  char *logdir;
  char *picture;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const char *const tags[] = { "loss", "eval/loss", NULL };

  fixture->logdir = logdir_fixture_new ();
  fixture->picture = g_build_filename (fixture->logdir, "picture.png", NULL);
  logdir_fixture_write_run (fixture->logdir, "runs/a", tags, 100);
  logdir_fixture_write_run (fixture->logdir, "runs/b", tags, 80);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_free (fixture->picture);
  logdir_fixture_free (fixture->logdir);
}

/* Runs the program; gives its exit status and what it said. */
static int
run_program (char **said, const char *first, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError)    error = NULL;
  int                   wait_status;
  va_list               arguments;

  g_ptr_array_add (argv, g_build_filename (g_getenv ("TFV_BUILD_ROOT"), "viewer", "tfview", NULL));
  va_start (arguments, first);
  for (const char *argument = first; argument != NULL; argument = va_arg (arguments, const char *))
    g_ptr_array_add (argv, g_strdup (argument));
  va_end (arguments);
  g_ptr_array_add (argv, NULL);
  g_spawn_sync (NULL, (char **) argv->pdata, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, said, &wait_status, &error);
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (wait_status));
  return WEXITSTATUS (wait_status);
}

static GBytes *
take (Fixture *fixture, const char *page, const char *size, const char *scheme)
{
  g_autofree char   *said = NULL;
  g_autofree char   *screenshot = g_strdup_printf ("--screenshot=%s:%s", page, fixture->picture);
  g_autofree char   *size_option = g_strdup_printf ("--size=%s", size);
  g_autoptr (GError) error = NULL;
  char              *contents;
  gsize              length;

  g_assert_cmpint (run_program (&said, screenshot, size_option, scheme, fixture->logdir, NULL), ==, 0);
  g_assert_cmpstr (said, ==, "");
  g_file_get_contents (fixture->picture, &contents, &length, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (contents, length);
}

static void
is_the_same_twice (Fixture *fixture, gconstpointer page)
{
  g_autoptr (GBytes) first = take (fixture, page, "900x600", "--light");
  g_autoptr (GBytes) second = take (fixture, page, "900x600", "--light");

  g_assert_cmpmem (g_bytes_get_data (first, NULL), g_bytes_get_size (first), g_bytes_get_data (second, NULL), g_bytes_get_size (second));
}

static void
has_the_size_asked_for (Fixture *fixture, gconstpointer page)
{
  g_autoptr (GBytes)     png = take (fixture, page, "700x500", "--dark");
  g_autoptr (GError)     error = NULL;
  g_autoptr (GdkTexture) texture = gdk_texture_new_from_bytes (png, &error);

  g_assert_no_error (error);
  g_assert_cmpint (gdk_texture_get_width (texture), ==, 700);
  g_assert_cmpint (gdk_texture_get_height (texture), ==, 500);
}

/* The display of the tests has 1920x1200 pixels. */
static void
may_be_larger_than_the_screen (Fixture *fixture, gconstpointer page)
{
  g_autoptr (GBytes)     png = take (fixture, page, "2000x1500", "--light");
  g_autoptr (GError)     error = NULL;
  g_autoptr (GdkTexture) texture = gdk_texture_new_from_bytes (png, &error);
  g_autofree guint32    *pixels = g_new (guint32, 2000 * 1500);

  g_assert_no_error (error);
  g_assert_cmpint (gdk_texture_get_width (texture), ==, 2000);
  g_assert_cmpint (gdk_texture_get_height (texture), ==, 1500);
  gdk_texture_download (texture, (guchar *) pixels, 2000 * sizeof *pixels);
  g_assert_cmphex (pixels[1499 * 2000 + 1999] >> 24, ==, 0xff);
}

static void
can_be_dark (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) light = take (fixture, "scalars", "500x400", "--light");
  g_autoptr (GBytes) dark = take (fixture, "scalars", "500x400", "--dark");

  g_assert_false (g_bytes_equal (light, dark));
}

static void
assert_one_line (const char *said)
{
  g_test_message ("%s", said);
  g_assert_true (g_str_has_prefix (said, "tfview: "));
  g_assert_true (strchr (said, '\n') == said + strlen (said) - 1);
}

static void
says_what_is_wrong (Fixture *fixture, gconstpointer data)
{
  g_autofree char *unwritable = g_strdup_printf ("--screenshot=scalars:%s/none/a.png", fixture->logdir);
  g_autofree char *missing = g_build_filename (fixture->logdir, "missing", NULL);
  char            *said;

  g_assert_cmpint (run_program (&said, "--screenshot=scalars", NULL), ==, 2);
  assert_one_line (said);
  g_free (said);
  g_assert_cmpint (run_program (&said, "--screenshot=nosuch:a.png", fixture->logdir, NULL), ==, 2);
  assert_one_line (said);
  g_free (said);
  g_assert_cmpint (run_program (&said, unwritable, fixture->logdir, NULL), ==, 1);
  assert_one_line (said);
  g_assert_nonnull (strstr (said, "/none/a.png\xe2\x80\x9d: "));
  g_free (said);
  g_assert_cmpint (run_program (&said, unwritable, missing, NULL), ==, 1);
  assert_one_line (said);
  g_free (said);
}

static void
shows_what_can_be_read (Fixture *fixture, gconstpointer page)
{
  g_autofree char *screenshot = g_strdup_printf ("--screenshot=%s:%s", (const char *) page, fixture->picture);
  g_autofree char *missing = g_build_filename (fixture->logdir, "missing", NULL);
  g_autofree char *said = NULL;

  g_assert_cmpint (run_program (&said, screenshot, fixture->logdir, missing, NULL), ==, 1);
  assert_one_line (said);
  g_assert_nonnull (strstr (said, missing));
  g_assert_true (g_file_test (fixture->picture, G_FILE_TEST_EXISTS));
}

static void
tells_of_a_file_without_events (Fixture *fixture, gconstpointer page)
{
  g_autofree char   *screenshot = g_strdup_printf ("--screenshot=%s:%s", (const char *) page, fixture->picture);
  g_autofree char   *notes = g_build_filename (fixture->logdir, "notes.txt", NULL);
  g_autofree char   *said = NULL;
  g_autoptr (GError) error = NULL;

  g_file_set_contents (notes, "try a smaller rate\n", -1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (run_program (&said, screenshot, notes, NULL), ==, 1);
  assert_one_line (said);
  g_assert_nonnull (strstr (said, "notes.txt: "));
  g_assert_false (g_file_test (fixture->picture, G_FILE_TEST_EXISTS));
}

static void
says_that_there_is_no_display (Fixture *fixture, gconstpointer data)
{
  g_autofree char *display = g_strdup (g_getenv ("DISPLAY"));
  g_autofree char *said = NULL;

  g_unsetenv ("DISPLAY");
  g_assert_cmpint (run_program (&said, fixture->logdir, NULL), ==, 1);
  g_setenv ("DISPLAY", display, TRUE);
  assert_one_line (said);
}

#define ADD(path, data, function) g_test_add ("/viewer/screenshot/" path, Fixture, data, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (g_getenv ("DISPLAY") == NULL)
    {
      g_print ("1..0 # SKIP there is no display\n");
      return 0;
    }
  ADD ("page-is-the-same-twice", "scalars", is_the_same_twice);
  ADD ("window-is-the-same-twice", "window", is_the_same_twice);
  ADD ("can-be-dark", NULL, can_be_dark);
  ADD ("window-has-the-size-asked-for", "window", has_the_size_asked_for);
  ADD ("page-may-be-larger-than-the-screen", "scalars", may_be_larger_than_the_screen);
  ADD ("window-may-be-larger-than-the-screen", "window", may_be_larger_than_the_screen);
  ADD ("says-what-is-wrong", NULL, says_what_is_wrong);
  ADD ("page-shows-what-can-be-read", "scalars", shows_what_can_be_read);
  ADD ("window-shows-what-can-be-read", "window", shows_what_can_be_read);
  ADD ("page-tells-of-a-file-without-events", "scalars", tells_of_a_file_without_events);
  ADD ("window-tells-of-a-file-without-events", "window", tells_of_a_file_without_events);
  ADD ("says-that-there-is-no-display", NULL, says_that_there_is_no_display);
  return g_test_run ();
}
