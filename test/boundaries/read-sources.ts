import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseAst } from 'rolldown/parseAst';

/** The repository's own root. */
export const ROOT = join(import.meta.dirname, '..', '..');

const SOURCE = /\.(?:m?ts|tsx|m?js)$/;
const TOP = [
  'kernel',
  'packages',
  'rooms',
  'apps',
  'conformance',
  'bench',
  'scripts',
  'test',
  'vitest.config.ts',
];

/** One import of one file: of any form, static, dynamic, re-exported or in a type. */
export interface ImportEdge {
  specifier: string;
  /** True when it disappears before the program runs. */
  typeOnly: boolean;
}

/** A source file as the rules see it. */
export interface Source {
  /** From the root, with forward slashes. */
  path: string;
  lines: number;
  imports: ImportEdge[];
  /** Whether it reads the environment, in whichever spelling. */
  readsEnvironment: boolean;
  /** Whether it reads the wall clock by `Date.now`. */
  readsWallClock: boolean;
  /** Whether it calls `redirect` of anything. */
  redirects: boolean;
  /** How often the whole of a request's body or query is handed on, instead of the fields that are wanted of it. */
  wholeRequests: number;
  /** Whether it makes JSON by itself. */
  writesJson: boolean;
}

type Node = Record<string, unknown> & { type: string };

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}

function visit(value: unknown, see: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, see);
    return;
  }
  if (!isNode(value)) return;
  see(value);
  for (const child of Object.values(value))
    if (typeof child === 'object' && child !== null) visit(child, see);
}

function literal(value: unknown): string | undefined {
  return isNode(value) && value.type === 'Literal' && typeof value.value === 'string'
    ? value.value
    : undefined;
}

function importOf(node: Node): ImportEdge | undefined {
  const specifier = literal(node.source);
  if (specifier === undefined) return undefined;
  switch (node.type) {
    case 'ImportDeclaration':
      return { specifier, typeOnly: node.importKind === 'type' };
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return { specifier, typeOnly: node.exportKind === 'type' };
    case 'ImportExpression':
      return { specifier, typeOnly: false };
    case 'TSImportType':
      return { specifier, typeOnly: true };
    default:
      return undefined;
  }
}

/** `require('x')` and `import.meta.resolve('x')`, the two ways around an import statement. */
function callOf(node: Node): ImportEdge | undefined {
  if (node.type !== 'CallExpression' || !Array.isArray(node.arguments)) return undefined;
  const callee = node.callee as Node;
  const name = callee.type === 'MemberExpression' ? (callee.property as Node).name : callee.name;
  const specifier = literal(node.arguments[0]);
  const loads =
    name === 'require' ||
    (name === 'resolve' && (callee.object as Node | undefined)?.type === 'MetaProperty');
  return loads && specifier !== undefined ? { specifier, typeOnly: false } : undefined;
}

const isProcessEnv = (node: unknown): boolean =>
  isNode(node) &&
  node.type === 'MemberExpression' &&
  (node.object as Node).name === 'process' &&
  ((node.property as Node).name ?? literal(node.property)) === 'env';

/** +1 for each way to the environment, −1 where it is only to hand PATH on to a program that is started. */
function environmentReads(node: Node): number {
  if (isProcessEnv(node)) return 1;
  if (node.type === 'MemberExpression' && isProcessEnv(node.object))
    return (node.property as Node).name === 'PATH' ? -1 : 0;
  // import { env } from 'node:process' · const { env } = process
  if (node.type === 'ImportDeclaration')
    return /^(?:node:)?process$/.test(literal(node.source) ?? '') ? 1 : 0;
  const fromProcess = node.type === 'VariableDeclarator' && (node.init as Node | null)?.name === 'process';
  return fromProcess && (node.id as Node).type === 'ObjectPattern' ? 1 : 0;
}

const nameIn = (node: Node): unknown => (node.property as Node).name ?? literal(node.property);

const isRedirect = (node: Node): boolean =>
  node.type === 'CallExpression' &&
  isNode(node.callee) &&
  node.callee.type === 'MemberExpression' &&
  nameIn(node.callee) === 'redirect';

const isWallClock = (node: Node): boolean =>
  node.type === 'MemberExpression' && (node.object as Node).name === 'Date' && nameIn(node) === 'now';

const isMember = (node: Node, object: string, property: string): boolean =>
  node.type === 'MemberExpression' &&
  (node.object as Node).name === object &&
  ((node.property as Node).name ?? literal(node.property)) === property;

/** `request.body` and `request.query`. */
const isSent = (node: Node): boolean =>
  isMember(node, 'request', 'body') || isMember(node, 'request', 'query');

/** What an expression means when types, brackets and a default (`?? {}`) are taken off. */
function bare(node: unknown): unknown {
  if (!isNode(node)) return node;
  if (node.type === 'LogicalExpression') return bare(node.left);
  return /^(?:ParenthesizedExpression|TS(?:As|NonNull|Satisfies)\w*)$/.test(node.type)
    ? bare(node.expression)
    : node;
}

/** The node whose fields are taken one by one here: `x.field`, `const { field } = x` without a rest. */
function pickedFrom(node: Node): unknown {
  if (node.type === 'MemberExpression') return bare(node.object);
  if (node.type !== 'VariableDeclarator') return undefined;
  const pattern = node.id as Node;
  const properties = pattern.type === 'ObjectPattern' ? (pattern.properties as Node[]) : undefined;
  return properties?.every(({ type }) => type === 'Property') ? bare(node.init) : undefined;
}

/**
 * Reads one file with a real parser (oxc, as vitest brings it), because a pattern over text misses what is split over lines and
 * finds what stands in comments and strings.
 */
export function readSource(path: string, text = readFileSync(join(ROOT, path), 'utf8')): Source {
  const imports: ImportEdge[] = [];
  let environment = 0;
  let redirects = false;
  let readsWallClock = false;
  let writesJson = false;
  const sent = new Set<unknown>();
  const picked = new Set<unknown>();
  const lang = path.endsWith('.tsx') ? 'tsx' : 'ts';
  visit(parseAst(text, { lang }, path), (node) => {
    const edge = importOf(node) ?? callOf(node);
    if (edge) imports.push(edge);
    environment += environmentReads(node);
    redirects ||= isRedirect(node);
    readsWallClock ||= isWallClock(node);
    if (isSent(node)) sent.add(node);
    picked.add(pickedFrom(node));
    writesJson ||= isMember(node, 'JSON', 'stringify');
  });
  return {
    path,
    lines: text.split('\n').length - 1,
    imports,
    readsEnvironment: environment > 0,
    readsWallClock,
    redirects,
    wholeRequests: [...sent].filter((node) => !picked.has(node)).length,
    writesJson,
  };
}

function* walk(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== 'target') yield* walk(path);
    else if (entry.isFile() && SOURCE.test(entry.name)) yield path;
  }
}

/** Every source file of the repository, sorted by path. */
export function readSources(): Source[] {
  const paths = TOP.flatMap((top) => (SOURCE.test(top) ? [join(ROOT, top)] : [...walk(join(ROOT, top))]));
  return paths
    .map((path) => readSource(relative(ROOT, path).replaceAll('\\', '/')))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
