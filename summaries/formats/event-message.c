/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/formats/event-message-private.h"

/* Reads an Event. FALSE where it is damaged. */
gboolean
tfv_event_parse (TfvSlice message, TfvEvent *event)
{
  TfvWire      wire = tfv_wire_init (message);
  TfvWireField field;

  *event = (TfvEvent){ 0 };
  while (tfv_wire_next (&wire, &field))
    {
      switch (field.number)
        {
        case 1:
          if (field.type == TFV_WIRE_FIXED64)
            event->wall_time = tfv_wire_double (field.value);
          break;
        case 2:
          if (field.type == TFV_WIRE_VARINT)
            event->step = (gint64) field.value;
          break;
        case TFV_EVENT_FILE_VERSION:
        case TFV_EVENT_GRAPH_DEF:
        case TFV_EVENT_SUMMARY:
        case TFV_EVENT_LOG_MESSAGE:
        case TFV_EVENT_SESSION_LOG:
        case TFV_EVENT_TAGGED_RUN_METADATA:
        case TFV_EVENT_META_GRAPH_DEF:
          if (field.type != TFV_WIRE_BYTES)
            break;
          event->is_split = event->kind == TFV_EVENT_SUMMARY && field.number == TFV_EVENT_SUMMARY;
          event->kind = (TfvEventKind) field.number;
          event->payload = field.bytes;
          break;
        default:
          break;
        }
    }
  return !wire.is_bad;
}

/* Reads a Summary.Value. FALSE where it is damaged. */
gboolean
tfv_summary_value_parse (TfvSlice message, TfvSummaryValue *value)
{
  TfvWire      wire = tfv_wire_init (message);
  TfvWireField field;

  *value = (TfvSummaryValue){ 0 };
  while (tfv_wire_next (&wire, &field))
    {
      if (field.number == TFV_VALUE_SIMPLE && field.type == TFV_WIRE_FIXED32)
        {
          value->kind = TFV_VALUE_SIMPLE;
          value->simple_value = tfv_wire_float (field.value);
          value->simple_at = wire.at - sizeof (float);
        }
      if (field.type != TFV_WIRE_BYTES)
        continue;
      switch (field.number)
        {
        case 1:
          value->tag = field.bytes;
          break;
        case TFV_VALUE_OLD_HISTOGRAM:
        case TFV_VALUE_IMAGE:
        case TFV_VALUE_HISTOGRAM:
        case TFV_VALUE_AUDIO:
        case TFV_VALUE_TENSOR:
          value->kind = (TfvValueKind) field.number;
          value->payload = field.bytes;
          break;
        case 9:
          value->metadata = field.bytes;
          break;
        default:
          break;
        }
    }
  return !wire.is_bad;
}

/* Reads a SummaryMetadata. FALSE where it is damaged. */
gboolean
tfv_summary_metadata_parse (TfvSlice message, TfvSummaryMetadata *metadata)
{
  TfvWire      wire = tfv_wire_init (message);
  TfvWireField field, inner;

  *metadata = (TfvSummaryMetadata){ 0 };
  while (tfv_wire_next (&wire, &field))
    {
      if (field.type != TFV_WIRE_BYTES)
        continue;
      if (field.number == 1)
        {
          if (tfv_find_field (field.bytes, 1, &inner) && inner.type == TFV_WIRE_BYTES)
            metadata->plugin = inner.bytes;
          if (tfv_find_field (field.bytes, 2, &inner) && inner.type == TFV_WIRE_BYTES)
            metadata->content = inner.bytes;
        }
      else if (field.number == 2)
        {
          metadata->display_name = field.bytes;
        }
      else if (field.number == 3)
        {
          metadata->description = field.bytes;
        }
    }
  return !wire.is_bad;
}

/* The last field of this number in a message, which is the one that counts. */
gboolean
tfv_find_field (TfvSlice message, guint32 number, TfvWireField *found)
{
  TfvWire      wire = tfv_wire_init (message);
  TfvWireField field;
  gboolean     is_found = FALSE;

  while (tfv_wire_next (&wire, &field))
    {
      if (field.number != number)
        continue;
      *found = field;
      is_found = TRUE;
    }
  return is_found && !wire.is_bad;
}
