/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-variable-state-private.h"

#include "engine/tfv-tensor-private.h"

TfvVariableState *
tfv_variable_state_new (void)
{
  TfvVariableState *self = g_new0 (TfvVariableState, 1);

  pthread_mutex_init (&self->lock, NULL);
  return self;
}

void
tfv_variable_state_free (TfvVariableState *self)
{
  pthread_mutex_destroy (&self->lock);
  g_clear_pointer (&self->value, tfv_tensor_unref);
  g_free (self);
}

TfvTensor *
tfv_variable_state_dup_value (TfvVariableState *self)
{
  TfvTensor *value;

  pthread_mutex_lock (&self->lock);
  value = self->value != NULL ? tfv_tensor_ref (self->value) : NULL;
  pthread_mutex_unlock (&self->lock);
  return value;
}

void
tfv_variable_state_take_value (TfvVariableState *self, TfvTensor *value)
{
  TfvTensor *old;

  pthread_mutex_lock (&self->lock);
  old = g_steal_pointer (&self->value);
  self->value = value;
  pthread_mutex_unlock (&self->lock);
  g_clear_pointer (&old, tfv_tensor_unref);
}

TfvTensor *
tfv_variable_state_begin_update (TfvVariableState *self)
{
  pthread_mutex_lock (&self->lock);
  if (self->value == NULL)
    {
      pthread_mutex_unlock (&self->lock);
      return NULL;
    }
  if (!tfv_tensor_is_sole_owner (self->value))
    {
      TfvTensor *old = self->value;

      self->value = tfv_tensor_copy (old);
      tfv_tensor_unref (old);
    }
  return self->value;
}

void
tfv_variable_state_end_update (TfvVariableState *self)
{
  pthread_mutex_unlock (&self->lock);
}
