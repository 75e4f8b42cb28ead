import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError, EXIT } from './exit-codes.ts';

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

/** The logins that a demonstration writes at each start, `<data>/demo-access.json`. */
export interface DemoAccess {
  readonly baseUrl: string;
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly organisations: readonly { readonly orgnr: string; readonly name: string }[];
  readonly integrations: readonly DemoIntegration[];
  readonly persons: readonly { readonly fnr: string; readonly name: string; readonly situation: string }[];
}

/** Undefined when there is no demonstration in the folder. */
export async function findDemoAccess(dataDir: string): Promise<DemoAccess | undefined> {
  const path = join(dataDir, 'demo-access.json');
  try {
    return JSON.parse(await readFile(path, 'utf8')) as DemoAccess;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === 'EACCES')
      throw new CliError(EXIT.refused, `${path} belongs to another user`, {
        hint: 'Run the command as the user who started Grunnmur.',
      });
    throw new CliError(EXIT.failed, `${path} cannot be read: ${(error as Error).message}`, {
      hint: 'It is written anew at each start: restart Grunnmur.',
    });
  }
}
