import { readdirSync, readFileSync } from 'node:fs';
import type pg from 'pg';

const ROOMS = new URL('../../rooms/', import.meta.url);

/**
 * What stands in the access log about persons and has no words for them: they read there who has used their information, so
 * each operation of a room needs `audit.<operation>`, and each kind of information `information.<kind>`, in its locales. Tests ask
 * when they are done with a database, so that whatever they made the program write is looked at.
 */
export async function untoldOperations(owner: pg.Pool): Promise<string[]> {
  const { rows } = await owner.query<{ operation: string; kind: string | null }>(
    `select distinct operation, information_kind as kind from kernel.audit where subject is not null`,
  );
  const { rooms, keys } = told();
  const ours = rows.filter(({ operation }) => rooms.has(operation.split('.')[0] ?? ''));
  const wanted = ours.flatMap(({ operation, kind }) => [
    `audit.${operation}`,
    ...(kind ? [`information.${kind}`] : []),
  ]);
  return [...new Set(wanted)].filter((key) => !keys.has(key)).sort();
}

let known: { rooms: Set<string>; keys: Set<string> } | undefined;

function told() {
  if (known) return known;
  const rooms = new Set(readdirSync(ROOMS));
  const keys = new Set<string>();
  for (const room of rooms)
    for (const key of Object.keys(
      JSON.parse(readFileSync(new URL(`${room}/locales/nb.json`, ROOMS), 'utf8')),
    ))
      keys.add(key);
  known = { rooms, keys };
  return known;
}
