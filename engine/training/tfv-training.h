/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/training/tfv-adam-optimizer.h"
#include "engine/training/tfv-gradient-descent-optimizer.h"
#include "engine/training/tfv-momentum-optimizer.h"
#include "engine/training/tfv-optimizer.h"
#include "engine/training/tfv-summary-ops.h"
