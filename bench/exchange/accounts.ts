import { callerHeaders, type DemoIntegration, type ServerProcess } from '../kit/server-process.ts';
import type { MessagePlan } from '../load/plan.ts';

/** A Fiks IO-konto of the demonstration, as the bench uses it. */
export interface Account {
  readonly kontoId: string;
  readonly integrasjonId: string;
  readonly queue: string;
  /** Headers of a call with a fresh token. */
  headers(): Promise<Record<string, string>>;
  /** Where and as whom an AMQP client connects, with a fresh token in the password. */
  address(): Promise<AmqpAddress>;
}

export interface AmqpAddress {
  readonly hostname: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

/** Account number `index` of the demonstration; the first three are bare and take any message from each other. */
export function account({ logins }: ServerProcess, index: number): Account {
  const { kontoId, integrasjonId } = logins.fiksIoAccounts[index]!;
  const integration = logins.integrations.find(
    (each) => each.integrasjonId === integrasjonId,
  ) as DemoIntegration;
  const headers = callerHeaders(logins, integration);
  return {
    kontoId,
    integrasjonId,
    queue: `fiksio.konto.${kontoId}`,
    headers,
    address: async () => {
      const { authorization } = await headers();
      return {
        hostname: logins.amqp.host,
        port: logins.amqp.port,
        username: integrasjonId,
        password: `${integration.integrasjonPassord} ${authorization!.replace('Bearer ', '')}`,
      };
    },
  };
}

export interface MessageWish {
  readonly from: Account;
  readonly to: Account;
  readonly payloadBytes: number;
  readonly connections: number;
  readonly durationMs: number;
  readonly perSecond?: number;
}

/** A load of messages from one account to another; the first fifth is not counted. */
export async function messagePlan({ port }: ServerProcess, wish: MessageWish): Promise<MessagePlan> {
  const { from, to, ...load } = wish;
  return {
    kind: 'messages',
    port,
    path: '/fiks-io/api/v1/send',
    headers: await from.headers(),
    metadata: {
      avsenderKontoId: from.kontoId,
      mottakerKontoId: to.kontoId,
      meldingType: 'no.eksempel.bench.v1.melding',
      headere: { klientKorrelasjonsId: 'bench' },
    },
    warmupMs: load.durationMs / 5,
    ...load,
  };
}
