import { describe, expect, it } from 'vitest';
import { findCycles } from './boundaries/find-cycles.ts';
import { packageOf, readPackages, splitSpecifier } from './boundaries/packages.ts';
import { readSource, readSources, type Source } from './boundaries/read-sources.ts';
import { ROOM_MAY_USE, RULES, resolveRelative } from './boundaries/rules.ts';

const packages = readPackages();
const sources = readSources();
const paths = new Set(sources.map((source) => source.path));

/** An import that only speaks of types closes no circle when the program runs. */
function fileGraph(files: readonly Source[]): Map<string, string[]> {
  return new Map(
    files.map((source) => [
      source.path,
      source.imports
        .filter((edge) => !edge.typeOnly)
        .map((edge) => resolveRelative(source.path, edge.specifier))
        .filter((path): path is string => path !== undefined && paths.has(path)),
    ]),
  );
}

function packageGraph(): Map<string, string[]> {
  const graph = new Map<string, string[]>(packages.map((each) => [each.name, []]));
  for (const source of sources) {
    const own = packageOf(packages, source.path).name;
    for (const { specifier } of source.imports) {
      const { name } = splitSpecifier(specifier);
      if (graph.has(name) && name !== own) graph.get(own)?.push(name);
    }
  }
  return graph;
}

const broken = (rule: string, source: Source): string[] =>
  (RULES[rule]?.(source, packages) ?? ['no such rule']).map((sentence) => `${source.path} ${sentence}`);

describe('boundaries', () => {
  it('reads the whole repository', () => {
    const imports = sources.reduce((sum, source) => sum + source.imports.length, 0);
    console.log(
      `boundaries: read ${sources.length} files of ${packages.length} packages with ${imports} imports`,
    );
    expect(imports).toBeGreaterThan(sources.length);
    for (const { folder, name } of packages)
      expect(
        sources.filter((source) => source.path.startsWith(folder)),
        `${name}: no file read`,
      ).not.toHaveLength(0);
    const rooms = packages
      .filter((each) => each.kind === 'room')
      .map((each) => each.folder.slice('rooms/'.length));
    expect(Object.keys(ROOM_MAY_USE).sort()).toEqual(rooms.sort());
  });

  it.each(Object.keys(RULES))('%s', (rule) => {
    expect(sources.flatMap((source) => broken(rule, source))).toEqual([]);
  });

  it('no package imports itself in a circle', () => {
    expect(findCycles(packageGraph()).map((cycle) => cycle.join(' → '))).toEqual([]);
  });

  it('no file imports itself in a circle', () => {
    expect(findCycles(fileGraph(sources)).map((cycle) => cycle.join(' → '))).toEqual([]);
  });
});

describe('the boundary rules themselves', () => {
  const cases: [rule: string, path: string, text: string][] = [
    [
      'every bare import is declared in the package.json of its own package',
      'rooms/access/service/x.ts',
      "import 'left-pad';",
    ],
    [
      'every bare import is declared in the package.json of its own package',
      'rooms/access/service/x.ts',
      "await import('vitest');",
    ],
    [
      'relative imports stay inside their package',
      'rooms/post/service/x.ts',
      "export * from '../../access/errors.ts';",
    ],
    [
      'only exported entry points are imported',
      'apps/server/x.ts',
      "import { a } from '@grunnmur/access/service/sessions.ts';",
    ],
    [
      'apps use rooms, rooms use the kernel, and never the other way',
      'kernel/db/x.ts',
      "import type { A } from '@grunnmur/access';",
    ],
    [
      'apps use rooms, rooms use the kernel, and never the other way',
      'rooms/access/service/x.ts',
      "import '@grunnmur/post';",
    ],
    [
      'apps use rooms, rooms use the kernel, and never the other way',
      'rooms/post/service/x.ts',
      "import '@grunnmur/access/create';",
    ],
    [
      'apps use rooms, rooms use the kernel, and never the other way',
      'rooms/post/service/x.ts',
      "import '@grunnmur/server';",
    ],
    [
      'apps use rooms, rooms use the kernel, and never the other way',
      'rooms/post/jobs/x.ts',
      "import '@grunnmur/kernel/testing';",
    ],
    [
      'routes do not import stores',
      'rooms/post/routes/v2/x.ts',
      "import type { Row } from '../../store/konto-store.ts';",
    ],
    [
      'external is imported only by jobs, services and room.ts',
      'rooms/post/routes/x.ts',
      "import '../external/index.ts';",
    ],
    ['files stay under 400 lines', 'rooms/post/service/x.ts', '\n'.repeat(400)],
    [
      'only apps/server, tools, tests and scripts read the environment',
      'rooms/post/service/x.ts',
      'const a = process.env.HOME;',
    ],
    [
      'only apps/server, tools, tests and scripts read the environment',
      'kernel/db/x.ts',
      "const a = process['env'];",
    ],
    [
      'only apps/server, tools, tests and scripts read the environment',
      'kernel/db/x.ts',
      "import { env } from 'node:process';",
    ],
    [
      'only apps/server, tools, tests and scripts read the environment',
      'kernel/db/x.ts',
      'const { env } = process;',
    ],
    [
      'durations are measured by a clock that nobody sets',
      'rooms/access/service/x.ts',
      'const began = Date.now();',
    ],
    [
      'redirects are made by kernel/http/redirect.ts',
      'rooms/access/routes/x.ts',
      "export const f = (reply) => reply.redirect('/x', 303);",
    ],
    ['stores write JSON with toJson', 'rooms/post/store/x.ts', 'const text = JSON.stringify(row);'],
    ...[
      'await change(ctx, request.body);',
      'await change(ctx, { ...request.body, id });',
      'const { id, ...rest } = request.body as Body;',
      'const body = request.body ?? {};',
      'await search(ctx, request.query!);',
      "await change(ctx, request['body']);",
      'await change(ctx, request.body?.navn ? request.body : {});',
    ].map((text): [string, string, string] => [
      'what a request carries is picked field by field',
      'rooms/post/routes/x.ts',
      text,
    ]),
  ];

  it.each(cases)('%s: found in %s', (rule, path, text) => {
    expect(broken(rule, readSource(path, text))).toHaveLength(1);
  });

  it('has an example of every rule broken', () => {
    expect([...new Set(cases.map(([rule]) => rule))].sort()).toEqual(Object.keys(RULES).sort());
  });

  it('leaves comments, strings and what is allowed alone', () => {
    const text = `// import 'left-pad'\nconst text = "import 'left-pad'; process.env.A";\nimport { a } from '@grunnmur/access';`;
    const source = readSource('rooms/post/service/x.ts', text);
    expect(Object.keys(RULES).flatMap((rule) => broken(rule, source))).toEqual([]);
  });

  it('finds circles', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', ['a']],
      ['d', []],
    ]);
    expect(findCycles(graph)).toEqual([['a', 'b', 'c', 'a']]);
  });
});
