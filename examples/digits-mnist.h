/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

GBytes *digits_mnist_read_images (const char *directory, gboolean held_out, gsize *n_images, GError **error);
GBytes *digits_mnist_read_labels (const char *directory, gboolean held_out, gsize *n_labels, GError **error);

G_END_DECLS
