import amqpManager, { type AmqpConnectionManager } from 'amqp-connection-manager';
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { INTEGRASJON, PASSWORD, TOKEN, until } from './amqplib-client.ts';
import { type Fixture, QUEUE, startFixture } from './fixture.ts';

let fixture: Fixture;
let manager: AmqpConnectionManager | undefined;

beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(async () => {
  await manager?.close();
  await fixture.stop();
});

function connect(port: number, trouble: unknown[]): AmqpConnectionManager {
  const password = encodeURIComponent(`${PASSWORD} ${TOKEN}`);
  const made = amqpManager.connect([`amqp://${INTEGRASJON}:${password}@127.0.0.1:${port}`], {
    reconnectTimeInSeconds: 1,
  });
  made.on('connectFailed', ({ err }) => trouble.push(err));
  made.on('disconnect', ({ err }) => trouble.push(err));
  return made;
}

// Its channels are in confirm mode unless it is told otherwise, also those that only receive.
it('serves amqp-connection-manager as it is set up by default, also after a restart', async () => {
  const trouble: unknown[] = [];
  const received: string[] = [];
  manager = connect(fixture.port, trouble);
  const channel = manager.createChannel({
    setup: async (given: ConfirmChannel) => {
      await given.prefetch(10);
      await given.consume(QUEUE, (message: ConsumeMessage | null) => {
        received.push(String(message!.properties.messageId));
        given.ack(message!);
      });
    },
  });
  channel.on('error', (error) => trouble.push(error));
  await channel.waitForConnect();
  fixture.broker.put(QUEUE, { id: '1' }, { id: '2' }, { id: '3' });
  await until(() => fixture.broker.outcomes.length === 3, 'three messages');
  expect([received, trouble]).toEqual([['1', '2', '3'], []]);

  const { port } = fixture;
  await fixture.stop();
  fixture = await startFixture({ listeners: [{ port, host: '127.0.0.1' }] });
  fixture.broker.put(QUEUE, { id: '4' });
  await until(() => fixture.broker.outcomes.length === 1, 'the fourth after the restart');
  expect(received).toEqual(['1', '2', '3', '4']);
}, 30_000);
