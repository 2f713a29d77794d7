/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-array.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-format.h"
#include "summaries/tfv-histogram.h"
#include "summaries/tfv-logdir.h"
#include "summaries/tfv-macros.h"
#include "summaries/tfv-number.h"
#include "summaries/tfv-record-class.h"
#include "summaries/tfv-record-kind.h"
#include "summaries/tfv-run-part.h"
#include "summaries/tfv-run.h"
#include "summaries/tfv-scalar-series.h"
#include "summaries/tfv-span-table.h"
#include "summaries/tfv-span.h"
#include "summaries/tfv-summary-writer.h"
#include "summaries/tfv-tag.h"
