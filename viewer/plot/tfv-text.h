/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <pango/pangocairo.h>

G_BEGIN_DECLS

PangoLayout *tfv_text_layout (const char *font, const char *text);
void         tfv_text_measure (const char *font, const char *text, double *width, double *height);
char        *tfv_text_elide (const char *font, const char *text, double max_width);

G_END_DECLS
