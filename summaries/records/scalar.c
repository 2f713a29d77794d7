/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "summaries/tfv-record-class-private.h"
#include "summaries/tfv-scalar-batch-private.h"
#include "summaries/tfv-summary-writer-private.h"

extern const TfvRecordClass tfv_record_scalar;

/* The id of a tag. A loop logs the same few strings again and again, mostly from
 * the same addresses. */
static guint32
get_tag_id (TfvSummaryWriter *self, TfvProducer *producer, const char *tag)
{
  TfvProducerTag *known = tfv_producer_get_tag (producer, tag);

  if (!tfv_producer_is_same_tag (known, tag))
    {
      const char *kept;
      gsize       n_bytes;

      known->id = tfv_summary_writer_add_string (self, TFV_RECORD_SCALAR, tag, 0, &kept);
      known->address = tag;
      n_bytes = strnlen (tag, TFV_PRODUCER_TAG_BYTES) + 1;
      known->n_bytes = n_bytes <= TFV_PRODUCER_TAG_BYTES ? (guint32) n_bytes : 0;
      if (known->n_bytes > 0)
        memcpy (known->copy, tag, n_bytes);
      else
        known->kept = kept;
    }

  return known->id;
}

static inline void
fill (TfvEventScalarRow *row, gint64 step, double wall_time, double value, guint32 tag, guint32 flags)
{
  row->step = step;
  row->wall_time = wall_time;
  row->value = value;
  row->tag = tag;
  row->flags = TFV_EVENT_ROW_VALID | flags;
}

/* A push that needs something that is not at hand: a ring, room in it, the id of
 * a tag, the time. */
static G_GNUC_NO_INLINE void
push_slowly (TfvSummaryWriter *self, const char *tag, double value, gint64 step, const double *wall_time, guint32 flags)
{
  TfvProducer       *producer = tfv_summary_writer_get_producer (self);
  TfvEventScalarRow *row;
  guint32            id;

  if (producer == NULL)
    {
      tfv_summary_writer_count_late (self, &self->region->header->n_late_scalars);
      return;
    }
  row = tfv_producer_reserve (producer, &producer->scalars);
  if (row == NULL)
    return;

  id = get_tag_id (self, producer, tag);
  fill (row, step, wall_time != NULL ? *wall_time : tfv_wall_clock_read (&producer->clock, &producer->watch), value, id, flags);
  tfv_ring_inlet_commit (&producer->scalars, sizeof *row);
  tfv_summary_writer_kick_if_asleep (self);
}

/* The push of a training loop, with everything at hand, calls nothing. */
static inline void
push (TfvSummaryWriter *self, const char *tag, double value, gint64 step, guint32 flags)
{
  TfvProducer          *producer = tfv_summary_writer_peek_producer (self);
  const TfvProducerTag *known;
  TfvEventScalarRow    *row;
  double                wall_time;

  if (G_UNLIKELY (producer == NULL || producer->scalars.next_row == producer->scalars.end_row) ||
      G_UNLIKELY (!tfv_producer_is_known_tag (known = tfv_producer_get_tag (producer, tag), tag)) ||
      G_UNLIKELY (!tfv_wall_clock_peek (&producer->clock, &wall_time)))
    {
      push_slowly (self, tag, value, step, NULL, flags);
      return;
    }

  row = (TfvEventScalarRow *) producer->scalars.next_row;
  fill (row, step, wall_time, value, known->id, flags);
  tfv_ring_inlet_commit (&producer->scalars, sizeof *row);
  tfv_summary_writer_kick_if_asleep (self);
}

/**
 * tfv_summary_writer_add_scalar:
 * @self: a writer
 * @tag: name of the curve, UTF-8; `/` groups, as in `train/loss`
 * @value: the value, which may be a NaN or infinite
 * @step: the training step
 *
 * Logs a number, with the time of the call. Takes some 20 ns, no lock and no
 * memory once the calling thread has logged the tag before. When the thread
 * logs faster than can be written, the record is dropped and counted, never
 * waited for. Any thread.
 */
void
tfv_summary_writer_add_scalar (TfvSummaryWriter *self, const char *tag, double value, gint64 step)
{
  g_return_if_fail (self != NULL && tag != NULL);

  push (self, tag, value, step, 0);
}

/**
 * tfv_summary_writer_add_scalar_at:
 * @self: a writer
 * @tag: name of the curve, UTF-8
 * @value: the value
 * @step: the training step
 * @wall_time: when it was, in seconds since the UNIX epoch
 *
 * Logs a number of another time, for imports say. Any thread.
 */
void
tfv_summary_writer_add_scalar_at (TfvSummaryWriter *self, const char *tag, double value, gint64 step, double wall_time)
{
  g_return_if_fail (self != NULL && tag != NULL);

  push_slowly (self, tag, value, step, &wall_time, 0);
}

/**
 * tfv_summary_writer_add_scalar_float:
 * @self: a writer
 * @tag: name of the curve, UTF-8
 * @value: the value
 * @step: the training step
 *
 * Logs a float32 number, which is then shown and exported with the digits that
 * a float32 has. Any thread.
 */
void
tfv_summary_writer_add_scalar_float (TfvSummaryWriter *self, const char *tag, float value, gint64 step)
{
  g_return_if_fail (self != NULL && tag != NULL);

  push (self, tag, (double) value, step, TFV_EVENT_VALUE_FLOAT32);
}

/**
 * tfv_summary_writer_add_scalar_float_at:
 * @self: a writer
 * @tag: name of the curve, UTF-8
 * @value: the value
 * @step: the training step
 * @wall_time: when it was, in seconds since the UNIX epoch
 *
 * Logs a float32 number of another time. Any thread.
 */
void
tfv_summary_writer_add_scalar_float_at (TfvSummaryWriter *self, const char *tag, float value, gint64 step, double wall_time)
{
  g_return_if_fail (self != NULL && tag != NULL);

  push_slowly (self, tag, (double) value, step, &wall_time, TFV_EVENT_VALUE_FLOAT32);
}

typedef struct
{
  TfvRun              *run;
  const TfvRecordSink *sink;
} ScalarDump;

static void
dump_tag (TfvTag *tag, gpointer user_data)
{
  const ScalarDump         *scalars = user_data;
  const TfvRecordSink      *sink = scalars->sink;
  TfvScalarViewFlags        flags = sink->filter->purge ? TFV_SCALAR_VIEW_PURGED : TFV_SCALAR_VIEW_ALL;
  g_autoptr (TfvScalarView) view = tfv_scalar_series_snapshot (tfv_tag_get_series (tag), flags);
  TfvRecordValue            values[5] = { tfv_record_string (tfv_run_get_name (scalars->run)), tfv_record_string (tfv_tag_get_name (tag)) };

  for (guint b = 0; b < view->n_blocks; b++)
    {
      const TfvScalarBlock *block = &view->blocks[b];

      for (guint i = 0; i < block->n; i++)
        {
          values[2] = tfv_record_integer (block->step[i]);
          values[3] = tfv_record_double (block->wall_time[i]);
          if (block->value32 != NULL)
            values[4] = tfv_record_float (block->value32[i]);
          else if (block->is_float32 != NULL && block->is_float32[i])
            values[4] = tfv_record_float ((float) block->value64[i]);
          else
            values[4] = tfv_record_double (block->value64[i]);
          sink->func (values, sink->user_data);
        }
    }
}

static gboolean
add_tag (TfvRun *run, TfvTag *tag, gpointer user_data, GError **error)
{
  g_ptr_array_add (user_data, tfv_tag_ref (tag));
  return TRUE;
}

static gboolean
dump (TfvRun *run, const TfvRecordFilter *filter, TfvRecordFunc func, gpointer user_data, GError **error)
{
  TfvRecordSink         sink = { filter, func, user_data };
  ScalarDump            scalars = { run, &sink };
  g_autoptr (GPtrArray) tags = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_tag_unref);

  return tfv_record_for_each_tag (run, TFV_RECORD_SCALAR, filter, add_tag, tags, error) && tfv_scalar_batch_walk (tags, dump_tag, &scalars, error);
}

static void
write_sample (TfvSummaryWriter *writer)
{
  tfv_summary_writer_add_scalar_at (writer, "sample/double", 0.1, 1, 1.5);
  tfv_summary_writer_add_scalar_float (writer, "sample/float", 0.1f, 2);
}

static const char *const columns[] = { "run", "tag", "step", "wall_time", "value", NULL };

const TfvRecordClass tfv_record_scalar = {
  .kind = TFV_RECORD_SCALAR,
  .name = "scalar",
  .plugin = "scalars",
  .columns = columns,
  .dump = dump,
  .write_sample = write_sample,
  .sample = ".,sample/double,1,1.5,0.1\n"
            ".,sample/float,2,*,0.1\n",
};
