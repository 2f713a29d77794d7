/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <stdio.h>

G_BEGIN_DECLS

/* Reads a table of comma separated values, as RFC 4180 has them, row by row. The
 * fields are set apart by commas, semicolons or tabs: whichever the heads have.
 * One thread. */
typedef struct
{
  const char *path;
  FILE       *file;
  char        separator;
  GPtrArray  *fields; /* GString, of which n_fields are of the row */
  guint       n_fields;
  guint64     line; /* where the row begins, counted from one */
  guint64     next_line;
} TfvCsvReader;

gboolean    tfv_csv_reader_open (TfvCsvReader *self, const char *path, GError **error);
gboolean    tfv_csv_reader_next (TfvCsvReader *self, GError **error);
const char *tfv_csv_reader_get (TfvCsvReader *self, guint column);
void        tfv_csv_reader_clear (TfvCsvReader *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TfvCsvReader, tfv_csv_reader_clear)

G_END_DECLS
