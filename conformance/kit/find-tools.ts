import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runProcess } from './run-process.ts';

export interface JavaTools {
  readonly java: string;
  /** For Maven's own environment. */
  readonly javaHome: string | undefined;
  readonly mvn: string;
}

/** What is missing for the Java clients, and how to get it. */
export interface MissingTools {
  readonly missing: readonly string[];
}

const WANTED = 17;
const INSTALL =
  'Install what is missing, for instance on Debian or Ubuntu: apt-get install openjdk-17-jdk-headless maven; on macOS: brew install openjdk@17 maven. ' +
  'JAVA_HOME is used when set.';
const TIMEOUT_MS = 30_000;

/** Looks for a JDK of version 17 or newer and for Maven. */
export async function findJavaTools(): Promise<JavaTools | MissingTools> {
  const homes = [process.env.JAVA_HOME, ...installedHomes()].filter(
    (home): home is string => home !== undefined && home !== '',
  );
  let found: { java: string; javaHome: string | undefined } | undefined;
  for (const javaHome of [...homes, undefined]) {
    const java = javaHome ? join(javaHome, 'bin', 'java') : 'java';
    const javac = javaHome ? join(javaHome, 'bin', 'javac') : 'javac';
    if ((await majorVersion(javac)) >= WANTED && (await majorVersion(java)) >= WANTED) {
      found = { java, javaHome };
      break;
    }
  }
  const maven = await runProcess('mvn', ['-v'], {
    timeoutMs: TIMEOUT_MS,
    env: javaEnvironment(found?.javaHome),
  });
  const missing = [
    ...(found ? [] : [`a JDK of version ${WANTED} or newer (java and javac)`]),
    ...(maven.code === 127 || (found && maven.code !== 0) ? ['Apache Maven (mvn)'] : []),
  ];
  if (!found || missing.length > 0) return { missing: [...missing, INSTALL] };
  return { ...found, mvn: 'mvn' };
}

/** The environment in which Maven uses the JDK that was found. */
export function javaEnvironment(javaHome: string | undefined): NodeJS.ProcessEnv {
  return javaHome ? { ...process.env, JAVA_HOME: javaHome } : process.env;
}

/** Where Debian and its like put them, newest last in the alphabet and so first here. */
function installedHomes(): string[] {
  const folder = '/usr/lib/jvm';
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .reverse()
    .map((name) => join(folder, name))
    .filter((home) => existsSync(join(home, 'bin', 'javac')));
}

async function majorVersion(program: string): Promise<number> {
  const { code, output } = await runProcess(program, ['-version'], { timeoutMs: TIMEOUT_MS });
  return code === 0 ? Number(/(?:javac |version ")(\d+)/.exec(output)?.[1] ?? 0) : 0;
}
