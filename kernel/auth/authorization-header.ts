export interface BasicCredentials {
  readonly username: string;
  readonly password: string;
}

/** Longest header that is looked at, in characters. */
const MAX_BASIC_LENGTH = 4096;
const BASIC = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i;
const BEARER = /^bearer +([^\s]+) *$/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 7617 §2 forbids exactly these
const CONTROL = /[\x00-\x1f\x7f]/;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The user name and password of `Authorization: Basic …` (RFC 7617), or `null` for anything else. Bytes that are not
 * valid UTF-8 are read as ISO-8859-1: older clients send that, and the header cannot say which it is.
 */
export function parseBasic(header: string | undefined): BasicCredentials | null {
  if (!header || header.length > MAX_BASIC_LENGTH) return null;
  const encoded = BASIC.exec(header)?.[1];
  if (!encoded) return null;
  const text = decode(Buffer.from(encoded, 'base64'));
  const colon = text.indexOf(':');
  if (colon < 1 || CONTROL.test(text)) return null;
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** The token of `Authorization: Bearer …` (RFC 6750 §2.1), or `null`. Its length is for the verifier to limit. */
export function parseBearer(header: string | undefined): string | null {
  return (header && BEARER.exec(header)?.[1]) || null;
}

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}
