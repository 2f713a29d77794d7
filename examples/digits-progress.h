/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Where the training is. */
typedef struct
{
  gint64 step;
  gint64 first_step; /* of this run of the program */
  gint64 last_step;
  double seconds_left; /* before it must end; negative where nothing says so */
  guint  batch_size;
  double loss;
  double accuracy;
  double test_accuracy; /* NaN before the first evaluation */
} DigitsProgress;

/* Tells it on the terminal: one line that changes, or, where nobody watches, a
 * line from time to time. */
typedef struct _DigitsDisplay DigitsDisplay;

DigitsDisplay *digits_display_new (void);
void           digits_display_free (DigitsDisplay *self);
void           digits_display_show (DigitsDisplay *self, const DigitsProgress *progress, gboolean is_last);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DigitsDisplay, digits_display_free)

G_END_DECLS
