/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-name-filter.h"

/* A pattern that backtracks for ever must not freeze the window: past this many
 * steps a name counts as not matching. */
#define MATCH_LIMIT "(*LIMIT_MATCH=20000)"

struct _TfvNameFilter
{
  GRegex *regex; /* NULL: everything matches */
};

/**
 * tfv_name_filter_new: (skip)
 *
 * A filter of run or tag names by a regular expression. At first it lets
 * everything through.
 *
 * Returns: (transfer full): the filter
 */
TfvNameFilter *
tfv_name_filter_new (void)
{
  return g_new0 (TfvNameFilter, 1);
}

/**
 * tfv_name_filter_free: (skip)
 * @self: (transfer full) (nullable): the filter
 *
 * Frees the filter.
 */
void
tfv_name_filter_free (TfvNameFilter *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->regex, g_regex_unref);
  g_free (self);
}

/**
 * tfv_name_filter_set_pattern: (skip)
 * @self: the filter
 * @pattern: (nullable): a Perl-compatible regular expression, found anywhere in
 *   a name, without regard to case; empty lets everything through
 * @error: return location for what is wrong with the pattern
 *
 * Changes the pattern. A pattern that is wrong changes nothing: what was shown
 * before stays while the user is in the middle of typing.
 *
 * Returns: whether the pattern could be used
 */
gboolean
tfv_name_filter_set_pattern (TfvNameFilter *self, const char *pattern, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (pattern == NULL || *pattern == '\0')
    {
      g_clear_pointer (&self->regex, g_regex_unref);
      return TRUE;
    }
  /* Compiled without the limit first, so that offsets in messages are right. */
  g_autoptr (GRegex) plain = g_regex_new (pattern, G_REGEX_CASELESS, 0, &local_error);
  if (plain == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  g_autofree char *limited = g_strconcat (MATCH_LIMIT, pattern, NULL);
  GRegex          *regex = g_regex_new (limited, G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0, NULL);
  g_clear_pointer (&self->regex, g_regex_unref);
  self->regex = regex != NULL ? regex : g_steal_pointer (&plain);
  return TRUE;
}

/**
 * tfv_name_filter_is_empty: (skip)
 * @self: the filter
 *
 * Returns: whether everything passes
 */
gboolean
tfv_name_filter_is_empty (TfvNameFilter *self)
{
  return self->regex == NULL;
}

/**
 * tfv_name_filter_matches: (skip)
 * @self: the filter
 * @name: a name
 *
 * Returns: whether @name passes
 */
gboolean
tfv_name_filter_matches (TfvNameFilter *self, const char *name)
{
  if (self->regex == NULL)
    return TRUE;
  return g_regex_match (self->regex, name, 0, NULL);
}
