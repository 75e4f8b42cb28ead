import { type Trx, toJson } from '../db/index.ts';
import { newId } from '../ids/index.ts';
import { wakeAfterCommit } from '../jobs/index.ts';
import type { NewEvent } from './types.ts';

const MAX_EVENTS = 10_000;
const MAX_PAYLOAD = 65_536;
const TYPE = /^[a-z][a-z0-9-]{0,62}\.[a-z0-9_.-]{1,100}$/;

/**
 * Stores events of the current tenant in the caller's transaction, together with one delivery job per subscriber:
 * one statement, whatever their number (at most 10 000). Throws when the context has no tenant, and a RangeError for
 * a malformed type or a payload over 64 kB.
 */
export async function emit(trx: Trx, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  if (events.length > MAX_EVENTS) throw new RangeError(`At most ${MAX_EVENTS} events at a time`);
  const { ctx } = trx;
  if (!ctx.tenant) throw new Error('Events belong to a tenant; the context has none');
  events.forEach(checkNames);
  const { rows } = await trx.pg.query<{ queue: string }>({
    name: 'kernel.event.emit',
    text: 'select kernel.event_emit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) as queue',
    values: [
      ctx.tenant,
      ctx.now(),
      // A person's id is the identity number, which has no place here; the access log holds it.
      ctx.actor.kind === 'person' ? 'person' : `${ctx.actor.kind}:${ctx.actor.id}`,
      ctx.requestId.slice(0, 200),
      ctx.traceId?.slice(0, 200) ?? null,
      events.map(() => newId()),
      events.map((event) => event.room),
      events.map((event) => event.type),
      events.map((event) => event.subject ?? null),
      events.map(checkedPayload),
    ],
  });
  wakeAfterCommit(
    trx,
    rows.map((row) => row.queue),
  );
}

function checkNames({ room, type }: NewEvent): void {
  if (!TYPE.test(type) || !type.startsWith(`${room}.`))
    throw new RangeError('Event types look like room.noun.happened');
}

function checkedPayload(event: NewEvent): string {
  const text = toJson(event.payload ?? {});
  if (text === undefined || Buffer.byteLength(text) > MAX_PAYLOAD)
    throw new RangeError(`Event payloads are JSON of at most ${MAX_PAYLOAD} bytes (${event.type})`);
  return text;
}
