/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-format.h"
#include "summaries/tfv-restarts-private.h"
#include "summaries/tfv-tag.h"

G_BEGIN_DECLS

/**
 * TfvBlobPlace: (skip)
 * @step: its step
 * @wall_time: its wall time, seconds since the UNIX epoch
 * @offset: where its bytes begin, as the format's `read_blob` takes it
 * @length_bytes: how many there are
 * @n_before: how many bytes of the message that it is the inside of, a
 *   `Summary.Value`, lie before it
 * @n_after: how many lie behind it; both 0 where it is no part of a message
 *
 * A record of variable size and where its bytes lie in its file.
 */
typedef struct
{
  gint64  step;
  double  wall_time;
  guint64 offset;
  guint64 length_bytes;
  guint32 n_before;
  guint32 n_after;
} TfvBlobPlace;

/**
 * TfvBlobPart: (skip)
 *
 * The records of variable size that one file gives to a tag. The places and the
 * marks are guarded by the lock of the tag.
 */
typedef struct
{
  gatomicrefcount  ref_count;
  TfvOrigin       *origin;
  char            *path;
  const TfvFormat *format;
  GArray          *places;
  GArray          *marks;
} TfvBlobPart;

/**
 * TfvTagPartInfo: (skip)
 * @origin: the file; borrowed
 * @n_records: how many records it gives
 * @marks: (nullable): TfvRestartMark, where restarts fell between them
 *
 * What one file gives to a tag.
 */
typedef struct
{
  const TfvOrigin *origin;
  guint64          n_records;
  GArray          *marks;
} TfvTagPartInfo;

void     tfv_tag_part_info_append (GArray *infos, const TfvOrigin *origin, guint64 n_records, GArray *marks);
GArray  *tfv_tag_dup_parts (TfvTag *self);
gboolean tfv_tag_can_be_superseded (TfvTag *self);

TfvTag *tfv_tag_new (const char *name, TfvRecordKind kind, const char *plugin, TfvRestarts *restarts);
int     tfv_tag_compare (gconstpointer a, gconstpointer b);
void    tfv_tag_set_display (TfvTag *self, const char *display_name, const char *description);
void    tfv_tag_set_metadata (TfvTag *self, gconstpointer metadata, gsize n_bytes);
GBytes *tfv_tag_dup_metadata (TfvTag *self);

TfvBlobPart *tfv_tag_add_blob_part (TfvTag *self, TfvOrigin *origin, const char *path, const TfvFormat *format);
void         tfv_tag_remove_blob_part (TfvTag *self, TfvBlobPart *part);
void         tfv_tag_append_blob (TfvTag *self, TfvBlobPart *part, const TfvBlobPlace *place);
void         tfv_tag_restart_blobs (TfvTag *self, TfvBlobPart *part, gint64 step, guint session);
GBytes      *tfv_tag_read_message (TfvTag *self, guint64 index, GError **error);

TfvBlobPart *tfv_blob_part_new (TfvOrigin *origin, const char *path, const TfvFormat *format);
TfvBlobPart *tfv_blob_part_ref (TfvBlobPart *self);
void         tfv_blob_part_unref (TfvBlobPart *self);
GArray      *tfv_blob_parts_find_surviving (GPtrArray *parts, TfvRestarts *restarts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvBlobPart, tfv_blob_part_unref)

G_END_DECLS
