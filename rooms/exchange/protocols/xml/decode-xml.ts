import { Stopp } from './stopp.ts';

const CHUNK = 64 * 1024;
const TEGNSETT = ['utf-8', 'us-ascii', 'iso-8859-1', 'windows-1252'];

/** Text of the bytes, piece by piece, in the encoding that its first bytes or its XML declaration name. */
export function* decodeXml(bytes: Uint8Array): Generator<string> {
  const encoding = encodingOf(bytes);
  if (!encoding) throw new Stopp('tegnsett', 'Dokumentets tegnsett støttes ikke');
  const decoder = new TextDecoder(encoding, { fatal: true });
  for (let fra = 0; fra < bytes.byteLength; fra += CHUNK) {
    let tekst: string;
    try {
      tekst = decoder.decode(bytes.subarray(fra, fra + CHUNK), { stream: fra + CHUNK < bytes.byteLength });
    } catch {
      throw new Stopp('tegnsett', `Dokumentet er ikke gyldig ${encoding}`);
    }
    yield tekst;
  }
}

function encodingOf(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const start = Buffer.from(bytes.subarray(0, 200)).toString('latin1');
  const navn = /^(?:\u00ef\u00bb\u00bf)?<\?xml[^>]*\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']/.exec(
    start,
  )?.[1];
  return navn === undefined ? 'utf-8' : TEGNSETT.find((tegnsett) => tegnsett === navn.toLowerCase());
}
