import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client, SuiteReport } from './results.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDER = join('docs', 'protocols');
const START = '<!-- conformance:start -->';
const END = '<!-- conformance:end -->';

/** What a page says besides, of clients that no suite tries. */
const NOT_TRIED: Readonly<Record<string, readonly string[]>> = {
  'svarut.md': [
    '| `SendKlientV3`, `StatusKlientV3` of `fiks-svarut-klient` | | not run: REST v3 is not there yet | |',
  ],
  'fiks-io.md': [
    '| `KS.Fiks.IO.Client`, `KS.Fiks.IO.Send.Client` (.NET) | | not run: there is no suite for .NET yet | |',
  ],
};

/** What belongs between the markers: which clients were tried, when, and how it went. */
export function renderResults(reports: readonly SuiteReport[], version: string, day: string): string {
  const lines = [`Run on ${day} against Grunnmur ${version}, Node.js ${process.version}.`, ''];
  lines.push('| Client | From | Passed | Failed |', '| --- | --- | --- | --- |');
  for (const report of reports) lines.push(summaryRow(report));
  lines.push(...(NOT_TRIED[reports[0]?.page ?? ''] ?? []));
  for (const report of reports.filter(({ results }) => results.length > 0)) {
    lines.push('', `### ${titleOf(report)}`, '', '| Tried | Result |', '| --- | --- |');
    for (const { name, ok } of report.results)
      lines.push(`| ${cell(name)} | ${ok ? 'passed' : '**failed**'} |`);
  }
  return lines.join('\n');
}

function summaryRow(report: SuiteReport): string {
  const { clients, results, notRun } = report;
  if (notRun) return `| ${cell(titleOf(report))} | | **not run**: ${cell(notRun.explanation)} | |`;
  const names = clients.map((client) => `\`${client.coordinates}\``).join(', ') + withBroker(report);
  const failed = results.filter((result) => !result.ok).length;
  return `| ${names} | ${cell(originsOf(clients))} | ${results.length - failed} | ${failed} |`;
}

const titleOf = (report: SuiteReport): string => report.title + withBroker(report);
const withBroker = ({ broker }: SuiteReport): string => (broker ? `, with ${broker} as the broker` : '');

/** The one origin, or which client is from where. */
function originsOf(clients: readonly Client[]): string {
  const origins = [...new Set(clients.map(({ origin }) => origin))];
  if (origins.length === 1) return origins[0] as string;
  const from = (origin: string) =>
    clients.filter((client) => client.origin === origin).map(({ coordinates }) => `\`${coordinates}\``);
  return origins.map((origin) => `${from(origin).join(', ')}: ${origin}`).join('; ');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ').trim();

/** Names of the suites that ran with something other than the published file. */
export function unpublished(reports: readonly SuiteReport[]): string[] {
  return reports
    .filter((report) => report.clients.some((client) => !client.published))
    .map((report) => report.suite);
}

/** The same reports, with clients that are not the published files named as local builds of the given origin. */
export function withLocalOrigin(reports: readonly SuiteReport[], origin: string): SuiteReport[] {
  return reports.map((report) => ({
    ...report,
    clients: report.clients.map((client) =>
      client.published ? client : { ...client, origin: `**local build**, not the published file: ${origin}` },
    ),
  }));
}

/** Puts the results of each page's suites on it; tells what came of it, a line a page. */
export function writeProtocolPages(
  reports: readonly SuiteReport[],
  day: string,
  localOrigin?: string,
): string[] {
  const pages = [...new Set(reports.map((report) => report.page))];
  return pages.map((page) =>
    writeProtocolPage(
      page,
      reports.filter((report) => report.page === page),
      day,
      localOrigin,
    ),
  );
}

/**
 * What was tried with something other than the published file stays off the page, since the page speaks of published clients, unless
 * whoever runs it says where that comes from.
 */
function writeProtocolPage(
  name: string,
  all: readonly SuiteReport[],
  day: string,
  localOrigin?: string,
): string {
  const page = join(FOLDER, name);
  const reports = localOrigin === undefined ? all : withLocalOrigin(all, localOrigin);
  const unknown = unpublished(reports);
  if (unknown.length > 0 && localOrigin === undefined)
    return `${page} was left alone: ${unknown.join(', ')} ran with a client that is not the published file.`;
  const file = join(ROOT, page);
  const text = readFileSync(file, 'utf8');
  const [start, end] = [text.indexOf(START), text.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`${page} has no ${START} … ${END}`);
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const results = renderResults(reports, version, day);
  writeFileSync(file, `${text.slice(0, start + START.length)}\n\n${results}\n\n${text.slice(end)}`);
  return `${page} was written.`;
}
