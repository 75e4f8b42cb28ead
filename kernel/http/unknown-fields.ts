import type { TSchema } from 'typebox';
import { isBlank, nearest } from '../text/index.ts';
import type { Warning } from './warnings.ts';

/** Unknown fields named one by one; the rest are counted. */
const MOST_NAMED = 10;
const MOST_NAME = 60;

export interface UnknownFieldWarning extends Warning {
  readonly kode: 'ukjent_felt' | 'feilskrevet_felt' | 'flere_ukjente_felt';
}

interface Unknown {
  /** JSON pointer with `*` for positions in lists. */
  readonly felt: string;
  readonly ment: string | undefined;
  antall: number;
}

/**
 * Fields of `message` that its schema does not have and that say something: they are let through, for clients may be
 * newer than we, but an optional field that is misspelt is a wish that is not heard. Answers a warning per name:
 * `feilskrevet_felt` (with `ment`, the field that was likely meant), `ukjent_felt`, and `flere_ukjente_felt` for those
 * beyond the first {@link MOST_NAMED}; `antall` is how often the name occurs. Work is bounded by the message's length.
 */
export function unknownFieldWarnings(schema: TSchema, message: unknown): UnknownFieldWarning[] {
  const found = new Map<string, Unknown>();
  let unnamed = 0;
  const note = (at: string, name: string, known: readonly string[]) => {
    const felt = `${at}/${shown(name)}`;
    const same = found.get(felt);
    if (same) same.antall++;
    else if (found.size < MOST_NAMED) found.set(felt, { felt, ment: nearest(name, known), antall: 1 });
    else unnamed++;
  };
  walk(schema, message, '', note);
  const warnings = [...found.values()].map(
    ({ felt, ment, antall }): UnknownFieldWarning =>
      ment === undefined
        ? { kode: 'ukjent_felt', felt, params: { antall } }
        : { kode: 'feilskrevet_felt', felt, params: { ment, antall } },
  );
  if (unnamed > 0) warnings.push({ kode: 'flere_ukjente_felt', params: { antall: unnamed } });
  return warnings;
}

type Note = (at: string, name: string, known: readonly string[]) => void;

interface Shape {
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly items?: TSchema;
}

function walk(schema: TSchema, value: unknown, at: string, note: Note): void {
  const { properties, items } = schema as Shape;
  if (Array.isArray(value)) {
    if (items) for (const item of value) walk(items, item, `${at}/*`, note);
    return;
  }
  if (!properties || typeof value !== 'object' || value === null) return;
  for (const [name, item] of Object.entries(value)) {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (property) walk(property, item, `${at}/${name}`, note);
    else if (!saysNothing(item)) note(at, name, Object.keys(properties));
  }
}

/** What clients write for a value that is not set; its default is the same as leaving it out. */
function saysNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === 0) return true;
  if (typeof value === 'string') return isBlank(value);
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** Names may be anything, even somebody's number used as a key: digits in a row are left out, and long ones cut. */
function shown(name: string): string {
  const cut = name.length > MOST_NAME ? `${name.slice(0, MOST_NAME)}…` : name;
  return cut
    .replace(/\d{6,}/g, '…')
    .replace(/\p{C}/gu, '�')
    .replaceAll('~', '~0')
    .replaceAll('/', '~1');
}
