/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/formats/event-message-private.h"
#include "summaries/formats/tfrecord-private.h"
#include "summaries/tfv-format.h"
#include "summaries/tfv-run-part-private.h"

G_BEGIN_DECLS

/* How the last scalar of a tag was written: the message of its value, and where
   in it the number is. */
typedef struct
{
  guint16 n_bytes;
  guint16 value_at;
  guint8  value_size;
  guint8  bytes[];
} TfvEventForm;

/* What is remembered of a tag of the file. Records of one tag are nearly
   always followed by those of the same other tag: `next` is that guess. */
typedef struct _TfvEventTag TfvEventTag;
struct _TfvEventTag
{
  TfvSlice      name;
  TfvEventTag  *next;
  TfvEventForm *form;
  TfvTagPart   *scalars;
  TfvTagPart   *records;
  char         *plugin;
  TfvRecordKind records_kind;
  gint64        max_step;
  gint64        min_restart;
  guint         has_step : 1;
  guint         has_restart : 1;
  guint         has_form_seen : 1;
};

/* Something that is wrong in many places and told once. */
typedef struct
{
  guint64 n;
  guint64 first_offset;
  char   *warning;
} TfvEventFault;

/* So many float32 scalars are given to the run at once. */
#define TFV_EVENT_MAX_ROWS 256

/* The format's TfvFileReader. `rows` are those not given yet. */
typedef struct
{
  TfvRunPart   *part;
  char         *path;
  TfvTfrecord   file;
  GHashTable   *tags;
  TfvEventTag  *last_tag;
  TfvFloatRow  *rows;
  gsize         n_rows;
  gint          file_version;
  gint64        last_summary_step;
  gboolean      is_started;
  gboolean      has_first_event;
  gboolean      has_graph_def;
  guint64       short_offset;
  gboolean      is_short;
  TfvEventFault bad_checksum;
  TfvEventFault bad_event;
  TfvEvent      meta_graph_event;
  guint64       meta_graph_offset;
  guint64       meta_graph_n_bytes;
  gboolean      has_meta_graph;
} TfvEventReader;

/* Where the event that is being read lies. */
typedef struct
{
  const TfvEvent *event;
  const guint8   *data;
  guint64         offset;
} TfvEventPlace;

#define TFV_SCALARS_PLUGIN "scalars"

gboolean    tfv_event_reader_take_summary (TfvEventReader *self, const TfvEventPlace *place, TfvSlice summary);
TfvTagPart *tfv_event_reader_get_records (TfvEventReader *self, TfvSlice name, TfvRecordKind kind, const char *plugin);
TfvTagPart *tfv_event_reader_add_tag_part (TfvEventReader *self, TfvSlice name, TfvRecordKind kind, const char *plugin);
void        tfv_event_tag_free (gpointer tag);
guint       tfv_event_tag_hash (gconstpointer tag);
gboolean    tfv_event_tag_equal (gconstpointer a, gconstpointer b);

void     tfv_event_reader_flush (TfvEventReader *self);
void     tfv_event_reader_note_step (TfvEventReader *self, const TfvEvent *event, TfvEventTag *tag, TfvTagPart *part);
void     tfv_event_reader_take_scalar (TfvEventReader *self, const TfvEvent *event, TfvEventTag *tag, const TfvTensorScalar *scalar);
gboolean tfv_event_reader_take_expected (TfvEventReader *self, const TfvEvent *event, TfvSlice message);
gboolean tfv_event_reader_take_usual (TfvEventReader *self, TfvSlice message);
void     tfv_event_tag_learn_form (TfvEventTag *self, TfvSlice message, const guint8 *value, gsize value_size);

/* A record that is the inside of @message. */
static inline void
tfv_event_place_append_inside (const TfvEventPlace *self, TfvTagPart *tag, TfvSlice bytes, TfvSlice message)
{
  const guint8 *start = bytes.data != NULL ? bytes.data : message.data;
  TfvBlobPlace  place = {
     .step = self->event->step,
     .wall_time = self->event->wall_time,
     .offset = self->offset + (guint64) (start - self->data),
     .length_bytes = bytes.n_bytes,
     .n_before = (guint32) (start - message.data),
     .n_after = (guint32) (message.data + message.n_bytes - start - bytes.n_bytes),
  };

  tfv_tag_part_append_place (tag, &place);
}

static inline void
tfv_event_place_append (const TfvEventPlace *self, TfvTagPart *tag, TfvSlice bytes)
{
  guint64 offset = bytes.data != NULL ? self->offset + (guint64) (bytes.data - self->data) : self->offset;

  tfv_tag_part_append_blob (tag, self->event->step, self->event->wall_time, offset, bytes.n_bytes);
}

G_END_DECLS
