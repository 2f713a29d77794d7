/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-reader-protocol-private.h"
#include "summaries/tfv-run-part-private.h"

G_BEGIN_DECLS

/* In tfv-reader: writes down what a format gives to a part, for the program to
 * give it to the real one. One thread, one recorder. */
typedef struct _TfvPartRecorder TfvPartRecorder;

TfvPartRecorder *tfv_part_recorder_new (guint8 *memory, int socket);
void             tfv_part_recorder_free (TfvPartRecorder *self);
void             tfv_part_recorder_begin (TfvPartRecorder *self);
void             tfv_part_recorder_put_bytes (TfvPartRecorder *self, const guint8 *bytes, gsize n_bytes);
void             tfv_part_recorder_end (TfvPartRecorder *self, gint32 result);
void             tfv_part_recorder_fail (TfvPartRecorder *self, const GError *error);

TfvRunPart *tfv_part_recorder_new_part (TfvPartRecorder *self, const char *path);
void        tfv_part_recorder_free_part (TfvRunPart *part);

/* What tfv-run-part.c passes on for a part that is recorded. */
TfvTagPart *tfv_part_recorder_add_tag (TfvRunPart *part, const char *name, gssize length, TfvRecordKind kind, const char *plugin);
void        tfv_part_recorder_append_scalar (TfvTagPart *tag, gint64 step, double wall_time, double value, gboolean is_float32);
void        tfv_part_recorder_append_floats (TfvRunPart *part, const TfvFloatRow *rows, gsize n_rows);
void        tfv_part_recorder_append_rows (TfvRunPart *part, TfvReaderMessageType type, gconstpointer row, gsize row_bytes);
void        tfv_part_recorder_put_number (TfvRunPart *part, TfvReaderMessageType type, double number);
void        tfv_part_recorder_put_integer (TfvRunPart *part, TfvReaderMessageType type, gint64 integer);
void        tfv_part_recorder_put_clock_pair (TfvRunPart *part, gint64 time_ns, gint64 wall_ns);
void        tfv_part_recorder_put_event_state (TfvRunPart *part, gint file_version, gint64 last_summary_step);
void        tfv_part_recorder_put_string (TfvRunPart *part, guint32 id, TfvStringKind kind, const char *string, gssize length, guint32 parent);
void        tfv_part_recorder_put_hparams (TfvRunPart *part, GVariant *hparams);
void        tfv_part_recorder_put_warning (TfvRunPart *part, const char *warning);
void        tfv_part_recorder_put_counted_warning (TfvRunPart *part, char **previous, const char *what, guint64 first_offset, guint64 n);
void        tfv_part_recorder_put_display (TfvTagPart *tag, const char *display_name, const char *description);
void        tfv_part_recorder_put_metadata (TfvTagPart *tag, gconstpointer metadata, gsize n_bytes);
void        tfv_part_recorder_put_outline (TfvTagPart *tag, const TfvScalarOutline *outline);
void        tfv_part_recorder_append_place (TfvTagPart *tag, const TfvBlobPlace *place);
void        tfv_part_recorder_restart_tag (TfvTagPart *tag, gint64 step);
char       *tfv_part_recorder_ask_plugin (TfvRunPart *part, const char *tag);

G_END_DECLS
