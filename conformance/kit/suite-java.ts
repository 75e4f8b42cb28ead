import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { findJavaTools, type JavaTools, javaEnvironment } from './find-tools.ts';
import type { Client, Result, SuiteReport } from './results.ts';
import { runProcess } from './run-process.ts';
import { runSuite } from './run-suite.ts';

const PROJECT = join(import.meta.dirname, '..', 'svarut-java');
const BUILD_TIMEOUT_MS = 8 * 60_000;

interface JavaSuite {
  readonly suite: string;
  readonly title: string;
  readonly module: string;
  readonly main: string;
  /** Artifact names whose origin is looked up and shown. */
  readonly clients: readonly string[];
}

export const JAVA_SUITES: readonly JavaSuite[] = [
  {
    suite: 'java-v2',
    title: 'SvarUt REST v2, Java/Kotlin client',
    module: 'v2',
    main: 'no.grunnmur.conformance.v2.Main',
    clients: ['fiks-svarut-klient', 'maskinporten-client', 'kryptering'],
  },
  {
    suite: 'java-v1',
    title: 'SvarUt REST v1, Java client',
    module: 'v1',
    main: 'no.grunnmur.conformance.v1.Main',
    clients: ['svarut-rest-klient'],
  },
];

interface Run {
  readonly inputFile: string;
  readonly baseUrl: string;
  readonly mavenArguments: readonly string[];
  readonly onResult: (result: Result) => void;
}

/** Builds and runs one module around a client from Maven Central. */
export async function runJavaSuite(suite: JavaSuite, run: Run): Promise<SuiteReport> {
  const report = { suite: suite.suite, title: suite.title, clients: [], results: [] };
  const tools = await findJavaTools();
  if ('missing' in tools)
    return { ...report, notRun: { reason: 'tools', explanation: `Missing: ${tools.missing.join('. ')}` } };
  const built = await build(suite, tools, run.mavenArguments);
  if (built.unavailable)
    return {
      ...report,
      notRun: {
        reason: 'unavailable',
        explanation: `The Maven repository does not have ${built.unavailable}.`,
      },
    };
  if (!built.classpath) {
    const failure = { name: 'builds with Maven', ok: false, ms: built.ms, error: built.output };
    run.onResult(failure);
    return { ...report, results: [failure] };
  }
  const clients = suite.clients.map((artifact) => describe(artifact, built.classpath ?? []));
  const options = ['-cp', built.classpath.join(delimiter), '-Dfile.encoding=UTF-8', '-Xmx256m'];
  const results = await runSuite(tools.java, [...options, suite.main, run.inputFile], run);
  return { ...report, clients, results };
}

interface Build {
  readonly ms: number;
  readonly output: string;
  readonly classpath?: readonly string[];
  /** Artifacts that the repository answered it does not have. */
  readonly unavailable?: string;
}

/** Compiles the module and writes down where Maven put each library. */
async function build({ module }: JavaSuite, tools: JavaTools, extra: readonly string[]): Promise<Build> {
  const begun = Date.now();
  const file = join(PROJECT, module, 'target', 'classpath.txt');
  const goals = [
    'compile',
    'dependency:build-classpath',
    `-Dmdep.outputFile=${file}`,
    '-Dmdep.includeScope=runtime',
  ];
  // -U: an artifact that was missing yesterday is asked for again.
  const args = ['-q', '-B', '-U', '-ntp', '-pl', module, '-am', ...goals, ...extra];
  const { code, output } = await runProcess(tools.mvn, args, {
    cwd: PROJECT,
    env: javaEnvironment(tools.javaHome),
    timeoutMs: BUILD_TIMEOUT_MS,
  });
  const ms = Date.now() - begun;
  if (code === 0 && existsSync(file)) {
    const libraries = readFileSync(file, 'utf8').trim().split(delimiter);
    return { ms, output, classpath: [join(PROJECT, module, 'target', 'classes'), ...libraries] };
  }
  const unavailable = unavailableArtifacts(output);
  return { ms, output: output.trim().slice(-4000), ...(unavailable && { unavailable }) };
}

/**
 * The artifacts that the repository says it does not have. A repository that cannot be reached says nothing of the kind, and
 * that is an ordinary failure.
 */
export function unavailableArtifacts(output: string): string | undefined {
  const unreachable = /Could not transfer|Unknown host|Connection (?:refused|timed out|reset)/.test(output);
  const missing = /(?:Could not find artifact|The following artifacts could not be resolved:)/.test(output);
  if (!missing || unreachable) return undefined;
  const names = output.matchAll(/\b(no\.ks\.[\w.]+:[\w.-]+):(?:jar|pom):([\w.-]+)/g);
  const artifacts = [...new Set([...names].map(([, artifact, version]) => `${artifact}:${version}`))];
  return artifacts.length > 0 ? artifacts.join(', ') : undefined;
}

/** Says which file was used and whether Maven noted that it came from Maven Central. */
function describe(artifact: string, classpath: readonly string[]): Client {
  const jar = classpath.find(
    (path) => basename(path).startsWith(`${artifact}-`) && basename(dirname(dirname(path))) === artifact,
  );
  if (!jar) return { coordinates: artifact, origin: 'not on the class path', published: false };
  const version = basename(dirname(jar));
  const group = /\/(no\/ks\/.*)$/.exec(dirname(dirname(dirname(jar))))?.[1]?.replaceAll('/', '.');
  const central = fromCentral(jar);
  return {
    coordinates: `${group ?? '?'}:${artifact}:${version}`,
    origin: central ? 'Maven Central' : 'local build',
    published: central,
    sha256: createHash('sha256').update(readFileSync(jar)).digest('hex'),
  };
}

/** Maven notes beside each file which repository it came from; a file that was installed locally has no repository. */
function fromCentral(jar: string): boolean {
  const note = join(dirname(jar), '_remote.repositories');
  return (
    existsSync(note) &&
    readFileSync(note, 'utf8')
      .split('\n')
      .includes(`${basename(jar)}>central=`)
  );
}
