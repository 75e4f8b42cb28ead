/** PDF objects as JavaScript values (ISO 32000-1, 7.3). Streams are read elsewhere. */
export type RawValue =
  | null
  | boolean
  | number
  | RawName
  | RawText
  | RawRef
  | readonly RawValue[]
  | RawDictionary;
export type RawDictionary = ReadonlyMap<string, RawValue>;

class RawName {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A string, one character a byte. */
export class RawText {
  readonly bytes: string;
  constructor(bytes: string) {
    this.bytes = bytes;
  }
}

export class RawRef {
  readonly number: number;
  constructor(number: number) {
    this.number = number;
  }
}

/** Not what the syntax allows, or nested deeper than anybody means. */
export class RawSyntaxError extends Error {}

export interface RawReading {
  readonly value: RawValue;
  /** First character after the value. */
  readonly end: number;
}

const MOST_NESTED = 64;
/** White space and comments (7.2.2, 7.2.3). */
const SPACE = /(?:[\0\t\n\f\r ]|%[^\r\n]*)*/y;
const REFERENCE = /(\d{1,10})[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+R(?![^\0\t\n\f\r ()<>[\]{}/%])/y;
const NUMBER = /[+-]*(?:\d+\.?\d*|\.\d+)(?:-\d*)?/y;
const NAME = /\/([^\0\t\n\f\r ()<>[\]{}/%]*)/y;
const HEX = /<([0-9A-Fa-f\0\t\n\f\r ]*)>/y;
const WORD = /true|false|null/y;

/** Reads the object that begins at `at` in `text` (latin1), white space before it included. */
export function readValue(text: string, at: number, depth = 0): RawReading {
  if (depth > MOST_NESTED) throw new RawSyntaxError('nested too deep');
  const start = skipSpace(text, at);
  if (text.startsWith('<<', start)) return readDictionary(text, start + 2, depth);
  const first = text[start];
  if (first === '[') return readArray(text, start + 1, depth);
  if (first === '(') return readString(text, start + 1);
  const name = match(NAME, text, start);
  if (name) return { value: new RawName(unescapeName(name[1]!)), end: start + name[0].length };
  const hex = match(HEX, text, start);
  if (hex) return { value: new RawText(fromHex(hex[1]!)), end: start + hex[0].length };
  const reference = match(REFERENCE, text, start);
  if (reference) return { value: new RawRef(Number(reference[1])), end: start + reference[0].length };
  const number = match(NUMBER, text, start);
  if (number) return { value: Number.parseFloat(number[0]) || 0, end: start + number[0].length };
  const word = match(WORD, text, start);
  if (word) return { value: word[0] === 'null' ? null : word[0] === 'true', end: start + word[0].length };
  throw new RawSyntaxError('no object');
}

function skipSpace(text: string, at: number): number {
  return at + (match(SPACE, text, at)?.[0].length ?? 0);
}

export function isDictionary(value: RawValue | undefined): value is RawDictionary {
  return value instanceof Map;
}

export function isArray(value: RawValue | undefined): value is readonly RawValue[] {
  return Array.isArray(value);
}

/** The text of a name; undefined for anything else. */
export function nameOf(value: RawValue | undefined): string | undefined {
  return value instanceof RawName ? value.name : undefined;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function readDictionary(text: string, at: number, depth: number): RawReading {
  const entries = new Map<string, RawValue>();
  let end = skipSpace(text, at);
  while (!text.startsWith('>>', end)) {
    const key = match(NAME, text, end);
    if (!key) throw new RawSyntaxError('no key');
    const entry = readValue(text, end + key[0].length, depth + 1);
    entries.set(unescapeName(key[1]!), entry.value);
    end = skipSpace(text, entry.end);
  }
  return { value: entries, end: end + 2 };
}

function readArray(text: string, at: number, depth: number): RawReading {
  const items: RawValue[] = [];
  let end = skipSpace(text, at);
  while (text[end] !== ']') {
    const item = readValue(text, end, depth + 1);
    items.push(item.value);
    end = skipSpace(text, item.end);
  }
  return { value: items, end: end + 1 };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** A literal string (7.3.4.2): balanced parentheses, escapes, line ends as one line feed. */
function readString(text: string, at: number): RawReading {
  let open = 1;
  for (let end = at; end < text.length; end++) {
    const character = text[end];
    if (character === '\\') end++;
    else if (character === '(') open++;
    else if (character === ')' && --open === 0)
      return { value: new RawText(unescapeString(text.slice(at, end))), end: end + 1 };
  }
  throw new RawSyntaxError('string without end');
}

function unescapeString(body: string): string {
  return body.replace(/\\(\r\n|[0-7]{1,3}|[\s\S])|\r\n?/g, (_, escaped: string | undefined) => {
    if (escaped === undefined) return '\n';
    if (/^[0-7]/.test(escaped)) return String.fromCharCode(Number.parseInt(escaped, 8) & 255);
    if (escaped === '\r\n' || escaped === '\r' || escaped === '\n') return '';
    return ESCAPES[escaped] ?? escaped;
  });
}

function fromHex(digits: string): string {
  const clean = digits.replace(/[^0-9A-Fa-f]/g, '');
  return Buffer.from(clean.length % 2 === 0 ? clean : `${clean}0`, 'hex').toString('latin1');
}

function unescapeName(name: string): string {
  return name.replace(/#([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
