import { isStorable } from '@grunnmur/kernel/db';
import { invalidField } from '../../service/invalid-content.ts';

/** Levels of objects and arrays; the deepest published message has five. */
const MAX_DEPTH = 16;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses a JSON message whatever its Content-Type said, and drops what explicitly says nothing: `null` properties
 * mean the same as absent ones (SvarUt: compatibility traps). Throws `post.invalid`.
 */
export function parseJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw invalidField('', 'utf8', 'er ikke gyldig UTF-8');
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalidField('', 'json', 'er ikke gyldig JSON');
  }
  return withoutNulls(value, '', 0);
}

function withoutNulls(value: unknown, at: string, depth: number): unknown {
  if (typeof value === 'string') return storable(value, at);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) throw invalidField('', 'depth', `har flere enn ${MAX_DEPTH} nivåer`);
  if (Array.isArray(value))
    return value.map((item, index) => withoutNulls(item, `${at}/${index}`, depth + 1));
  const kept: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (item === null || key === '__proto__') continue;
    storable(key, at);
    kept[key] = withoutNulls(item, `${at}/${key}`, depth + 1);
  }
  return kept;
}

function storable(text: string, at: string): string {
  if (!isStorable(text)) throw invalidField(at, 'characters', 'har tegn som ikke er tillatt');
  return text;
}
