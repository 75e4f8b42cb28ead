import {
  AsiceError,
  createExchangeClient,
  type ExchangeClient,
  ExchangeClientError,
  type ExchangeClientErrorCode,
} from '@grunnmur/exchange-client';
import { CliError, EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import type { ExchangeAccess } from './exchange-access.ts';

const EXIT_BY_CODE: Partial<Record<ExchangeClientErrorCode, ExitCode>> = {
  bad_options: EXIT.usage,
  no_token: EXIT.refused,
  unauthorized: EXIT.refused,
  forbidden: EXIT.refused,
  unavailable: EXIT.unreachable,
  timeout: EXIT.unreachable,
  aborted: EXIT.interrupted,
};

const HINTS: Partial<Record<ExchangeClientErrorCode, string>> = {
  no_token: 'Check the client, its key and the issuer.',
  unauthorized: 'Check integration id, password and client; they must belong to the same organisation.',
  no_public_key: 'The receiver must put a certificate into the catalogue first.',
  unavailable: 'Is it running? Start it with: npm start\nLook for the fault with: npx grunnmur doctor',
};

/** Runs `work` with a client of the konto and closes it; failures become {@link CliError}s. */
export async function withClient<R>(
  access: ExchangeAccess,
  work: (client: ExchangeClient) => Promise<R>,
): Promise<R> {
  let client: ExchangeClient | undefined;
  try {
    client = openClient(access);
    return await work(client);
  } catch (error) {
    throw cliError(error);
  } finally {
    await client?.close();
  }
}

function openClient({ login, kontoId, amqp, keys, signer }: ExchangeAccess): ExchangeClient {
  return createExchangeClient({
    baseUrl: login.baseUrl,
    ...(amqp ? { amqp: { applicationName: 'Grunnmur CLI', ...amqp } } : {}),
    token: {
      issuer: login.issuer,
      tokenEndpoint: login.tokenEndpoint,
      clientId: login.clientId,
      privateKeyPem: login.privateKeyPem,
      ...(login.keyId ? { kid: login.keyId } : {}),
      ...(!login.keyId && login.certificatePem ? { certificatePem: login.certificatePem } : {}),
    },
    integrasjonId: login.integrasjonId,
    integrasjonPassord: login.integrasjonPassord,
    kontoId,
    privateKeys: keys,
    ...(signer ? { signer } : {}),
  });
}

export function cliError(error: unknown): unknown {
  if (error instanceof AsiceError) {
    const file = error.entry === undefined ? '' : `: ${error.entry}`;
    return new CliError(EXIT.failed, `${error.message}${file}`, {
      code: `asice.${error.code}`,
      cause: error,
    });
  }
  if (!(error instanceof ExchangeClientError)) return error;
  const hint = HINTS[error.code];
  return new CliError(EXIT_BY_CODE[error.code] ?? EXIT.failed, error.message, {
    code: `exchange.${error.code}`,
    cause: error,
    ...(hint ? { hint } : {}),
  });
}

/** Ctrl-C ends the call. */
export function abortedBy(io: Io): { readonly signal: AbortSignal } {
  return { signal: io.signal };
}
