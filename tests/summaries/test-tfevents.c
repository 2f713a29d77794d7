/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "event-writer-private.h"
#include "summaries/formats/event-message-private.h"
#include "summaries/tfv-logdir.h"
#include "summaries/tfv-text.h"

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = make_folder ();
  fixture->path = g_build_filename (fixture->folder, "events.out.tfevents.1.host", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  remove_tree (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->folder);
}

/* The one run of a folder. (transfer full) */
static TfvRun *
load (const char *path)
{
  const char           *paths[] = { path, NULL };
  g_autoptr (TfvLogdir) logdir = tfv_logdir_new (paths);
  g_autoptr (GPtrArray) runs = NULL;
  g_autoptr (GError)    error = NULL;

  tfv_logdir_load (logdir, NULL, &error);
  g_assert_no_error (error);
  runs = tfv_logdir_dup_runs (logdir);
  g_assert_cmpuint (runs->len, ==, 1);
  return g_object_ref (runs->pdata[0]);
}

/* "step=value" of each point; "f" after those that were float32. */
static void
assert_points (TfvRun *run, const char *name, TfvScalarViewFlags flags, const char *expected)
{
  g_autoptr (TfvTag)        tag = tfv_run_dup_tag (run, TFV_RECORD_SCALAR, name);
  g_autoptr (TfvScalarView) view = NULL;
  g_autoptr (GString)       points = g_string_new (NULL);

  g_assert_nonnull (tag);
  view = tfv_scalar_series_snapshot (tfv_tag_get_series (tag), flags);
  for (gsize i = 0; i < view->n_points; i++)
    {
      gint64   step;
      double   value;
      gboolean is_float32;

      tfv_scalar_view_get (view, i, &step, NULL, &value, &is_float32);
      g_string_append_printf (points, "%s%" G_GINT64_FORMAT "=%.9g%s", i > 0 ? " " : "", step, value, is_float32 ? "f" : "");
    }
  g_assert_cmpstr (points->str, ==, expected);
}

/* "name kind plugin count" of each tag, a line each. */
static void
assert_tags (TfvRun *run, const char *expected)
{
  g_autoptr (GPtrArray) tags = tfv_run_dup_tags (run);
  g_autoptr (GString)   lines = g_string_new (NULL);

  for (guint i = 0; i < tags->len; i++)
    {
      TfvTagSummary summary;

      tfv_tag_get_summary (tags->pdata[i], &summary);
      g_string_append_printf (lines, "%s %s %s %" G_GUINT64_FORMAT "\n", tfv_tag_get_name (tags->pdata[i]),
                              tfv_record_kind_to_string (tfv_tag_get_kind (tags->pdata[i])), tfv_tag_get_plugin (tags->pdata[i]), summary.count);
    }
  g_assert_cmpstr (lines->str, ==, expected);
}

static void
assert_record (TfvRun *run, TfvRecordKind kind, const char *name, guint64 index, const char *expected)
{
  g_autoptr (TfvTag) tag = tfv_run_dup_tag (run, kind, name);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_assert_nonnull (tag);
  bytes = tfv_tag_read_record (tag, index, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, strlen (expected));
}

static void
assert_warnings (TfvRun *run, guint n, const char *pattern)
{
  g_auto (GStrv) warnings = tfv_run_dup_warnings (run);

  g_assert_cmpuint (g_strv_length (warnings), ==, n);
  if (n > 0)
    g_assert_true (g_pattern_match_simple (pattern, warnings[0]));
}

static GByteArray *
new_tensor_value (const char *tag, GByteArray *tensor, const char *plugin)
{
  GByteArray *value = g_byte_array_new ();

  message_add_string (value, 1, tag);
  if (tensor != NULL)
    message_add_message (value, 8, tensor);
  if (plugin != NULL)
    message_add_message (value, 9, message_new_metadata (plugin, NULL));
  return value;
}

static void
test_reads_scalars_of_tensorflow_1_and_2 (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TfvRun) run = NULL;
  GByteArray        *tensor;

  write_version (fixture->path, 5, "brain.Event:2");
  write_scalar (fixture->path, 6, 1, "v1", 0.1f);
  write_scalar (fixture->path, 7, -3, "v1", NAN);
  write_scalar (fixture->path, 7, G_MAXINT64, "v1", INFINITY);
  tensor = message_new_tensor (1, 0, NULL);
  message_add_float (tensor, 5, 0.25f);
  write_value (fixture->path, 8, 1, new_tensor_value ("v2", tensor, "scalars"));
  tensor = message_new_tensor (2, 0, NULL);
  message_add_double (tensor, 6, 0.1);
  write_value (fixture->path, 9, 2, new_tensor_value ("v2", tensor, NULL));

  run = load (fixture->folder);
  assert_points (run, "v1", TFV_SCALAR_VIEW_ALL, "1=0.100000001f -3=nanf 9223372036854775807=inff");
  assert_points (run, "v2", TFV_SCALAR_VIEW_ALL, "1=0.25f 2=0.1");
  g_assert_cmpfloat (tfv_run_get_start_time (run), ==, 5);
  assert_warnings (run, 0, NULL);
}

static void
test_tells_kinds_by_plugin_and_value (Fixture *fixture, gconstpointer data)
{
  static const char *const plugins[] = { "audio", "custom_scalars", "histograms", "images", "mesh", "pr_curves", "text", "my_own" };
  g_autoptr (TfvRun)       run = NULL;

  write_version (fixture->path, 5, "brain.Event:2");
  for (guint i = 0; i < G_N_ELEMENTS (plugins); i++)
    write_value (fixture->path, 6, 0, new_tensor_value (plugins[i], message_new_tensor (1, 0, NULL), plugins[i]));
  for (guint32 field = 4; field <= 6; field++)
    {
      g_autofree char *tag = g_strdup_printf ("old %u", field);
      GByteArray      *value = g_byte_array_new ();

      message_add_string (value, 1, tag);
      message_add_string (value, field, "payload");
      write_value (fixture->path, 6, 3, value);
    }
  write_value (fixture->path, 6, 0, new_tensor_value ("unknown", message_new_tensor (1, 0, NULL), NULL));
  write_value (fixture->path, 6, 0, new_tensor_value ("nothing", NULL, NULL));

  run = load (fixture->folder);
  assert_tags (run, "audio audio audio 1\n"
                    "custom_scalars layout custom_scalars 1\n"
                    "histograms histogram histograms 1\n"
                    "images image images 1\n"
                    "mesh mesh mesh 1\n"
                    "my_own tensor my_own 1\n"
                    "old 4 image images 1\n"
                    "old 5 histogram histograms 1\n"
                    "old 6 audio audio 1\n"
                    "pr_curves pr-curve pr_curves 1\n"
                    "text text text 1\n"
                    "unknown tensor  1\n");
  assert_record (run, TFV_RECORD_IMAGE, "old 4", 0, "payload");
}

static void
test_reads_texts_again (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TfvRun)  run = NULL;
  g_autoptr (TfvTag)  tag = NULL;
  g_autoptr (GError)  error = NULL;
  g_autoptr (GBytes)  list_bytes = NULL;
  g_autoptr (TfvText) list = NULL;
  GByteArray         *tensor = message_new_tensor (7, 0, NULL);

  message_add_string (tensor, 8, "hello *world*");
  write_value (fixture->path, 6, 4, new_tensor_value ("t", tensor, "text"));
  tensor = message_new_tensor (7, 0, NULL);
  message_add_string (tensor, 8, "first");
  message_add_string (tensor, 8, "second");
  write_value (fixture->path, 6, 5, new_tensor_value ("t", tensor, NULL));

  run = load (fixture->folder);
  assert_record (run, TFV_RECORD_TEXT, "t", 0, "hello *world*");
  tag = tfv_run_dup_tag (run, TFV_RECORD_TEXT, "t");
  list_bytes = tfv_tag_read_record (tag, 1, &error);
  g_assert_no_error (error);
  list = tfv_text_decode (list_bytes);
  g_assert_cmpuint (list->n_rows, ==, 2);
  g_assert_cmpstr (list->cells[1], ==, "second");
  g_assert_null (tfv_tag_read_record (tag, 2, &error));
  g_assert_nonnull (error);
}

static GByteArray *
new_hparam (const char *name, guint32 field, double number, const char *string)
{
  GByteArray *entry = g_byte_array_new (), *value = g_byte_array_new ();

  if (string != NULL)
    message_add_string (value, field, string);
  else if (field == 4)
    message_add_varint (value, field, number != 0);
  else
    message_add_double (value, field, number);
  message_add_string (entry, 1, name);
  message_add_message (entry, 2, value);
  return entry;
}

static void
test_reads_hyper_parameters (Fixture *fixture, gconstpointer data)
{
  GByteArray          *value = g_byte_array_new (), *metadata = g_byte_array_new (), *plugin = g_byte_array_new ();
  GByteArray          *content = g_byte_array_new (), *start = g_byte_array_new ();
  g_autoptr (TfvRun)   run = NULL;
  g_autoptr (GVariant) hparams = NULL;
  double               rate;
  const char          *optimizer;
  gboolean             nesterov;

  message_add_message (start, 1, new_hparam ("rate", 2, 0.1, NULL));
  message_add_message (start, 1, new_hparam ("optimizer", 3, 0, "adam"));
  message_add_message (start, 1, new_hparam ("nesterov", 4, 1, NULL));
  message_add_message (content, 3, start);
  message_add_string (plugin, 1, "hparams");
  message_add_message (plugin, 2, content);
  message_add_message (metadata, 1, plugin);
  message_add_string (value, 1, "_hparams_/session_start_info");
  message_add_message (value, 9, metadata);
  write_value (fixture->path, 1, 0, value);

  run = load (fixture->folder);
  hparams = tfv_run_dup_hparams (run);
  g_assert_nonnull (hparams);
  g_assert_true (g_variant_lookup (hparams, "rate", "d", &rate));
  g_assert_cmpfloat (rate, ==, 0.1);
  g_assert_true (g_variant_lookup (hparams, "optimizer", "&s", &optimizer));
  g_assert_cmpstr (optimizer, ==, "adam");
  g_assert_true (g_variant_lookup (hparams, "nesterov", "b", &nesterov));
  g_assert_true (nesterov);
  assert_tags (run, "_hparams_/session_start_info hparams hparams 1\n");
}

static void
test_counts_a_graph_once (Fixture *fixture, gconstpointer data)
{
  GByteArray *event, *meta;

  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (TfvRun) run = NULL;

      event = message_new_event (5, 0);
      meta = g_byte_array_new ();
      message_add_string (meta, 2, "graph in meta graph");
      message_add_message (event, 9, meta);
      write_event (fixture->path, event);
      if (round == 1)
        {
          event = message_new_event (5, 0);
          message_add_string (event, 4, "graph");
          write_event (fixture->path, event);
        }
      run = load (fixture->folder);
      g_assert_cmpuint (tfv_run_get_n_graphs (run), ==, 1);
      assert_record (run, TFV_RECORD_GRAPH, "__run_graph__", 0, round == 0 ? "graph in meta graph" : "graph");
    }
}

static void
test_finds_metadata_in_an_earlier_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char   *later = g_build_filename (fixture->folder, "events.out.tfevents.2.host", NULL);
  GByteArray        *tensor = message_new_tensor (1, 0, NULL);
  g_autoptr (TfvRun) run = NULL;

  message_add_float (tensor, 5, 1);
  write_value (fixture->path, 6, 1, new_tensor_value ("loss", tensor, "scalars"));
  tensor = message_new_tensor (1, 0, NULL);
  message_add_float (tensor, 5, 2);
  write_value (later, 6, 2, new_tensor_value ("loss", tensor, NULL));
  run = load (fixture->folder);
  assert_points (run, "loss", TFV_SCALAR_VIEW_ALL, "1=1f 2=2f");
}

static void
test_a_session_start_restarts_all_tags (Fixture *fixture, gconstpointer data)
{
  g_autofree char   *later = g_build_filename (fixture->folder, "events.out.tfevents.2.host", NULL);
  g_autoptr (TfvRun) run = NULL;

  write_version (fixture->path, 5, "brain.Event:2");
  for (gint64 step = 0; step < 4; step++)
    {
      write_scalar (fixture->path, 6, step, "a", 1);
      write_scalar (fixture->path, 6, step, "b", 1);
    }
  /* An earlier step alone restarts nothing in this version. */
  write_scalar (fixture->path, 6, 1, "a", 7);
  write_session (fixture->path, 6, 1, 3);
  write_version (later, 9, "brain.Event:2");
  write_session (later, 9, 2, 1);
  write_scalar (later, 9, 2, "a", 2);
  write_scalar (later, 9, 3, "a", 2);

  run = load (fixture->folder);
  assert_points (run, "a", TFV_SCALAR_VIEW_ALL, "0=1f 1=1f 2=1f 3=1f 1=7f 2=2f 3=2f");
  assert_points (run, "a", TFV_SCALAR_VIEW_PURGED, "0=1f 1=1f 1=7f 2=2f 3=2f");
  assert_points (run, "b", TFV_SCALAR_VIEW_PURGED, "0=1f 1=1f");
}

static void
test_without_a_version_an_earlier_step_restarts_its_tag (Fixture *fixture, gconstpointer data)
{
  g_autofree char   *later = g_build_filename (fixture->folder, "events.out.tfevents.2.host", NULL);
  g_autoptr (TfvRun) run = NULL;

  write_version (fixture->path, 5, "brain.Event:1");
  for (gint64 step = 0; step < 4; step++)
    {
      write_scalar (fixture->path, 6, step, "a", 1);
      write_scalar (fixture->path, 6, step, "b", 1);
    }
  write_session (fixture->path, 6, 0, 1);
  write_scalar (fixture->path, 6, 2, "a", 2);
  write_scalar (later, 7, 1, "b", 3);

  run = load (fixture->folder);
  assert_points (run, "a", TFV_SCALAR_VIEW_PURGED, "0=1f 1=1f 2=2f");
  assert_points (run, "b", TFV_SCALAR_VIEW_PURGED, "0=1f 1=3f");
  assert_points (run, "b", TFV_SCALAR_VIEW_ALL, "0=1f 1=1f 2=1f 3=1f 1=3f");
}

static void
test_damage_costs_only_what_is_damaged (Fixture *fixture, gconstpointer data)
{
  g_autofree char   *content = NULL;
  gsize              n_bytes, size;
  g_autoptr (TfvRun) run = NULL;

  for (gint64 step = 0; step < 6; step++)
    write_scalar (fixture->path, 6, step, "a", (float) step);
  g_assert_true (g_file_get_contents (fixture->path, &content, &n_bytes, NULL));
  /* The first event has no step, so it is the shortest: count from the end. */
  size = (n_bytes + 2) / 6;
  content[n_bytes - 3 * size - 1] ^= 1;
  content[n_bytes - 1 * size - 1] ^= 1;
  g_assert_true (g_file_set_contents (fixture->path, content, (gssize) n_bytes - 1, NULL));

  run = load (fixture->folder);
  assert_points (run, "a", TFV_SCALAR_VIEW_ALL, "0=0f 1=1f 3=3f");
  assert_warnings (run, 2, "*tfevents.1.host: byte *: a record with a wrong checksum is left out (and 1 more)");
}

static void
test_an_event_that_cannot_be_decoded_is_told (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TfvRun) run = NULL;

  write_scalar (fixture->path, 6, 0, "a", 1);
  write_record (fixture->path, "\x2a\x7f", 2);
  write_record (fixture->path, "\x0b", 1);
  write_scalar (fixture->path, 6, 1, "a", 2);
  run = load (fixture->folder);
  assert_points (run, "a", TFV_SCALAR_VIEW_ALL, "0=1f 1=2f");
  assert_warnings (run, 1, "*: byte *: an event that can't be decoded (and 1 more)");
}

static void
test_merges_a_summary_in_pieces (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TfvRun) run = NULL;
  GByteArray        *event = message_new_event (1, 2);

  for (guint i = 0; i < 3; i++)
    {
      GByteArray *summary = g_byte_array_new ();

      message_add_message (summary, 1, message_new_scalar_value ("a", (float) i));
      message_add_message (event, 5, summary);
    }
  write_event (fixture->path, event);
  run = load (fixture->folder);
  assert_points (run, "a", TFV_SCALAR_VIEW_ALL, "2=0f 2=1f 2=2f");
}

static void
test_replaces_what_is_not_utf_8_in_a_tag (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TfvRun) run = NULL;

  write_scalar (fixture->path, 1, 1, "a\xff", 1);
  write_scalar (fixture->path, 1, 1, "", 1);
  run = load (fixture->folder);
  assert_tags (run, " scalar scalars 1\na\xef\xbf\xbd scalar scalars 1\n");
}

static void
test_follows_tags_in_any_order (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "a", "b", "loss", "loss/train", "" };
  g_autoptr (GRand)        rand = g_rand_new_with_seed (3);
  g_autoptr (TfvRun)       run = NULL;
  guint                    counts[G_N_ELEMENTS (names)] = { 0 };

  write_version (fixture->path, 1, "brain.Event:2");
  for (guint i = 0; i < 2000; i++)
    {
      guint which = (guint) g_rand_int_range (rand, 0, G_N_ELEMENTS (names));

      write_scalar (fixture->path, 1, counts[which]++, names[which], (float) which);
    }
  run = load (fixture->folder);
  for (guint which = 0; which < G_N_ELEMENTS (names); which++)
    {
      g_autoptr (TfvTag)        tag = tfv_run_dup_tag (run, TFV_RECORD_SCALAR, names[which]);
      g_autoptr (TfvScalarView) view = tfv_scalar_series_snapshot (tfv_tag_get_series (tag), TFV_SCALAR_VIEW_ALL);

      g_assert_cmpuint (view->n_points, ==, counts[which]);
      for (gsize i = 0; i < view->n_points; i++)
        {
          gint64 step;
          double value;

          tfv_scalar_view_get (view, i, &step, NULL, &value, NULL);
          g_assert_cmpint (step, ==, (gint64) i);
          g_assert_cmpfloat (value, ==, which);
        }
    }
}

/* A scalar of the plugin, as a tensor of any type, with a description perhaps. */
static void
write_tensor_scalar (const char *path, gint64 step, const char *tag, int type, double value, const char *description)
{
  GByteArray *message = g_byte_array_new (), *tensor = message_new_tensor (type, 0, NULL), *metadata = message_new_metadata ("scalars", NULL);

  if (type == 1)
    message_add_float (tensor, 5, (float) value);
  else if (type == 2)
    message_add_double (tensor, 6, value);
  else
    message_add_varint (tensor, 7, (guint64) value);
  if (description != NULL)
    message_add_string (metadata, 3, description);
  message_add_string (message, 1, tag);
  message_add_message (message, 8, tensor);
  message_add_message (message, 9, metadata);
  write_value (path, 1, step, message);
}

/* What is written like the last value of its tag is taken without decoding it. */
static void
test_takes_scalars_in_changing_forms (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TfvRun)  run = NULL;
  g_autoptr (GString) a = g_string_new (NULL), b = g_string_new (NULL);
  g_autoptr (TfvTag)  tag = NULL;
  g_autofree char    *description = NULL;

  write_version (fixture->path, 1, "brain.Event:2");
  for (gint64 step = 0; step < 40; step++)
    {
      int         type = step < 10 ? 1 : step < 20 ? 2
                                     : step < 24   ? 3
                                                   : 1;
      const char *space = step > 0 ? " " : "";

      write_tensor_scalar (fixture->path, step, "a", type, (double) step / (type == 3 ? 1 : 8), step < 30 ? NULL : step < 35 ? "first"
                                                                                                                             : "other");
      g_string_append_printf (a, "%s%d=%.9g%s", space, (int) step, (double) step / (type == 3 ? 1 : 8), type == 1 ? "f" : "");
      if (step % 3 == 2)
        write_tensor_scalar (fixture->path, step, "b", 2, (double) step, NULL);
      else
        write_scalar (fixture->path, 1, step, "b", (float) step);
      g_string_append_printf (b, "%s%d=%d%s", space, (int) step, (int) step, step % 3 == 2 ? "" : "f");
    }
  run = load (fixture->folder);
  assert_points (run, "a", TFV_SCALAR_VIEW_ALL, a->str);
  assert_points (run, "b", TFV_SCALAR_VIEW_ALL, b->str);
  tag = tfv_run_dup_tag (run, TFV_RECORD_SCALAR, "a");
  description = tfv_tag_dup_description (tag);
  g_assert_cmpstr (description, ==, "other");
}

/* A restart among points that look all the same. */
static void
test_restarts_between_scalars_of_one_form (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TfvRun) run = NULL;

  write_version (fixture->path, 1, "brain.Event:2");
  for (gint64 step = 1; step < 6; step++)
    write_scalar (fixture->path, 1, step, "a", (float) step);
  write_session (fixture->path, 2, 4, 1);
  for (gint64 step = 4; step < 6; step++)
    write_scalar (fixture->path, 1, step, "a", (float) -step);
  run = load (fixture->folder);
  assert_points (run, "a", TFV_SCALAR_VIEW_PURGED, "1=1f 2=2f 3=3f 4=-4f 5=-5f");
}

static void
test_wire_reads_nothing_outside_a_message (void)
{
  static const guint8 bytes[] = { 0x08, 0x96, 0x01, 0x12, 0x03, 'a', 'b', 'c', 0x1d, 1, 2, 3, 4, 0x21, 1, 2, 3, 4, 5, 6, 7, 8 };

  for (gsize n_bytes = 0; n_bytes <= sizeof bytes; n_bytes++)
    {
      g_autofree guint8 *copy = g_memdup2 (bytes, n_bytes);
      TfvWire            wire = tfv_wire_init ((TfvSlice){ copy, n_bytes });
      TfvWireField       field;
      guint              n_fields = 0;

      while (tfv_wire_next (&wire, &field))
        n_fields++;
      g_assert_cmpuint (n_fields, ==, n_bytes < 3 ? 0 : n_bytes < 8 ? 1
                                                    : n_bytes < 13  ? 2
                                                    : n_bytes < 22  ? 3
                                                                    : 4);
      g_assert_cmpint (wire.is_bad, ==, n_bytes != 0 && n_bytes != 3 && n_bytes != 8 && n_bytes != 13 && n_bytes != 22);
    }
}

static void
test_wire_reads_values (void)
{
  static const guint8 bytes[] = { 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0x1d, 1, 2, 3, 4 };
  TfvWire             wire = tfv_wire_init ((TfvSlice){ bytes, sizeof bytes });
  TfvWireField        field;

  g_assert_true (tfv_wire_next (&wire, &field));
  g_assert_cmpint ((gint64) field.value, ==, -1);
  g_assert_true (tfv_wire_next (&wire, &field));
  g_assert_cmpuint (field.number, ==, 3);
  g_assert_cmphex (field.value, ==, 0x04030201);
  g_assert_false (tfv_wire_next (&wire, &field));
  g_assert_false (wire.is_bad);
}

#define ADD(path, function) g_test_add ("/summaries/tfevents/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("reads-scalars-of-tensorflow-1-and-2", test_reads_scalars_of_tensorflow_1_and_2);
  ADD ("tells-kinds-by-plugin-and-value", test_tells_kinds_by_plugin_and_value);
  ADD ("reads-texts-again", test_reads_texts_again);
  ADD ("reads-hyper-parameters", test_reads_hyper_parameters);
  ADD ("counts-a-graph-once", test_counts_a_graph_once);
  ADD ("finds-metadata-in-an-earlier-file", test_finds_metadata_in_an_earlier_file);
  ADD ("a-session-start-restarts-all-tags", test_a_session_start_restarts_all_tags);
  ADD ("without-a-version-an-earlier-step-restarts-its-tag", test_without_a_version_an_earlier_step_restarts_its_tag);
  ADD ("damage-costs-only-what-is-damaged", test_damage_costs_only_what_is_damaged);
  ADD ("an-event-that-cannot-be-decoded-is-told", test_an_event_that_cannot_be_decoded_is_told);
  ADD ("merges-a-summary-in-pieces", test_merges_a_summary_in_pieces);
  ADD ("replaces-what-is-not-utf-8-in-a-tag", test_replaces_what_is_not_utf_8_in_a_tag);
  ADD ("follows-tags-in-any-order", test_follows_tags_in_any_order);
  ADD ("takes-scalars-in-changing-forms", test_takes_scalars_in_changing_forms);
  ADD ("restarts-between-scalars-of-one-form", test_restarts_between_scalars_of_one_form);
  g_test_add_func ("/summaries/wire/reads-nothing-outside-a-message", test_wire_reads_nothing_outside_a_message);
  g_test_add_func ("/summaries/wire/reads-values", test_wire_reads_values);
  return g_test_run ();
}
