import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { connect, OTHER, openChannel, rawSocket, until } from './amqplib-client.ts';
import { type Fixture, startFixture } from './fixture.ts';

describe('places at the AMQP listener', () => {
  let fixture: Fixture;
  const silent: Socket[] = [];

  afterEach(async () => {
    for (const socket of silent.splice(0)) socket.destroy();
    await fixture?.stop();
  });

  it('are not held by connections that never log in: the oldest of them gives way', async () => {
    fixture = await startFixture({ limits: { maxConnections: 8, maxConnectionsPerAddress: 6 } });
    const early = await connect(fixture.port);
    for (let nr = 0; nr < 20; nr++) silent.push(await rawSocket(fixture.port));
    await until(() => fixture.server.stats().connections <= 4, 'the silent ones hold half');
    const late = [await connect(fixture.port), await connect(fixture.port, { username: OTHER })];
    for (const model of [early, ...late]) await openChannel(model);
    expect(fixture.server.stats().refused).toBe(0);
    for (const model of [early, ...late]) await model.close();
  });

  it('of one integration leave others theirs, which it is told as RabbitMQ tells it', async () => {
    fixture = await startFixture({ limits: { maxConnectionsPerUser: 2 } });
    const own = [await connect(fixture.port), await connect(fixture.port)];
    await expect(connect(fixture.port)).rejects.toThrow(/ConnectionClose/);
    expect(
      fixture
        .logged()
        .map(({ reply }) => reply)
        .join(),
    ).toContain('the limit of 2 connections is reached');
    const other = await connect(fixture.port, { username: OTHER });
    await own[0]!.close();
    await until(() => fixture.server.stats().connections === 2, 'the place is free');
    const again = await connect(fixture.port);
    for (const model of [own[1]!, other, again]) await model.close();
  });
});
