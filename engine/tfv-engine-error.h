/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "summaries/tfv-macros.h"

G_BEGIN_DECLS

/**
 * TfvEngineError:
 * @TFV_ENGINE_ERROR_CANCELLED: the run was cancelled
 * @TFV_ENGINE_ERROR_UNKNOWN: of no other code
 * @TFV_ENGINE_ERROR_INVALID_ARGUMENT: an argument, a shape or a type is wrong
 * @TFV_ENGINE_ERROR_NOT_FOUND: no operation or attribute has that name
 * @TFV_ENGINE_ERROR_ALREADY_EXISTS: something of that name exists
 * @TFV_ENGINE_ERROR_RESOURCE_EXHAUSTED: no memory is left for a tensor
 * @TFV_ENGINE_ERROR_FAILED_PRECONDITION: the state does not allow it: a
 *   variable that has no value, say
 * @TFV_ENGINE_ERROR_OUT_OF_RANGE: an index is past an end
 * @TFV_ENGINE_ERROR_UNIMPLEMENTED: no kernel or no gradient for it
 * @TFV_ENGINE_ERROR_INTERNAL: the engine broke a promise of its own
 *
 * What can go wrong when a graph is built or run. The numbers are those of
 * TensorFlow's `error::Code`. A message is one line that names the operation.
 */
typedef enum
{
  TFV_ENGINE_ERROR_CANCELLED = 1,
  TFV_ENGINE_ERROR_UNKNOWN = 2,
  TFV_ENGINE_ERROR_INVALID_ARGUMENT = 3,
  TFV_ENGINE_ERROR_NOT_FOUND = 5,
  TFV_ENGINE_ERROR_ALREADY_EXISTS = 6,
  TFV_ENGINE_ERROR_RESOURCE_EXHAUSTED = 8,
  TFV_ENGINE_ERROR_FAILED_PRECONDITION = 9,
  TFV_ENGINE_ERROR_OUT_OF_RANGE = 11,
  TFV_ENGINE_ERROR_UNIMPLEMENTED = 12,
  TFV_ENGINE_ERROR_INTERNAL = 13,
} TfvEngineError;

#define TFV_ENGINE_ERROR (tfv_engine_error_quark ())

TFV_PUBLIC
GQuark tfv_engine_error_quark (void);

G_END_DECLS
