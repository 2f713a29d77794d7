/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <pthread.h>

#include "engine/tfv-tensor.h"

G_BEGIN_DECLS

/* The value of a variable in one session. A reader takes a reference under
 * the lock and reads without it; a writer writes in place under the lock when
 * no reader holds the tensor, and into a new tensor otherwise. A reader thus
 * never sees half of an update. */
typedef struct
{
  pthread_mutex_t lock;
  TfvTensor      *value; /* NULL until it is assigned */
} TfvVariableState;

TfvVariableState *tfv_variable_state_new (void);
void              tfv_variable_state_free (TfvVariableState *self);
TfvTensor        *tfv_variable_state_dup_value (TfvVariableState *self);
void              tfv_variable_state_take_value (TfvVariableState *self, TfvTensor *value);
/* Returns the value for writing, with the lock held, or NULL, with the lock
 * not held, where there is none. */
TfvTensor *tfv_variable_state_begin_update (TfvVariableState *self);
void       tfv_variable_state_end_update (TfvVariableState *self);

G_END_DECLS
