/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-record-kind.h"

#include <string.h>

static const GEnumValue kinds[] = {
  { TFV_RECORD_NONE, "TFV_RECORD_NONE", "none" },
  { TFV_RECORD_SCALAR, "TFV_RECORD_SCALAR", "scalar" },
  { TFV_RECORD_HISTOGRAM, "TFV_RECORD_HISTOGRAM", "histogram" },
  { TFV_RECORD_IMAGE, "TFV_RECORD_IMAGE", "image" },
  { TFV_RECORD_AUDIO, "TFV_RECORD_AUDIO", "audio" },
  { TFV_RECORD_TEXT, "TFV_RECORD_TEXT", "text" },
  { TFV_RECORD_TENSOR, "TFV_RECORD_TENSOR", "tensor" },
  { TFV_RECORD_PR_CURVE, "TFV_RECORD_PR_CURVE", "pr-curve" },
  { TFV_RECORD_HPARAMS, "TFV_RECORD_HPARAMS", "hparams" },
  { TFV_RECORD_MESH, "TFV_RECORD_MESH", "mesh" },
  { TFV_RECORD_LAYOUT, "TFV_RECORD_LAYOUT", "layout" },
  { TFV_RECORD_GRAPH, "TFV_RECORD_GRAPH", "graph" },
  { TFV_RECORD_EMBEDDING, "TFV_RECORD_EMBEDDING", "embedding" },
  { TFV_RECORD_SPAN, "TFV_RECORD_SPAN", "span" },
  { TFV_RECORD_COUNTER, "TFV_RECORD_COUNTER", "counter" },
  { TFV_RECORD_FLOW, "TFV_RECORD_FLOW", "flow" },
  { TFV_RECORD_MARKER, "TFV_RECORD_MARKER", "marker" },
  { TFV_RECORD_LOG_MESSAGE, "TFV_RECORD_LOG_MESSAGE", "log-message" },
  { TFV_RECORD_RUN, "TFV_RECORD_RUN", "run" },
  { TFV_RECORD_SESSION, "TFV_RECORD_SESSION", "session" },
  { TFV_RECORD_RUN_METADATA, "TFV_RECORD_RUN_METADATA", "run-metadata" },
  { 0, NULL, NULL },
};

GType
tfv_record_kind_get_type (void)
{
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("TfvRecordKind", kinds));

  return type;
}

/**
 * tfv_record_kind_to_string:
 * @kind: a kind
 *
 * The kind's short name, as `tfv dump --kind=` takes it. Any thread.
 *
 * Returns: (transfer none): the name, `"unknown"` for a number that is no kind
 */
const char *
tfv_record_kind_to_string (TfvRecordKind kind)
{
  /* The table is in the order of the numbers, which have no gaps. */
  if ((guint) kind < G_N_ELEMENTS (kinds) - 1)
    return kinds[kind].value_nick;

  return "unknown";
}

/**
 * tfv_record_kind_from_string:
 * @name: a short name, such as `"scalar"`
 * @kind: (out): where the kind goes; untouched when there is none
 *
 * The kind of a short name. Any thread.
 *
 * Returns: whether there is a kind of that name
 */
gboolean
tfv_record_kind_from_string (const char *name, TfvRecordKind *kind)
{
  g_return_val_if_fail (name != NULL && kind != NULL, FALSE);

  for (guint i = 1; kinds[i].value_nick != NULL; i++)
    {
      if (strcmp (kinds[i].value_nick, name) == 0)
        {
          *kind = (TfvRecordKind) kinds[i].value;
          return TRUE;
        }
    }

  return FALSE;
}
