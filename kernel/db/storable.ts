/** NUL and half surrogate pairs: legal in a JavaScript text and in JSON, but PostgreSQL stores neither in text or jsonb. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** The text without what cannot be stored: for records that must be written whatever somebody sent. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '');
}

/** How `JSON.stringify` writes NUL and half surrogate pairs; also found where the text only speaks of such an escape. */
const MAYBE_UNSTORABLE = /\\u(?:0000|d[89a-f])/;

/**
 * `value` as JSON that jsonb takes: keys and values without NUL, half surrogate pairs replaced. Everything that goes to a
 * jsonb column goes through here. Undefined for what JSON has no word for. The usual value is written once and not walked.
 */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value);
  return text !== undefined && MAYBE_UNSTORABLE.test(text) ? JSON.stringify(cleaned(JSON.parse(text))) : text;
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [storableText(key), cleaned(item)]));
}

/**
 * Where in `value` (texts, lists and plain objects, at any depth) the first key or text stands that cannot be stored, as
 * `field.0.other`; undefined when all can.
 */
export function findUnstorable(value: unknown): string | undefined {
  const waiting: [at: string, value: unknown][] = [['', value]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [at, item] = next;
    if (typeof item === 'string' && !isStorable(item)) return at;
    if (typeof item !== 'object' || item === null || ArrayBuffer.isView(item)) continue;
    for (const [key, below] of Object.entries(item)) {
      const name = at === '' ? key : `${at}.${key}`;
      if (!isStorable(key)) return storableText(name);
      waiting.push([name, below]);
    }
  }
  return undefined;
}
