/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Writes TensorFlow event files, as small as tests need them: messages are put
   together field by field in byte arrays, and records appended to a file. */

void message_add_varint (GByteArray *message, guint32 field, guint64 value);
void message_add_fixed32 (GByteArray *message, guint32 field, guint32 bits);
void message_add_fixed64 (GByteArray *message, guint32 field, guint64 bits);
void message_add_float (GByteArray *message, guint32 field, float value);
void message_add_double (GByteArray *message, guint32 field, double value);
void message_add_bytes (GByteArray *message, guint32 field, gconstpointer data, gsize n_bytes);
void message_add_string (GByteArray *message, guint32 field, const char *string);
void message_add_message (GByteArray *message, guint32 field, GByteArray *child);

GByteArray *message_new_event (double wall_time, gint64 step);
GByteArray *message_new_scalar_value (const char *tag, float value);
GByteArray *message_new_metadata (const char *plugin, const char *content);
GByteArray *message_new_tensor (int type, guint n_dimensions, const gint64 *dimensions);

void write_record (const char *path, gconstpointer data, gsize n_bytes);
void write_event (const char *path, GByteArray *event);
void write_bytes (const char *path, gconstpointer data, gsize n_bytes);
void write_version (const char *path, double wall_time, const char *version);
void write_scalar (const char *path, double wall_time, gint64 step, const char *tag, float value);
void write_value (const char *path, double wall_time, gint64 step, GByteArray *value);
void write_session (const char *path, double wall_time, gint64 step, int status);

char *make_folder (void);
void  remove_tree (const char *path);

G_END_DECLS
