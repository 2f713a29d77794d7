/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <string.h>

#include "summaries/tfv-event-file-private.h"
#include "summaries/tfv-scalar-outline.h"

G_BEGIN_DECLS

/* What a walk over rows of /scalars finds out about the points of one tag. */
typedef struct
{
  guint64 n_points;
  guint64 n_finite;
  guint64 first_row;
  guint64 last_row;
  gint64  first_step;
  gint64  last_step;
  double  first_wall_time;
  double  last_wall_time;
  double  min;
  double  max;
  /* Bits that the flags of some row, and those of every row, have. */
  guint32 any_flags;
  guint32 all_flags;
  /* Whether a value is not what comes back from float32, bit by bit. */
  guint32 is_wide;
  /* Stands for all that the points are and for their order, where it is wanted. */
  guint64 digest;
} TfvScalarTally;

/* Tallies by id, 0 to the number of tags: number 0 is of rows that are not valid
 * or belong to no tag. */
typedef struct
{
  guint32         n_tags;
  gboolean        has_digests;
  TfvScalarTally *tallies;
} TfvScalarTallies;

TfvScalarTallies *tfv_scalar_tallies_new (guint32 n_tags);
void              tfv_scalar_tallies_free (TfvScalarTallies *self);
void              tfv_scalar_tallies_reserve (TfvScalarTallies *self, guint32 n_tags);
void              tfv_scalar_tallies_add (TfvScalarTallies *self, const TfvEventScalarRow *rows, gsize n_rows, guint64 first_row);
void              tfv_scalar_tallies_append (TfvScalarTallies *self, const TfvScalarTallies *later);
gboolean          tfv_scalar_tallies_read (TfvScalarTallies *self, TfvEventFile *file, guint64 start, guint64 end, GCancellable *cancellable, GError **error);
TfvScalarOutline  tfv_scalar_tally_to_outline (const TfvScalarTally *self, guint32 id);

#define TFV_SCALAR_DIGEST_FACTOR G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)

/* The digest of points, of which this is the next one. */
static inline guint64
tfv_scalar_digest (guint64 digest, gint64 step, double wall_time, double value, gboolean is_float32)
{
  guint64 wall_bits, value_bits;

  memcpy (&wall_bits, &wall_time, sizeof wall_bits);
  memcpy (&value_bits, &value, sizeof value_bits);
  return digest * TFV_SCALAR_DIGEST_FACTOR + (guint64) step * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9) + wall_bits * G_GUINT64_CONSTANT (0x94d049bb133111eb) +
         value_bits * G_GUINT64_CONSTANT (0xd6e8feb86659fd93) + (is_float32 ? 1 : 0);
}

guint64 tfv_scalar_digest_append (guint64 digest, guint64 later, guint64 n_later);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvScalarTallies, tfv_scalar_tallies_free)

G_END_DECLS
