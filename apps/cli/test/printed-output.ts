/** Ids, times and sizes are others each time; what a page prints of them is an example. */
const EXAMPLES: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>'],
  [/\b[0-9a-f]{4}…/g, '<id>'],
  [/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>'],
  [/\b\d\d:\d\d:\d\d\b/g, '<time>'],
  [/\b1[5-9]\d{11}\b/g, '<epoch>'],
  [/\d+(\.\d+)? kB/g, '<size>'],
];

const inGeneral = (text: string) => EXAMPLES.reduce((found, [from, to]) => found.replaceAll(from, to), text);

/** What of the printed output is not in the real one, in order; undefined when all is. */
export function missingOutput(printed: string, real: string): string | undefined {
  if (printed.trimStart().startsWith('{')) return differentJson(printed, real);
  const lines = inGeneral(real)
    .split('\n')
    .map((line) => line.trimEnd());
  let from = 0;
  for (const line of inGeneral(printed).trimEnd().split('\n')) {
    const at = lines.indexOf(line.trimEnd(), from);
    if (at < 0) return line;
    from = at + 1;
  }
  return undefined;
}

function differentJson(printed: string, real: string): string | undefined {
  const end = real.trim().split('\n').at(-1) ?? '';
  const wanted = canonical(printed);
  let found: string;
  try {
    found = canonical(end);
  } catch {
    return `JSON: ${wanted}`;
  }
  return found === wanted ? undefined : `${wanted}, but: ${found}`;
}

/** With sorted members and without what differs each time. */
export function canonical(json: string): string {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, member]) => [name, sorted(member)]),
    );
  };
  return inGeneral(JSON.stringify(sorted(JSON.parse(json))));
}
