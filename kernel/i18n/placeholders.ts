import { IntlMessageFormat } from 'intl-messageformat';

/** Element types of the ICU parser (its published enumeration) that stand for a parameter. */
const KINDS: Readonly<Record<number, string>> = {
  1: 'value',
  2: 'number',
  3: 'date',
  4: 'time',
  5: 'select',
  6: 'plural',
};

interface AstElement {
  readonly type: number;
  readonly value?: string;
  readonly options?: Readonly<Record<string, { readonly value: readonly AstElement[] }>>;
}

/** The parameters of an ICU message, sorted: `count plural`, `name value`. Throws when the message cannot be read. */
export function messagePlaceholders(message: string): string[] {
  const format = new IntlMessageFormat(message, 'nb-NO', undefined, { ignoreTag: true });
  const found = new Set<string>();
  collect(format.getAst() as unknown as readonly AstElement[], found);
  return [...found].sort();
}

function collect(elements: readonly AstElement[], found: Set<string>): void {
  for (const element of elements) {
    const kind = KINDS[element.type];
    if (kind) found.add(`${element.value} ${kind}`);
    for (const option of Object.values(element.options ?? {})) collect(option.value, found);
  }
}
