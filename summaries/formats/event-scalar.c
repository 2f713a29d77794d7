/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/formats/tfevents-private.h"

/* Longer messages are decoded each time: none of a scalar is. */
#define MAX_FORM_BYTES 1024

static inline gboolean
words_equal (const guint8 *a, const guint8 *b)
{
  guint64 left, right;

  memcpy (&left, a, sizeof left);
  memcpy (&right, b, sizeof right);
  return left == right;
}

/* For a few dozen bytes a call of memcmp() costs more than the comparison. */
static inline gboolean
bytes_equal (const guint8 *a, const guint8 *b, gsize n_bytes)
{
  gsize i = 0;

  if (n_bytes < 8)
    {
      while (i < n_bytes && a[i] == b[i])
        i++;
      return i == n_bytes;
    }
  for (; i + 8 < n_bytes; i += 8)
    if (!words_equal (a + i, b + i))
      return FALSE;
  return words_equal (a + n_bytes - 8, b + n_bytes - 8);
}

/* Gives the run the points that were kept back. Before anything that has its
   place among the points of a tag, and before the reader rests. */
void
tfv_event_reader_flush (TfvEventReader *self)
{
  tfv_run_part_append_floats (self->part, self->rows, self->n_rows);
  self->n_rows = 0;
}

static inline void
push_float (TfvEventReader *self, const TfvEvent *event, TfvTagPart *tag, float value)
{
  self->rows[self->n_rows++] = (TfvFloatRow){ tag, event->step, event->wall_time, value };
  if (G_UNLIKELY (self->n_rows == TFV_EVENT_MAX_ROWS))
    tfv_event_reader_flush (self);
}

static void
push_double (TfvEventReader *self, const TfvEvent *event, TfvTagPart *tag, double value)
{
  tfv_event_reader_flush (self);
  tfv_tag_part_append_scalar (tag, event->step, event->wall_time, value);
}

/* A summary before the last one's step, in a file without restarts of its own:
   what the tag held from that step on is superseded. Marks that change nothing
   are left out: a loop that logs out of order all the time would make millions. */
static void
restart_tag (TfvEventReader *self, TfvEventTag *tag, TfvTagPart *part, gint64 step)
{
  if (tag->has_restart && step >= tag->min_restart && (!tag->has_step || step > tag->max_step))
    return;
  tfv_event_reader_flush (self);
  tfv_tag_part_restart (part, step);
  tag->min_restart = tag->has_restart ? MIN (tag->min_restart, step) : step;
  tag->has_restart = TRUE;
}

/* Called before each record of a file of version 1, which has no other restarts. */
void
tfv_event_reader_note_step (TfvEventReader *self, const TfvEvent *event, TfvEventTag *tag, TfvTagPart *part)
{
  if (event->step < self->last_summary_step)
    restart_tag (self, tag, part, event->step);
  tag->max_step = tag->has_step ? MAX (tag->max_step, event->step) : event->step;
  tag->has_step = TRUE;
}

/* Takes a point of a tag. */
void
tfv_event_reader_take_scalar (TfvEventReader *self, const TfvEvent *event, TfvEventTag *tag, const TfvTensorScalar *scalar)
{
  if (tag->scalars == NULL)
    tag->scalars = tfv_event_reader_add_tag_part (self, tag->name, TFV_RECORD_SCALAR, TFV_SCALARS_PLUGIN);
  if (self->file_version < 2)
    tfv_event_reader_note_step (self, event, tag, tag->scalars);
  if (scalar->is_float32)
    push_float (self, event, tag->scalars, (float) scalar->value);
  else
    push_double (self, event, tag->scalars, scalar->value);
}

/* Takes a value of the tag that is expected next, if it is that tag's last scalar
   over again but for the number: it then means the same, whoever wrote it, and
   needs no decoding. FALSE, and nothing taken, where it isn't. */
static inline gboolean
take_expected (TfvEventReader *self, const TfvEvent *event, TfvSlice message)
{
  TfvEventTag        *tag = self->last_tag != NULL ? self->last_tag->next : NULL;
  const TfvEventForm *form = tag != NULL ? tag->form : NULL;
  const guint8       *value;
  gsize               end;
  guint64             bits64;
  guint32             bits32;

  if (form == NULL || form->n_bytes != message.n_bytes || !bytes_equal (form->bytes, message.data, form->value_at))
    return FALSE;
  end = form->value_at + form->value_size;
  if (!bytes_equal (form->bytes + end, message.data + end, form->n_bytes - end))
    return FALSE;

  self->last_tag = tag;
  value = message.data + form->value_at;
  if (G_UNLIKELY (self->file_version < 2))
    tfv_event_reader_note_step (self, event, tag, tag->scalars);
  if (G_LIKELY (form->value_size == sizeof bits32))
    {
      memcpy (&bits32, value, sizeof bits32);
      push_float (self, event, tag->scalars, tfv_wire_float (GUINT32_FROM_LE (bits32)));
    }
  else
    {
      memcpy (&bits64, value, sizeof bits64);
      push_double (self, event, tag->scalars, tfv_wire_double (GUINT64_FROM_LE (bits64)));
    }
  return TRUE;
}

gboolean
tfv_event_reader_take_expected (TfvEventReader *self, const TfvEvent *event, TfvSlice message)
{
  return take_expected (self, event, message);
}

/* Takes an event that holds one scalar, and that an expected one, in one go. FALSE,
   and nothing taken, where it is another. */
gboolean
tfv_event_reader_take_usual (TfvEventReader *self, TfvSlice message)
{
  TfvEvent event;
  TfvWire  wire;
  TfvSlice value;

  if (!self->has_first_event || !tfv_event_parse_usual (message, &event))
    return FALSE;
  wire = tfv_wire_init (event.payload);
  if (!tfv_wire_next_short_message (&wire, 1, &value) || wire.at != wire.end || !take_expected (self, &event, value))
    return FALSE;
  self->last_summary_step = event.step;
  return TRUE;
}

/* Remembers how a scalar of the tag was written: its number is the @value_size
   bytes, 4 or 8, at @value. Most tags have one record only, so the first does not
   count. */
void
tfv_event_tag_learn_form (TfvEventTag *self, TfvSlice message, const guint8 *value, gsize value_size)
{
  if (!self->has_form_seen)
    {
      self->has_form_seen = TRUE;
      return;
    }
  if (value == NULL || message.n_bytes > MAX_FORM_BYTES)
    return;
  if (self->form == NULL || self->form->n_bytes < message.n_bytes)
    self->form = g_realloc (self->form, sizeof (TfvEventForm) + message.n_bytes);
  self->form->n_bytes = (guint16) message.n_bytes;
  self->form->value_at = (guint16) (value - message.data);
  self->form->value_size = (guint8) value_size;
  memcpy (self->form->bytes, message.data, message.n_bytes);
}
