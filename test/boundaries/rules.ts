import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { ROOMS } from '@grunnmur/server/rooms';
import { type Package, packageOf, splitSpecifier } from './packages.ts';
import type { ImportEdge, Source } from './read-sources.ts';

/** Which rooms a room may ask, through their contracts: those its manifest names. */
export const ROOM_MAY_USE: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  ROOMS.map(({ name, uses }) => [name, uses]),
);

export const MAX_LINES = 400;

type Rule = (source: Source, packages: readonly Package[]) => string[];

const roomName = (each: Package): string => each.folder.slice('rooms/'.length);

/** Tests and what only tests use: never part of the running product. */
export function isTestFile(path: string): boolean {
  return /(?:^|\/)test\//.test(path) || /\.test\.tsx?$/.test(path) || path.startsWith('kernel/testing/');
}

/** The file a relative import means, from the root; undefined for a bare import. */
export function resolveRelative(path: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined;
}

const bare = (source: Source): ImportEdge[] =>
  source.imports.filter(({ specifier }) => !specifier.startsWith('.') && !isBuiltin(specifier));

/** Folder inside the room, such as `routes`, or the file's name when it lies directly in the room. */
function placeInRoom(path: string): string | undefined {
  return /^rooms\/[^/]+\/([^/]+)/.exec(path)?.[1];
}

const declared: Rule = (source, packages) => {
  const own = packageOf(packages, source.path);
  const root = packages[0] as Package;
  const lenient = isTestFile(source.path) || own.kind === 'tool' || own.kind === 'root';
  return bare(source).flatMap(({ specifier, typeOnly }) => {
    const { name } = splitSpecifier(specifier);
    if (own.dependencies.has(name)) return [];
    // The root's tests and scripts look at the workspaces, which npm links there without a declaration.
    if (own.kind === 'root' && packages.some((each) => each.name === name)) return [];
    if (lenient && (own.devDependencies.has(name) || root.devDependencies.has(name))) return [];
    if (typeOnly && (own.devDependencies.has(name) || own.devDependencies.has(`@types/${name}`))) return [];
    return [`imports ${specifier}, which ${posix.join(own.folder, 'package.json')} does not declare`];
  });
};

const relativeStaysInside: Rule = (source, packages) => {
  const own = packageOf(packages, source.path);
  if (own.kind === 'root') return [];
  return source.imports.flatMap(({ specifier }) => {
    const target = resolveRelative(source.path, specifier);
    return target === undefined || target.startsWith(`${own.folder}/`)
      ? []
      : [`reaches out of its package with ${specifier}`];
  });
};

const exported: Rule = (source, packages) =>
  bare(source).flatMap(({ specifier }) => {
    const { name, subPath } = splitSpecifier(specifier);
    const target = packages.find((each) => each.name === name);
    return !target || target.exports.has(subPath)
      ? []
      : [`imports ${specifier}, which ${name} does not export`];
  });

const direction: Rule = (source, packages) => {
  const own = packageOf(packages, source.path);
  return bare(source).flatMap(({ specifier }) => {
    const { name, subPath } = splitSpecifier(specifier);
    const target = packages.find((each) => each.name === name);
    if (!target) return [];
    // What others may take from npm without the platform: it stands on nothing of ours but its like.
    if (own.kind === 'library')
      return target.kind === 'library' || isTestFile(source.path)
        ? []
        : [`imports ${specifier}: libraries know no platform`];
    if (target.kind === 'library') return [];
    if (own.kind === 'kernel') return [`imports ${specifier}: the kernel knows no room and no app`];
    if (own.kind === 'room') return roomImport(source, own, target, specifier, subPath);
    if (target.kind === 'tool') return [`imports ${specifier}: nothing is built on ${target.folder}`];
    return [];
  });
};

function roomImport(
  source: Source,
  own: Package,
  target: Package,
  specifier: string,
  subPath: string,
): string[] {
  if (target.kind === 'kernel') {
    const forTests = subPath === './testing' && !isTestFile(source.path);
    return forTests ? [`imports ${specifier} outside its tests`] : [];
  }
  if (target.kind !== 'room') return [`imports ${specifier}: rooms know no app`];
  if (target === own) return [`imports its own package as ${specifier}; use a relative path`];
  if (!(ROOM_MAY_USE[roomName(own)] ?? []).includes(roomName(target)))
    return [`imports ${specifier}: ${roomName(own)} may not use ${roomName(target)}`];
  if (subPath !== '.' && !isTestFile(source.path))
    return [`imports ${specifier}: only the contract, ${target.name}, is for other rooms`];
  return [];
}

const routesKnowNoStore: Rule = (source) =>
  placeInRoom(source.path) !== 'routes'
    ? []
    : source.imports.flatMap(({ specifier }) => {
        const target = resolveRelative(source.path, specifier);
        return target && placeInRoom(target) === 'store'
          ? [`imports ${specifier}: a route asks a service, never a store`]
          : [];
      });

/** A simulator is the other end of a client in external, and shares its reading of the published contract. */
const EXTERNAL_IS_FOR = [
  'jobs',
  'service',
  'external',
  'room.ts',
  'build-room.ts',
  'create-room.ts',
  'demo',
  'simulators',
  'simulators.ts',
  'test',
];

const externalIsForJobsAndServices: Rule = (source) => {
  const place = placeInRoom(source.path);
  if (place === undefined || EXTERNAL_IS_FOR.includes(place)) return [];
  return source.imports.flatMap(({ specifier }) => {
    const target = resolveRelative(source.path, specifier);
    return target && placeInRoom(target) === 'external'
      ? [`imports ${specifier}: external is for jobs, services and room.ts`]
      : [];
  });
};

const short: Rule = (source) =>
  source.lines < MAX_LINES ? [] : [`has ${source.lines} lines; a file stays under ${MAX_LINES}`];

/** Who may read the environment: the composition root, the command line tool around it, tools, tests and scripts. */
const mayReadEnvironment = (path: string): boolean =>
  /^(?:apps\/(?:server|cli)|scripts|conformance|bench|test)\//.test(path) ||
  isTestFile(path) ||
  path === 'vitest.config.ts';

/** Files that must, each with its reason. */
const EXCUSED: Readonly<Record<string, string>> = {
  'apps/portal/tsx-hooks.ts': 'React chooses its build by NODE_ENV while it is loaded, so it is set before',
};

const environment: Rule = (source) =>
  source.readsEnvironment && !mayReadEnvironment(source.path) && !(source.path in EXCUSED)
    ? ['reads process.env; configuration is an argument from apps/server']
    : [];

const redirectsInOnePlace: Rule = (source) =>
  source.redirects && source.path !== 'kernel/http/redirect.ts'
    ? ['redirects by itself; seeOther and seeElsewhere of the kernel keep browsers on our host']
    : [];

/** The other end of a client in the demonstration: what it is sent changes nothing of ours. */
const isSimulator = (path: string): boolean => /^rooms\/[^/]+\/(?:external|simulators)\//.test(path);

/** Files that read a body as one thing, each with its reason. */
const READS_WHOLE: Readonly<Record<string, string>> = {
  'apps/portal/routes/insight.ts': 'the period is read from the query by name, in view/insight.ts',
  'apps/portal/routes/messages.ts': 'the filter is read from the query by name, in view/message-filter.ts',
  'rooms/exchange/routes/authorization/register-authorization.ts': 'asks whether the body is a form',
  'rooms/documents/routes/upload-routes.ts': 'asks whether the body is an object',
  'rooms/exchange/routes/konto/adresse-verdier.ts': 'the body is a list, whose items are picked',
  'rooms/post/routes/v1/search-statuser.ts': 'the body is a list of ids',
  'rooms/post/routes/v1/set-lest.ts': 'the form is read by the route, and its fields are picked',
  'rooms/post/routes/v1/slett-filer.ts': 'the body is a list of ids',
  'rooms/post/routes/v2/set-lest.ts': 'the form is read by the route, and its fields are picked',
};

const picksFields: Rule = (source) =>
  source.wholeRequests === 0 ||
  isTestFile(source.path) ||
  isSimulator(source.path) ||
  !/^(?:rooms|apps)\//.test(source.path) ||
  source.path in READS_WHOLE
    ? []
    : ['hands on a whole request.body or request.query; name the fields that are wanted'];

const storesJson: Rule = (source) =>
  source.writesJson && placeInRoom(source.path) === 'store'
    ? ['writes JSON.stringify into SQL; toJson of kernel/db leaves out what jsonb cannot hold']
    : [];

/** Ids begin with the time of day, as RFC 9562 §5.7 says. */
const WALL_CLOCK_IN = 'kernel/ids/index.ts';

const durationsAreMonotonic: Rule = (source) =>
  source.readsWallClock &&
  source.path !== WALL_CLOCK_IN &&
  /^(?:kernel|rooms|packages|apps)\//.test(source.path) &&
  !isTestFile(source.path)
    ? ['calls Date.now: durations are elapsedMs of kernel/time, the time of day is ctx.now']
    : [];

/** Every rule about one file, by the sentence that a reader should see when it is broken. */
export const RULES: Readonly<Record<string, Rule>> = {
  'every bare import is declared in the package.json of its own package': declared,
  'relative imports stay inside their package': relativeStaysInside,
  'only exported entry points are imported': exported,
  'apps use rooms, rooms use the kernel, and never the other way': direction,
  'routes do not import stores': routesKnowNoStore,
  'external is imported only by jobs, services and room.ts': externalIsForJobsAndServices,
  'files stay under 400 lines': short,
  'only apps/server, tools, tests and scripts read the environment': environment,
  'redirects are made by kernel/http/redirect.ts': redirectsInOnePlace,
  'durations are measured by a clock that nobody sets': durationsAreMonotonic,
  'what a request carries is picked field by field': picksFields,
  'stores write JSON with toJson': storesJson,
};
