import { createMaskinportenClient } from '@grunnmur/kernel/auth';
import type { SenderAccess } from '../access/sender-access.ts';
import { CliError, EXIT, said } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { apiError } from './api-error.ts';
import { fetchAnswer, reasonOf, unreachable } from './fetch-answer.ts';
import type { Timeline } from './timeline.ts';

/** The calls of a sender system, with its login. Every failure is a {@link CliError}. */
export interface SenderClient {
  readonly access: SenderAccess;
  token(scope: string): Promise<string>;
  /** Answers the new forsendelse's id. */
  send(form: FormData, idempotencyKey: string): Promise<string>;
  timeline(id: string): Promise<Timeline>;
  /** Ids of the account's forsendelser with that reference. */
  findByReference(reference: string): Promise<readonly string[]>;
}

/** Every call of Fiks services carries it (SvarUt: authentication). */
export const SENDER_SCOPE = 'ks:fiks';
/** A send call may take 15 minutes; clients wait one more (SvarUt: limits). */
const SEND_TIMEOUT_MS = 16 * 60_000;

export function createSenderClient(io: Io, access: SenderAccess): SenderClient {
  const { certificatePem, keyId, ...identity } = access;
  const tokens = createMaskinportenClient({
    issuer: identity.issuer,
    tokenEndpoint: identity.tokenEndpoint,
    clientId: identity.clientId,
    privateKeyPem: identity.privateKeyPem,
    now: io.now,
    ...(keyId ? { keyId } : certificatePem ? { certificatePem } : {}),
  });
  const token = (scope: string) =>
    tokens.token({ scope }).catch((error: unknown) => {
      throw tokenError(error, access);
    });
  const call = async (path: string, wish: Parameters<typeof fetchAnswer>[2] = {}): Promise<unknown> => {
    const answer = await fetchAnswer(io, `${access.baseUrl}${path}`, {
      ...wish,
      headers: {
        ...wish.headers,
        authorization: `Bearer ${await token(SENDER_SCOPE)}`,
        integrasjonid: access.integrasjonId,
        integrasjonpassord: access.integrasjonPassord,
      },
    });
    if (!answer.ok) throw await apiError(answer);
    return answer.json();
  };
  const konto = `/api/v2/kontoer/${encodeURIComponent(access.kontoId)}/forsendelser`;
  return {
    access,
    token,
    send: async (body, idempotencyKey) => {
      const headers = { 'idempotency-key': idempotencyKey };
      const answer = await call(konto, { method: 'POST', body, headers, timeoutMs: SEND_TIMEOUT_MS });
      return (answer as { id: string }).id;
    },
    timeline: async (id) =>
      (await call(`/api/post/forsendelser/${encodeURIComponent(id)}/timeline`)) as Timeline,
    findByReference: async (reference) => {
      const answer = await call(`${konto}?eksternRef=${encodeURIComponent(reference)}`);
      return (answer as { forsendelseIds: string[] }).forsendelseIds;
    },
  };
}

function tokenError(error: unknown, access: SenderAccess): Error {
  const { cause } = error as { cause?: Error };
  if (!cause) {
    return new CliError(EXIT.usage, said('cli.error.key', { reason: (error as Error).message }), {
      cause: error,
      hint: said('cli.hint.key'),
    });
  }
  const refused = /^token endpoint answered (\d+)/.exec(cause.message);
  if (!refused) return unreachable(access.tokenEndpoint, cause);
  if (Number(refused[1]) >= 500) {
    return new CliError(
      EXIT.unreachable,
      said('cli.error.answered', { url: access.tokenEndpoint, status: refused[1]! }),
      {
        cause,
      },
    );
  }
  return new CliError(EXIT.refused, said('cli.error.no_token', { reason: reasonOf(cause) }), {
    cause,
    hint: said('cli.hint.token', { client: access.clientId, issuer: access.issuer }),
  });
}
