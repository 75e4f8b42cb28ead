/** Rules of a simple value. All that are set count. */
export interface Verdiregel {
  readonly base: Grunntype;
  readonly minst?: number;
  readonly fra?: number;
  readonly moenster?: string;
  readonly verdier?: readonly string[];
}

export type Grunntype = keyof typeof GRUNNTYPER;

const INT_MAX = 2n ** 31n - 1n;
const LONG_MAX = 2n ** 63n - 1n;

const GRUNNTYPER = {
  string: () => true,
  boolean: (verdi: string) => /^(true|false|1|0)$/.test(verdi),
  int: (verdi: string) => isInteger(verdi, INT_MAX),
  long: (verdi: string) => isInteger(verdi, LONG_MAX),
  integer: (verdi: string) => isInteger(verdi),
  double: (verdi: string) => /^([+-]?(\d+(\.\d*)?|\.\d+)([Ee][+-]?\d+)?|-?INF|NaN)$/.test(verdi),
  date: (verdi: string) => isDate(verdi),
  dateTime: (verdi: string) => isDateTime(verdi),
} satisfies Record<string, (verdi: string) => boolean>;

const TEKST: Record<Grunntype, string> = {
  string: 'en tekst',
  boolean: 'true eller false',
  int: 'et heltall',
  long: 'et heltall',
  integer: 'et heltall',
  double: 'et tall',
  date: 'en dato (åååå-mm-dd)',
  dateTime: 'et tidspunkt (åååå-mm-ddTtt:mm:ss)',
};

export function isGrunntype(navn: string): navn is Grunntype {
  return Object.hasOwn(GRUNNTYPER, navn);
}

/** The violated rule, or undefined when the value is right. Values of other types than text are trimmed first. */
export function checkVerdi(raa: string, regel: Verdiregel): string | undefined {
  const verdi = regel.base === 'string' ? raa : raa.replace(/[\t\n\r ]+/g, ' ').trim();
  if (!GRUNNTYPER[regel.base](verdi)) return `skal være ${TEKST[regel.base]}`;
  if (regel.minst !== undefined && [...verdi].length < regel.minst) return 'skal ikke være tom';
  if (regel.fra !== undefined && Number(verdi) < regel.fra) return `skal være minst ${regel.fra}`;
  if (regel.verdier && !regel.verdier.includes(verdi)) return `skal være en av ${regel.verdier.join(', ')}`;
  if (regel.moenster && !new RegExp(`^(?:${regel.moenster})$`, 'u').test(verdi)) {
    return `skal følge mønsteret ${regel.moenster}`;
  }
  return undefined;
}

function isInteger(verdi: string, max?: bigint): boolean {
  // Longer than any bound that is checked; a million digits are no number to convert.
  if (!/^[+-]?\d+$/.test(verdi)) return false;
  if (max === undefined) return true;
  const siffer = verdi.replace(/^[+-]?0*/, '') || '0';
  if (siffer.length > 20) return false;
  const tall = BigInt(siffer);
  return verdi.startsWith('-') ? tall <= max + 1n : tall <= max;
}

const SONE = String.raw`(Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00)?`;
const DATO = String.raw`(-?(?:[1-9]\d{3,}|0\d{3}))-(\d\d)-(\d\d)`;
const DATE = new RegExp(`^${DATO}${SONE}$`);
const DATE_TIME = new RegExp(
  String.raw`^${DATO}T(?:([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?|24:00:00(\.0+)?)${SONE}$`,
);

function isDate(verdi: string): boolean {
  const treff = DATE.exec(verdi);
  return treff !== null && isDay(treff[1]!, treff[2]!, treff[3]!);
}

function isDateTime(verdi: string): boolean {
  const treff = DATE_TIME.exec(verdi);
  return treff !== null && isDay(treff[1]!, treff[2]!, treff[3]!);
}

function isDay(aar: string, maaned: string, dag: string): boolean {
  const y = Number(aar);
  const m = Number(maaned);
  // The year 0000 does not exist (XML Schema 1.0).
  if (y === 0 || m < 1 || m > 12) return false;
  const skuddaar = (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0;
  const dager = [31, skuddaar ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][m - 1]!;
  return Number(dag) >= 1 && Number(dag) <= dager;
}
