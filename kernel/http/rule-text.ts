const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'en tekst',
  integer: 'et heltall',
  number: 'et tall',
  boolean: 'true eller false',
  array: 'en liste',
  object: 'et objekt',
  null: 'null',
};

const FORMATS: Readonly<Record<string, string>> = {
  uuid: 'må være en UUID',
  date: 'må være en dato (ÅÅÅÅ-MM-DD)',
  'date-time': 'må være dato og klokkeslett med tidssone (ISO 8601)',
  uri: 'må være en fullstendig adresse',
};

/**
 * A broken keyword of JSON Schema in Norwegian, as it goes after the name of the field. `words` are what the schema itself
 * says of its rule (`x-regel`): a pattern is for machines, and is never shown.
 */
export function ruleText(
  keyword: string,
  params: Readonly<Record<string, unknown>>,
  words?: string | undefined,
): string {
  if (words !== undefined && (keyword === 'pattern' || keyword === 'format')) return words;
  const limit = String(params.limit);
  switch (keyword) {
    case 'required':
      return 'mangler';
    case 'type':
      return `må være ${typeNames(params.type)}`;
    case 'maxLength':
      return `høyst ${limit} tegn`;
    case 'minLength':
      return limit === '1' ? 'kan ikke være tom' : `minst ${limit} tegn`;
    case 'maxItems':
    case 'maximum':
      return `høyst ${limit}`;
    case 'minItems':
    case 'minimum':
      return `minst ${limit}`;
    case 'enum':
      return `må være en av ${(params.allowedValues as readonly unknown[]).join(', ')}`;
    case 'const':
      return `må være ${String(params.allowedValue)}`;
    case 'uniqueItems':
      return 'har like verdier';
    case 'format':
      return FORMATS[String(params.format)] ?? 'har ikke riktig form';
    case 'pattern':
      return digitsText(String(params.pattern)) ?? 'har ikke riktig form';
    default:
      return 'har ikke riktig form';
  }
}

/** Numbers written as text are the most common pattern. */
function digitsText(pattern: string): string | undefined {
  const count = /^\^(?:\[0-9\]|\\d)(?:\{(\d+)\}|(\+))?\$$/.exec(pattern);
  if (!count) return undefined;
  if (count[2]) return 'kan bare ha sifre';
  return count[1] ? `må ha ${count[1]} sifre` : 'må være ett siffer';
}

function typeNames(type: unknown): string {
  return [type]
    .flat()
    .map((name) => TYPE_NAMES[String(name)] ?? String(name))
    .join(' eller ');
}
