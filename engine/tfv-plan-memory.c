/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-plan-memory-private.h"

/* Finds out when each tensor is used last, and gives those of known shape a
 * place in one arena, so that a run allocates nothing for them. Memory is
 * looked at by its root: the slot whose buffer an Identity or a Reshape
 * shares. */

#define NEVER G_MAXUINT32

typedef struct
{
  gsize offset_bytes;
  gsize size_bytes;
} FreeBlock;

typedef struct
{
  TfvPlan *plan;
  guint32 *root;          /* by slot */
  guint32 *slot_last_use; /* by slot: index of a node, NEVER where it stays */
  guint32 *root_last_use; /* by slot that is a root */
  guint32 *first_root;    /* by node: a root that it uses last, */
  guint32 *next_root;     /* by slot: and the next one */
  GArray  *free_blocks;   /* of FreeBlock, by offset, never touching */
} Layout;

/* The size of the memory that a tensor gets; 0 where it is not known, or so
 * large that the op will fail. */
static gsize
get_size_bytes (const TfvPlanSlot *slot)
{
  gint64 n_elements = tfv_shape_get_n_elements (&slot->shape);
  gsize  size;

  if (n_elements < 0 || __builtin_mul_overflow ((gsize) n_elements, tfv_data_type_get_size (slot->dtype), &size) || size > TFV_TENSOR_MAX_BYTES)
    return 0;
  return MAX (TFV_TENSOR_ALIGNMENT_BYTES,
              (size + TFV_TENSOR_ALIGNMENT_BYTES - 1) & ~(gsize) (TFV_TENSOR_ALIGNMENT_BYTES - 1));
}

/* Lists slots by the node that uses them last. */
static void
list_by_last_use (const TfvPlan *plan, const guint32 *last_use, guint32 *first, guint32 *next)
{
  for (guint n = 0; n < plan->n_nodes; n++)
    first[n] = NEVER;
  for (guint s = 0; s < plan->n_slots; s++)
    if (last_use[s] < plan->n_nodes)
      {
        next[s] = first[last_use[s]];
        first[last_use[s]] = s;
      }
}

static void
find_last_uses (Layout *self)
{
  TfvPlan *plan = self->plan;

  for (guint i = 0; i < plan->n_slots; i++)
    self->root[i] = i;
  for (guint n = 0; n < plan->n_nodes; n++)
    {
      TfvPlanNode *node = &plan->nodes[n];

      for (guint i = 0; i < node->n_outputs; i++)
        self->slot_last_use[node->first_output + i] = n;
      if (node->n_outputs > 0 && (node->operation->type->def->flags & TFV_OP_ALIASES_INPUT) != 0)
        self->root[node->first_output] = self->root[plan->input_slots[node->first_input]];
      for (guint i = 0; i < node->n_inputs; i++)
        self->slot_last_use[plan->input_slots[node->first_input + i]] = n;
    }
  /* Feeds and constants live through the run; so do fetches. */
  for (guint i = 0; i < plan->n_feeds; i++)
    self->slot_last_use[plan->feed_slots[i]] = NEVER;
  for (guint i = 0; i < plan->n_fetches; i++)
    if (plan->fetches[i].variable == NULL)
      self->slot_last_use[plan->fetches[i].slot] = NEVER;
  for (guint i = 0; i < plan->n_slots; i++)
    if (plan->constants[i] != NULL)
      self->slot_last_use[i] = NEVER;
  for (guint i = 0; i < plan->n_slots; i++)
    self->root_last_use[self->root[i]] = MAX (self->root_last_use[self->root[i]], self->slot_last_use[i]);
  list_by_last_use (plan, self->root_last_use, self->first_root, self->next_root);
}

static gsize
allocate (Layout *self, gsize size_bytes)
{
  FreeBlock *best = NULL;
  guint      best_index = 0;
  gsize      offset;

  for (guint i = 0; i < self->free_blocks->len; i++)
    {
      FreeBlock *block = &g_array_index (self->free_blocks, FreeBlock, i);

      if (block->size_bytes >= size_bytes && (best == NULL || block->size_bytes < best->size_bytes))
        {
          best = block;
          best_index = i;
        }
    }
  if (best == NULL)
    {
      offset = self->plan->arena_bytes;
      self->plan->arena_bytes += size_bytes;
      return offset;
    }
  offset = best->offset_bytes;
  best->offset_bytes += size_bytes;
  best->size_bytes -= size_bytes;
  if (best->size_bytes == 0)
    g_array_remove_index (self->free_blocks, best_index);
  return offset;
}

static void
release (Layout *self, gsize offset_bytes, gsize size_bytes)
{
  FreeBlock  block = { offset_bytes, size_bytes };
  FreeBlock *blocks;
  guint      i = 0;

  while (i < self->free_blocks->len && g_array_index (self->free_blocks, FreeBlock, i).offset_bytes < offset_bytes)
    i++;
  g_array_insert_val (self->free_blocks, i, block);
  blocks = (FreeBlock *) self->free_blocks->data;
  if (i + 1 < self->free_blocks->len && offset_bytes + size_bytes == blocks[i + 1].offset_bytes)
    {
      blocks[i].size_bytes += blocks[i + 1].size_bytes;
      g_array_remove_index (self->free_blocks, i + 1);
    }
  if (i > 0 && blocks[i - 1].offset_bytes + blocks[i - 1].size_bytes == offset_bytes)
    {
      blocks[i - 1].size_bytes += blocks[i].size_bytes;
      g_array_remove_index (self->free_blocks, i);
    }
}

/* An input whose memory the node's output 0 can take over: it dies here, and
 * lies in the arena with the same size. NEVER where there is none. */
static guint32
find_input_to_overwrite (Layout *self, guint n)
{
  TfvPlan           *plan = self->plan;
  const TfvPlanNode *node = &plan->nodes[n];
  const TfvPlanSlot *output = &plan->slots[node->first_output];

  if ((node->operation->type->def->flags & TFV_OP_IN_PLACE) == 0)
    return NEVER;
  for (guint i = 0; i < node->n_inputs; i++)
    {
      guint32            slot = plan->input_slots[node->first_input + i];
      guint32            root = self->root[slot];
      const TfvPlanSlot *input = &plan->slots[root];

      if (input->is_planned && self->root_last_use[root] == n && plan->slots[slot].dtype == output->dtype &&
          tfv_shape_equal (&plan->slots[slot].shape, &output->shape))
        return root;
    }
  return NEVER;
}

static void
place_outputs (Layout *self, guint n)
{
  TfvPlan           *plan = self->plan;
  const TfvPlanNode *node = &plan->nodes[n];
  guint32            overwritten = NEVER;

  for (guint i = 0; i < node->n_outputs; i++)
    {
      guint32      s = node->first_output + i;
      TfvPlanSlot *slot = &plan->slots[s];

      if (self->root[s] != s || self->root_last_use[s] == NEVER || slot->dtype == TFV_DATA_TYPE_STRING ||
          get_size_bytes (slot) == 0 || node->operation->outputs[i].is_ref)
        continue;
      if (i == 0)
        overwritten = find_input_to_overwrite (self, n);
      slot->is_planned = TRUE;
      slot->offset_bytes = i == 0 && overwritten != NEVER ? plan->slots[overwritten].offset_bytes
                                                          : allocate (self, get_size_bytes (slot));
    }
  for (guint32 s = self->first_root[n]; s != NEVER; s = self->next_root[s])
    if (plan->slots[s].is_planned && s != overwritten)
      release (self, plan->slots[s].offset_bytes, get_size_bytes (&plan->slots[s]));
}

static void
list_releases (Layout *self)
{
  TfvPlan *plan = self->plan;
  GArray  *releases = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint32 *next = g_new (guint32, plan->n_slots + 1);
  guint32 *first = g_new (guint32, plan->n_nodes + 1);

  list_by_last_use (plan, self->slot_last_use, first, next);
  for (guint n = 0; n < plan->n_nodes; n++)
    {
      TfvPlanNode *node = &plan->nodes[n];

      node->first_release = releases->len;
      for (guint32 s = first[n]; s != NEVER; s = next[s])
        g_array_append_val (releases, s);
      node->n_releases = releases->len - node->first_release;
      for (guint i = 0; i < node->n_inputs; i++)
        plan->input_may_forward[node->first_input + i] = self->slot_last_use[plan->input_slots[node->first_input + i]] == n;
    }
  plan->releases = (guint32 *) g_array_free (releases, FALSE);
  g_free (next);
  g_free (first);
}

void
tfv_plan_lay_out_memory (TfvPlan *plan)
{
  Layout layout = {
    .plan = plan,
    .root = g_new0 (guint32, plan->n_slots),
    .slot_last_use = g_new0 (guint32, plan->n_slots),
    .root_last_use = g_new0 (guint32, plan->n_slots),
    .first_root = g_new (guint32, plan->n_nodes),
    .next_root = g_new (guint32, plan->n_slots),
    .free_blocks = g_array_new (FALSE, FALSE, sizeof (FreeBlock)),
  };

  find_last_uses (&layout);
  for (guint n = 0; n < plan->n_nodes; n++)
    place_outputs (&layout, n);
  list_releases (&layout);
  g_free (layout.root);
  g_free (layout.slot_last_use);
  g_free (layout.root_last_use);
  g_free (layout.first_root);
  g_free (layout.next_root);
  g_array_unref (layout.free_blocks);
}
