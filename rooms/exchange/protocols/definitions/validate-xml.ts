import { SaxesParser, type SaxesTagNS } from 'saxes';
import type { Automat, Felt } from './xml-innhold.ts';
import type { Modell, NavngittType, XmlType } from './xml-modell.ts';
import { checkVerdi } from './xml-verdi.ts';

/** Something wrong in a document: where, which rule, and the rule in words. */
export interface Avvik {
  readonly sti: string;
  readonly regel: string;
  readonly tekst: string;
}

export interface Rot {
  readonly uri: string;
  readonly navn: string;
}

export const XML_GRENSER = { bytes: 50_000_000, dybde: 100, elementer: 500_000, avvik: 100 } as const;

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
const XMLNS = 'http://www.w3.org/2000/xmlns/';
const XML = 'http://www.w3.org/XML/1998/namespace';

/** Thrown inside the parser to stop it. */
class Stopp extends Error {}

interface Ramme {
  readonly sti: string;
  readonly type: XmlType | undefined;
  readonly standard: string | undefined;
  readonly nil: boolean;
  /** Positions of the content model that the last child may be at; undefined before the first. */
  posisjoner: readonly number[] | undefined;
  tekst: string;
  haddeBarn: boolean;
  meldtTekst: boolean;
  readonly antall: Map<string, number>;
}

/**
 * Reads a document as a stream and compares it with the model. There are no entities but the five of XML, and a DOCTYPE ends the
 * reading, so nothing outside the document is ever fetched and nothing in it grows.
 */
export function validateXml(bytes: Uint8Array, modell: Modell, rot: Rot): readonly Avvik[] {
  const avvik: Avvik[] = [];
  const meld = (sti: string, regel: string, tekst: string) => {
    avvik.push({ sti, regel, tekst });
    if (avvik.length >= XML_GRENSER.avvik) throw new Stopp();
  };
  if (bytes.byteLength > XML_GRENSER.bytes) {
    return [{ sti: '/', regel: 'storrelse', tekst: `Dokumentet er større enn ${XML_GRENSER.bytes} byte` }];
  }
  const leser = new Leser(modell, rot, meld);
  try {
    parse(bytes, leser);
  } catch (error) {
    if (!(error instanceof Stopp)) throw error;
  }
  return avvik;
}

function parse(bytes: Uint8Array, leser: Leser): void {
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) =>
    leser.stopp('velformet', `Dokumentet er ikke velformet XML: ${error.message}`),
  );
  parser.on('doctype', () => leser.stopp('doctype', 'Dokumentet kan ikke ha DOCTYPE'));
  parser.on('opentag', (tag) => leser.start(tag, (prefix) => parser.resolve(prefix)));
  parser.on('closetag', () => leser.slutt());
  parser.on('text', (tekst) => leser.tekst(tekst));
  parser.on('cdata', (tekst) => leser.tekst(tekst));
  for (const del of decode(bytes, leser)) parser.write(del);
  parser.close();
}

const CHUNK = 64 * 1024;

/** Text of the bytes in the encoding that its first bytes or its XML declaration name. */
function* decode(bytes: Uint8Array, leser: Leser): Generator<string> {
  const encoding = encodingOf(bytes);
  if (!encoding) return leser.stopp('tegnsett', 'Dokumentets tegnsett støttes ikke');
  const decoder = new TextDecoder(encoding, { fatal: true });
  for (let fra = 0; fra < bytes.byteLength; fra += CHUNK) {
    try {
      yield decoder.decode(bytes.subarray(fra, fra + CHUNK), { stream: fra + CHUNK < bytes.byteLength });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      leser.stopp('tegnsett', `Dokumentet er ikke gyldig ${encoding}`);
    }
  }
}

function encodingOf(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const start = Buffer.from(bytes.subarray(0, 200)).toString('latin1');
  const navn = /^(?:\u00ef\u00bb\u00bf)?<\?xml[^>]*\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']/.exec(
    start,
  )?.[1];
  const kjente = ['utf-8', 'us-ascii', 'iso-8859-1', 'windows-1252'];
  return navn === undefined ? 'utf-8' : kjente.find((kjent) => kjent === navn.toLowerCase());
}

type Meld = (sti: string, regel: string, tekst: string) => void;

class Leser {
  private readonly rammer: Ramme[] = [];
  private elementer = 0;
  private readonly modell: Modell;
  private readonly rot: Rot;
  private readonly meld: Meld;

  constructor(modell: Modell, rot: Rot, meld: Meld) {
    this.modell = modell;
    this.rot = rot;
    this.meld = meld;
  }

  stopp(regel: string, tekst: string): never {
    this.meld(this.rammer.at(-1)?.sti ?? '/', regel, tekst);
    throw new Stopp();
  }

  start(tag: SaxesTagNS, resolve: (prefix: string) => string | undefined): void {
    this.elementer += 1;
    if (this.elementer > XML_GRENSER.elementer) {
      this.stopp('antall', `Dokumentet har flere enn ${XML_GRENSER.elementer} elementer`);
    }
    if (this.rammer.length >= XML_GRENSER.dybde) {
      this.stopp('dybde', `Dokumentet er dypere enn ${XML_GRENSER.dybde} elementer`);
    }
    const forelder = this.rammer.at(-1);
    const sti = childPath(forelder, tag.local);
    const felt = forelder && this.child(forelder, tag, sti);
    const erklaert = forelder ? felt && this.modell.feltType(felt) : this.root(tag, sti);
    const type = this.actualType(tag, sti, erklaert, resolve);
    const nil = this.isNil(tag, sti, felt);
    if (type) this.attributes(tag, sti, type.type);
    this.rammer.push({
      sti,
      type: type?.type,
      standard: felt?.standard,
      nil,
      posisjoner: undefined,
      tekst: '',
      haddeBarn: false,
      meldtTekst: false,
      antall: new Map(),
    });
  }

  slutt(): void {
    const ramme = this.rammer.pop()!;
    if (ramme.nil) {
      if (ramme.haddeBarn || ramme.tekst !== '')
        this.meld(ramme.sti, 'nil', 'Et element med xsi:nil skal være tomt');
    } else if (ramme.type?.slag === 'verdi') this.value(ramme, ramme.type);
    else if (ramme.type?.slag === 'felter') this.complete(ramme, ramme.type.automat);
  }

  tekst(tekst: string): void {
    const ramme = this.rammer.at(-1);
    if (!ramme?.type || ramme.type.slag === 'hva som helst') return;
    if (ramme.type.slag === 'verdi' || ramme.nil) {
      ramme.tekst += tekst;
    } else if (!ramme.meldtTekst && /[^\t\n\r ]/.test(tekst)) {
      ramme.meldtTekst = true;
      this.meld(ramme.sti, 'innhold', 'Elementet skal bare ha elementer, ikke tekst');
    }
  }

  private root(tag: SaxesTagNS, sti: string): NavngittType | undefined {
    if (tag.local !== this.rot.navn || tag.uri !== this.rot.uri) {
      this.stopp('rotelement', `Dokumentet skal begynne med ${this.rot.navn} i navnerommet ${this.rot.uri}`);
    }
    const type = this.modell.rot(tag.uri, tag.local);
    if (!type) throw new Error(`${tag.uri}#${tag.local} is not a root (${sti})`);
    return type;
  }

  /** The field that the child is; undefined when it is not checked further. */
  private child(forelder: Ramme, tag: SaxesTagNS, sti: string): Felt | undefined {
    forelder.haddeBarn = true;
    if (!forelder.type || forelder.type.slag === 'hva som helst') return undefined;
    if (forelder.type.slag === 'verdi') {
      this.meld(sti, 'innhold', `${last(forelder.sti)} skal bare ha tekst`);
      return undefined;
    }
    const { automat } = forelder.type;
    const mulige = nextPositions(automat, forelder.posisjoner);
    const treff = mulige.filter((posisjon) => isFelt(automat.felt[posisjon]!, tag));
    if (treff.length > 0) {
      forelder.posisjoner = treff;
      return automat.felt[treff[0]!];
    }
    return this.unexpected(forelder, automat, tag, sti, mulige);
  }

  /** A field in the wrong place is read on from there, so that one mistake is told once. */
  private unexpected(
    forelder: Ramme,
    automat: Automat,
    tag: SaxesTagNS,
    sti: string,
    mulige: readonly number[],
  ): Felt | undefined {
    const ventet = names(automat, mulige);
    const kjent = automat.felt.findIndex((felt) => isFelt(felt, tag));
    if (kjent === -1) {
      const annetRom = automat.felt.some((felt) => felt.navn === tag.local);
      this.meld(
        sti,
        annetRom ? 'navnerom' : 'ukjent',
        annetRom
          ? `${tag.local} er i feil navnerom (${tag.uri || 'ingen'})`
          : `${tag.local} finnes ikke her${ventet ? `; ventet ${ventet}` : ''}`,
      );
      return undefined;
    }
    this.meld(sti, 'rekkefolge', `${tag.local} kan ikke stå her${ventet ? `; ventet ${ventet}` : ''}`);
    forelder.posisjoner = [kjent];
    return automat.felt[kjent];
  }

  private actualType(
    tag: SaxesTagNS,
    sti: string,
    erklaert: NavngittType | undefined,
    resolve: (prefix: string) => string | undefined,
  ): NavngittType | undefined {
    const valgt = attribute(tag, XSI, 'type')?.trim();
    if (erklaert && valgt !== undefined) {
      const [prefix, navn] = valgt.includes(':') ? (valgt.split(':') as [string, string]) : ['', valgt];
      const type = this.modell.navngitt(resolve(prefix) ?? '', navn);
      if (type && this.modell.avledetAv(type.id, erklaert.id)) return this.concrete(type, sti);
      // Other types of XML Schema may stand where anything may.
      if (erklaert.type.slag !== 'hva som helst') {
        this.meld(sti, 'xsi:type', `${valgt} er ikke en type som kan stå her`);
      }
      return undefined;
    }
    return erklaert && this.concrete(erklaert, sti);
  }

  private concrete(type: NavngittType, sti: string): NavngittType | undefined {
    if (type.type.slag !== 'felter' || !type.type.abstrakt) return type;
    this.meld(
      sti,
      'xsi:type',
      `${last(sti)} skal ha xsi:type med en av typene som bygger på ${last(type.id, '#')}`,
    );
    return undefined;
  }

  private isNil(tag: SaxesTagNS, sti: string, felt: Felt | undefined): boolean {
    const nil = attribute(tag, XSI, 'nil')?.trim();
    if (nil === undefined || !felt) return false;
    if (!felt.nullbar) this.meld(sti, 'nil', `${felt.navn} kan ikke ha xsi:nil`);
    return felt.nullbar && (nil === 'true' || nil === '1');
  }

  private attributes(tag: SaxesTagNS, sti: string, type: XmlType): void {
    if (type.slag === 'hva som helst') return;
    const kjente = type.slag === 'verdi' ? type.attributter : [];
    for (const attributt of Object.values(tag.attributes)) {
      if ([XSI, XMLNS, XML].includes(attributt.uri) || attributt.prefix === 'xmlns') continue;
      if (attributt.uri === '' && kjente.includes(attributt.local)) continue;
      this.meld(`${sti}/@${attributt.name}`, 'ukjent', `Attributtet ${attributt.name} finnes ikke her`);
    }
  }

  private value(ramme: Ramme, type: XmlType & { slag: 'verdi' }): void {
    const verdi = ramme.tekst === '' ? (ramme.standard ?? '') : ramme.tekst;
    for (const regel of type.regler) {
      const feil = checkVerdi(verdi, regel);
      if (feil === undefined) continue;
      this.meld(ramme.sti, 'verdi', `${last(ramme.sti)} ${feil}`);
      return;
    }
  }

  private complete(ramme: Ramme, automat: Automat): void {
    const ferdig = ramme.posisjoner
      ? ramme.posisjoner.some((posisjon) => automat.kanSlutte.has(posisjon))
      : automat.kanVaereTom;
    if (ferdig) return;
    const ventet = names(automat, nextPositions(automat, ramme.posisjoner));
    this.meld(ramme.sti, 'mangler', `${last(ramme.sti)} mangler ${ventet}`);
  }
}

function nextPositions(automat: Automat, posisjoner: readonly number[] | undefined): readonly number[] {
  if (!posisjoner) return automat.start;
  return [...new Set(posisjoner.flatMap((posisjon) => automat.etter[posisjon] ?? []))];
}

function isFelt(felt: Felt, tag: SaxesTagNS): boolean {
  return felt.navn === tag.local && felt.uri === tag.uri;
}

function attribute(tag: SaxesTagNS, uri: string, navn: string): string | undefined {
  return Object.values(tag.attributes).find((a) => a.uri === uri && a.local === navn)?.value;
}

function names(automat: Automat, posisjoner: readonly number[]): string {
  const navn = [...new Set(posisjoner.map((posisjon) => automat.felt[posisjon]!.navn))];
  return navn.length > 8 ? `${navn.slice(0, 8).join(', ')} …` : navn.join(', ');
}

function childPath(forelder: Ramme | undefined, navn: string): string {
  if (!forelder) return `/${navn}`;
  const nr = (forelder.antall.get(navn) ?? 0) + 1;
  forelder.antall.set(navn, nr);
  return `${forelder.sti}/${navn}${nr > 1 ? `[${nr}]` : ''}`;
}

function last(sti: string, skille = '/'): string {
  return sti.slice(sti.lastIndexOf(skille) + 1);
}
