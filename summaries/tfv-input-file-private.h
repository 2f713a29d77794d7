/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/* Every file that is parsed is opened here. In the process tfv-reader, which may
 * open nothing, that is the one file that was handed to it. */
int      tfv_input_file_open (const char *path);
gboolean tfv_input_file_stat (const char *path, struct stat *status);
gboolean tfv_input_file_stat_fd (int fd, struct stat *status);

/* For tfv-reader. */
void     tfv_input_file_give (const char *path, int fd);
gboolean tfv_input_file_is_given (void);

/* Where in a file was read last, for who tells what ended tfv-reader. */
void tfv_input_file_set_place (guint64 *place);
void tfv_input_file_note (guint64 offset);

G_END_DECLS
