/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-array-private.h"
#include "summaries/tfv-mesh.h"
#include "summaries/tfv-record-class-private.h"
#include "summaries/tfv-summary-payload-private.h"

extern const TfvRecordClass tfv_record_mesh;

#define PLUGIN "mesh"
#define TENSOR_CONTENT 4
#define N_COORDINATES 3

/* Fields of a MeshPluginData. */
enum
{
  MESH_NAME = 2,
  MESH_CONTENT_TYPE = 3,
  MESH_JSON_CONFIG = 5,
  MESH_SHAPE = 6,
  MESH_COMPONENTS = 7,
};

static const char *const suffixes[] = { NULL, "_VERTEX", "_FACE", "_COLOR" };
static const char *const part_names[] = { "", "vertex", "face", "color" };

/**
 * tfv_mesh_part_of_tag:
 * @tag: the name of a tag of kind %TFV_RECORD_MESH
 * @name: (out) (optional) (transfer full): the name of the meshes, which tags of
 *   their other parts share
 *
 * Which part of meshes the records of a tag are; their data are read with
 * [func@Tfv.Array.decode]. Any thread.
 *
 * Returns: the part
 */
TfvMeshPart
tfv_mesh_part_of_tag (const char *tag, char **name)
{
  TfvMeshPart found = TFV_MESH_PART_UNKNOWN;
  gsize       length;

  g_return_val_if_fail (tag != NULL, TFV_MESH_PART_UNKNOWN);

  length = strlen (tag);
  for (guint part = TFV_MESH_PART_VERTEX; part <= TFV_MESH_PART_COLOR; part++)
    if (g_str_has_suffix (tag, suffixes[part]))
      {
        found = (TfvMeshPart) part;
        length -= strlen (suffixes[part]);
      }
  if (name != NULL)
    *name = g_strndup (tag, length);
  return found;
}

/* What all parts of a mesh share. */
typedef struct
{
  const char *name;
  const char *json_config;
  guint       components;
  gint64      step;
} Mesh;

static void
add_part (TfvSummaryWriter *self, const Mesh *mesh, TfvMeshPart part, int type, gsize n_rows, GByteArray *content)
{
  const gint64     dimensions[] = { 1, (gint64) n_rows, N_COORDINATES };
  g_autofree char *tag = g_strconcat (mesh->name, suffixes[part], NULL);
  GByteArray      *tensor = tfv_message_new_tensor (type, G_N_ELEMENTS (dimensions), dimensions);
  GByteArray      *plugin = g_byte_array_new ();

  tfv_message_add_message (tensor, TENSOR_CONTENT, content);
  tfv_message_add_string (plugin, MESH_NAME, mesh->name);
  tfv_message_add_varint (plugin, MESH_CONTENT_TYPE, part);
  if (mesh->json_config != NULL)
    tfv_message_add_string (plugin, MESH_JSON_CONFIG, mesh->json_config);
  for (guint i = 0; i < G_N_ELEMENTS (dimensions); i++)
    tfv_message_add_varint (plugin, MESH_SHAPE, (guint64) dimensions[i]);
  tfv_message_add_varint (plugin, MESH_COMPONENTS, mesh->components);
  tfv_summary_writer_add_value (self, TFV_RECORD_MESH, tag, mesh->step, tfv_summary_value_new (tag, TFV_VALUE_TENSOR, tensor, PLUGIN, plugin));
}

/* Numbers of four bytes, little-endian. */
static GByteArray *
new_content (gconstpointer numbers, gsize n_numbers)
{
  GByteArray *content = g_byte_array_sized_new ((guint) (n_numbers * sizeof (guint32)));

  for (gsize i = 0; i < n_numbers; i++)
    {
      guint32 bits;

      memcpy (&bits, (const guint8 *) numbers + i * sizeof bits, sizeof bits);
      bits = GUINT32_TO_LE (bits);
      g_byte_array_append (content, (const guint8 *) &bits, sizeof bits);
    }
  return content;
}

/**
 * tfv_summary_writer_add_mesh:
 * @self: a writer
 * @tag: name of the mesh, UTF-8; its parts are stored in tags of this name with
 *   `_VERTEX`, `_FACE` and `_COLOR` behind
 * @n_vertices: how many vertices there are
 * @vertices: (array) (not nullable): x, y and z of each
 * @n_faces: how many triangles there are, 0 for a cloud of points
 * @faces: (array) (nullable): the indices of three vertices of each
 * @colors: (array) (nullable): red, green and blue of each vertex
 * @json_config: (nullable): how TensorBoard is to show it, a JSON object
 * @step: the training step
 *
 * Logs a triangle mesh or a cloud of points, with the time of the call. Any thread.
 */
void
tfv_summary_writer_add_mesh (TfvSummaryWriter *self, const char *tag, gsize n_vertices, const float *vertices, gsize n_faces, const gint32 *faces, const guint8 *colors, const char *json_config, gint64 step)
{
  Mesh mesh = { tag, json_config, 1u << TFV_MESH_PART_VERTEX, step };

  g_return_if_fail (TFV_IS_SUMMARY_WRITER (self) && tag != NULL && vertices != NULL && (faces != NULL || n_faces == 0));

  if (n_faces > 0)
    mesh.components |= 1u << TFV_MESH_PART_FACE;
  if (colors != NULL)
    mesh.components |= 1u << TFV_MESH_PART_COLOR;

  add_part (self, &mesh, TFV_MESH_PART_VERTEX, DT_FLOAT, n_vertices, new_content (vertices, n_vertices * N_COORDINATES));
  if (n_faces > 0)
    add_part (self, &mesh, TFV_MESH_PART_FACE, DT_INT32, n_faces, new_content (faces, n_faces * N_COORDINATES));
  if (colors != NULL)
    {
      GByteArray *content = g_byte_array_new ();

      g_byte_array_append (content, colors, (guint) (n_vertices * N_COORDINATES));
      add_part (self, &mesh, TFV_MESH_PART_COLOR, DT_UINT8, n_vertices, content);
    }
}

static gboolean
tell (const TfvStoredRecord *record, const TfvRecordSink *sink, GError **error)
{
  g_autoptr (TfvArray) array = tfv_array_decode (record->bytes, error);
  g_autoptr (GString)  json = g_string_new (NULL);
  g_autofree char     *name = NULL;
  TfvRecordValue       values[10];

  if (array == NULL)
    return FALSE;

  tfv_record_fill_tag_values (record, values);
  values[4] = tfv_record_string (part_names[tfv_mesh_part_of_tag (tfv_tag_get_name (record->tag), &name)]);
  values[5] = tfv_record_string (name);
  values[6] = tfv_record_integer (array->n_dimensions > 0 ? array->dimensions[0] : 1);
  values[7] = tfv_record_integer (array->n_dimensions > 1 ? array->dimensions[1] : 1);
  values[8] = tfv_record_integer (array->n_dimensions > 2 ? array->dimensions[2] : 1);
  tfv_array_append_json (array, json);
  values[9] = tfv_record_string (json->str);
  sink->func (values, sink->user_data);
  return TRUE;
}

static gboolean
dump (TfvRun *run, const TfvRecordFilter *filter, TfvRecordFunc func, gpointer user_data, GError **error)
{
  TfvRecordSink sink = { filter, func, user_data };

  return tfv_record_decode_each (run, TFV_RECORD_MESH, tell, &sink, error);
}

static void
write_sample (TfvSummaryWriter *writer)
{
  const float  vertices[] = { 0, 0, 0, 1, 0, 0, 0, 0.1f, 0 };
  const gint32 faces[] = { 0, 1, 2 };
  const guint8 colors[] = { 255, 0, 0, 0, 255, 0, 0, 0, 255 };

  tfv_summary_writer_add_mesh (writer, "sample/triangle", 3, vertices, 1, faces, colors, NULL, 1);
}

static const char *const columns[] = { TFV_RECORD_TAG_COLUMNS, "part", "mesh", "meshes", "rows", "columns", "values", NULL };

const TfvRecordClass tfv_record_mesh = {
  .kind = TFV_RECORD_MESH,
  .name = "mesh",
  .plugin = PLUGIN,
  .columns = columns,
  .dump = dump,
  .write_sample = write_sample,
  .sample = ".,sample/triangle_COLOR,1,*,color,sample/triangle,1,3,3,[255,0,0,0,255,0,0,0,255]\n"
            ".,sample/triangle_FACE,1,*,face,sample/triangle,1,1,3,[0,1,2]\n"
            ".,sample/triangle_VERTEX,1,*,vertex,sample/triangle,1,3,3,[0,0,0,1,0,0,0,0.1,0]\n",
};
