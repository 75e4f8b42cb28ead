import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError, EXIT, said } from './exit-codes.ts';

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

/** A Fiks IO-konto of a demonstration, with the key that its messages are encrypted to. */
export interface DemoFiksIoAccount {
  readonly kontoId: string;
  readonly orgnr: string;
  readonly name: string;
  /** The integration that may use it, one of {@link DemoAccess.integrations}. */
  readonly integrasjonId: string;
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

/** Where AMQP is spoken; a port is null when nothing listens there. */
interface DemoAmqp {
  readonly host: string;
  readonly port: number | null;
  readonly tlsPort: number | null;
  /** What clients must trust at `tlsPort`. */
  readonly caPem: string;
}

/** The logins that a demonstration writes at each start, `<data>/demo-access.json`. */
export interface DemoAccess {
  readonly baseUrl: string;
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly organisations: readonly { readonly orgnr: string; readonly name: string }[];
  readonly integrations: readonly DemoIntegration[];
  readonly persons: readonly { readonly fnr: string; readonly name: string; readonly situation: string }[];
  /** Those of the persons who also work somewhere; absent in files of earlier versions. */
  readonly staff?: readonly { readonly fnr: string; readonly name: string; readonly role: string }[];
  /** Absent in files of versions without Fiks IO. */
  readonly amqp?: DemoAmqp;
  readonly fiksIoAccounts?: readonly DemoFiksIoAccount[];
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
      throw new CliError(EXIT.refused, said('cli.error.other_user', { path }), {
        hint: said('cli.hint.same_user'),
      });
    throw new CliError(
      EXIT.failed,
      said('cli.error.unreadable', { path, reason: (error as Error).message }),
      {
        hint: said('cli.hint.restart'),
      },
    );
  }
}
