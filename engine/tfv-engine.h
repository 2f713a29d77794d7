/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-data-type.h"
#include "engine/tfv-engine-error.h"
#include "engine/tfv-gradients.h"
#include "engine/tfv-graph.h"
#include "engine/tfv-op-builder.h"
#include "engine/tfv-operation.h"
#include "engine/tfv-ops.h"
#include "engine/tfv-run-metadata.h"
#include "engine/tfv-session.h"
#include "engine/tfv-shape.h"
#include "engine/tfv-tensor.h"
#include "engine/tfv-variable.h"
