import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { DokumentSjekk } from './avvik.ts';
import { loadJsonSchemas } from './load-json-schemas.ts';
import { loadXsdSchemas } from './load-xsd-schemas.ts';
import type { EgneSkjemaer } from './validate-message.ts';

const GRENSER = { filer: 2000, bytes: 5_000_000, dybde: 6 } as const;

/** A file of a folder of schemas. */
export interface SkjemaFil {
  readonly navn: string;
  readonly mappe: string;
  readonly innhold: Uint8Array;
}

export interface LastedeSkjemaer extends EgneSkjemaer {
  /** Message types that have a schema here. */
  readonly meldingstyper: readonly string[];
  /** Files that could not be used, and why. What is published is not free of slips, so they stop nothing. */
  readonly advarsler: readonly { readonly fil: string; readonly tekst: string }[];
}

export interface LastetSjekk {
  readonly meldingstype: string;
  readonly sjekk: DokumentSjekk;
}

export interface Lasting {
  readonly sjekker: readonly LastetSjekk[];
  readonly advarsler: readonly { readonly fil: string; readonly tekst: string }[];
}

/**
 * Published schemas that an operator has put in a folder, sub-folders too: `<message type>.schema.json` and
 * `<message type>.xsd`. They refer to each other by bare file names within their own folder (fiks-io §5.1).
 */
export async function loadSchemas(mappe: string): Promise<LastedeSkjemaer> {
  const mapper = Map.groupBy(await readFolder(mappe, GRENSER.dybde), (fil) => fil.mappe);
  const lastinger: Lasting[] = [];
  for (const filer of mapper.values()) {
    lastinger.push(loadJsonSchemas(filer), await loadXsdSchemas(filer));
  }
  const sjekker = new Map(
    lastinger.flatMap((lasting) => lasting.sjekker).map(({ meldingstype, sjekk }) => [meldingstype, sjekk]),
  );
  return {
    find: (meldingstype) => sjekker.get(meldingstype),
    meldingstyper: [...sjekker.keys()].sort(),
    advarsler: lastinger.flatMap((lasting) => lasting.advarsler),
  };
}

async function readFolder(mappe: string, dybde: number): Promise<SkjemaFil[]> {
  if (dybde === 0) return [];
  const filer: SkjemaFil[] = [];
  for (const innslag of await readdir(mappe, { withFileTypes: true })) {
    const sti = join(mappe, innslag.name);
    if (innslag.isDirectory()) filer.push(...(await readFolder(sti, dybde - 1)));
    else if (/\.(xsd|schema\.json)$/.test(innslag.name)) filer.push(await readSchema(mappe, sti));
    if (filer.length > GRENSER.filer) throw new Error(`More than ${GRENSER.filer} schemas in ${mappe}`);
  }
  return filer;
}

async function readSchema(mappe: string, sti: string): Promise<SkjemaFil> {
  const { size } = await stat(sti);
  if (size > GRENSER.bytes) throw new Error(`${sti} is larger than ${GRENSER.bytes} bytes`);
  return { navn: basename(sti), mappe, innhold: await readFile(sti) };
}
