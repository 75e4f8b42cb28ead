import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@grunnmur/kernel/ids';
import { afterEach, describe, expect, it } from 'vitest';
import { initializeRequest } from '../external/altinn-messages.ts';
import { type AltinnClientOptions, type AltinnMessage, createAltinnClient } from '../external/index.ts';
import { type AltinnOutcome, type AltinnSimulatorOptions, altinnSimulator } from '../external/simulators.ts';
import { authorise, cleanUp, cleanup, failureOf, serve, silentServer, TOKEN, token } from './external-kit.ts';

afterEach(cleanUp);

const RECIPIENT = '21847299999';

function message(change: Partial<AltinnMessage> = {}): AltinnMessage {
  return {
    id: newId(),
    recipient: { fnr: RECIPIENT },
    senderOrgnr: '910568183',
    senderName: 'Fjordvik kommune',
    resourceId: 'fjordvik-post',
    title: 'Vedtak om barnehageplass – blåbærstien',
    body: 'Du har fått et brev: [les det her](https://post.example/brev/1)',
    language: 'nb',
    isConfidential: false,
    notification: true,
    ...change,
  };
}

async function start(
  options: Partial<AltinnSimulatorOptions> = {},
  clientOptions: Partial<AltinnClientOptions> = {},
) {
  const simulator = altinnSimulator({ authorise, ...options });
  const baseUrl = await serve(simulator.plugin, '/sim/altinn');
  const client = createAltinnClient({ baseUrl, token, ...clientOptions });
  cleanup(() => client.close());
  return { simulator, client };
}

describe('Altinn client', () => {
  it('sends a message to a person and follows it', async () => {
    const { simulator, client } = await start();
    const letter = message({ dueDateTime: new Date(Date.now() + 60_000) });
    const result = await client.send(letter);
    expect(result).toEqual({
      outcome: 'sent',
      reference: expect.stringMatching(/^[0-9a-f-]{36}$/),
      repeated: false,
    });
    expect(simulator.received(letter.id)).toBe(1);
    if (result.outcome !== 'sent') throw new Error('not sent');
    expect((await client.status(result.reference))?.status).toBe('Published');
    simulator.setStatus(letter.id, 'Read');
    expect((await client.status(result.reference))?.status).toBe('Read');
    expect(await client.status(newId())).toBeUndefined();
  });

  it('sends to an organisation', async () => {
    const recipients: string[] = [];
    const { client } = await start({
      outcomeFor: (recipient) => {
        recipients.push(recipient);
        return undefined;
      },
    });
    expect(await client.send(message({ recipient: { orgnr: '910568183' } }))).toMatchObject({
      outcome: 'sent',
    });
    expect(recipients).toEqual(['910568183']);
  });

  it('cuts title and summary at the limit without splitting a character', async () => {
    const long = `${'x'.repeat(253)}😀😀`;
    const letter = message({ title: long, summary: long });
    const cut = `${'x'.repeat(253)}…`;
    expect(initializeRequest(letter)).toMatchObject({
      correspondence: { content: { messageTitle: cut, messageSummary: cut } },
    });
    const { client } = await start();
    expect(await client.send(letter)).toMatchObject({ outcome: 'sent' });
  });

  it('gives the existing correspondence when the same id is sent again', async () => {
    const { simulator, client } = await start();
    const letter = message();
    const first = await client.send(letter);
    const second = await client.send(letter);
    expect(second).toEqual({ ...first, repeated: true });
    expect(simulator.received(letter.id)).toBe(1);
    expect(simulator.attempts(letter.id)).toBe(2);
  });

  it('delivers once when the first answer is lost', async () => {
    const { simulator, client } = await start();
    const letter = message();
    for (const lost of [{ kind: 'reset' }, { status: 502 }, { kind: 'malformed' }] as const) {
      simulator.fail({ ...lost, accepted: true });
      expect(await failureOf(client.send(letter))).toMatchObject({ name: 'ChannelUnavailable' });
    }
    expect(await client.send(letter)).toMatchObject({ outcome: 'sent', repeated: true });
    expect(simulator.received(letter.id)).toBe(1);
    expect(simulator.attempts(letter.id)).toBe(4);
  });

  it.each([
    ['reserved', 'reserved', 'altinn 1030'],
    ['unknown_recipient', 'unknown_recipient', 'altinn 1029'],
    ['lacks_role', 'unknown_recipient', 'altinn 1044'],
    ['rejected', 'rejected', 'altinn 1002'],
  ] as const)('refuses a %s recipient', async (outcome, reason, detail) => {
    const { simulator, client } = await start({ outcomeFor: (): AltinnOutcome => outcome });
    const letter = message();
    expect(await client.send(letter)).toEqual({ outcome: 'refused', reason, detail });
    expect(simulator.received(letter.id)).toBe(0);
  });

  it('refuses what is over the limit of the body without calling', async () => {
    const { simulator, client } = await start();
    const letter = message({ body: 'x'.repeat(30_001) });
    expect(await client.send(letter)).toMatchObject({ outcome: 'refused', reason: 'rejected' });
    expect(simulator.attempts(letter.id)).toBe(0);
  });

  it('refuses what the service finds invalid', async () => {
    const { client } = await start();
    const late = message({ dueDateTime: new Date(Date.now() - 60_000) });
    expect(await client.send(late)).toEqual({
      outcome: 'refused',
      reason: 'rejected',
      detail: 'altinn 1008',
    });
    expect(await client.send(message({ title: '' }))).toMatchObject({ reason: 'rejected' });
  });

  it.each([
    [
      { status: 503, headers: { 'retry-after': '17' } },
      { kind: 'status', status: 503, retryAfterSeconds: 17 },
    ],
    [{ status: 500 }, { kind: 'status', status: 500 }],
    [{ status: 429 }, { kind: 'status', status: 429 }],
    [{ status: 403 }, { kind: 'authorisation', status: 403 }],
    [{ status: 404 }, { kind: 'configuration', status: 404 }],
    [{ kind: 'reset' }, { kind: 'connection', status: undefined }],
    [{ kind: 'malformed' }, { kind: 'malformed', status: 200 }],
    [{ kind: 'oversize' }, { kind: 'oversize' }],
  ] as const)('throws on %j, then sends', async (failure, expected) => {
    const { simulator, client } = await start();
    simulator.fail(failure);
    const letter = message();
    const error = await failureOf(client.send(letter));
    expect(error).toMatchObject({ name: 'ChannelUnavailable', channel: 'altinn', ...expected });
    expect(String((error as Error).message)).not.toContain(RECIPIENT);
    expect(await client.send(letter)).toMatchObject({ outcome: 'sent', repeated: false });
    expect(simulator.received(letter.id)).toBe(1);
  });

  it('keeps the letter when the service cannot look up reservations', async () => {
    const { client } = await start({ outcomeFor: () => 'unavailable' });
    expect(await failureOf(client.send(message()))).toMatchObject({
      kind: 'status',
      status: 500,
      code: '1032',
    });
  });

  it('fetches a fresh token once after 401, and gives up when that is refused too', async () => {
    const asked: boolean[] = [];
    const stale = ({ fresh }: { fresh: boolean }) => {
      asked.push(fresh);
      return fresh ? TOKEN : 'expired';
    };
    const { client } = await start({}, { token: stale });
    expect(await client.send(message())).toMatchObject({ outcome: 'sent' });
    expect(asked).toEqual([false, true]);
    const { client: locked } = await start({ authorise: () => false });
    expect(await failureOf(locked.send(message()))).toMatchObject({ kind: 'authorisation', status: 401 });
    const noToken = () => Promise.reject(new Error('issuer is down'));
    const { client: without } = await start({}, { token: noToken });
    expect(await failureOf(without.send(message()))).toMatchObject({
      kind: 'authorisation',
      status: undefined,
    });
  });

  it('gives up on silence, on a dead address and when told to', async () => {
    const client = createAltinnClient({
      baseUrl: await silentServer(),
      token,
      limits: { headersTimeoutMs: 50 },
    });
    cleanup(() => client.close());
    expect(await failureOf(client.send(message()))).toMatchObject({ kind: 'timeout' });
    const hasty = createAltinnClient({
      baseUrl: await silentServer(),
      token,
      limits: { totalTimeoutMs: 50 },
    });
    cleanup(() => hasty.close());
    expect(await failureOf(hasty.send(message()))).toMatchObject({ kind: 'timeout' });
    const stopping = AbortSignal.abort();
    expect(await failureOf(client.send(message(), stopping))).toMatchObject({ kind: 'aborted' });
    const dead = createAltinnClient({ baseUrl: 'http://127.0.0.1:1', token });
    cleanup(() => dead.close());
    expect(await failureOf(dead.send(message()))).toMatchObject({ kind: 'connection' });
  });

  it('purges until the message is published', async () => {
    let now = new Date('2026-03-02T10:00:00Z');
    const { simulator, client } = await start({ now: () => now, publishDelayMs: 1000 });
    const [early, late] = [message(), message()];
    const first = await client.send(early);
    const second = await client.send(late);
    if (first.outcome !== 'sent' || second.outcome !== 'sent') throw new Error('not sent');
    expect(await client.purge(first.reference)).toBe('purged');
    expect(await client.purge(first.reference)).toBe('purged');
    now = new Date(now.getTime() + 1000);
    expect(await client.purge(second.reference)).toBe('published');
    expect(await client.purge(newId())).toBe('not_found');
    simulator.fail({ on: 'purge', status: 500 });
    expect(await failureOf(client.purge(second.reference))).toMatchObject({ kind: 'status' });
  });
});

describe('Altinn simulator', () => {
  it('remembers what it received when it is started again on the same log', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'altinn-'));
    cleanup(() => rm(folder, { recursive: true }));
    const logPath = join(folder, 'received.log');
    const before = await start({ logPath });
    const letter = message();
    const first = await before.client.send(letter);
    await before.client.send(letter);
    const after = await start({ logPath });
    expect(after.simulator.received(letter.id)).toBe(1);
    expect(after.simulator.attempts(letter.id)).toBe(2);
    expect(await after.client.send(letter)).toEqual({ ...first, repeated: true });
  });

  it('forgets the oldest when it is full', async () => {
    const { simulator, client } = await start({ capacity: 2 });
    const letters = [message(), message(), message()];
    for (const letter of letters) await client.send(letter);
    expect(simulator.size()).toBe(2);
    expect(letters.map(({ id }) => simulator.received(id))).toEqual([0, 1, 1]);
  });
});
