import type { Meldingstype, PayloadKriterie, ProtokollDefinisjon, ProtokollPart } from './types.ts';

/** `null`: never a payload. A list: a payload with documents of these names, the main one first; empty when free. */
export type Filer = readonly string[] | null;

export type Feil = 'ugyldigforespoersel' | 'serverfeil' | 'ikkefunnet';
export const TO_FEIL: readonly Feil[] = ['ugyldigforespoersel', 'serverfeil'];
export const TRE_FEIL: readonly Feil[] = [...TO_FEIL, 'ikkefunnet'];

/** One request and what may answer it. Names are without the prefix of the protocol. */
export interface Utveksling {
  readonly type: string;
  readonly filer: Filer;
  readonly payload?: PayloadKriterie;
  readonly svar: Readonly<Record<string, Filer>>;
  readonly feil: readonly Feil[];
  /** Roles that ask; the others of the protocol answer. */
  readonly fra: string;
  readonly til: string;
}

export interface PartBeskrivelse {
  readonly navn: string;
  readonly beskrivelse: string;
  /** The role it plays in the exchanges. */
  readonly rolle: string;
  /** Only requests whose name starts with this. */
  readonly omraade?: string;
  readonly stottedeParter: readonly string[];
}

export interface ProtokollKilde {
  readonly navn: string;
  readonly versjon: string;
  readonly beskrivelse: string;
  readonly status?: ProtokollDefinisjon['status'];
  readonly utkast?: boolean;
  /** Start of every name; `<navn>.<versjon>.` when left out. */
  readonly prefiks?: string;
  readonly feilfil?: string;
  /** Adds `ping` and `pong`, which the example applications use in every protocol (fiks-io §5.2). */
  readonly ping?: boolean;
  readonly utvekslinger: readonly Utveksling[];
  /** Other published spellings: variant → the name it stands for. */
  readonly varianter?: Readonly<Record<string, string>>;
  readonly parter: readonly PartBeskrivelse[];
}

/** Spells a protocol out: every type with its replies, every part with the types it sends and receives. */
export function buildProtokoll(kilde: ProtokollKilde): ProtokollDefinisjon {
  const prefiks = kilde.prefiks ?? `${kilde.navn}.${kilde.versjon}.`;
  const utvekslinger = [...kilde.utvekslinger.map((u) => named(u, prefiks)), ...pings(kilde, prefiks)];
  const varianter = new Map(
    Object.entries(kilde.varianter ?? {}).map(([variant, navn]) => [prefiks + variant, prefiks + navn]),
  );
  const types = collectTypes(utvekslinger, kilde.feilfil ?? 'feilmelding.json');
  return {
    navn: kilde.navn,
    versjon: kilde.versjon,
    beskrivelse: kilde.beskrivelse,
    status: kilde.status ?? 'AKTIV',
    utkast: kilde.utkast ?? false,
    meldingstyper: withVarianter(types, varianter),
    parter: kilde.parter.map((part) => buildPart(part, prefiks, utvekslinger, varianter)),
  };
}

interface NamedUtveksling extends Omit<Utveksling, 'feil'> {
  readonly feil: readonly string[];
}

function named(utveksling: Utveksling, prefiks: string): NamedUtveksling {
  return {
    ...utveksling,
    type: prefiks + utveksling.type,
    svar: Object.fromEntries(Object.entries(utveksling.svar).map(([navn, filer]) => [prefiks + navn, filer])),
    feil: utveksling.feil.map((feil) => `${prefiks}feilmelding.${feil}`),
  };
}

/** Either side may ask whether the other is there. */
function pings(kilde: ProtokollKilde, prefiks: string): NamedUtveksling[] {
  if (!kilde.ping) return [];
  const ways = new Map(kilde.utvekslinger.map((u) => [`${u.fra} ${u.til}`, u]));
  return [...ways.values()]
    .flatMap(({ fra, til }) => [
      { fra, til },
      { fra: til, til: fra },
    ])
    .map(({ fra, til }) => ({
      type: `${prefiks}ping`,
      filer: [],
      payload: 'OPTIONAL' as const,
      svar: { [`${prefiks}pong`]: [] },
      feil: [],
      fra,
      til,
    }));
}

function collectTypes(
  utvekslinger: readonly NamedUtveksling[],
  feilfil: string,
): ReadonlyMap<string, Meldingstype> {
  const types = new Map<string, Meldingstype>();
  for (const { type, filer, payload, svar, feil } of utvekslinger) {
    types.set(type, meldingstype(type, filer, [...Object.keys(svar), ...feil], payload));
    // A reply shares the looseness of a `ping`; other replies carry what their row says.
    for (const [navn, innhold] of Object.entries(svar)) {
      types.set(navn, meldingstype(navn, innhold, [], payload));
    }
  }
  const feil = new Set(utvekslinger.flatMap((utveksling) => utveksling.feil));
  for (const navn of feil) types.set(navn, meldingstype(navn, [feilfil], []));
  return types;
}

function meldingstype(
  navn: string,
  filer: Filer,
  svar: readonly string[],
  payload: PayloadKriterie = filer === null ? 'NEVER' : 'REQUIRED',
): Meldingstype {
  return {
    navn,
    payload: filer === null ? 'NEVER' : payload,
    erFeilmelding: navn.includes('.feilmelding.'),
    svar,
    filer: filer ?? [],
  };
}

/** A variant behaves like the type it stands for; a request may be answered in either spelling. */
function withVarianter(
  types: ReadonlyMap<string, Meldingstype>,
  varianter: ReadonlyMap<string, string>,
): readonly Meldingstype[] {
  const both = (svar: readonly string[]) => [
    ...svar,
    ...[...varianter].filter(([, navn]) => svar.includes(navn)).map(([variant]) => variant),
  ];
  const known = [...types.values()].map((type) => ({ ...type, svar: both(type.svar) }));
  const others = [...varianter].map(([variant, navn]) => {
    const type = types.get(navn);
    if (!type) throw new Error(`${variant} is a variant of ${navn}, which is not defined`);
    return { ...type, navn: variant, svar: both(type.svar), variantAv: navn };
  });
  return [...known, ...others];
}

function buildPart(
  part: PartBeskrivelse,
  prefiks: string,
  utvekslinger: readonly NamedUtveksling[],
  varianter: ReadonlyMap<string, string>,
): ProtokollPart {
  const mine = utvekslinger.filter(
    ({ type }) => type === `${prefiks}ping` || type.startsWith(prefiks + (part.omraade ?? '')),
  );
  const asks = mine.filter(({ fra }) => fra === part.rolle);
  const answers = mine.filter(({ til }) => til === part.rolle);
  const requests = (list: readonly NamedUtveksling[]) => list.map(({ type }) => type);
  const replies = (list: readonly NamedUtveksling[]) =>
    list.flatMap(({ svar, feil }) => [...Object.keys(svar), ...feil]);
  const all = (names: readonly string[]) => {
    const set = new Set(names);
    return [...set, ...[...varianter].filter(([, navn]) => set.has(navn)).map(([variant]) => variant)];
  };
  return {
    navn: part.navn,
    beskrivelse: part.beskrivelse,
    avsender: all([...requests(asks), ...replies(answers)]),
    mottaker: all([...requests(answers), ...replies(asks)]),
    stottedeParter: part.stottedeParter,
  };
}
