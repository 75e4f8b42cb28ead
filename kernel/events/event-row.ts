import type { DomainEvent } from './types.ts';

export const EVENT_COLUMNS =
  'e.id, e.tenant_id as tenant, e.room, e.type, e.subject, e.payload, e.occurred_at as "occurredAt", e.actor';

export interface FeedRow extends DomainEvent {
  readonly tx: number;
  readonly seq: number;
}

export function toEvent({ tx: _tx, seq: _seq, ...event }: FeedRow): DomainEvent {
  return event;
}
