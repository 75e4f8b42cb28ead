/** ISO-8859-1 with the signs that Windows puts at its unused places; what is declared as the one is often the other. */
const windows1252 = new TextDecoder('windows-1252');
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

export interface HeaderValue {
  readonly value: string;
  /** Names in lower case; values raw (one character per byte), except `name*`, which is decoded (RFC 8187). */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * Splits `value; a=b; c="d e"; f*=UTF-8''g` (RFC 9110 §5.6.6). Written by hand because the published libraries
 * refuse the raw UTF-8 bytes that SvarUt's clients put into `filename`. A backslash escapes only `"` and `\`:
 * browsers and Java clients send file names with other backslashes as they are.
 */
export function parseParameters(header: string): HeaderValue {
  const end = header.indexOf(';');
  const value = (end < 0 ? header : header.slice(0, end)).trim().toLowerCase();
  const parameters = new Map<string, string>();
  const pattern = /;\s*([!#$%&'*+\-.^_`|~\w]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))/gy;
  pattern.lastIndex = Math.max(end, 0);
  for (let match = pattern.exec(header); match; match = pattern.exec(header)) {
    const name = match[1]!.toLowerCase();
    const raw = match[2]?.replace(/\\(["\\])/g, '$1') ?? match[3]!.trim();
    const decoded = name.endsWith('*') ? decodeExtended(raw) : raw;
    if (decoded !== undefined && !parameters.has(name)) parameters.set(name, decoded);
  }
  return { value, parameters };
}

/** Bytes that Node handed over as ISO-8859-1 text: UTF-8 when they are valid UTF-8, else Windows-1252. */
export function decodeHeaderText(raw: string): string {
  const bytes = Buffer.from(raw, 'latin1');
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return windows1252.decode(bytes);
  }
}

function decodeExtended(raw: string): string | undefined {
  const match = /^([\w-]+)'[\w-]*'(.*)$/.exec(raw);
  if (!match) return undefined;
  const bytes = Buffer.from(
    match[2]!.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
  return /^utf-?8$/i.test(match[1]!) ? decodeHeaderText(bytes.toString('latin1')) : windows1252.decode(bytes);
}
