import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client, SuiteReport } from './results.ts';

const FILE = join(import.meta.dirname, '..', 'results.json');

/** How a suite went the last time it ran with clients that may stand on a protocol page. */
export interface SuiteRecord {
  readonly suite: string;
  readonly title: string;
  readonly page: string;
  readonly broker?: string;
  /** `yyyy-mm-dd` */
  readonly day: string;
  /** Of Grunnmur. */
  readonly version: string;
  readonly node: string;
  readonly clients: readonly Pick<Client, 'coordinates' | 'origin'>[];
  readonly results: readonly { readonly name: string; readonly ok: boolean }[];
}

export type Stamp = Pick<SuiteRecord, 'day' | 'version' | 'node'>;

export function readRecords(): readonly SuiteRecord[] {
  return JSON.parse(readFileSync(FILE, 'utf8')) as SuiteRecord[];
}

export function writeRecords(records: readonly SuiteRecord[]): void {
  writeFileSync(FILE, `${JSON.stringify(records, null, 1)}\n`);
}

/** The same suite with the same kind of broker, whatever its version. */
const keyOf = ({ suite, broker }: { readonly suite: string; readonly broker?: string }) =>
  `${suite} ${broker?.split(' ')[0] ?? ''}`;

/**
 * The records with what has just been run in place of what was known before. A suite that could not run here, or ran
 * with something other than the published file, takes nobody's place: what was seen elsewhere still stands.
 */
export function newRecords(
  known: readonly SuiteRecord[],
  reports: readonly SuiteReport[],
  stamp: Stamp,
): SuiteRecord[] {
  const fresh = new Map(
    reports.filter(isRecordable).map((report) => [keyOf(report), toRecord(report, stamp)]),
  );
  const kept = known.map((record) => fresh.get(keyOf(record)) ?? record);
  const added = [...fresh].filter(([key]) => !known.some((record) => keyOf(record) === key));
  const all = [...kept, ...added.map(([, record]) => record)];
  return [...all.filter(({ broker }) => !broker), ...all.filter(({ broker }) => broker)];
}

/** False for what did not run, and for clients that are not known to be the published files. */
export function isRecordable({ results, notRun, clients }: SuiteReport): boolean {
  return !notRun && results.length > 0 && clients.every(({ published }) => published);
}

function toRecord({ suite, title, page, broker, clients, results }: SuiteReport, stamp: Stamp): SuiteRecord {
  return {
    suite,
    title,
    page,
    ...(broker ? { broker } : {}),
    ...stamp,
    clients: clients.map(({ coordinates, origin }) => ({ coordinates, origin })),
    results: results.map(({ name, ok }) => ({ name, ok })),
  };
}
