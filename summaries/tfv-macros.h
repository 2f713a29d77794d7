/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/**
 * TFV_PUBLIC:
 *
 * Marks a function that a shared library of the project exports. Everything
 * else is hidden.
 */
#define TFV_PUBLIC __attribute__ ((visibility ("default"))) extern
