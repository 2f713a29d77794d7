/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "summaries/tfv-run-part.h"
#include "summaries/tfv-scalar-outline.h"

G_BEGIN_DECLS

/* What goes between a program that reads and its process tfv-reader, which
 * parses. Requests and replies are packets on a socket. What a file gives goes
 * through memory that both have: two halves, of which one is filled while the
 * other is looked at. The program believes nothing of it. */

#define TFV_READER_PROCESS_NAME "tfv-reader"

/* What both must say, with their version: grows with every change of what is below. */
#define TFV_READER_PROTOCOL "1"

#define TFV_READER_MEMORY_FD 3
#define TFV_READER_SOCKET_FD 4

#define TFV_READER_HALF_BYTES (1u << 20)
#define TFV_READER_HEADER_BYTES 4096u
#define TFV_READER_MEMORY_BYTES (TFV_READER_HEADER_BYTES + 2 * TFV_READER_HALF_BYTES)
#define TFV_READER_PACKET_BYTES (16u << 10)
#define TFV_READER_MAX_TEXT_BYTES (256u << 10)

/* At the beginning of the memory. */
typedef struct
{
  guint64 place; /* where in the file was read last */
} TfvReaderHeader;

typedef enum
{
  TFV_READER_OPEN = 1,
  TFV_READER_POLL,
  TFV_READER_REST,
  TFV_READER_FINISH,
  TFV_READER_CLOSE,
  TFV_READER_READ_BLOB,
  TFV_READER_LOAD_POINTS,
  TFV_READER_CHECK,
  TFV_READER_RELEASE, /* a half was looked at; not answered */
  TFV_READER_ANSWER,  /* to a question; not answered */
} TfvReaderOperation;

/* Behind it come the path and, for an answer, the answer. With it comes the
 * file's descriptor, where tfv-reader does not have it. */
typedef struct
{
  guint32 operation;
  guint32 file;
  guint32 format;
  guint32 n_text;
  guint64 offset;
  guint64 length;
  gint64  last_summary_step;
  gint32  file_version;
  guint32 flags;
} TfvReaderRequest;

/* What is in the memory that comes with a request to load points: `file` many of
 * these, and behind them, for one after the other, the columns of steps, wall
 * times and values, and a byte for each value where some are float32. */
typedef struct
{
  TfvScalarPlace place;
  guint64        n_points;
  guint32        value_type; /* of TfvScalarValueType */
  guint32        reserved;
} TfvReaderLoad;

/* What the columns of a load take. */
static inline guint64
tfv_reader_load_get_bytes (guint64 n_points, guint32 value_type)
{
  guint64 value_bytes = value_type == TFV_SCALAR_VALUE_FLOAT32 ? sizeof (float) : sizeof (double);
  guint64 n_bytes = n_points * (sizeof (gint64) + sizeof (double) + value_bytes + (value_type == TFV_SCALAR_VALUE_MIXED ? 1 : 0));

  return (n_bytes + 7) & ~(guint64) 7;
}

typedef enum
{
  TFV_READER_HELLO = 1, /* it runs; `result` is 1 where it is confined; the text is its version */
  TFV_READER_BATCH,     /* a half is filled; more is to come */
  TFV_READER_QUESTION,  /* the plugin of a tag, whose name is the text */
  TFV_READER_DONE,      /* the last half, and what came of the request */
  TFV_READER_FAILED,    /* an error: its code, and the text */
} TfvReaderReplyKind;

typedef struct
{
  guint32 kind;
  guint32 half;
  guint32 n_bytes;
  gint32  result;
  guint32 n_text;
  guint32 reserved;
} TfvReaderReply;

/* What is in a half: one after the other, each of a multiple of 8 bytes. */
typedef enum
{
  TFV_READER_TAG = 1,
  TFV_READER_DISPLAY,
  TFV_READER_SCALARS,
  TFV_READER_OUTLINE,
  TFV_READER_BLOB,
  TFV_READER_METADATA,
  TFV_READER_RESTART,
  TFV_READER_TAG_RESTART,
  TFV_READER_STRING,
  TFV_READER_SPANS,
  TFV_READER_COUNTERS,
  TFV_READER_FLOWS,
  TFV_READER_MARKERS,
  TFV_READER_START_TIME,
  TFV_READER_FIRST_WALL_TIME,
  TFV_READER_CLOCK_OFFSET,
  TFV_READER_CLOCK_PAIR,
  TFV_READER_HPARAMS,
  TFV_READER_N_DROPPED,
  TFV_READER_WARNING,
  TFV_READER_COUNTED_WARNING,
  TFV_READER_EVENT_STATE,
  TFV_READER_BYTES,
} TfvReaderMessageType;

/* The head of every message. What the numbers are depends on the type; texts and
 * rows come behind it. */
typedef struct
{
  guint32 type;
  guint32 n_bytes; /* with this head */
  guint32 tag;     /* index of a tag, or an id */
  guint32 kind;
  guint32 n;        /* points, rows, or bytes of the first text */
  guint32 n_second; /* room for points, or bytes of the second text */
  union
  {
    gint64  integer[3];
    guint64 natural[3];
    double  number[3];
  };
} TfvReaderMessage;

G_STATIC_ASSERT (sizeof (TfvReaderMessage) == 48);
G_STATIC_ASSERT (sizeof (TfvReaderRequest) == 48);

/* The length of a text that is none. */
#define TFV_READER_NO_TEXT G_MAXUINT32

G_END_DECLS
