import type { Access } from '@grunnmur/access';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { isAppError } from '@grunnmur/kernel/errors';
import type { Logger } from '@grunnmur/kernel/log';
import type { Kontoer } from '../ports.ts';
import { credentialsOf } from '../queues/credentials.ts';
import { kontoOfQueue } from '../queues/queue-name.ts';

export interface AuthorizeDeps {
  readonly access: Pick<Access, 'authenticateIntegration'>;
  readonly kontoer: Pick<Kontoer, 'find'>;
  readonly systemCtx: Ctx;
  readonly log: Logger;
  readonly vhost: string;
  /** The queue must be there (fiks-io §3.2), and ready, before RabbitMQ lets a consumer in. */
  readonly prepareQueue: (kontoId: string) => Promise<void>;
}

/** What RabbitMQ asks before it lets a client do anything (fiks-io §3.7). Everything not allowed here is denied. */
export interface Authorizer {
  user(question: { readonly username: string; readonly password: string }): Promise<boolean>;
  vhost(question: { readonly vhost: string }): boolean;
  resource(question: {
    readonly username: string;
    readonly vhost: string;
    readonly resource: string;
    readonly name: string;
    readonly permission: string;
  }): Promise<boolean>;
}

/** RabbitMQ does not say where the client is: failures are counted by integration alone. */
const ADDRESS = 'rabbitmq';

export function createAuthorizer(deps: AuthorizeDeps): Authorizer {
  const { log } = deps;
  return {
    user: async ({ username, password }) => {
      try {
        await deps.access.authenticateIntegration(credentialsOf(username, password, ADDRESS));
        return true;
      } catch (error) {
        if (!isAppError(error) || error.status >= 500) throw error;
        log.warn({ code: error.code }, 'AMQP login refused');
        return false;
      }
    },
    vhost: ({ vhost }) => vhost === deps.vhost,
    resource: async ({ username, vhost, resource, name, permission }) => {
      if (vhost !== deps.vhost || resource !== 'queue' || permission !== 'read') return false;
      const kontoId = kontoOfQueue(name);
      const konto = kontoId && (await deps.kontoer.find(deps.systemCtx, kontoId));
      if (!konto || konto.slettet || konto.integrasjonId !== username) return false;
      await deps.prepareQueue(konto.id).catch((error: unknown) => {
        // It is there in all likelihood; if not, the client is told so by RabbitMQ and tries again.
        log.warn({ kontoId, code: (error as { code?: unknown }).code }, 'a queue could not be declared');
      });
      return true;
    },
  };
}
