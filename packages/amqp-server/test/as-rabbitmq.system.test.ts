import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Rabbitmq, rabbitmqIsMissing, startRabbitmq, testFolder } from '@grunnmur/kernel/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INTEGRASJON, PASSWORD, TOKEN } from './amqplib-client.ts';
import { EXCHANGE, OTHERS_QUEUE, QUEUE } from './fixture.ts';
import { answersOf, CASES } from './rabbitmq-cases.ts';

describe('RabbitMQ', { timeout: 60_000 }, () => {
  const missing = rabbitmqIsMissing();
  let rabbitmq: Rabbitmq;
  beforeAll(async () => {
    if (missing) return;
    const folder = await testFolder();
    const definitions = join(folder, 'definitions.json');
    await writeFile(definitions, JSON.stringify(definitionsFor(INTEGRASJON, `${PASSWORD} ${TOKEN}`)), {
      mode: 0o644,
    });
    rabbitmq = await startRabbitmq({ folder, config: `load_definitions = ${definitions}` });
  }, 120_000);
  afterAll(() => rabbitmq?.stop());

  it('gives the answers that are written here', async ({ skip }) => {
    if (missing) skip();
    const given: Record<string, string[]> = {};
    for (const one of CASES) given[one.name] = await answersOf(rabbitmq.port, one);
    expect(given).toEqual(Object.fromEntries(CASES.map(({ name, answers }) => [name, answers])));
  });
});

/** One user who may read one queue, as an integration may, and the queue of another. */
function definitionsFor(name: string, password: string): unknown {
  const salt = randomBytes(4);
  const hash = createHash('sha256').update(salt).update(password).digest();
  const queue = { vhost: '/', durable: true, auto_delete: false, arguments: {} };
  return {
    users: [
      {
        name,
        password_hash: Buffer.concat([salt, hash]).toString('base64'),
        hashing_algorithm: 'rabbit_password_hashing_sha256',
        tags: '',
      },
    ],
    vhosts: [{ name: '/' }],
    permissions: [
      { user: name, vhost: '/', configure: '^$', write: '^$', read: `^${QUEUE.replaceAll('.', '\\.')}$` },
    ],
    queues: [QUEUE, OTHERS_QUEUE].map((one) => ({ ...queue, name: one })),
    exchanges: [
      {
        name: EXCHANGE,
        vhost: '/',
        type: 'direct',
        durable: true,
        auto_delete: false,
        internal: false,
        arguments: {},
      },
    ],
  };
}
