/**
 * Content of an element, written much as in a DTD: `a b? (c | d*) e+`. A field is
 * `name[=type][{default}][!][? | * | +]`; `!` lets it be `xsi:nil`, and without a type it has the type of its own name.
 */
export type Partikkel =
  | { readonly slag: 'felt'; readonly felt: Felt }
  | { readonly slag: 'rekke' | 'valg'; readonly deler: readonly Partikkel[] }
  | { readonly slag: 'gjenta'; readonly av: Partikkel; readonly valgfri: boolean; readonly mange: boolean };

export interface Felt {
  readonly navn: string;
  readonly type: string | undefined;
  /** An empty element stands for this value. */
  readonly standard: string | undefined;
  readonly nullbar: boolean;
  /** The namespace that the field was written in. */
  readonly uri: string;
}

const TOKEN = /[()|]|[?*+]|[^\s()|?*+]+/g;
const FELT = /^([^={!]+)(?:=([^{!]+))?(?:\{([^}]*)\})?(!)?$/;

export function parseInnhold(tekst: string, uri: string): Partikkel {
  const tokens = tekst.match(TOKEN) ?? [];
  const lest = parseValg(tokens, 0, uri);
  if (lest.neste !== tokens.length) throw new Error(`Unexpected '${tokens[lest.neste]}' in '${tekst}'`);
  return lest.partikkel;
}

interface Lest {
  readonly partikkel: Partikkel;
  readonly neste: number;
}

function parseValg(tokens: readonly string[], fra: number, uri: string): Lest {
  const deler: Partikkel[] = [];
  let neste = fra;
  for (;;) {
    const rekke = parseRekke(tokens, neste, uri);
    deler.push(rekke.partikkel);
    neste = rekke.neste;
    if (tokens[neste] !== '|') break;
    neste += 1;
  }
  return { partikkel: deler.length === 1 ? deler[0]! : { slag: 'valg', deler }, neste };
}

function parseRekke(tokens: readonly string[], fra: number, uri: string): Lest {
  const deler: Partikkel[] = [];
  let neste = fra;
  for (;;) {
    const token = tokens[neste];
    if (token === undefined || token === '|' || token === ')') break;
    const lest =
      token === '(' ? parseGruppe(tokens, neste, uri) : { partikkel: felt(token, uri), neste: neste + 1 };
    const antall = tokens[lest.neste];
    const gjentas = antall === '?' || antall === '*' || antall === '+';
    deler.push(gjentas ? gjenta(lest.partikkel, antall) : lest.partikkel);
    neste = lest.neste + (gjentas ? 1 : 0);
  }
  return { partikkel: { slag: 'rekke', deler }, neste };
}

function parseGruppe(tokens: readonly string[], fra: number, uri: string): Lest {
  const lest = parseValg(tokens, fra + 1, uri);
  if (tokens[lest.neste] !== ')') throw new Error('A parenthesis is not closed');
  return { partikkel: lest.partikkel, neste: lest.neste + 1 };
}

function gjenta(av: Partikkel, antall: string): Partikkel {
  return { slag: 'gjenta', av, valgfri: antall !== '+', mange: antall !== '?' };
}

function felt(token: string, uri: string): Partikkel {
  const [, navn, type, standard, nullbar] = FELT.exec(token) ?? [];
  if (!navn) throw new Error(`'${token}' is not a field`);
  return { slag: 'felt', felt: { navn, type, standard, nullbar: nullbar === '!', uri } };
}

/** A content model as an automaton whose states are the fields' positions. */
export interface Automat {
  readonly felt: readonly Felt[];
  /** Positions that may come first; and after each position, those that may follow. */
  readonly start: readonly number[];
  readonly etter: readonly (readonly number[])[];
  readonly kanSlutte: ReadonlySet<number>;
  readonly kanVaereTom: boolean;
}

interface Del {
  readonly tom: boolean;
  readonly forst: readonly number[];
  readonly sist: readonly number[];
}

/** Position automaton (Glushkov): one state per field, so that what was expected can be named. */
export function byggAutomat(partikkel: Partikkel): Automat {
  const felt: Felt[] = [];
  const etter: Set<number>[] = [];
  const koble = (fra: readonly number[], til: readonly number[]) => {
    for (const a of fra) for (const b of til) etter[a]!.add(b);
  };
  const bygg = (del: Partikkel): Del => {
    switch (del.slag) {
      case 'felt': {
        const posisjon = felt.push(del.felt) - 1;
        etter.push(new Set());
        return { tom: false, forst: [posisjon], sist: [posisjon] };
      }
      case 'gjenta': {
        const av = bygg(del.av);
        if (del.mange) koble(av.sist, av.forst);
        return { ...av, tom: av.tom || del.valgfri };
      }
      case 'valg': {
        const deler = del.deler.map(bygg);
        return {
          tom: deler.some(({ tom }) => tom),
          forst: deler.flatMap(({ forst }) => forst),
          sist: deler.flatMap(({ sist }) => sist),
        };
      }
      case 'rekke':
        return del.deler.map(bygg).reduce<Del>(
          (a, b) => {
            koble(a.sist, b.forst);
            return {
              tom: a.tom && b.tom,
              forst: a.tom ? [...a.forst, ...b.forst] : a.forst,
              sist: b.tom ? [...a.sist, ...b.sist] : b.sist,
            };
          },
          { tom: true, forst: [], sist: [] },
        );
    }
  };
  const hele = bygg(partikkel);
  return {
    felt,
    start: hele.forst,
    etter: etter.map((neste) => [...neste]),
    kanSlutte: new Set(hele.sist),
    kanVaereTom: hele.tom,
  };
}
