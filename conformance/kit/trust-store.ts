import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { JavaTools } from './find-tools.ts';
import { runProcess } from './run-process.ts';
import type { SuiteRun } from './suite-run.ts';

/** Of the JDK's own store, and so of the copy. It guards nothing: certificates are public. */
const PASSWORD = 'changeit';
const TIMEOUT_MS = 60_000;

/**
 * Options that make a JVM trust the authority of the installation's certificates besides those that it trusts already: the
 * Fiks IO client has no setting of its own for that (fiks-io §7.1).
 */
export async function trustOptions(tools: JavaTools, { access, folder }: SuiteRun): Promise<string[]> {
  const store = join(folder, 'trust.store');
  const certificate = join(folder, 'ca.pem');
  await rm(store, { force: true });
  await writeFile(certificate, access.amqp?.caPem ?? '');
  const known = join(tools.javaHome ?? '', 'lib', 'security', 'cacerts');
  if (tools.javaHome && existsSync(known)) await writeFile(store, await readFile(known));
  const { code, output } = await runProcess(
    join(dirname(tools.java), 'keytool'),
    [
      ...['-importcert', '-noprompt', '-alias', 'grunnmur', '-file', certificate],
      ...['-keystore', store, '-storepass', PASSWORD],
    ],
    { timeoutMs: TIMEOUT_MS },
  );
  if (code !== 0) throw new Error(`keytool could not make a trust store: ${output.trim()}`);
  return [`-Djavax.net.ssl.trustStore=${store}`, `-Djavax.net.ssl.trustStorePassword=${PASSWORD}`];
}
