/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "profiler/sources/host.h"
#include "profiler/tfv-analysis.h"
#include "profiler/tfv-span-recorder.h"
#include "profiler/tfv-table.h"
#include "profiler/tfv-trace.h"
