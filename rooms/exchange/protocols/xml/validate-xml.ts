import { setImmediate } from 'node:timers/promises';
import { SaxesParser } from 'saxes';
import { type Avvik, DOKUMENT_GRENSER } from '../avvik.ts';
import { decodeXml } from './decode-xml.ts';
import type { Modell } from './modell.ts';
import { type ElementLeser, readElements } from './read-elements.ts';
import type { Rot } from './rot.ts';
import { Stopp } from './stopp.ts';

/** Compares a document with the model, reading it as a stream. */
export function validateXml(bytes: Uint8Array, modell: Modell, rot: Rot): Promise<readonly Avvik[]> {
  return collect(bytes, (meld) => readElements(modell, rot, meld));
}

/** Only that it is well-formed and within the limits, for documents without a definition. */
export function checkWellFormed(bytes: Uint8Array): Promise<readonly Avvik[]> {
  return collect(bytes, () => {
    const sti: string[] = [];
    return {
      start: (tag) => {
        if (sti.length >= 100) throw new Stopp('dybde', 'Dokumentet er dypere enn 100 elementer');
        sti.push(tag.local);
      },
      slutt: () => sti.pop(),
      tekst: () => {},
      sti: () => `/${sti.join('/')}`,
    };
  });
}

/**
 * There are no entities but the five of XML, and a DOCTYPE ends the reading, so nothing outside the document is ever fetched and
 * nothing in it grows.
 */
async function collect(
  bytes: Uint8Array,
  open: (meld: (sti: string, regel: string, tekst: string) => void) => ElementLeser,
): Promise<readonly Avvik[]> {
  const avvik: Avvik[] = [];
  const leser = open((sti, regel, tekst) => {
    avvik.push({ sti, regel, tekst });
    if (avvik.length >= DOKUMENT_GRENSER.avvik)
      throw new Stopp('mange', 'For mange feil; resten er ikke lest');
  });
  try {
    if (bytes.byteLength > DOKUMENT_GRENSER.bytes) {
      throw new Stopp('storrelse', `Dokumentet er større enn ${DOKUMENT_GRENSER.bytes} byte`);
    }
    await parse(bytes, leser);
  } catch (error) {
    if (!(error instanceof Stopp)) throw error;
    avvik.push({ sti: leser.sti(), regel: error.regel, tekst: error.message });
  }
  return avvik;
}

async function parse(bytes: Uint8Array, leser: ElementLeser): Promise<void> {
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => {
    throw new Stopp('velformet', `Dokumentet er ikke velformet XML: ${error.message}`);
  });
  parser.on('doctype', () => {
    throw new Stopp('doctype', 'Dokumentet kan ikke ha DOCTYPE');
  });
  let tagPieces = 0;
  let inTag = false;
  parser.on('opentagstart', () => {
    inTag = true;
    tagPieces = 0;
  });
  parser.on('opentag', (tag) => {
    inTag = false;
    leser.start(tag, (prefix) => parser.resolve(prefix));
  });
  parser.on('closetag', () => leser.slutt());
  parser.on('text', (tekst) => leser.tekst(tekst));
  parser.on('cdata', (tekst) => leser.tekst(tekst));
  for (const del of decodeXml(bytes)) {
    parser.write(del);
    // The attributes of an element are handled in one go, so there cannot be a megabyte of them.
    if (inTag && ++tagPieces > 1)
      throw new Stopp('attributter', 'Et element har for mange eller for lange attributter');
    // A large document must not keep everybody else waiting.
    await setImmediate();
  }
  parser.close();
}
