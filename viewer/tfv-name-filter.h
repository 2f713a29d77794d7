/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _TfvNameFilter TfvNameFilter;

TfvNameFilter *tfv_name_filter_new (void);
void           tfv_name_filter_free (TfvNameFilter *self);
gboolean       tfv_name_filter_set_pattern (TfvNameFilter *self, const char *pattern, GError **error);
gboolean       tfv_name_filter_is_empty (TfvNameFilter *self);
gboolean       tfv_name_filter_matches (TfvNameFilter *self, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvNameFilter, tfv_name_filter_free)

G_END_DECLS
