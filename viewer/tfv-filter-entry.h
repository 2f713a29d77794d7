/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void tfv_filter_entry_set_error (GtkWidget *entry, const GError *error);

G_END_DECLS
