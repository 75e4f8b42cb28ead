/** One object of a file that PDFium wrote, with its references moved to other numbers. */
export interface RenumberedObject {
  readonly number: number;
  /** Everything between `obj` and `endobj` or `stream`, references renumbered. */
  readonly body: string;
  /** Bytes of stream data that follow; undefined when the object is no stream. */
  readonly streamLength?: number;
  /** Characters taken from the text, `endobj` or `stream` with their line ends included. */
  readonly consumed: number;
  /** Object number of `/Pages` at the top level (before renumbering), if there is one: the catalog. */
  readonly pages?: number;
}

/**
 * What matters when looking for references and ends: strings and names are matched whole, so that nothing inside them
 * is taken for one. PDFium escapes parentheses inside strings and writes no comments.
 */
const TOKEN = () =>
  /\([^\\)]*(?:\\[\s\S][^\\)]*)*(\)?)|<<|>>|<[0-9A-Fa-f]*>|\/[^\s()<>[\]{}/%]*|(\d+) \d+ R\b|endobj\r\n|stream\r\n/g;
const HEADER = /\s*(\d+) 0 obj\r\n/y;

/**
 * Reads the object at the start of `text` (latin1), adding `base` to every object number it refers to. Undefined when
 * the text does not hold the whole object yet (of a stream: its dictionary).
 */
export function renumberObject(text: string, base: number): RenumberedObject | undefined {
  HEADER.lastIndex = 0;
  const header = HEADER.exec(text);
  if (!header) return undefined;
  const token = TOKEN();
  token.lastIndex = HEADER.lastIndex;
  let body = '';
  let copied = HEADER.lastIndex;
  let depth = 0;
  let streamLength: number | undefined;
  let pages: number | undefined;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [found, stringEnd, reference] = match;
    if (found.startsWith('(') && stringEnd !== ')') return undefined;
    if (reference !== undefined) {
      body += `${text.slice(copied, match.index)}${Number(reference) + base} 0 R`;
      copied = token.lastIndex;
    } else if (found === '<<') depth++;
    else if (found === '>>') depth--;
    else if (depth === 1 && found === '/Length') streamLength = numberAfter(text, token.lastIndex);
    else if (depth === 1 && found === '/Pages') pages = numberAfter(text, token.lastIndex);
    else if (depth === 0 && (found === 'endobj\r\n' || found === 'stream\r\n')) {
      body += text.slice(copied, match.index);
      const isStream = found === 'stream\r\n';
      if (isStream && streamLength === undefined) throw new Error('stream without a length');
      return {
        number: Number(header[1]),
        body,
        consumed: token.lastIndex,
        ...(isStream ? { streamLength } : {}),
        ...(pages === undefined ? {} : { pages }),
      };
    }
  }
  return undefined;
}

function numberAfter(text: string, at: number): number | undefined {
  const match = /^\s*(\d+)/.exec(text.slice(at, at + 24));
  return match ? Number(match[1]) : undefined;
}
