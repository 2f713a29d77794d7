/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-parallel.h"

#define N_PARTS 1000
#define N_CALLERS 6

static void
count (gpointer data, guint index)
{
  gint *n = data;

  g_atomic_int_inc (&n[index]);
}

static void
check_once (void)
{
  gint n[N_PARTS] = { 0 };

  tfv_parallel_run (N_PARTS, count, n);
  for (guint i = 0; i < N_PARTS; i++)
    g_assert_cmpint (n[i], ==, 1);
}

static void
test_once (void)
{
  tfv_parallel_run (0, count, NULL);
  for (guint round = 0; round < 200; round++)
    check_once ();
}

static gpointer
call (gpointer data)
{
  for (guint round = 0; round < 50; round++)
    check_once ();
  return NULL;
}

static void
test_callers (void)
{
  GThread *threads[N_CALLERS];

  for (guint i = 0; i < N_CALLERS; i++)
    threads[i] = g_thread_new ("caller", call, NULL);
  for (guint i = 0; i < N_CALLERS; i++)
    g_thread_join (threads[i]);
}

static void
nest (gpointer data, guint index)
{
  check_once ();
  count (data, index);
}

static void
test_nested (void)
{
  gint n[20] = { 0 };

  tfv_parallel_run (G_N_ELEMENTS (n), nest, n);
  for (guint i = 0; i < G_N_ELEMENTS (n); i++)
    g_assert_cmpint (n[i], ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/parallel/does-each-part-once", test_once);
  g_test_add_func ("/plot/parallel/serves-many-callers", test_callers);
  g_test_add_func ("/plot/parallel/may-be-called-by-a-part", test_nested);
  return g_test_run ();
}
