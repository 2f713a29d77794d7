/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-format.h"
#include "summaries/tfv-restarts-private.h"
#include "summaries/tfv-tag.h"

G_BEGIN_DECLS

/**
 * TfvBlobPlace: (skip)
 *
 * A record of variable size and where its bytes lie in its file.
 */
typedef struct
{
  gint64  step;
  double  wall_time;
  guint64 offset;
  guint64 length_bytes;
} TfvBlobPlace;

/**
 * TfvBlobPart: (skip)
 *
 * The records of variable size that one file gives to a tag. The places are
 * guarded by the lock of the tag.
 */
typedef struct
{
  gatomicrefcount  ref_count;
  TfvOrigin       *origin;
  char            *path;
  const TfvFormat *format;
  GArray          *places;
} TfvBlobPart;

TfvTag *tfv_tag_new (const char *name, TfvRecordKind kind, const char *plugin, TfvRestarts *restarts);
int     tfv_tag_compare (gconstpointer a, gconstpointer b);
void    tfv_tag_set_display (TfvTag *self, const char *display_name, const char *description);

TfvBlobPart *tfv_tag_add_blob_part (TfvTag *self, TfvOrigin *origin, const char *path, const TfvFormat *format);
void         tfv_tag_remove_blob_part (TfvTag *self, TfvBlobPart *part);
void         tfv_tag_append_blob (TfvTag *self, TfvBlobPart *part, const TfvBlobPlace *place);
void         tfv_blob_part_unref (TfvBlobPart *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvBlobPart, tfv_blob_part_unref)

G_END_DECLS
