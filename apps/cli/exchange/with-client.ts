import {
  AsiceError,
  createExchangeClient,
  type ExchangeClient,
  ExchangeClientError,
  type ExchangeClientErrorCode,
} from '@grunnmur/exchange-client';
import type { ExchangeAccess } from '../access/exchange-access.ts';
import { CliError, EXIT, type ExitCode, quoted, said } from '../exit-codes.ts';
import type { Io } from '../io.ts';

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
  no_token: 'cli.hint.client',
  unauthorized: 'cli.hint.IKKE_AUTENTISERT',
  no_public_key: 'cli.hint.no_public_key',
  unavailable: 'cli.hint.running',
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
    return new CliError(EXIT.failed, quoted(`${error.message}${file}`), {
      code: `asice.${error.code}`,
      cause: error,
    });
  }
  if (!(error instanceof ExchangeClientError)) return error;
  const hint = HINTS[error.code];
  return new CliError(EXIT_BY_CODE[error.code] ?? EXIT.failed, quoted(error.message), {
    code: `exchange.${error.code}`,
    cause: error,
    ...(hint ? { hint: said(hint) } : {}),
  });
}

/** Ctrl-C ends the call. */
export function abortedBy(io: Io): { readonly signal: AbortSignal } {
  return { signal: io.signal };
}
