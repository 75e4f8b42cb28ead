import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fixture, OTHERS_QUEUE, startFixture } from './fixture.ts';
import { answersOf, CASES } from './rabbitmq-cases.ts';
import { endRaw, openRawChannel } from './raw-client.ts';

describe('this server', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await startFixture();
  });
  afterAll(() => fixture.stop());

  it.each(CASES)('answers as RabbitMQ does: $name', async (one) => {
    expect(await answersOf(fixture.port, one)).toEqual(one.answers);
  });

  it('says why in English, as the locale it offers', async () => {
    const client = await openRawChannel(fixture.port);
    const text = async (name: string, fields: Record<string, unknown>) => {
      client.method(1, name, fields);
      const { replyText } = (await client.take('ChannelClose')).fields;
      client.method(1, 'ChannelCloseOk');
      client.method(1, 'ChannelOpen');
      await client.take('ChannelOpenOk');
      return replyText;
    };
    expect(await text('BasicGet', { queue: OTHERS_QUEUE })).toBe(
      `ACCESS_REFUSED - access to queue '${OTHERS_QUEUE}' is refused`,
    );
    expect(await text('BasicConsume', { queue: 'ukjent', consumerTag: '' })).toBe(
      "NOT_FOUND - queue 'ukjent' does not exist",
    );
    await endRaw(client);
  });
});
