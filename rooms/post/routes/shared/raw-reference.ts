import { invalidField } from '../../service/invalid-content.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * What follows `marker` in an address, percent-decoded once. The published Java client puts the reference there as
 * it is, so `/`, `?` and a lone `%` belong to it, and so may raw bytes, which are UTF-8 or else ISO-8859-1.
 */
export function rawReference(url: string, marker: string): string {
  const rest = url.slice(url.indexOf(marker) + marker.length);
  const bytes = Buffer.from(
    rest.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
  const reference = decode(bytes);
  if (reference.includes('\u0000')) {
    throw invalidField('/eksternref', 'characters', 'har tegn som ikke er tillatt');
  }
  return reference;
}

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}
