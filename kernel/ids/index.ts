import { randomUUID } from 'node:crypto';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

let lastMs = 0;
let sequence = 0;

/**
 * A UUIDv7 (RFC 9562 §5.7): time-ordered, so that indexes grow at their end. Ids made by one process are strictly
 * increasing: the 12 `rand_a` bits count within one millisecond (§6.2 method 1).
 */
export function newId(nowMs: number = Date.now()): string {
  if (nowMs > lastMs) {
    lastMs = nowMs;
    sequence = 0;
  } else if (++sequence > 0xfff) {
    lastMs++;
    sequence = 0;
  }
  const time = timeDigits(lastMs);
  // The random end of a version 4 UUID, variant bits included: the runtime draws those many at a time.
  const rest = randomUUID().slice(19);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence.toString(16).padStart(3, '0')}-${rest}`;
}

/** When a UUIDv7 was made, in milliseconds since 1970: its first 48 bits. */
export function timeOfId(id: string): number {
  return Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
}

/** Below every id (UUIDv7) made at this time or later. */
export function firstIdAt(ms: number): string {
  const time = timeDigits(Math.max(0, ms));
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`;
}

function timeDigits(ms: number): string {
  return Math.floor(ms).toString(16).padStart(12, '0');
}

/** True for any UUID in its usual text form, upper or lower case. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}
