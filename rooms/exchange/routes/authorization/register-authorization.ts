import { problemBody, registerFace } from '@grunnmur/kernel/http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Authorizer } from '../../service/broker-mode/authorize.ts';
import { allowsPeer } from './allows-peer.ts';

export interface AuthorizationDeps {
  readonly authorizer: Authorizer;
  /** Addresses and networks that may ask. */
  readonly peers: readonly string[];
}

/** A password with its access token has 2 to 4 kB. */
const MAX_BODY_BYTES = 65_536;

/**
 * RabbitMQ's questions about its clients (fiks-io §3.7): a form, answered with 200 and `allow` or `deny`. Whoever asks may
 * try passwords, so only RabbitMQ gets an answer: by the address of the connection itself, never by what a proxy says.
 */
export async function registerAuthorization(app: FastifyInstance, deps: AuthorizationDeps): Promise<void> {
  const { authorizer } = deps;
  const allowed = allowsPeer(deps.peers);
  await registerFace(
    app,
    { name: 'rabbitmq', prefix: '/fiks-io/authorization/api/v1', errorBody: problemBody },
    (scope) => {
      readForms(scope);
      scope.addHook('onRequest', async (request, reply) => {
        const { socket, headers } = request;
        const direct = headers['x-forwarded-for'] === undefined && headers.forwarded === undefined;
        if (!direct || !allowed(socket.remoteAddress)) return reply.callNotFound();
      });
      question(scope, '/user', (form) => authorizer.user({ ...form.take('username', 'password') }));
      question(scope, '/vhost', async (form) => authorizer.vhost(form.take('vhost')));
      question(scope, '/resource', (form) =>
        authorizer.resource(form.take('username', 'vhost', 'resource', 'name', 'permission')),
      );
      question(scope, '/topic', async () => false);
    },
  );
}

interface Form {
  /** The fields by name; one that is missing is empty. */
  take<Name extends string>(...names: readonly Name[]): Record<Name, string>;
}

function question(scope: FastifyInstance, path: string, answer: (form: Form) => Promise<boolean>): void {
  const ask = async (request: FastifyRequest, reply: FastifyReply) => {
    const fields = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    const form: Form = {
      take: (...names) =>
        Object.fromEntries(names.map((name) => [name, fields.get(name) ?? ''])) as Record<
          (typeof names)[number],
          string
        >,
    };
    const allow = await answer(form);
    return reply.type('text/plain').send(allow ? 'allow' : 'deny');
  };
  // Not part of what clients may call.
  scope.post(path, { schema: { hide: true } }, ask);
}

function readForms(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: MAX_BODY_BYTES },
    (_request, body, done) => done(null, new URLSearchParams(body as string)),
  );
}
