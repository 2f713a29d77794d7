/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <pthread.h>

#include "engine/tfv-kernel-private.h"

G_BEGIN_DECLS

/* One execution of an op. Ranges index the plan's flat arrays; the outputs lie
 * in slots side by side. */
typedef struct
{
  const TfvKernel    *kernel;
  const TfvOperation *operation;
  gpointer            resource;
  guint32             first_input;
  guint32             n_inputs;
  guint32             first_output;
  guint32             n_outputs;
  guint32             first_release;
  guint32             n_releases;
} TfvPlanNode;

/* What the plan knows of the tensor in a slot. */
typedef struct
{
  gboolean    is_planned; /* it lies in the arena */
  TfvDataType dtype;
  TfvShape    shape;
  gsize       offset_bytes;
} TfvPlanSlot;

/* What is sure of a fetch: a slot, or a variable where that is not NULL. */
typedef struct
{
  guint32             slot;
  TfvVariableState   *variable;
  const TfvOperation *operation;
} TfvPlanFetch;

/* What varies between runs; belongs to one run at a time. */
typedef struct
{
  TfvTensor **slots;   /* current tensors */
  TfvTensor **planned; /* tensors in the arena, made once; NULL elsewhere */
  TfvTensor **inputs;  /* for the kernel at hand */
  gpointer    arena;
} TfvRunState;

/* How to run one set of feeds, fetches and targets with feeds of certain
 * shapes: nodes in an order that respects all edges, and memory for all
 * tensors whose shapes are known. It never changes after it is made, so that
 * any number of threads may run it, each with a state of its own. Only the
 * list of unused states is guarded. */
typedef struct
{
  gint               ref_count; /* atomic */
  guint              n_nodes;
  TfvPlanNode       *nodes;
  guint32           *input_slots;
  TfvVariableState **input_variables; /* where the slot holds a reference */
  guint8            *input_is_ref;    /* the op wants the reference, not the value */
  guint8            *input_may_forward;
  guint32           *releases;
  guint              n_slots;
  TfvPlanSlot       *slots;
  TfvTensor        **constants; /* by slot; NULL where it is computed */
  guint              n_feeds;
  guint32           *feed_slots;
  guint              n_fetches;
  TfvPlanFetch      *fetches;
  guint              max_inputs;
  gsize              arena_bytes;

  pthread_mutex_t states_lock;
  GPtrArray      *states; /* unused TfvRunStates */
} TfvPlan;

/* What the resource table of a session gives a plan: the same resource for
 * the same operation every time. */
typedef gpointer (*TfvResourceLookup) (gpointer session, const TfvOperation *operation);

typedef struct
{
  TfvGraph            *graph;
  guint                n_feeds;
  const TfvOutput     *feeds;
  const TfvShape      *feed_shapes;
  guint                n_fetches;
  const TfvOutput     *fetches;
  guint                n_targets;
  TfvOperation *const *targets;
  TfvResourceLookup    resource_lookup;
  gpointer             session;
} TfvPlanRequest;

TfvPlan     *tfv_plan_new (const TfvPlanRequest *request, GError **error);
TfvPlan     *tfv_plan_ref (TfvPlan *self);
void         tfv_plan_unref (TfvPlan *self);
TfvRunState *tfv_plan_acquire_state (TfvPlan *self);
void         tfv_plan_release_state (TfvPlan *self, TfvRunState *state);

G_END_DECLS
