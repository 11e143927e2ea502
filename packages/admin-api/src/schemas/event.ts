import type { EventRow } from '@device-messaging/host-api';
import { PAGING } from './paging.js';
import { byName, anything, integer, nullable, object, oneOf, optional, uuid, type ValueOf } from './schema.js';

const TYPES = ['LIFECYCLE', 'ERROR', 'LOGIN', 'AUDIT', 'MESSAGE'] as const;
const TIME = integer(0, Number.MAX_SAFE_INTEGER, { description: 'Epoch ms.' });

export const EVENT = object({
  id: uuid(),
  type: oneOf(TYPES),
  entityId: nullable(uuid({ description: 'The row that it is about.' })),
  at: TIME,
  body: byName(anything(), { description: 'What happened.' }),
});

export const EVENT_QUERY = object({
  ...PAGING,
  entityId: optional(uuid()),
  type: optional(oneOf(TYPES)),
  from: optional(integer(0, Number.MAX_SAFE_INTEGER, { description: 'Epoch ms, included.' })),
  to: optional(integer(0, Number.MAX_SAFE_INTEGER, { description: 'Epoch ms, excluded.' })),
});

export function eventView({ id, type, entityId, at, body }: EventRow): ValueOf<typeof EVENT> {
  return { id, type, entityId: entityId ?? null, at, body };
}
