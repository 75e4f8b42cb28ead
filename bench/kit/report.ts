import { readFile, writeFile } from 'node:fs/promises';

export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly note?: string;
}

export interface Target {
  readonly what: string;
  readonly goal: string;
  readonly measured: string;
  readonly met: boolean;
}

export const whole = (value: number) => Math.round(value).toLocaleString('en');
export const ms = (value: number) => value.toFixed(value < 10 ? 1 : 0);

export function targetTable(targets: readonly Target[]): Table {
  return {
    title: 'Targets',
    head: ['what', 'goal', 'measured', ''],
    rows: targets.map(({ what, goal, measured, met }) => [what, goal, measured, met ? 'met' : 'NOT MET']),
  };
}

/** Tables as plain text. */
export function terminalTables(tables: readonly Table[]): string {
  const text = tables.map(({ title, head, rows }) => {
    const all = [head, ...rows];
    const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
    const lines = all.map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    );
    return `\n${title}\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
  });
  return text.join('');
}

/** Tables below headings of `level`. */
export function markdownTables(tables: readonly Table[], level: number): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const text = tables.map(({ title, head, rows, note }) => {
    const rule = row(head.map(() => '---'));
    return `${'#'.repeat(level)} ${title}\n\n${note ? `${note}\n\n` : ''}${row(head)}${rule}${rows.map(row).join('')}\n`;
  });
  return text.join('');
}

const PAGE = new URL('../../docs/performance.md', import.meta.url);

/** Replaces one bench's section of the page, or adds it; what others have written stays. */
export async function writeSection(name: string, section: string): Promise<void> {
  const text = await readFile(PAGE, 'utf8').catch(() => '');
  await writeFile(PAGE, withSection(text, name, section));
}

/** `text` with the section between the markers of `name` replaced, or added at the end. */
export function withSection(text: string, name: string, section: string): string {
  const [begin, end] = [`<!-- begin: ${name} -->`, `<!-- end: ${name} -->`];
  const block = `${begin}\n\n${section.trim()}\n\n${end}`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) return `${text.trimEnd()}\n\n${block}\n`.trimStart();
  return text.slice(0, from) + block + text.slice(to + end.length);
}
