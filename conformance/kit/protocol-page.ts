import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecordable, newRecords, readRecords, type SuiteRecord, writeRecords } from './recorded-results.ts';
import type { SuiteReport } from './results.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDER = join('docs', 'protocols');
const START = '<!-- conformance:start -->';
const END = '<!-- conformance:end -->';

/** What a page says besides, of clients that no suite tries. */
const NOT_TRIED: Readonly<Record<string, readonly string[]>> = {
  'svarut.md': [
    '| `SendKlientV3`, `StatusKlientV3` of `fiks-svarut-klient` | | not run: REST v3 is not there yet | | |',
  ],
  'fiks-io.md': [
    '| `KS.Fiks.IO.Client`, `KS.Fiks.IO.Send.Client` (.NET) | | not run: there is no suite for .NET yet | | |',
  ],
};

/** What belongs between the markers: which clients were tried, when, and how it went. */
export function renderResults(records: readonly SuiteRecord[]): string {
  const lines = ['| Client | From | Passed | Failed | Run |', '| --- | --- | --- | --- | --- |'];
  for (const record of records) lines.push(summaryRow(record));
  lines.push(...(NOT_TRIED[records[0]?.page ?? ''] ?? []));
  for (const record of records) {
    lines.push('', `### ${titleOf(record)}`, '', '| Tried | Result |', '| --- | --- |');
    for (const { name, ok } of record.results)
      lines.push(`| ${cell(name)} | ${ok ? 'passed' : '**failed**'} |`);
  }
  return lines.join('\n');
}

function summaryRow(record: SuiteRecord): string {
  const { clients, results, day, version, node } = record;
  const names = clients.map((client) => `\`${client.coordinates}\``).join(', ') + withBroker(record);
  const failed = results.filter((result) => !result.ok).length;
  const run = `${day}, Grunnmur ${version}, Node.js ${node}`;
  return `| ${names} | ${cell(originsOf(clients))} | ${results.length - failed} | ${failed} | ${run} |`;
}

const titleOf = (record: SuiteRecord): string => record.title + withBroker(record);
const withBroker = ({ broker }: SuiteRecord): string => (broker ? `, with ${broker} as the broker` : '');

/** The one origin, or which client is from where. */
function originsOf(clients: SuiteRecord['clients']): string {
  const origins = [...new Set(clients.map(({ origin }) => origin))];
  if (origins.length === 1) return origins[0] as string;
  const from = (origin: string) =>
    clients.filter((client) => client.origin === origin).map(({ coordinates }) => `\`${coordinates}\``);
  return origins.map((origin) => `${from(origin).join(', ')}: ${origin}`).join('; ');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ').trim();

/** The same reports, with clients that are not the published files named as local builds of the given origin. */
export function withLocalOrigin(reports: readonly SuiteReport[], origin: string): SuiteReport[] {
  return reports.map((report) => ({
    ...report,
    clients: report.clients.map((client) =>
      client.published
        ? client
        : { ...client, published: true, origin: `**local build**, not the published file: ${origin}` },
    ),
  }));
}

/**
 * Records what was run and writes the pages anew from the records; tells what came of it, a line each. What was tried
 * with something other than the published file is not recorded, since the pages speak of published clients, unless
 * whoever runs it says where that comes from.
 */
export function writeProtocolPages(ran: readonly SuiteReport[], day: string, localOrigin?: string): string[] {
  const reports = localOrigin === undefined ? ran : withLocalOrigin(ran, localOrigin);
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const records = newRecords(readRecords(), reports, { day, version, node: process.version });
  writeRecords(records);
  const pages = [...new Set(reports.map((report) => report.page))];
  const left = reports.filter((report) => !isRecordable(report)).map(({ suite }) => suite);
  return [
    ...pages.map((page) =>
      writeProtocolPage(
        page,
        records.filter((record) => record.page === page),
      ),
    ),
    ...(left.length > 0 ? [`What is recorded of ${[...new Set(left)].join(', ')} still stands.`] : []),
  ];
}

function writeProtocolPage(name: string, records: readonly SuiteRecord[]): string {
  const page = join(FOLDER, name);
  const file = join(ROOT, page);
  const text = readFileSync(file, 'utf8');
  const [start, end] = [text.indexOf(START), text.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`${page} has no ${START} … ${END}`);
  writeFileSync(
    file,
    `${text.slice(0, start + START.length)}\n\n${renderResults(records)}\n\n${text.slice(end)}`,
  );
  return `${page} was written.`;
}
