import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createMaskinportenClient } from '@grunnmur/kernel/auth';
import type { Workspace } from './workspace.ts';

export interface DemoIntegration {
  readonly name: string;
  readonly orgnr: string;
  readonly clientId: string;
  readonly integrasjonId: string;
  readonly integrasjonPassord: string;
  readonly privateKeyPem: string;
  readonly certificatePem: string;
  readonly svarutKontoIds: readonly string[];
}

/** What the bench reads of `demo-access.json`. */
export interface DemoLogins {
  readonly baseUrl: string;
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly integrations: readonly DemoIntegration[];
  readonly amqp: { readonly host: string; readonly port: number };
  readonly fiksIoAccounts: readonly { readonly kontoId: string; readonly integrasjonId: string }[];
}

export interface ServerProcess {
  readonly pid: number;
  readonly port: number;
  readonly kontoId: string;
  readonly logins: DemoLogins;
  /** From the start of the process until it says that it is ready, in ms. */
  readonly startMs: number;
  /** Headers of a v2 call with a token that is still good for a while. */
  headers(): Promise<Record<string, string>>;
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeArgs?: readonly string[];
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 30_000;

/** Starts the whole server as `npm start` does, on a free port of the loopback address, and waits until it is ready. */
export async function startServer(workspace: Workspace, options: ServerOptions): Promise<ServerProcess> {
  const started = performance.now();
  const child = spawn(process.execPath, [...(options.nodeArgs ?? []), 'apps/server/main.ts'], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      GRUNNMUR_DATA: options.dataDir,
      LOG_LEVEL: 'warn',
      // The demonstration's own letters would be delivered beside ours.
      DEMO_LETTERS: 'false',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      await exited;
      clearTimeout(timer);
    }
  };
  workspace.onClose(stop);
  let output = '';
  const ready = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the server did not start in time')), START_LIMIT_MS);
    const onData = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-8000);
      if (!output.includes('is ready')) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout.on('data', onData);
    child.stderr.on('data', onData);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${output}`)));
  });
  await ready;
  const startMs = performance.now() - started;
  const logins = JSON.parse(await readFile(join(options.dataDir, 'demo-access.json'), 'utf8')) as DemoLogins;
  return {
    pid: child.pid!,
    startMs,
    stop,
    logins,
    port: Number(new URL(logins.baseUrl).port),
    kontoId: logins.integrations[0]!.svarutKontoIds[0]!,
    headers: callerHeaders(logins, logins.integrations[0]!),
  };
}

/** Headers of calls by one of the demonstration's integrations. */
export function callerHeaders(logins: DemoLogins, integration: DemoIntegration): ServerProcess['headers'] {
  const { clientId, privateKeyPem, certificatePem, integrasjonId, integrasjonPassord } = integration;
  const { issuer, tokenEndpoint } = logins;
  const tokens = createMaskinportenClient({
    issuer,
    tokenEndpoint,
    clientId,
    privateKeyPem,
    certificatePem,
    now: () => new Date(),
  });
  return async () => ({
    // A fresh token for each run: it outlives the longest of them.
    authorization: `Bearer ${await tokens.token({ scope: 'ks:fiks', fresh: true })}`,
    integrasjonid: integrasjonId,
    integrasjonpassord: integrasjonPassord,
  });
}
