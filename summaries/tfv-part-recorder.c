/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-part-recorder-private.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Room for the points of a tag comes in blocks: as large as what the tag had in
 * the last half, and twice as large when that was not enough. */
#define MIN_BLOCK_POINTS 2
#define MAX_BLOCK_POINTS 4096

struct _TfvPartRecorder
{
  guint8  *halves[2];
  gboolean is_taken[2];
  guint    half;
  gsize    n_used;
  guint64  generation;
  int      socket;
  /* The block of rows at the end, which takes more of them. */
  TfvReaderMessage *rows;
};

/* A part, with the tags that were told of. */
typedef struct
{
  TfvRunPart  parent;
  GHashTable *tags;
  guint32     n_tags;
  guint32     n_faults;
} RecordedPart;

typedef struct
{
  TfvTagPart parent;
  char      *key;
  guint32    index;
  /* The block that takes points, while it is of this generation. */
  guint64           generation;
  TfvReaderMessage *block;
  guint32           n;
  guint32           capacity;
  guint32           n_in_half;
  gboolean          is_float32;
  gint64           *step;
  double           *wall_time;
  gpointer          value;
} RecordedTag;

/* Records into @memory, and talks to the program by @socket. */
TfvPartRecorder *
tfv_part_recorder_new (guint8 *memory, int socket)
{
  TfvPartRecorder *self = g_new0 (TfvPartRecorder, 1);

  self->halves[0] = memory + TFV_READER_HEADER_BYTES;
  self->halves[1] = self->halves[0] + TFV_READER_HALF_BYTES;
  self->generation = 1;
  self->socket = socket;
  return self;
}

void
tfv_part_recorder_free (TfvPartRecorder *self)
{
  g_free (self);
}

/* The program has looked at all there was, and asks for more. */
void
tfv_part_recorder_begin (TfvPartRecorder *self)
{
  self->is_taken[0] = self->is_taken[1] = FALSE;
  self->half = 0;
  self->n_used = 0;
  self->rows = NULL;
  self->generation++;
}

/* Without the program there is nothing left to do here. */
static void
send_reply (TfvPartRecorder *self, TfvReaderReply *reply, const char *text)
{
  guint8 packet[TFV_READER_PACKET_BYTES];

  reply->n_text = text != NULL ? (guint32) MIN (strlen (text), sizeof packet - sizeof *reply) : 0;
  memcpy (packet, reply, sizeof *reply);
  if (reply->n_text > 0)
    memcpy (packet + sizeof *reply, text, reply->n_text);
  while (send (self->socket, packet, sizeof *reply + reply->n_text, MSG_NOSIGNAL) < 0)
    if (errno != EINTR)
      _exit (0);
}

/* Waits for the next word of the program while a request is worked on: a half
 * was looked at, or an answer, which goes to @answer. */
static void
wait_for_word (TfvPartRecorder *self, char **answer)
{
  guint8           packet[TFV_READER_PACKET_BYTES];
  TfvReaderRequest word;
  ssize_t          n = recv (self->socket, packet, sizeof packet, 0);

  if (n < 0 && errno == EINTR)
    return;
  if (n < (ssize_t) sizeof word)
    _exit (0);
  memcpy (&word, packet, sizeof word);
  if (word.operation == TFV_READER_RELEASE)
    self->is_taken[word.file & 1] = FALSE;
  else if (word.operation == TFV_READER_ANSWER && answer != NULL)
    *answer = g_strndup ((char *) packet + sizeof word, MIN (word.n_text, (gsize) n - sizeof word));
}

/* Gives what is recorded to the program, and goes on in the other half as soon
 * as that is free. */
static void
hand_over (TfvPartRecorder *self)
{
  TfvReaderReply reply = { .kind = TFV_READER_BATCH, .half = self->half, .n_bytes = (guint32) self->n_used };

  self->is_taken[self->half] = TRUE;
  send_reply (self, &reply, NULL);
  self->half ^= 1;
  while (self->is_taken[self->half])
    wait_for_word (self, NULL);
  self->n_used = 0;
  self->rows = NULL;
  self->generation++;
}

/* The last of a request. */
void
tfv_part_recorder_end (TfvPartRecorder *self, gint32 result)
{
  TfvReaderReply reply = { .kind = TFV_READER_DONE, .half = self->half, .n_bytes = (guint32) self->n_used, .result = result };

  send_reply (self, &reply, NULL);
}

void
tfv_part_recorder_fail (TfvPartRecorder *self, const GError *error)
{
  TfvReaderReply reply = { .kind = TFV_READER_FAILED, .result = error->code };

  send_reply (self, &reply, error->message);
}

/* Room for a message and @n_behind bytes behind it. */
static TfvReaderMessage *
reserve (TfvPartRecorder *self, TfvReaderMessageType type, gsize n_behind)
{
  gsize             n_bytes = sizeof (TfvReaderMessage) + ((n_behind + 7) & ~(gsize) 7);
  TfvReaderMessage *message;

  if (self->n_used + n_bytes > TFV_READER_HALF_BYTES)
    hand_over (self);
  message = (TfvReaderMessage *) (self->halves[self->half] + self->n_used);
  *message = (TfvReaderMessage){ .type = type, .n_bytes = (guint32) n_bytes };
  self->n_used += n_bytes;
  /* What comes behind it ends a block of rows. */
  self->rows = NULL;
  return message;
}

static gsize
limit_text (const char *text, gssize length)
{
  gsize n_bytes = text == NULL ? 0 : length < 0 ? strlen (text)
                                                : (gsize) length;

  return MIN (n_bytes, TFV_READER_MAX_TEXT_BYTES);
}

/* A message with up to two texts; %NULL is told from "". */
static TfvReaderMessage *
put_texts (TfvPartRecorder *self, TfvReaderMessageType type, const char *first, gssize length, const char *second)
{
  gsize             n_first = limit_text (first, length), n_second = limit_text (second, -1);
  TfvReaderMessage *message = reserve (self, type, n_first + n_second);
  char             *behind = (char *) (message + 1);

  message->n = first != NULL ? (guint32) n_first : TFV_READER_NO_TEXT;
  message->n_second = second != NULL ? (guint32) n_second : TFV_READER_NO_TEXT;
  if (n_first > 0)
    memcpy (behind, first, n_first);
  if (n_second > 0)
    memcpy (behind + n_first, second, n_second);
  return message;
}

/* Bytes that are no part of a run, as many as there are. */
void
tfv_part_recorder_put_bytes (TfvPartRecorder *self, const guint8 *bytes, gsize n_bytes)
{
  while (n_bytes > 0)
    {
      gsize             n = MIN (n_bytes, TFV_READER_HALF_BYTES / 2);
      TfvReaderMessage *message = reserve (self, TFV_READER_BYTES, n);

      message->n = (guint32) n;
      memcpy (message + 1, bytes, n);
      bytes += n;
      n_bytes -= n;
    }
}

static void
recorded_tag_free (gpointer data)
{
  RecordedTag *tag = data;

  g_free (tag->key);
  g_free (tag);
}

/* A part whose records go to the program. (transfer full) */
TfvRunPart *
tfv_part_recorder_new_part (TfvPartRecorder *self, const char *path)
{
  RecordedPart *part = g_new0 (RecordedPart, 1);

  part->parent.recorder = self;
  part->parent.path = g_strdup (path);
  part->parent.last_summary_step = -1;
  part->tags = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, recorded_tag_free);
  return &part->parent;
}

void
tfv_part_recorder_free_part (TfvRunPart *self)
{
  RecordedPart *part = (RecordedPart *) self;

  g_hash_table_unref (part->tags);
  g_free (self->path);
  g_free (part);
}

TfvTagPart *
tfv_part_recorder_add_tag (TfvRunPart *self, const char *name, gssize length, TfvRecordKind kind, const char *plugin)
{
  RecordedPart     *part = (RecordedPart *) self;
  gsize             n_name = limit_text (name, length);
  g_autofree char  *valid = g_utf8_make_valid (name, (gssize) n_name);
  g_autofree char  *key = g_strdup_printf ("%d %s", kind, valid);
  RecordedTag      *tag = g_hash_table_lookup (part->tags, key);
  TfvReaderMessage *message;

  if (tag != NULL)
    return &tag->parent;

  tag = g_new0 (RecordedTag, 1);
  tag->parent.run_part = self;
  tag->key = g_steal_pointer (&key);
  tag->index = part->n_tags++;
  g_hash_table_insert (part->tags, tag->key, tag);
  message = put_texts (self->recorder, TFV_READER_TAG, valid, -1, plugin);
  message->tag = tag->index;
  message->kind = kind;
  return &tag->parent;
}

/* How many points a new block of a tag gets room for. */
static guint32
choose_capacity (const TfvPartRecorder *self, const RecordedTag *tag)
{
  guint32 wanted = MIN_BLOCK_POINTS;

  if (tag->generation != self->generation)
    wanted = tag->n_in_half + tag->n_in_half / 8;
  else if (tag->n == tag->capacity)
    wanted = tag->capacity * 2;
  /* Else its values are now of float32 and now of float64. */
  return (CLAMP (wanted, MIN_BLOCK_POINTS, MAX_BLOCK_POINTS) + 1) & ~1u;
}

/* Begins a block for the points of a tag. */
static void
begin_block (TfvPartRecorder *self, RecordedTag *tag, gboolean is_float32)
{
  guint32           capacity = choose_capacity (self, tag);
  gsize             value_bytes = is_float32 ? sizeof (float) : sizeof (double);
  TfvReaderMessage *block = reserve (self, TFV_READER_SCALARS, capacity * (sizeof (gint64) + sizeof (double) + value_bytes));

  /* A new half may have been begun just now. */
  if (tag->generation != self->generation)
    tag->n_in_half = 0;
  block->tag = tag->index;
  block->kind = is_float32;
  block->n_second = capacity;
  tag->generation = self->generation;
  tag->block = block;
  tag->n = 0;
  tag->capacity = capacity;
  tag->is_float32 = is_float32;
  tag->step = (gint64 *) (block + 1);
  tag->wall_time = (double *) (tag->step + capacity);
  tag->value = tag->wall_time + capacity;
}

void
tfv_part_recorder_append_scalar (TfvTagPart *self, gint64 step, double wall_time, double value, gboolean is_float32)
{
  RecordedTag     *tag = (RecordedTag *) self;
  TfvPartRecorder *recorder = self->run_part->recorder;
  guint32          n;

  if (G_UNLIKELY (tag->generation != recorder->generation || tag->n == tag->capacity || tag->is_float32 != is_float32))
    begin_block (recorder, tag, is_float32);
  n = tag->n++;
  tag->step[n] = step;
  tag->wall_time[n] = wall_time;
  if (is_float32)
    ((float *) tag->value)[n] = (float) value;
  else
    ((double *) tag->value)[n] = value;
  tag->block->n = n + 1;
  tag->n_in_half++;
}

void
tfv_part_recorder_append_floats (TfvRunPart *part, const TfvFloatRow *rows, gsize n_rows)
{
  for (gsize i = 0; i < n_rows; i++)
    tfv_part_recorder_append_scalar (rows[i].tag, rows[i].step, rows[i].wall_time, rows[i].value, TRUE);
}

/* Appends a row to the block of such rows, where it is the last message. */
void
tfv_part_recorder_append_rows (TfvRunPart *part, TfvReaderMessageType type, gconstpointer row, gsize row_bytes)
{
  TfvPartRecorder *self = part->recorder;
  guint8          *end;

  if (self->rows == NULL || self->rows->type != (guint32) type || self->n_used + row_bytes > TFV_READER_HALF_BYTES)
    {
      if (self->n_used + sizeof (TfvReaderMessage) + row_bytes > TFV_READER_HALF_BYTES)
        hand_over (self);
      self->rows = reserve (self, type, 0);
    }
  end = self->halves[self->half] + self->n_used;
  memcpy (end, row, row_bytes);
  self->rows->n++;
  self->rows->n_bytes += (guint32) row_bytes;
  self->n_used += row_bytes;
}

void
tfv_part_recorder_put_number (TfvRunPart *part, TfvReaderMessageType type, double number)
{
  reserve (part->recorder, type, 0)->number[0] = number;
}

/* Among others a restart of the run: what is appended after it goes to new
 * blocks, since a block stands where it was begun. */
void
tfv_part_recorder_put_integer (TfvRunPart *part, TfvReaderMessageType type, gint64 integer)
{
  reserve (part->recorder, type, 0)->integer[0] = integer;
  part->recorder->generation++;
}

void
tfv_part_recorder_put_clock_pair (TfvRunPart *part, gint64 time_ns, gint64 wall_ns)
{
  TfvReaderMessage *message = reserve (part->recorder, TFV_READER_CLOCK_PAIR, 0);

  message->integer[0] = time_ns;
  message->integer[1] = wall_ns;
}

void
tfv_part_recorder_put_event_state (TfvRunPart *part, gint file_version, gint64 last_summary_step)
{
  TfvReaderMessage *message = reserve (part->recorder, TFV_READER_EVENT_STATE, 0);

  message->integer[0] = file_version;
  message->integer[1] = last_summary_step;
}

void
tfv_part_recorder_put_string (TfvRunPart *part, guint32 id, TfvStringKind kind, const char *string, gssize length, guint32 parent)
{
  TfvReaderMessage *message = put_texts (part->recorder, TFV_READER_STRING, string != NULL ? string : "", length, NULL);

  message->tag = id;
  message->kind = kind;
  message->natural[0] = parent;
}

void
tfv_part_recorder_put_hparams (TfvRunPart *part, GVariant *hparams)
{
  g_autoptr (GVariant) owned = hparams != NULL ? g_variant_ref_sink (hparams) : NULL;
  gsize                n_bytes = owned != NULL ? g_variant_get_size (owned) : 0;
  TfvReaderMessage    *message;

  if (n_bytes > TFV_READER_MAX_TEXT_BYTES)
    {
      tfv_part_recorder_put_warning (part, "its hyper-parameters are too many to be shown");
      return;
    }
  message = reserve (part->recorder, TFV_READER_HPARAMS, n_bytes);
  message->n = owned != NULL ? (guint32) n_bytes : TFV_READER_NO_TEXT;
  if (n_bytes > 0)
    g_variant_store (owned, message + 1);
}

void
tfv_part_recorder_put_warning (TfvRunPart *part, const char *warning)
{
  put_texts (part->recorder, TFV_READER_WARNING, warning, -1, NULL);
}

/* What the caller keeps of it is its number. */
void
tfv_part_recorder_put_counted_warning (TfvRunPart *self, char **previous, const char *what, guint64 first_offset, guint64 n)
{
  RecordedPart     *part = (RecordedPart *) self;
  TfvReaderMessage *message = put_texts (self->recorder, TFV_READER_COUNTED_WARNING, what, -1, NULL);

  if (*previous == NULL)
    *previous = g_strdup_printf ("%u", part->n_faults++);
  message->tag = (guint32) g_ascii_strtoull (*previous, NULL, 10);
  message->natural[0] = first_offset;
  message->natural[1] = n;
}

void
tfv_part_recorder_put_display (TfvTagPart *self, const char *display_name, const char *description)
{
  put_texts (self->run_part->recorder, TFV_READER_DISPLAY, display_name, -1, description)->tag = ((RecordedTag *) self)->index;
}

void
tfv_part_recorder_put_metadata (TfvTagPart *self, gconstpointer metadata, gsize n_bytes)
{
  TfvReaderMessage *message;

  if (n_bytes > TFV_READER_MAX_TEXT_BYTES)
    return;
  message = reserve (self->run_part->recorder, TFV_READER_METADATA, n_bytes);
  message->tag = ((RecordedTag *) self)->index;
  message->n = (guint32) n_bytes;
  if (n_bytes > 0)
    memcpy (message + 1, metadata, n_bytes);
}

void
tfv_part_recorder_put_outline (TfvTagPart *self, const TfvScalarOutline *outline)
{
  TfvReaderMessage *message = reserve (self->run_part->recorder, TFV_READER_OUTLINE, sizeof *outline);

  message->tag = ((RecordedTag *) self)->index;
  memcpy (message + 1, outline, sizeof *outline);
}

void
tfv_part_recorder_append_place (TfvTagPart *self, const TfvBlobPlace *place)
{
  TfvReaderMessage *message = reserve (self->run_part->recorder, TFV_READER_BLOB, sizeof *place);

  message->tag = ((RecordedTag *) self)->index;
  memcpy (message + 1, place, sizeof *place);
}

void
tfv_part_recorder_restart_tag (TfvTagPart *self, gint64 step)
{
  RecordedTag      *tag = (RecordedTag *) self;
  TfvReaderMessage *message = reserve (self->run_part->recorder, TFV_READER_TAG_RESTART, 0);

  message->tag = tag->index;
  message->integer[0] = step;
  tag->generation = 0;
}

/* What the program knows of a tag. It has seen by then all that was recorded
 * before. (transfer full) */
char *
tfv_part_recorder_ask_plugin (TfvRunPart *part, const char *tag)
{
  TfvPartRecorder *self = part->recorder;
  TfvReaderReply   reply = { .kind = TFV_READER_QUESTION };
  g_autofree char *answer = NULL;

  hand_over (self);
  send_reply (self, &reply, tag);
  while (answer == NULL)
    wait_for_word (self, &answer);
  /* The first byte tells that there is one. */
  return *answer != '\0' ? g_strdup (answer + 1) : NULL;
}
