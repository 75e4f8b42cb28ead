import { type Automat, byggAutomat, type Felt, type Partikkel, parseInnhold } from './innhold.ts';
import { type Grunntype, isGrunntype, type Verdiregel } from './verdi.ts';

/**
 * One namespace of XML payloads, as data in a form of our own. Types are named `name` in the same namespace,
 * `merke:name` in another, `xs:name` for a basic type; a field without a type has the type of its own name, here or in
 * the namespaces of `bruker`.
 *
 * `typer` are elements with fields: `[abstrakt] [< base;] fields`, fields as in `innhold.ts`, where `<` adds to the fields
 * of `base` and lets the type stand in its place by `xsi:type`. `= value @attribute` is a value with attributes.
 */
export interface Navnerom {
  readonly uri: string;
  readonly merke: string;
  readonly bruker?: readonly string[];
  /** Elements that a document may begin with, and their types. */
  readonly rot?: Readonly<Record<string, string>>;
  /** Values: many names with one rule. */
  readonly verdier?: readonly VerdiNavn[];
  readonly typer?: Readonly<Record<string, string>>;
  /** Types that are another one under a name of its own: base → names. */
  readonly avledet?: Readonly<Record<string, string>>;
}

export interface VerdiNavn extends Omit<Verdiregel, 'base'> {
  readonly base: string;
  readonly navn: string;
}

export const UUID = '[a-fA-F0-9]{8}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{12}';

/** What an element holds. */
export type XmlType =
  | { readonly slag: 'hva som helst' }
  | {
      readonly slag: 'verdi';
      readonly regler: readonly Verdiregel[];
      readonly attributter: readonly string[];
    }
  | { readonly slag: 'felter'; readonly abstrakt: boolean; readonly automat: Automat };

export interface NavngittType {
  /** `uri#name`; basic types have the namespace of XML Schema. */
  readonly id: string;
  readonly baseId: string | undefined;
  readonly type: XmlType;
}

/** Types that refer to each other, looked up by name and compiled when first used. */
export interface Modell {
  /** The type of an element that a document may begin with. */
  rot(uri: string, navn: string): NavngittType | undefined;
  /** The type of a field. */
  feltType(felt: Felt): NavngittType;
  /** A type named by `xsi:type`. */
  navngitt(uri: string, navn: string): NavngittType | undefined;
  /** Is `id` the type `baseId`, or built on it? */
  avledetAv(id: string, baseId: string): boolean;
}

const XS = 'http://www.w3.org/2001/XMLSchema';
const ANY: NavngittType = { id: `${XS}#anyType`, baseId: undefined, type: { slag: 'hva som helst' } };

/** Gathers namespaces into a model. Throws when a definition names something that is not there. */
export function lagModell(navnerom: readonly Navnerom[]): Modell {
  const kilder = new Map(navnerom.map((rom) => [rom.uri, { rom, typer: namesOf(rom) }]));
  const merker = new Map(navnerom.map((rom) => [rom.merke, rom.uri]));
  const ferdige = new Map<string, NavngittType>();

  const navngitt = (uri: string, navn: string): NavngittType | undefined => {
    if (uri === XS) return grunntype(navn);
    const id = `${uri}#${navn}`;
    const ferdig = ferdige.get(id);
    if (ferdig) return ferdig;
    const kilde = kilder.get(uri);
    const definisjon = kilde?.typer.get(navn);
    if (!kilde || definisjon === undefined) return undefined;
    const type = compile(id, definisjon, kilde.rom);
    ferdige.set(id, type);
    return type;
  };

  const finn = (ref: string, uri: string): NavngittType => {
    const [merke, navn] = ref.includes(':') ? (ref.split(':') as [string, string]) : [undefined, ref];
    const type = navngitt(merke === undefined ? uri : merke === 'xs' ? XS : (merker.get(merke) ?? ''), navn);
    if (!type) throw new Error(`${ref} is not defined (from ${uri})`);
    return type;
  };

  const innholdAv = (definisjon: string, uri: string): Partikkel[] => {
    const { base, felter } = splitDefinisjon(definisjon);
    const egne = parseInnhold(felter, uri);
    if (!base) return [egne];
    const [baseUri, baseNavn] = finn(base, uri).id.split('#') as [string, string];
    const arvet = kilder.get(baseUri)?.typer.get(baseNavn);
    return typeof arvet === 'string' ? [...innholdAv(arvet, baseUri), egne] : [egne];
  };

  const compile = (id: string, definisjon: string | VerdiNavn, rom: Navnerom): NavngittType => {
    if (typeof definisjon !== 'string') {
      const { base, navn: _, ...regel } = definisjon;
      return verdi(id, finn(base, rom.uri), regel, []);
    }
    if (definisjon.startsWith('=')) {
      const [base, ...attributter] = definisjon.slice(1).trim().split(/\s+/);
      return verdi(
        id,
        finn(base!, rom.uri),
        {},
        attributter.map((navn) => navn.slice(1)),
      );
    }
    const { abstrakt, base } = splitDefinisjon(definisjon);
    const automat = byggAutomat({ slag: 'rekke', deler: innholdAv(definisjon, rom.uri) });
    return {
      id,
      baseId: base && finn(base, rom.uri).id,
      type: { slag: 'felter', abstrakt, automat },
    };
  };

  return {
    navngitt,
    rot: (uri, navn) => {
      const type = kilder.get(uri)?.rom.rot?.[navn];
      return type === undefined ? undefined : finn(type, uri);
    },
    feltType: ({ navn, type, uri }) => {
      if (type !== undefined) return finn(type, uri);
      const steder = [uri, ...(kilder.get(uri)?.rom.bruker ?? []).map((merke) => merker.get(merke) ?? '')];
      const sted = steder.find((sted) => kilder.get(sted)?.typer.has(navn));
      if (sted === undefined) throw new Error(`The field ${navn} of ${uri} has no type`);
      return navngitt(sted, navn)!;
    },
    avledetAv: (id, baseId) => {
      if (baseId === ANY.id) return true;
      let naa: string | undefined = id;
      for (let steg = 0; naa !== undefined && steg < 20; steg += 1) {
        if (naa === baseId) return true;
        const [uri, navn] = naa.split('#') as [string, string];
        naa = navngitt(uri, navn)?.baseId;
      }
      return false;
    },
  };
}

function namesOf(rom: Navnerom): Map<string, string | VerdiNavn> {
  const words = (tekst: string) => tekst.trim().split(/\s+/);
  return new Map<string, string | VerdiNavn>([
    ...(rom.verdier ?? []).flatMap((verdi) => words(verdi.navn).map((navn) => [navn, verdi] as const)),
    ...Object.entries(rom.typer ?? {}),
    ...Object.entries(rom.avledet ?? {}).flatMap(([base, navn]) =>
      words(navn).map((navn) => [navn, `< ${base};`] as const),
    ),
  ]);
}

function splitDefinisjon(definisjon: string): {
  abstrakt: boolean;
  base: string | undefined;
  felter: string;
} {
  const [, abstrakt, base, felter] = /^\s*(abstrakt\s)?\s*(?:<\s*([^;]+);)?([\s\S]*)$/.exec(definisjon)!;
  return { abstrakt: abstrakt !== undefined, base: base?.trim(), felter: felter ?? '' };
}

function grunntype(navn: string): NavngittType | undefined {
  if (navn === 'anyType') return ANY;
  if (!isGrunntype(navn)) return undefined;
  return {
    id: `${XS}#${navn}`,
    baseId: undefined,
    type: { slag: 'verdi', regler: [{ base: navn }], attributter: [] },
  };
}

function verdi(
  id: string,
  base: NavngittType,
  regel: Omit<Verdiregel, 'base'>,
  attributter: readonly string[],
): NavngittType {
  if (base.type.slag !== 'verdi') throw new Error(`${base.id} is not a value`);
  const grunn: Grunntype = base.type.regler[0]!.base;
  const regler =
    Object.keys(regel).length === 0 ? base.type.regler : [...base.type.regler, { ...regel, base: grunn }];
  return { id, baseId: base.id, type: { slag: 'verdi', regler, attributter } };
}
