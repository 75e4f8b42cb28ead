import { KernelError } from '@grunnmur/kernel/errors';
import type { MultipartPart } from '@grunnmur/kernel/http';
import { DOKUMENT_GRENSER } from '../../protocols/avvik.ts';
import { type Fil, type MeldingMetadata, mustBeRead } from '../../protocols/validate-message.ts';
import { PAKKE_GRENSER, type Pakke } from '../../protocols/validate-package.ts';
import { invalidPart } from './read-metadata.ts';

type Parts = AsyncGenerator<MultipartPart>;

/** Reads the `payload` parts to the end of the call and gives them to `check`: a container while it streams, files when all are here. */
export async function readPayload<T>(
  parts: Parts,
  { meldingstype }: MeldingMetadata,
  check: (payload: Pakke['payload']) => Promise<T>,
): Promise<T> {
  const counted = countBytes();
  const filer: Fil[] = [];
  const navn = new Set<string>();
  let budsjett: number = DOKUMENT_GRENSER.bytes;
  for await (const part of parts) {
    const filnavn = filenameOf(part, navn);
    const { hode, body } = await peek(counted(part.body));
    if (filer.length === 0 && isContainer(part, hode)) {
      const svar = await check({ beholder: body });
      if (!(await parts.next()).done) throw invalidPart('payload', 'en beholder skal være alene');
      return svar;
    }
    const fil = await readFil(filnavn, body, mustBeRead(meldingstype, filnavn) ? budsjett : 0);
    budsjett -= fil.innhold?.length ?? 0;
    filer.push(fil);
  }
  return check(filer.length > 0 ? { filer } : undefined);
}

function filenameOf({ name, filename }: MultipartPart, taken: Set<string>): string {
  if (name !== 'payload') throw invalidPart((name ?? '(uten navn)').slice(0, 60), 'er en ukjent del');
  if (!filename) throw invalidPart('payload', 'mangler filnavn');
  if (filename.length > 1000) throw invalidPart('payload', 'har et filnavn på mer enn 1000 tegn');
  const navn = filename.normalize('NFC');
  if (taken.has(navn)) throw invalidPart('payload', 'har to filer med samme navn');
  taken.add(navn);
  return navn;
}

/** Keeps the content only when it is asked for and not longer than `max`. */
async function readFil(navn: string, body: AsyncIterable<Uint8Array>, max: number): Promise<Fil> {
  let storrelse = 0;
  let biter: Uint8Array[] | undefined = max > 0 ? [] : undefined;
  for await (const bit of body) {
    storrelse += bit.length;
    if (storrelse > max) biter = undefined;
    biter?.push(bit);
  }
  return { navn, storrelse, ...(biter && { innhold: Buffer.concat(biter) }) };
}

/** One limit for all payload parts of the call. */
function countBytes(): (body: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array> {
  let bytes = 0;
  return async function* (body) {
    for await (const bit of body) {
      bytes += bit.length;
      if (bytes > PAKKE_GRENSER.bytes) throw KernelError.tooLarge({ params: { limit: PAKKE_GRENSER.bytes } });
      yield bit;
    }
  };
}

const HODE_BYTES = 128;

async function peek(
  body: AsyncIterable<Uint8Array>,
): Promise<{ hode: Buffer; body: AsyncGenerator<Uint8Array> }> {
  const iterator = body[Symbol.asyncIterator]();
  const lest: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < HODE_BYTES) {
    const { done, value } = await iterator.next();
    if (done) break;
    lest.push(value);
    bytes += value.length;
  }
  async function* rest() {
    try {
      yield* lest;
      for (let neste = await iterator.next(); !neste.done; neste = await iterator.next()) yield neste.value;
    } finally {
      await iterator.return?.();
    }
  }
  return { hode: Buffer.concat(lest), body: rest() };
}

const ASICE = 'application/vnd.etsi.asic-e+zip';

/**
 * Is the file an ASiC-E container? By what is said of it, or by a ZIP that begins with `mimetype`. That entry's content is stored
 * by one writer and packed by the other (fiks-io §4.1); other formats that begin so store another one.
 */
function isContainer({ filename, contentType }: MultipartPart, hode: Buffer): boolean {
  if (contentType?.startsWith(ASICE) || /\.(asice|asic-e|sce)$/i.test(filename ?? '')) return true;
  if (hode.length < 38 || hode.readUInt32LE(0) !== 0x04034b50) return false;
  if (hode.toString('latin1', 30, 38) !== 'mimetype' || hode.readUInt16LE(26) !== 8) return false;
  const stored = hode.readUInt16LE(8) === 0;
  const content = 38 + hode.readUInt16LE(28);
  return !stored || hode.toString('latin1', content, content + ASICE.length) === ASICE;
}
