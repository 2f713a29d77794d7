/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A block of HDF5's metadata, behind which its checksum is. */
typedef struct
{
  gsize start;
  gsize n_bytes;
} FuzzBlock;

/* A file that is mutated. */
typedef struct
{
  guint8 *bytes;
  gsize   n_bytes;
  /* Where the bytes that are not zero are: changing the others is dull. */
  GArray *used;
  GArray *blocks;
} FuzzOriginal;

typedef enum
{
  FUZZ_LIVE,
  FUZZ_CLOSED,
  FUZZ_COMPACTED,
  FUZZ_RICH,
} FuzzKind;

void     fuzz_original_init (FuzzOriginal *self, FuzzKind kind, const char *folder);
void     fuzz_original_clear (FuzzOriginal *self);
GString *fuzz_original_mutate (const FuzzOriginal *self, guint32 number, gboolean forges_checksums);

G_END_DECLS
