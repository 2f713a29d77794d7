/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a file gives to the time line of its run: spans, counters, flows and
   markers, with the strings that they name and their clock. */

#include "summaries/tfv-part-recorder-private.h"
#include "summaries/tfv-run-part-private.h"
#include "summaries/tfv-span-table-private.h"

/* A damaged file must not make a table of ids that fills the memory. */
#define MAX_STRING_ID (1u << 26)

/* Clocks of one machine, asked by two processes, differ by less than this;
   those of two machines, or of one before and after a boot, by more. */
#define SAME_CLOCK_NS (G_GINT64_CONSTANT (1000000000))

/**
 * tfv_run_part_set_string: (skip)
 * @self: a part
 * @id: the file's id of the string, not 0
 * @kind: what it names
 * @string: the string; what is not UTF-8 in it is replaced
 * @length: its length in bytes, or -1 where it ends with NUL
 * @parent: the file's id of what it belongs to, set before, or 0
 *
 * Tells what an id means in the spans of this file. The part's thread.
 */
void
tfv_run_part_set_string (TfvRunPart *self, guint32 id, TfvStringKind kind, const char *string, gssize length, guint32 parent)
{
  guint32 *ids;

  if (self->recorder != NULL)
    {
      tfv_part_recorder_put_string (self, id, kind, string, length, parent);
      return;
    }
  if (id == 0 || id >= MAX_STRING_ID)
    {
      tfv_run_part_warn (self, "string id %u is out of range", id);
      return;
    }
  if (self->string_ids == NULL)
    self->string_ids = g_array_new (FALSE, TRUE, sizeof (guint32));
  if (id >= self->string_ids->len)
    g_array_set_size (self->string_ids, id + 1);

  ids = (guint32 *) self->string_ids->data;
  parent = parent < self->string_ids->len ? ids[parent] : 0;
  ids[id] = tfv_span_table_intern_length (tfv_run_peek_spans (self->run), kind, string, length, parent);
}

/* The run's id of a string of this file; 0 where the file never told it. */
static guint32
map_string (TfvRunPart *self, guint32 id)
{
  return self->string_ids != NULL && id < self->string_ids->len ? g_array_index (self->string_ids, guint32, id) : 0;
}

/* A damaged file may hold any time: let it wrap. */
static gint64
shift_time_ns (TfvRunPart *self, gint64 time_ns)
{
  return (gint64) ((guint64) time_ns + (guint64) self->span_shift_ns);
}

/**
 * tfv_run_part_append_span: (skip)
 * @self: a part
 * @span: a span with the file's ids
 *
 * Appends a span. Its ids become those of the run's table, its start is told in
 * the run's span clock, its argument is left out. The part's thread.
 */
void
tfv_run_part_append_span (TfvRunPart *self, const TfvSpan *span)
{
  TfvSpan mapped = *span;

  if (self->recorder != NULL)
    {
      tfv_part_recorder_append_rows (self, TFV_READER_SPANS, span, sizeof *span);
      return;
    }
  mapped.start_ns = shift_time_ns (self, span->start_ns);
  mapped.name = map_string (self, span->name);
  mapped.lane = map_string (self, span->lane);
  mapped.op = map_string (self, span->op);
  mapped.category = map_string (self, span->category);
  /* A run has several files, and so no one list that an index could be of. */
  mapped.argument = 0;
  tfv_span_table_append_from (tfv_run_peek_spans (self->run), &mapped, self->source);
  self->has_spans = TRUE;
  self->n_appended++;
}

/**
 * tfv_run_part_append_counter: (skip)
 * @self: a part
 * @counter: a counter with the file's ids
 *
 * Appends a counter, as [method@Tfv.RunPart.append_span] does a span. The
 * part's thread.
 */
void
tfv_run_part_append_counter (TfvRunPart *self, const TfvCounter *counter)
{
  TfvCounter mapped = *counter;

  if (self->recorder != NULL)
    {
      tfv_part_recorder_append_rows (self, TFV_READER_COUNTERS, counter, sizeof *counter);
      return;
    }
  mapped.time_ns = shift_time_ns (self, counter->time_ns);
  mapped.series = map_string (self, counter->series);
  mapped.lane = map_string (self, counter->lane);
  mapped.unit = map_string (self, counter->unit);
  tfv_span_table_append_counter_from (tfv_run_peek_spans (self->run), &mapped, self->source);
  self->has_spans = TRUE;
  self->n_appended++;
}

/**
 * tfv_run_part_append_flow: (skip)
 * @self: a part
 * @flow: a point of a flow with the file's ids
 *
 * Appends a point of a flow, as [method@Tfv.RunPart.append_span] does a span.
 * The part's thread.
 */
void
tfv_run_part_append_flow (TfvRunPart *self, const TfvFlow *flow)
{
  TfvFlow mapped = *flow;

  if (self->recorder != NULL)
    {
      tfv_part_recorder_append_rows (self, TFV_READER_FLOWS, flow, sizeof *flow);
      return;
    }
  mapped.time_ns = shift_time_ns (self, flow->time_ns);
  mapped.name = map_string (self, flow->name);
  mapped.lane = map_string (self, flow->lane);
  mapped.category = map_string (self, flow->category);
  tfv_span_table_append_flow_from (tfv_run_peek_spans (self->run), &mapped, self->source);
  self->has_spans = TRUE;
  self->n_appended++;
}

/**
 * tfv_run_part_append_marker: (skip)
 * @self: a part
 * @marker: a marker with the file's ids
 *
 * Appends a marker, as [method@Tfv.RunPart.append_span] does a span. The
 * part's thread.
 */
void
tfv_run_part_append_marker (TfvRunPart *self, const TfvMarker *marker)
{
  TfvMarker mapped = *marker;

  if (self->recorder != NULL)
    {
      tfv_part_recorder_append_rows (self, TFV_READER_MARKERS, marker, sizeof *marker);
      return;
    }
  mapped.time_ns = shift_time_ns (self, marker->time_ns);
  mapped.name = map_string (self, marker->name);
  mapped.lane = map_string (self, marker->lane);
  mapped.op = map_string (self, marker->op);
  mapped.category = map_string (self, marker->category);
  tfv_span_table_append_marker_from (tfv_run_peek_spans (self->run), &mapped, self->source);
  self->has_spans = TRUE;
  self->n_appended++;
}

/**
 * tfv_run_part_set_clock_offset_ns: (skip)
 * @self: a part
 * @wall_minus_span_clock_ns: what to add to the start of one of the file's
 *   spans to get nanoseconds since the UNIX epoch
 *
 * Tells how the clock of the file's spans stands to wall time. The run has the
 * span clock of the first file that told it; spans of a file with another clock
 * are shifted to that. The part's thread, before its spans.
 */
void
tfv_run_part_set_clock_offset_ns (TfvRunPart *self, gint64 wall_minus_span_clock_ns)
{
  gint64 difference_ns;

  if (self->recorder != NULL)
    {
      if (!self->has_clock_offset)
        tfv_part_recorder_put_integer (self, TFV_READER_CLOCK_OFFSET, wall_minus_span_clock_ns);
      self->has_clock_offset = TRUE;
      return;
    }
  if (self->has_clock_offset)
    return;
  self->has_clock_offset = TRUE;
  difference_ns = (gint64) ((guint64) wall_minus_span_clock_ns - (guint64) tfv_run_adopt_clock_offset_ns (self->run, wall_minus_span_clock_ns));
  self->span_shift_ns = difference_ns > -SAME_CLOCK_NS && difference_ns < SAME_CLOCK_NS ? 0 : difference_ns;
}

/**
 * tfv_run_part_add_clock_pair: (skip)
 * @self: a part
 * @time_ns: a moment by the clock of the file's spans
 * @wall_ns: the same moment in nanoseconds since the UNIX epoch
 *
 * Tells how the clock of the file's spans stood to wall time at one moment. The
 * first one counts as [method@Tfv.RunPart.set_clock_offset_ns] does. The part's
 * thread, before its spans.
 */
void
tfv_run_part_add_clock_pair (TfvRunPart *self, gint64 time_ns, gint64 wall_ns)
{
  if (self->recorder != NULL)
    {
      tfv_part_recorder_put_clock_pair (self, time_ns, wall_ns);
      return;
    }
  /* A damaged file may hold any times: let them wrap. */
  tfv_run_part_set_clock_offset_ns (self, (gint64) ((guint64) wall_ns - (guint64) time_ns));
  tfv_run_add_clock_pair (self->run, shift_time_ns (self, time_ns), wall_ns);
}
