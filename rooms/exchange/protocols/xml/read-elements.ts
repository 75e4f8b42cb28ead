import type { SaxesTagNS } from 'saxes';
import { actualType, checkAttributes, isNil, type Meld, type ResolvePrefix } from './element-type.ts';
import type { Automat, Felt } from './innhold.ts';
import type { Modell, NavngittType, XmlType } from './modell.ts';
import type { Rot } from './rot.ts';
import { Stopp } from './stopp.ts';
import { checkVerdi } from './verdi.ts';

export const XML_GRENSER = { dybde: 100, elementer: 500_000 } as const;

interface Ramme {
  readonly sti: string;
  readonly type: XmlType | undefined;
  /** What an empty element stands for. */
  readonly standard: string | undefined;
  readonly nil: boolean;
  /** Positions of the content model that the last child may be at; undefined before the first. */
  posisjoner: readonly number[] | undefined;
  tekst: string;
  haddeBarn: boolean;
  meldtTekst: boolean;
  readonly antall: Map<string, number>;
}

/** Receives the events of a parser. */
export interface ElementLeser {
  start(tag: SaxesTagNS, resolve: ResolvePrefix): void;
  slutt(): void;
  tekst(tekst: string): void;
  /** Where the reading is. */
  sti(): string;
}

/** Compares elements with the model as they come; it remembers only the elements that are open. */
export function readElements(modell: Modell, rot: Rot, meld: Meld): ElementLeser {
  const rammer: Ramme[] = [];
  let elementer = 0;

  return {
    sti: () => rammer.at(-1)?.sti ?? '/',
    start: (tag, resolve) => {
      elementer += 1;
      checkSize(rammer.length, elementer);
      const forelder = rammer.at(-1);
      const sti = childPath(forelder, tag.local);
      const felt = forelder && childField(forelder, tag, sti, meld);
      const erklaert = forelder ? felt && modell.feltType(felt) : rootType(modell, rot, tag);
      const type = erklaert && actualType(modell, tag, sti, erklaert, resolve, meld);
      const nil = isNil(tag, sti, felt, meld);
      if (type) checkAttributes(tag, sti, type.type, meld);
      rammer.push({
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
    },
    slutt: () => checkEnd(rammer.pop()!, meld),
    tekst: (tekst) => addText(rammer.at(-1), tekst, meld),
  };
}

function checkSize(dybde: number, elementer: number): void {
  if (elementer > XML_GRENSER.elementer) {
    throw new Stopp('antall', `Dokumentet har flere enn ${XML_GRENSER.elementer} elementer`);
  }
  if (dybde >= XML_GRENSER.dybde) {
    throw new Stopp('dybde', `Dokumentet er dypere enn ${XML_GRENSER.dybde} elementer`);
  }
}

function rootType(modell: Modell, rot: Rot, tag: SaxesTagNS): NavngittType {
  if (tag.local !== rot.navn || tag.uri !== rot.uri) {
    throw new Stopp('rotelement', `Dokumentet skal begynne med ${rot.navn} i navnerommet ${rot.uri}`);
  }
  const type = modell.rot(tag.uri, tag.local);
  if (!type) throw new Error(`${tag.uri}#${tag.local} is not a root`);
  return type;
}

/** The field that the child is; undefined when it is not checked further. */
function childField(forelder: Ramme, tag: SaxesTagNS, sti: string, meld: Meld): Felt | undefined {
  forelder.haddeBarn = true;
  if (!forelder.type || forelder.type.slag === 'hva som helst') return undefined;
  if (forelder.type.slag === 'verdi') {
    meld(sti, 'innhold', `${last(forelder.sti)} skal bare ha tekst`);
    return undefined;
  }
  const { automat } = forelder.type;
  const mulige = nextPositions(automat, forelder.posisjoner);
  const treff = mulige.filter((posisjon) => isFelt(automat.felt[posisjon]!, tag));
  if (treff.length > 0) {
    forelder.posisjoner = treff;
    return automat.felt[treff[0]!];
  }
  return unexpected(forelder, automat, tag, sti, meld);
}

/** A field in the wrong place is read on from there, so that one mistake is told once. */
function unexpected(
  forelder: Ramme,
  automat: Automat,
  tag: SaxesTagNS,
  sti: string,
  meld: Meld,
): Felt | undefined {
  const kjent = automat.felt.findIndex((felt) => isFelt(felt, tag));
  const ventet = names(automat, nextPositions(automat, forelder.posisjoner));
  const ventetTekst = ventet ? `; ventet ${ventet}` : '';
  if (kjent !== -1) {
    meld(sti, 'rekkefolge', `${tag.local} kan ikke stå her${ventetTekst}`);
    forelder.posisjoner = [kjent];
    return automat.felt[kjent];
  }
  if (automat.felt.some(({ navn }) => navn === tag.local)) {
    meld(sti, 'navnerom', `${tag.local} er i feil navnerom (${tag.uri || 'ingen'})`);
  } else {
    meld(sti, 'ukjent', `${tag.local} finnes ikke her${ventetTekst}`);
  }
  return undefined;
}

function addText(ramme: Ramme | undefined, tekst: string, meld: Meld): void {
  if (!ramme?.type || ramme.type.slag === 'hva som helst') return;
  if (ramme.type.slag === 'verdi' || ramme.nil) {
    ramme.tekst += tekst;
  } else if (!ramme.meldtTekst && /[^\t\n\r ]/.test(tekst)) {
    ramme.meldtTekst = true;
    meld(ramme.sti, 'innhold', 'Elementet skal bare ha elementer, ikke tekst');
  }
}

function checkEnd(ramme: Ramme, meld: Meld): void {
  if (ramme.nil) {
    if (ramme.haddeBarn || ramme.tekst !== '')
      meld(ramme.sti, 'nil', 'Et element med xsi:nil skal være tomt');
  } else if (ramme.type?.slag === 'verdi') {
    const verdi = ramme.tekst === '' ? (ramme.standard ?? '') : ramme.tekst;
    const feil = ramme.type.regler
      .map((regel) => checkVerdi(verdi, regel))
      .find((feil) => feil !== undefined);
    if (feil) meld(ramme.sti, 'verdi', `${last(ramme.sti)} ${feil}`);
  } else if (ramme.type?.slag === 'felter') {
    checkComplete(ramme, ramme.type.automat, meld);
  }
}

function checkComplete(ramme: Ramme, automat: Automat, meld: Meld): void {
  const ferdig = ramme.posisjoner
    ? ramme.posisjoner.some((posisjon) => automat.kanSlutte.has(posisjon))
    : automat.kanVaereTom;
  if (ferdig) return;
  meld(
    ramme.sti,
    'mangler',
    `${last(ramme.sti)} mangler ${names(automat, nextPositions(automat, ramme.posisjoner))}`,
  );
}

function nextPositions(automat: Automat, posisjoner: readonly number[] | undefined): readonly number[] {
  if (!posisjoner) return automat.start;
  if (posisjoner.length === 1) return automat.etter[posisjoner[0]!]!;
  return [...new Set(posisjoner.flatMap((posisjon) => automat.etter[posisjon] ?? []))];
}

function isFelt(felt: Felt, tag: SaxesTagNS): boolean {
  return felt.navn === tag.local && felt.uri === tag.uri;
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

function last(sti: string): string {
  return sti.slice(sti.lastIndexOf('/') + 1);
}
