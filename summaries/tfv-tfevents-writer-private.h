/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/formats/event-message-private.h"
#include "summaries/tfv-tfevents-writer.h"

G_BEGIN_DECLS

/* An event file of TensorFlow's that is being written: record after record, in
 * little memory. It appears under its name when it is closed. The first error
 * is kept; what is added after it goes nowhere. One thread. */
typedef struct _TfvTfeventsWriter TfvTfeventsWriter;

TfvTfeventsWriter *tfv_tfevents_writer_new (const char *path, GError **error);
void               tfv_tfevents_writer_free (TfvTfeventsWriter *self);
void               tfv_tfevents_writer_add_event (TfvTfeventsWriter *self, double wall_time, gint64 step, TfvEventKind kind, TfvSlice payload);
void               tfv_tfevents_writer_add_value (TfvTfeventsWriter *self, double wall_time, gint64 step, TfvSlice value, TfvSlice metadata);
void               tfv_tfevents_writer_add_simple_value (TfvTfeventsWriter *self, double wall_time, gint64 step, TfvSlice tag, float value);
gboolean           tfv_tfevents_writer_close (TfvTfeventsWriter *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvTfeventsWriter, tfv_tfevents_writer_free)

G_END_DECLS
