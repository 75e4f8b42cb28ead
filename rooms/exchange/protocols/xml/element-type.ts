import type { SaxesTagNS } from 'saxes';
import type { Felt } from './innhold.ts';
import type { Modell, NavngittType, XmlType } from './modell.ts';

export type Meld = (sti: string, regel: string, tekst: string) => void;

export type ResolvePrefix = (prefix: string) => string | undefined;

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
const XMLNS = 'http://www.w3.org/2000/xmlns/';
const XML = 'http://www.w3.org/XML/1998/namespace';

/** The type that an element has: as its field says, or by `xsi:type` one that builds on it. Undefined: not checked further. */
export function actualType(
  modell: Modell,
  tag: SaxesTagNS,
  sti: string,
  erklaert: NavngittType,
  resolve: ResolvePrefix,
  meld: Meld,
): NavngittType | undefined {
  const valgt = xsiAttribute(tag, 'type');
  if (valgt === undefined) return concrete(erklaert, sti, meld);
  const [prefix, navn] = valgt.includes(':') ? (valgt.split(':', 2) as [string, string]) : ['', valgt];
  const type = modell.navngitt(resolve(prefix) ?? '', navn);
  if (type && modell.avledetAv(type.id, erklaert.id)) return concrete(type, sti, meld);
  // Types that we do not know may stand where anything may.
  if (erklaert.type.slag !== 'hva som helst') {
    meld(sti, 'xsi:type', `${valgt} er ikke en type som kan stå her`);
  }
  return undefined;
}

function concrete(type: NavngittType, sti: string, meld: Meld): NavngittType | undefined {
  if (type.type.slag !== 'felter' || !type.type.abstrakt) return type;
  meld(sti, 'xsi:type', `Elementet skal ha xsi:type med en av typene som bygger på ${type.id.split('#')[1]}`);
  return undefined;
}

/** Is the element left out by `xsi:nil`? */
export function isNil(tag: SaxesTagNS, sti: string, felt: Felt | undefined, meld: Meld): boolean {
  const nil = xsiAttribute(tag, 'nil');
  if (nil === undefined || !felt) return false;
  if (!felt.nullbar) meld(sti, 'nil', `${felt.navn} kan ikke ha xsi:nil`);
  return felt.nullbar && (nil === 'true' || nil === '1');
}

/** Only attributes that the type has, and those of XML and XML Schema themselves. */
export function checkAttributes(tag: SaxesTagNS, sti: string, type: XmlType, meld: Meld): void {
  if (type.slag === 'hva som helst') return;
  const kjente = type.slag === 'verdi' ? type.attributter : [];
  for (const { uri, prefix, local, name } of Object.values(tag.attributes)) {
    if ([XSI, XMLNS, XML].includes(uri) || prefix === 'xmlns') continue;
    if (uri === '' && kjente.includes(local)) continue;
    meld(`${sti}/@${name}`, 'ukjent', `Attributtet ${name} finnes ikke her`);
  }
}

function xsiAttribute(tag: SaxesTagNS, navn: string): string | undefined {
  for (const navnIDokument in tag.attributes) {
    const { uri, local, value } = tag.attributes[navnIDokument]!;
    if (local === navn && uri === XSI) return value.trim();
  }
  return undefined;
}
