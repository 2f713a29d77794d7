/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-macros.h"
#include "summaries/tfv-summary-writer.h"

G_BEGIN_DECLS

/**
 * TfvImage:
 * @format: `png`, `jpeg`, `gif`, `bmp`, or `""` where the bytes are of none of these
 * @width: in pixels; 0 where nothing tells it
 * @height: in pixels; 0 where nothing tells it
 * @n_channels: 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha; 0 where nothing
 *   tells it
 * @encoded: the picture as it was encoded
 *
 * A picture of a record. Reference counted and immutable; any thread.
 */
typedef struct
{
  const char *format;
  guint       width;
  guint       height;
  guint       n_channels;
  GBytes     *encoded;
} TfvImage;

#define TFV_TYPE_IMAGE (tfv_image_get_type ())
TFV_PUBLIC
GType tfv_image_get_type (void) G_GNUC_CONST;
TFV_PUBLIC
TfvImage *tfv_image_new (GBytes *encoded);
TFV_PUBLIC
GPtrArray *tfv_image_decode (GBytes *record, GError **error);
TFV_PUBLIC
TfvImage *tfv_image_ref (TfvImage *self);
TFV_PUBLIC
void tfv_image_unref (TfvImage *self);

TFV_PUBLIC
void tfv_summary_writer_add_image (TfvSummaryWriter *self, const char *tag, GBytes *encoded, gint64 step);
TFV_PUBLIC
void tfv_summary_writer_add_images (TfvSummaryWriter *self, const char *tag, GBytes *const *encoded, guint n_images, gint64 step);
TFV_PUBLIC
gboolean tfv_summary_writer_add_image_pixels (TfvSummaryWriter *self, const char *tag, GBytes *pixels, guint width, guint height, guint n_channels, gint64 step, GError **error);
TFV_PUBLIC
gboolean tfv_summary_writer_add_image_floats (TfvSummaryWriter *self, const char *tag, const float *samples, guint width, guint height, guint n_channels, gint64 step, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvImage, tfv_image_unref)

G_END_DECLS
