import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOMS = join(import.meta.dirname, '..', 'rooms');
const rooms = readdirSync(ROOMS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

/** Names of the tables a room's migrations create or take over and neither drop nor give away, without the schema. */
function tablesOf(room: string): string[] {
  const folder = join(ROOMS, room, 'migrations');
  const files = readdirSync(join(ROOMS, room)).includes('migrations') ? readdirSync(folder).sort() : [];
  const tables = new Set<string>();
  for (const file of files.filter((name) => name.endsWith('.sql'))) {
    const sql = readFileSync(join(folder, file), 'utf8').replace(/--.*$/gm, '');
    for (const [, verb, name] of sql.matchAll(
      /^\s*(create|drop)\s+table\s+(?:if\s+(?:not\s+)?exists\s+)?(?:\w+\.)?(\w+)/gim,
    ))
      if (verb?.toLowerCase() === 'create') tables.add(name as string);
      else tables.delete(name as string);
  }
  for (const [, from, name, to] of moves()) {
    if (from === room) tables.delete(name as string);
    if (to === room) tables.add(name as string);
  }
  return [...tables].sort();
}

/** Tables that a room has taken over from another: where from, name, where to. */
function moves(): RegExpMatchArray[] {
  const all = rooms.flatMap((room) => {
    const folder = join(ROOMS, room, 'migrations');
    const files = readdirSync(join(ROOMS, room)).includes('migrations') ? readdirSync(folder).sort() : [];
    return files
      .filter((name) => name.endsWith('.sql'))
      .map((name) => readFileSync(join(folder, name), 'utf8'));
  });
  return all.flatMap((sql) => [...sql.matchAll(/^alter table (\w+)\.(\w+) set schema (\w+);/gim)]);
}

const MAX_LINES = 120;

describe('room READMEs', () => {
  it('are about rooms that are there', () => {
    const tables = rooms.flatMap(tablesOf);
    console.log(`readmes: ${rooms.length} rooms with ${tables.length} tables`);
    expect(rooms.length).toBeGreaterThan(0);
    expect(tables.length).toBeGreaterThan(0);
  });

  it.each(rooms)('%s: one page that names every table the room owns', (room) => {
    const readme = readFileSync(join(ROOMS, room, 'README.md'), 'utf8');
    expect(readme.split('\n').length, 'longer than a page').toBeLessThanOrEqual(MAX_LINES);
    // Named in code style, with or without the schema, so that an ordinary word does not count as the table of that name.
    const missing = tablesOf(room).filter((table) => !new RegExp(`\`(?:${room}\\.)?${table}\``).test(readme));
    expect(missing, `rooms/${room}/README.md does not name these tables`).toEqual([]);
  });
});
