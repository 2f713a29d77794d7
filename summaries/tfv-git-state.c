/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which version of its program a run is of, by git's own files. Git is not run:
 * a training program would find a child that it did not start, and might wait. */

#include "summaries/tfv-git-state-private.h"

#include <string.h>
#include <sys/stat.h>

/* So much is looked at to find out whether files were changed. */
#define MAX_LOOK_NS 50000000
#define MAX_INDEX_BYTES (64u << 20)
#define MAX_HASHED_BYTES (16u << 20)
#define MAX_TEXT_BYTES (16u << 20)

#define HASH_BYTES 20
#define STAT_BYTES 40
#define MODE_TYPE 0170000u
#define MODE_SUBMODULE 0160000u
#define FLAG_ASSUME_VALID 0x8000u
#define FLAG_EXTENDED 0x4000u
#define FLAG_SKIP_WORKTREE 0x4000u

typedef struct
{
  char *work_tree;
  char *own;    /* what is of this work tree alone: HEAD, the index */
  char *shared; /* what all work trees share: branches, the configuration */
} Repository;

static void
repository_clear (Repository *self)
{
  g_free (self->work_tree);
  g_free (self->own);
  g_free (self->shared);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Repository, repository_clear)

/* A small regular file: no pipe, nothing endless. */
static char *
read_text (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  struct stat      status;
  char            *text = NULL;

  if (stat (path, &status) == 0 && S_ISREG (status.st_mode) && status.st_size <= MAX_TEXT_BYTES)
    g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

static char *
resolve (const char *folder, const char *path)
{
  return g_canonicalize_filename (path, folder);
}

/* The .git of @folder, or of a folder above it; a file of that name leads to it. */
static gboolean
find_repository (const char *folder, Repository *found)
{
  g_autofree char *at = g_canonicalize_filename (folder, NULL);

  for (;;)
    {
      g_autofree char *dot_git = g_build_filename (at, ".git", NULL);
      g_autofree char *pointer = NULL;
      g_autofree char *common = NULL;
      char            *parent;

      if (g_file_test (dot_git, G_FILE_TEST_IS_DIR))
        found->own = g_strdup (dot_git);
      else if ((pointer = read_text (at, ".git")) != NULL && g_str_has_prefix (pointer, "gitdir: "))
        found->own = resolve (at, g_strstrip (pointer + strlen ("gitdir: ")));
      if (found->own != NULL)
        {
          found->work_tree = g_strdup (at);
          common = read_text (found->own, "commondir");
          found->shared = common != NULL ? resolve (found->own, g_strstrip (common)) : g_strdup (found->own);
          return TRUE;
        }

      parent = g_path_get_dirname (at);
      if (strcmp (parent, at) == 0)
        {
          g_free (parent);
          return FALSE;
        }
      g_free (at);
      at = parent;
    }
}

static gboolean
is_hash (const char *text)
{
  gsize length = strlen (text);

  return (length == 40 || length == 64) && strspn (text, "0123456789abcdef") == length;
}

/* The commit of a branch, which is in a file of its own or in the list of them. */
static char *
find_commit (const Repository *repository, const char *ref)
{
  const char *const folders[] = { repository->own, repository->shared };
  g_autofree char  *packed = read_text (repository->shared, "packed-refs");
  g_auto (GStrv)    lines = NULL;

  /* The name of a branch leads nowhere else. */
  if (strstr (ref, "..") != NULL || !g_str_has_prefix (ref, "refs/"))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *text = read_text (folders[i], ref);

      if (text != NULL && is_hash (g_strstrip (text)))
        return g_steal_pointer (&text);
    }

  lines = packed != NULL ? g_strsplit (packed, "\n", -1) : NULL;
  for (guint i = 0; lines != NULL && lines[i] != NULL; i++)
    {
      char *name = strchr (lines[i], ' ');

      if (name == NULL || strcmp (name + 1, ref) != 0)
        continue;
      *name = '\0';
      return is_hash (lines[i]) ? g_strdup (lines[i]) : NULL;
    }
  return NULL;
}

/* A text with its URLs without the names and the passwords that may stand before
 * their hosts. */
char *
tfv_git_url_without_credentials (const char *text)
{
  GString    *bare = g_string_new (NULL);
  const char *host;

  while ((host = strstr (text, "://")) != NULL)
    {
      const char *end, *at = NULL;

      host += strlen ("://");
      end = host + strcspn (host, "/?#");
      for (const char *c = host; c < end; c++)
        if (*c == '@')
          at = c;
      g_string_append_len (bare, text, host - text);
      text = at != NULL ? at + 1 : host;
      g_string_append_len (bare, text, end - text);
      text = end;
    }
  g_string_append (bare, text);

  return g_string_free (bare, FALSE);
}

/* Where the remote called origin is, or else the first one. */
static char *
find_remote (const Repository *repository)
{
  g_autofree char *config = read_text (repository->shared, "config");
  g_auto (GStrv)   lines = config != NULL ? g_strsplit (config, "\n", -1) : NULL;
  gboolean         is_remote = FALSE, is_origin = FALSE;
  char            *found = NULL;

  for (guint i = 0; lines != NULL && lines[i] != NULL; i++)
    {
      char *line = g_strstrip (lines[i]);
      char *value = strchr (line, '=');

      if (*line == '[')
        {
          is_remote = g_str_has_prefix (line, "[remote \"");
          is_origin = strcmp (line, "[remote \"origin\"]") == 0;
        }
      if (!is_remote || value == NULL || (found != NULL && !is_origin))
        continue;
      *value++ = '\0';
      if (strcmp (g_strchomp (line), "url") == 0)
        {
          g_free (found);
          found = tfv_git_url_without_credentials (g_strchug (value));
        }
    }
  return found;
}

/* What is known of a file since it was last added. */
typedef struct
{
  guint32       mtime_s, mtime_ns;
  guint32       mode;
  guint32       n_bytes;
  const guint8 *hash;
  gboolean      is_looked_at;
} Entry;

static guint32
get_number (const guint8 *at)
{
  return (guint32) at[0] << 24 | (guint32) at[1] << 16 | (guint32) at[2] << 8 | at[3];
}

/* Whether a file has other bytes than those that were added. */
static gboolean
has_other_content (const char *path, const Entry *entry)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  g_autofree char      *head = NULL;
  g_autofree char      *content = NULL;
  guint8                digest[HASH_BYTES];
  gsize                 n_bytes, n_digest = sizeof digest;

  if (!g_file_get_contents (path, &content, &n_bytes, NULL))
    return TRUE;
  head = g_strdup_printf ("blob %" G_GSIZE_FORMAT, n_bytes);
  g_checksum_update (checksum, (const guchar *) head, (gssize) strlen (head) + 1);
  g_checksum_update (checksum, (const guchar *) content, (gssize) n_bytes);
  g_checksum_get_digest (checksum, digest, &n_digest);
  return memcmp (digest, entry->hash, HASH_BYTES) != 0;
}

typedef enum
{
  STATE_UNKNOWN = -1,
  STATE_SAME = 0,
  STATE_CHANGED = 1,
} State;

/* A file of the size and the time that it was added with is the same; one of
 * another size is not; for the others their bytes are looked at. */
static State
compare_file (const Repository *repository, const char *name, const Entry *entry, gsize *n_hashed)
{
  g_autofree char *path = g_build_filename (repository->work_tree, name, NULL);
  struct stat      status;

  if (lstat (path, &status) != 0)
    return STATE_CHANGED;
  if ((status.st_mode & MODE_TYPE) != (entry->mode & MODE_TYPE) || (guint32) status.st_size != entry->n_bytes)
    return STATE_CHANGED;
  if ((guint32) status.st_mtim.tv_sec == entry->mtime_s && (entry->mtime_ns == 0 || (guint32) status.st_mtim.tv_nsec == entry->mtime_ns))
    return STATE_SAME;
  if (!S_ISREG (status.st_mode))
    return STATE_UNKNOWN;
  *n_hashed += (gsize) status.st_size;
  if (*n_hashed > MAX_HASHED_BYTES)
    return STATE_UNKNOWN;
  return has_other_content (path, entry) ? STATE_CHANGED : STATE_SAME;
}

/* Reads an entry of the index; its name goes to @name. What follows it, or NULL
 * where it is not whole. */
static const guint8 *
read_entry (const guint8 *at, const guint8 *end, guint32 version, Entry *entry, GString *name)
{
  const guint8 *start = at, *text, *stop;
  guint32       flags;
  gsize         n_stripped = name->len;

  if ((gsize) (end - at) < STAT_BYTES + HASH_BYTES + 4)
    return NULL;
  *entry = (Entry){ get_number (at + 8), get_number (at + 12), get_number (at + 24), get_number (at + 36), at + STAT_BYTES, TRUE };
  at += STAT_BYTES + HASH_BYTES;
  flags = (guint32) at[0] << 8 | at[1];
  at += 2;
  entry->is_looked_at = (flags & FLAG_ASSUME_VALID) == 0;
  if (version >= 3 && (flags & FLAG_EXTENDED) != 0)
    {
      entry->is_looked_at &= (((guint32) at[0] << 8 | at[1]) & FLAG_SKIP_WORKTREE) == 0;
      at += 2;
    }

  /* From version 4 on a name tells how much of the one before it goes. */
  if (version >= 4)
    {
      gsize n_cut = 0;

      do
        {
          if (at >= end || n_cut > MAX_INDEX_BYTES)
            return NULL;
          n_cut = (n_cut << 7) | (*at & 0x7f);
          if ((*at & 0x80) != 0)
            n_cut++;
        }
      while ((*at++ & 0x80) != 0);
      if (n_cut > name->len)
        return NULL;
      n_stripped = name->len - n_cut;
    }

  text = at;
  stop = at < end ? memchr (text, '\0', (gsize) (end - text)) : NULL;
  if (stop == NULL)
    return NULL;
  g_string_truncate (name, version >= 4 ? n_stripped : 0);
  g_string_append_len (name, (const char *) text, stop - text);
  at = version >= 4 ? stop + 1 : start + ((gsize) (stop - start) + 8) / 8 * 8;
  return at <= end ? at : NULL;
}

/* Whether a file that git knows is not as it was last added, so far as that can
 * be told in little time. */
static State
find_changes (const Repository *repository)
{
  g_autofree char    *path = g_build_filename (repository->own, "index", NULL);
  g_autoptr (GString) name = g_string_new (NULL);
  g_autofree char    *index = NULL;
  const guint8       *at, *end;
  gsize               n_bytes, n_hashed = 0;
  guint32             version, n_entries;
  struct stat         status;
  gint64              deadline_us = g_get_monotonic_time () + MAX_LOOK_NS / 1000;
  State               found = STATE_SAME;

  if (stat (path, &status) != 0 || !S_ISREG (status.st_mode) || status.st_size > MAX_INDEX_BYTES ||
      !g_file_get_contents (path, &index, &n_bytes, NULL) || n_bytes < 12 + HASH_BYTES || memcmp (index, "DIRC", 4) != 0)
    return STATE_UNKNOWN;

  at = (const guint8 *) index;
  end = at + n_bytes - HASH_BYTES;
  version = get_number (at + 4);
  n_entries = get_number (at + 8);
  if (version < 2 || version > 4)
    return STATE_UNKNOWN;

  at += 12;
  for (guint32 i = 0; i < n_entries; i++)
    {
      Entry entry;
      State state;

      at = read_entry (at, end, version, &entry, name);
      if (at == NULL || g_get_monotonic_time () > deadline_us)
        return STATE_UNKNOWN;
      if (!entry.is_looked_at || (entry.mode & MODE_TYPE) == MODE_SUBMODULE)
        continue;
      state = compare_file (repository, name->str, &entry, &n_hashed);
      if (state == STATE_CHANGED)
        return state;
      if (state == STATE_UNKNOWN)
        found = state;
    }
  return found;
}

/* Names in git are bytes, of whatever encoding. */
static void
insert_text (GVariantDict *dict, const char *name, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  g_variant_dict_insert (dict, name, "s", valid);
}

/* The state of the git repository that a folder is in: `commit`, `branch` unless
 * there is none, `remote` without credentials, and `dirty`, whether a file that
 * git knows was changed and not added, unless that can't be told within 50 ms.
 * NULL where there is none. (transfer floating): a{sv} */
GVariant *
tfv_git_state_read (const char *folder)
{
  g_auto (Repository) repository = { NULL };
  g_autofree char    *head = NULL;
  g_autofree char    *commit = NULL;
  g_autofree char    *remote = NULL;
  GVariantDict        state;
  State               changes;

  if (!find_repository (folder, &repository) || (head = read_text (repository.own, "HEAD")) == NULL)
    return NULL;

  g_variant_dict_init (&state, NULL);
  g_strstrip (head);
  if (g_str_has_prefix (head, "ref: "))
    {
      const char *ref = head + strlen ("ref: ");

      commit = find_commit (&repository, ref);
      if (g_str_has_prefix (ref, "refs/heads/"))
        insert_text (&state, "branch", ref + strlen ("refs/heads/"));
    }
  else if (is_hash (head))
    {
      commit = g_strdup (head);
    }
  if (commit != NULL)
    g_variant_dict_insert (&state, "commit", "s", commit);
  remote = find_remote (&repository);
  if (remote != NULL)
    insert_text (&state, "remote", remote);
  /* In a repository of longer hashes entries are longer too. */
  changes = commit != NULL && strlen (commit) == 2 * HASH_BYTES ? find_changes (&repository) : STATE_UNKNOWN;
  if (changes != STATE_UNKNOWN)
    g_variant_dict_insert (&state, "dirty", "b", changes == STATE_CHANGED);
  return g_variant_dict_end (&state);
}
