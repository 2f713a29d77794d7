/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-macros.h"
#include "summaries/tfv-run-part.h"
#include "summaries/tfv-scalar-outline.h"

G_BEGIN_DECLS

/**
 * TfvFileReader: (skip)
 *
 * An open file of some format; a format derives its own struct from it.
 */
typedef struct _TfvFileReader TfvFileReader;

/**
 * TfvFormat: (skip)
 * @name: short name, as in messages
 * @matches: whether a file is of this format, by its name and its first bytes
 *   (which may be fewer than a header where the file is young)
 * @open: opens the file and reads nothing yet; %NULL with an error where it
 *   can't be read at all
 * @poll: reads what the file has that was not read yet, at most about
 *   @budget_bytes of it, into the part. Returns %TRUE when there is more to
 *   read at once. A damaged place is told with [func@Tfv.RunPart.warn], once,
 *   and everything whole is given. Never blocks on a writer
 * @rest: (nullable): lets go of descriptors and buffers until the next @poll,
 *   which goes on where the last one stopped; called for files that do not grow
 * @finish: (nullable): no writer is waited for any more: warns of what is left
 *   unfinished at the file's end
 * @close: frees the reader
 * @read_blob: the bytes that `append_blob` told the place of, read again
 * @load_points: (nullable): reads the points that
 *   [func@Tfv.TagPart.announce_scalars] told of, of several tags in one go, into
 *   the room that each load brings: exactly its `n_points`, in stored order.
 *   Like @read_blob it needs no reader, opens the file by itself and may be
 *   called by any thread, at any time after the outline was told, several times
 *   at once. What goes in and out is plain data, so that a call may be made in
 *   another process, with the room in memory that is shared. %FALSE with an error
 *   where a point can't be had; the room then holds anything
 *
 * How files of one format are read. One constant of this type a file in
 * `formats/`.
 */
typedef struct
{
  const char *name;
  gboolean (*matches) (const char *basename, const guint8 *head, gsize n_head);
  TfvFileReader *(*open) (const char *path, TfvRunPart *part, GError **error);
  gboolean (*poll) (TfvFileReader *reader, gsize budget_bytes);
  void (*rest) (TfvFileReader *reader);
  void (*finish) (TfvFileReader *reader);
  void (*close) (TfvFileReader *reader);
  GBytes *(*read_blob) (const char *path, guint64 offset, guint64 length_bytes, GError **error);
  gboolean (*load_points) (const char *path, const TfvScalarLoad *loads, guint n_loads, GCancellable *cancellable, GError **error);
} TfvFormat;

TFV_PUBLIC
void tfv_format_register (const TfvFormat *format);
TFV_PUBLIC
const TfvFormat *tfv_format_find (const char *basename, const guint8 *head, gsize n_head);

G_END_DECLS
