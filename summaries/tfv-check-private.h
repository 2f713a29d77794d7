/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-check.h"

G_BEGIN_DECLS

/* What is found out about a file: members of the result, and what is wrong. */
typedef struct
{
  GVariantDict members;
  GPtrArray   *problems;
  GPtrArray   *notes;
} TfvCheckReport;

void tfv_check_report_add_problem (TfvCheckReport *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void tfv_check_report_add_note (TfvCheckReport *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* What has to be done where files are parsed: a file is looked at, in a hurry
 * or all of it. */
GVariant *tfv_check_parse (const char *path, gboolean is_brief, GError **error);
gboolean  tfv_check_event_file (TfvCheckReport *report, const char *path, gboolean is_brief, GError **error);
gboolean  tfv_check_tfevents (TfvCheckReport *report, const char *path, GError **error);

/* What is known of a file, with what the system says of its writer. */
GVariant *tfv_check_file_in_brief (const char *path, GError **error);

G_END_DECLS
