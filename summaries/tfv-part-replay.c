/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What comes from the process that parses may be anything, and may change while
 * it is looked at: every number is copied before it is checked, every text
 * before it is used, and only columns, which can hold anything, are taken as
 * they are. */

#include "summaries/tfv-part-replay-private.h"

#include <string.h>

#define MAX_WARNINGS 200
#define MAX_WARNING_BYTES 2000
#define MAX_FAULTS 16
#define MAX_TAGS (1u << 24)
#define MAX_STRING_KIND 0xffff
#define MAX_POINTS (G_GUINT64_CONSTANT (1) << 40)

struct _TfvPartReplay
{
  TfvRunPart *part;
  GPtrArray  *tags;
  char       *faults[MAX_FAULTS];
  guint       n_warnings;
};

/* Replays for @part, which lives as long. (transfer full) */
TfvPartReplay *
tfv_part_replay_new (TfvRunPart *part)
{
  TfvPartReplay *self = g_new0 (TfvPartReplay, 1);

  self->part = part;
  self->tags = g_ptr_array_new ();
  return self;
}

void
tfv_part_replay_free (TfvPartReplay *self)
{
  for (guint i = 0; i < MAX_FAULTS; i++)
    g_free (self->faults[i]);
  g_ptr_array_unref (self->tags);
  g_free (self);
}

/* Copies what may change meanwhile: after that, what was copied is what is looked at. */
static void
take_copy (gpointer copy, const guint8 *bytes, gsize n_bytes)
{
  memcpy (copy, bytes, n_bytes);
  __asm__ volatile("" ::
                       : "memory");
}

/* The head of the next message, copied. FALSE where there can be none. */
static gboolean
read_head (const guint8 *bytes, gsize n_left, TfvReaderMessage *message)
{
  if (n_left < sizeof *message)
    return FALSE;
  take_copy (message, bytes, sizeof *message);
  return message->n_bytes >= sizeof *message && message->n_bytes <= n_left && message->n_bytes % 8 == 0;
}

static TfvTagPart *
get_tag (TfvPartReplay *self, const TfvReaderMessage *message)
{
  return message->tag < self->tags->len ? self->tags->pdata[message->tag] : NULL;
}

/* A copy of the text of @length bytes at @offset behind the head: UTF-8, or NULL. */
static char *
dup_text (const TfvReaderMessage *message, const guint8 *behind, gsize offset, guint32 length)
{
  gsize            n_behind = message->n_bytes - sizeof *message;
  g_autofree char *copy = NULL;

  if (length == TFV_READER_NO_TEXT || offset > n_behind || length > n_behind - offset)
    return NULL;
  copy = g_strndup ((const char *) behind + offset, length);
  return g_utf8_make_valid (copy, -1);
}

static char *
dup_second_text (const TfvReaderMessage *message, const guint8 *behind)
{
  return dup_text (message, behind, message->n == TFV_READER_NO_TEXT ? 0 : message->n, message->n_second);
}

static gboolean
is_kind (guint32 kind)
{
  TfvRecordKind found;

  return kind <= G_MAXINT && tfv_record_kind_from_string (tfv_record_kind_to_string ((TfvRecordKind) kind), &found) && found == (TfvRecordKind) kind;
}

static gboolean
take_tag (TfvPartReplay *self, const TfvReaderMessage *message, const guint8 *behind)
{
  g_autofree char *name = dup_text (message, behind, 0, message->n);
  g_autofree char *plugin = dup_second_text (message, behind);

  if (name == NULL || message->tag != self->tags->len || message->tag >= MAX_TAGS || !is_kind (message->kind))
    return FALSE;
  g_ptr_array_add (self->tags, tfv_run_part_add_tag (self->part, name, -1, (TfvRecordKind) message->kind, plugin));
  return TRUE;
}

static gboolean
take_display (TfvPartReplay *self, const TfvReaderMessage *message, const guint8 *behind)
{
  g_autofree char *name = dup_text (message, behind, 0, message->n);
  g_autofree char *description = dup_second_text (message, behind);
  TfvTagPart      *tag = get_tag (self, message);

  if (tag == NULL)
    return FALSE;
  tfv_tag_part_set_display (tag, name, description);
  return TRUE;
}

/* Columns of points, copied as they are. */
static gboolean
take_scalars (TfvPartReplay *self, const TfvReaderMessage *message, const guint8 *behind)
{
  TfvTagPart   *tag = get_tag (self, message);
  gsize         capacity = message->n_second;
  gsize         value_bytes = message->kind != 0 ? sizeof (float) : sizeof (double);
  const gint64 *step = (const gint64 *) behind;
  const double *wall_time;

  if (tag == NULL || tag->scalars == NULL || message->n > capacity || capacity * (sizeof *step + sizeof *wall_time + value_bytes) > message->n_bytes - sizeof *message)
    return FALSE;
  wall_time = (const double *) (step + capacity);
  tfv_tag_part_append_columns (tag, message->n, step, wall_time, wall_time + capacity, message->kind != 0);
  return TRUE;
}

/* Points that are read when somebody wants them; only so many as memory could
 * ever hold. */
static gboolean
take_outline (TfvPartReplay *self, const TfvReaderMessage *message, const guint8 *behind)
{
  TfvTagPart      *tag = get_tag (self, message);
  TfvScalarOutline outline;

  if (tag == NULL || tag->scalars == NULL || message->n_bytes < sizeof *message + sizeof outline)
    return FALSE;
  take_copy (&outline, behind, sizeof outline);
  if (outline.n_points > MAX_POINTS || outline.n_finite > outline.n_points || (guint) outline.value_type > TFV_SCALAR_VALUE_MIXED ||
      self->part->format->load_points == NULL || tag->scalars->first != NULL || outline.n_points < tfv_scalar_part_get_outline (tag->scalars).n_points)
    return FALSE;
  tfv_tag_part_announce_scalars (tag, &outline);
  return TRUE;
}

static gboolean
take_blob (TfvPartReplay *self, const TfvReaderMessage *message, const guint8 *behind)
{
  TfvTagPart  *tag = get_tag (self, message);
  TfvBlobPlace place;

  if (tag == NULL || tag->blobs == NULL || message->n_bytes < sizeof *message + sizeof place)
    return FALSE;
  take_copy (&place, behind, sizeof place);
  tfv_tag_part_append_place (tag, &place);
  return TRUE;
}

static gboolean
take_metadata (TfvPartReplay *self, const TfvReaderMessage *message, const guint8 *behind)
{
  TfvTagPart        *tag = get_tag (self, message);
  g_autofree guint8 *copy = NULL;

  if (tag == NULL || message->n > message->n_bytes - sizeof *message)
    return FALSE;
  copy = g_memdup2 (behind, message->n);
  tfv_tag_part_set_metadata (tag, copy, message->n);
  return TRUE;
}

static gboolean
take_tag_restart (TfvPartReplay *self, const TfvReaderMessage *message)
{
  TfvTagPart *tag = get_tag (self, message);

  if (tag == NULL)
    return FALSE;
  tfv_tag_part_restart (tag, message->integer[0]);
  return TRUE;
}

static gboolean
take_string (TfvPartReplay *self, const TfvReaderMessage *message, const guint8 *behind)
{
  g_autofree char *string = dup_text (message, behind, 0, message->n);

  if (string == NULL || message->kind < TFV_STRING_NAME || message->kind > MAX_STRING_KIND)
    return FALSE;
  tfv_run_part_set_string (self->part, message->tag, (TfvStringKind) message->kind, string, -1, (guint32) message->natural[0]);
  return TRUE;
}

/* The time line's rows, of which each type has its own rules. */
static gboolean
take_rows (TfvPartReplay *self, const TfvReaderMessage *message, const guint8 *behind, gsize row_bytes)
{
  union
  {
    TfvSpan    span;
    TfvCounter counter;
    TfvFlow    flow;
    TfvMarker  marker;
  } row;

  if (message->n > (message->n_bytes - sizeof *message) / row_bytes)
    return FALSE;
  for (guint32 i = 0; i < message->n; i++)
    {
      take_copy (&row, behind + i * row_bytes, row_bytes);
      if (message->type == TFV_READER_SPANS && row.span.duration_ns >= 0)
        tfv_run_part_append_span (self->part, &row.span);
      else if (message->type == TFV_READER_COUNTERS)
        tfv_run_part_append_counter (self->part, &row.counter);
      else if (message->type == TFV_READER_FLOWS && row.flow.phase >= TFV_FLOW_START && row.flow.phase <= TFV_FLOW_END)
        tfv_run_part_append_flow (self->part, &row.flow);
      else if (message->type == TFV_READER_MARKERS && row.marker.scope >= TFV_MARKER_LANE && row.marker.scope <= TFV_MARKER_GLOBAL)
        tfv_run_part_append_marker (self->part, &row.marker);
    }
  return TRUE;
}

static gboolean
take_hparams (TfvPartReplay *self, const TfvReaderMessage *message, const guint8 *behind)
{
  g_autoptr (GBytes)   bytes = NULL;
  g_autoptr (GVariant) hparams = NULL;

  if (message->n == TFV_READER_NO_TEXT)
    {
      tfv_run_part_set_hparams (self->part, NULL);
      return TRUE;
    }
  if (message->n > message->n_bytes - sizeof *message)
    return FALSE;
  bytes = g_bytes_new (behind, message->n);
  hparams = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, FALSE));
  if (!g_variant_is_normal_form (hparams))
    return FALSE;
  tfv_run_part_set_hparams (self->part, hparams);
  return TRUE;
}

static gboolean
take_warning (TfvPartReplay *self, const TfvReaderMessage *message, const guint8 *behind)
{
  g_autofree char *text = dup_text (message, behind, 0, MIN (message->n, MAX_WARNING_BYTES));

  if (text == NULL || message->n == TFV_READER_NO_TEXT)
    return FALSE;
  if (self->n_warnings++ < MAX_WARNINGS)
    tfv_run_part_warn (self->part, "%s", text);
  return TRUE;
}

static gboolean
take_counted_warning (TfvPartReplay *self, const TfvReaderMessage *message, const guint8 *behind)
{
  g_autofree char *text = dup_text (message, behind, 0, MIN (message->n, MAX_WARNING_BYTES));

  if (text == NULL || message->n == TFV_READER_NO_TEXT || message->tag >= MAX_FAULTS)
    return FALSE;
  tfv_run_part_warn_counted (self->part, &self->faults[message->tag], text, message->natural[0], message->natural[1]);
  return TRUE;
}

static gboolean
take_message (TfvPartReplay *self, const TfvReaderMessage *message, const guint8 *behind)
{
  switch (message->type)
    {
    case TFV_READER_TAG:
      return take_tag (self, message, behind);
    case TFV_READER_DISPLAY:
      return take_display (self, message, behind);
    case TFV_READER_SCALARS:
      return take_scalars (self, message, behind);
    case TFV_READER_OUTLINE:
      return take_outline (self, message, behind);
    case TFV_READER_BLOB:
      return take_blob (self, message, behind);
    case TFV_READER_METADATA:
      return take_metadata (self, message, behind);
    case TFV_READER_TAG_RESTART:
      return take_tag_restart (self, message);
    case TFV_READER_STRING:
      return take_string (self, message, behind);
    case TFV_READER_SPANS:
      return take_rows (self, message, behind, sizeof (TfvSpan));
    case TFV_READER_COUNTERS:
      return take_rows (self, message, behind, sizeof (TfvCounter));
    case TFV_READER_FLOWS:
      return take_rows (self, message, behind, sizeof (TfvFlow));
    case TFV_READER_MARKERS:
      return take_rows (self, message, behind, sizeof (TfvMarker));
    case TFV_READER_HPARAMS:
      return take_hparams (self, message, behind);
    case TFV_READER_WARNING:
      return take_warning (self, message, behind);
    case TFV_READER_COUNTED_WARNING:
      return take_counted_warning (self, message, behind);
    case TFV_READER_RESTART:
      tfv_run_part_restart (self->part, message->integer[0]);
      return TRUE;
    case TFV_READER_START_TIME:
      tfv_run_part_set_start_time (self->part, message->number[0]);
      return TRUE;
    case TFV_READER_FIRST_WALL_TIME:
      tfv_run_part_set_first_wall_time (self->part, message->number[0]);
      return TRUE;
    case TFV_READER_CLOCK_OFFSET:
      tfv_run_part_set_clock_offset_ns (self->part, message->integer[0]);
      return TRUE;
    case TFV_READER_CLOCK_PAIR:
      tfv_run_part_add_clock_pair (self->part, message->integer[0], message->integer[1]);
      return TRUE;
    case TFV_READER_N_DROPPED:
      tfv_run_part_set_n_dropped (self->part, message->natural[0]);
      return TRUE;
    case TFV_READER_EVENT_STATE:
      tfv_run_part_set_event_state (self->part, (gint) CLAMP (message->integer[0], 0, 1000), message->integer[1]);
      return TRUE;
    default:
      return FALSE;
    }
}

/* Takes what is in a half. FALSE where it makes no sense; what came before that
 * is taken. */
gboolean
tfv_part_replay_take (TfvPartReplay *self, const guint8 *bytes, gsize n_bytes)
{
  TfvReaderMessage message;

  for (gsize at = 0; at < n_bytes; at += message.n_bytes)
    if (!read_head (bytes + at, n_bytes - at, &message) || !take_message (self, &message, bytes + at + sizeof message))
      return FALSE;
  return TRUE;
}

/* Appends the bytes in a half to @result, which must not become longer than
 * @most. FALSE where there is anything else. */
gboolean
tfv_part_replay_take_bytes (GByteArray *result, gsize most, const guint8 *bytes, gsize n_bytes)
{
  TfvReaderMessage message;

  for (gsize at = 0; at < n_bytes; at += message.n_bytes)
    {
      if (!read_head (bytes + at, n_bytes - at, &message) || message.type != TFV_READER_BYTES ||
          message.n > message.n_bytes - sizeof message || message.n > most - result->len)
        return FALSE;
      g_byte_array_append (result, bytes + at + sizeof message, message.n);
    }
  return TRUE;
}
