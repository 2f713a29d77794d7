/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-engine-error.h"

G_DEFINE_QUARK (tfv - engine - error - quark, tfv_engine_error)
