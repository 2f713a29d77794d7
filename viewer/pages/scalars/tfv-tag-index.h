/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "viewer/pages/scalars/tfv-scalar-tag.h"
#include "viewer/tfv-card-layout.h"
#include "viewer/tfv-name-filter.h"

G_BEGIN_DECLS

typedef struct _TfvTagIndex TfvTagIndex;

TfvTagIndex  *tfv_tag_index_new (void);
void          tfv_tag_index_free (TfvTagIndex *self);
gboolean      tfv_tag_index_update (TfvTagIndex *self, GPtrArray *nodes);
guint         tfv_tag_index_get_n_tags (TfvTagIndex *self);
TfvScalarTag *tfv_tag_index_lookup (TfvTagIndex *self, const char *name);
GPtrArray    *tfv_tag_index_create_sections (TfvTagIndex *self, TfvNameFilter *filter, guint *n_visible);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvTagIndex, tfv_tag_index_free)

G_END_DECLS
