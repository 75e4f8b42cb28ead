import { afterEach, describe, expect, it } from 'vitest';
import { quiet, until } from './amqplib-client.ts';
import { type Fixture, startFixture } from './fixture.ts';
import { openRawChannel } from './raw-client.ts';

let fixture: Fixture | undefined;

afterEach(async () => {
  await fixture?.stop();
  fixture = undefined;
});

describe('a close of the client’s', () => {
  const CLOSE = { replyCode: 200, replyText: '', classId: 0, methodId: 0 };

  it('is answered, and the socket is the client’s to close', async () => {
    fixture = await startFixture();
    const client = await openRawChannel(fixture.port);
    client.method(0, 'ConnectionClose', CLOSE);
    await client.take('ConnectionCloseOk');
    await quiet(300);
    expect(client.ended()).toBe(false);
    client.socket.end();
    await until(() => fixture!.server.stats().connections === 0, 'closed after the client');
  });

  it('ends when the client does not close its socket, and when the server stops', async () => {
    fixture = await startFixture({ limits: { closeMs: 600 } });
    const client = await openRawChannel(fixture.port);
    client.method(0, 'ConnectionClose', CLOSE);
    await client.take('ConnectionCloseOk');
    await until(() => client.ended(), 'closed by the server');
    const next = await openRawChannel(fixture.port);
    next.method(0, 'ConnectionClose', CLOSE);
    await next.take('ConnectionCloseOk');
    await fixture.stop();
    await until(() => next.ended(), 'closed with the server');
  });
});
