import { randomBytes, randomInt } from 'node:crypto';
import { connect } from 'node:net';
import type { Konto } from '@grunnmur/exchange';
import {
  dataPart,
  metadataPart,
  multipart,
  type QueueTest,
  queueTest,
  startSend,
} from '@grunnmur/exchange/testing';
import { createRandom, mutate, pick, type Random } from '@grunnmur/kernel/testing';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dokumenter, type Harness, startDokumentlager } from './harness.ts';

/** A failing run is repeated with the seed it prints: MULTIPART_FUZZ_SEED. CI gives it a minute: MULTIPART_FUZZ_SECONDS. */
const seed = Number(process.env.MULTIPART_FUZZ_SEED ?? randomInt(2 ** 31));
const seconds = Number(process.env.MULTIPART_FUZZ_SECONDS ?? 10);
/** An answer that takes longer is a hang. */
const ANSWER_MS = 20_000;
const PARALLEL = 4;

interface Call {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The client hangs up after so many bytes. */
  readonly cutAt: number | undefined;
}

interface Result {
  /** 0: the client hung up, or the server closed the connection without an answer. */
  readonly status: number;
  readonly body: string;
}

/** Over a bare socket, in pieces of any size: a client library would refuse or repair most of this. */
async function call(random: Random, { url, headers, body, cutAt }: Call): Promise<Result> {
  const { hostname, port, pathname, search, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error('no answer in time')));
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  let failed: NodeJS.ErrnoException | undefined;
  socket.on('error', (error) => {
    failed = error;
  });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(
    `POST ${pathname}${search} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\ncontent-length: ${body.length}\r\n${lines.join('')}\r\n`,
  );
  const end = cutAt ?? body.length;
  for (let at = 0; at < end && !socket.destroyed; ) {
    const next = Math.min(end, at + 1 + random(pick(random, [3, 100, 70_000])));
    socket.write(body.subarray(at, next));
    if (random(4) === 0) await new Promise(setImmediate);
    at = next;
  }
  if (cutAt !== undefined) socket.destroy();
  await closed;
  if (failed && !/ECONNRESET|EPIPE/.test(failed.code ?? '')) throw failed;
  const answer = Buffer.concat(chunks).toString('utf8');
  return {
    status: cutAt === undefined ? Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0) : 0,
    body: answer.slice(answer.indexOf('\r\n\r\n') + 4),
  };
}

/** Good, or with one thing wrong, or cut off. */
function spoil(random: Random, good: Buffer): Pick<Call, 'body' | 'cutAt'> {
  const kind = random(10);
  const body = kind < 2 ? good : mutate(random, kind < 8 ? good : mutate(random, good));
  return { body, cutAt: kind === 9 && body.length > 1 ? random(body.length - 1) : undefined };
}

/** Calls until the time is over; answers how often each status came. */
async function storm(name: string, url: string, next: (random: Random) => Promise<Omit<Call, 'url'>>) {
  const counts = new Map<number, number>();
  const until = performance.now() + (seconds * 1000) / 2;
  const lane = async (random: Random) => {
    while (performance.now() < until) {
      const made = await next(random);
      const { status, body } = await call(random, { url, ...made });
      const shown = `${name}: ${status} ${body.slice(0, 300)}`;
      expect(status === 0 || status === 201 || status === 202 || (status >= 400 && status < 500), shown).toBe(
        true,
      );
      expect(body, shown).not.toMatch(/\bat .+\.ts:\d/);
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, (_, n) => lane(createRandom(seed + n))));
  console.log(name, Object.fromEntries(counts));
  return counts;
}

const size = (random: Random) => pick(random, [0, 1, random(1000), 1000 + random(5000), 250_000]);
const boundary = (random: Random) =>
  `multipart/form-data; boundary=${random(25) === 0 ? '"other"' : 'grense'}`;

describe(`fuzz of the multipart edges, MULTIPART_FUZZ_SEED=${seed}`, () => {
  describe('send', () => {
    let test: QueueTest;
    let app: FastifyInstance;
    let url: string;
    let fra: Konto;
    let til: Konto;

    beforeAll(async () => {
      test = await queueTest();
      [fra, til] = [await test.konto(), await test.konto()];
      ({ app, url } = await startSend(test, await test.node(), fra));
    });
    afterAll(async () => {
      await app.close();
      await test.close();
    });

    it('answers everything, and stores what it accepts and nothing else', {
      timeout: 60_000 + seconds * 1000,
    }, async () => {
      const counts = await storm('send', url, async (random) => {
        const metadata = {
          avsenderKontoId: fra.id,
          mottakerKontoId: til.id,
          meldingType: 'no.eksempel.melding',
          headere: { egen: 'æ' },
        };
        const data = random(5) === 0 ? [] : [dataPart(randomBytes(size(random)))];
        const good = multipart([metadataPart(metadata), ...data]);
        const headers = { integrasjonId: fra.integrasjonId, 'content-type': boundary(random) };
        return { headers, ...spoil(random, good) };
      });
      const { rows } = await test.owner.query(
        `select count(*) as n, count(objekt) + count(dokument_id) as objects from exchange.melding`,
      );
      expect(rows[0].n).toBe(counts.get(202));
      const objects = async () => {
        let found = 0;
        for await (const _ of test.storage.list(`${til.tenant}/`)) found++;
        return found;
      };
      // The last of those who hung up may still be cleaned up after.
      await expect.poll(objects, { timeout: 10_000 }).toBe(rows[0].objects);
      expect(counts.get(202)).toBeGreaterThan(5);
      expect(counts.get(400)).toBeGreaterThan(5);
    });
  });

  describe('Dokumentlager', () => {
    let test: Harness;

    beforeAll(async () => {
      test = await startDokumentlager();
    });

    it('answers everything, and stores what it accepts and nothing else', {
      timeout: 60_000 + seconds * 1000,
    }, async () => {
      const url = `${test.url}${dokumenter(test.a)}/?kryptert=false`;
      const login = await test.headers(test.a);
      const counts = await storm('Dokumentlager', url, async (random) => {
        const metadata = {
          dokumentnavn: 'a.bin',
          mimetype: 'text/plain',
          ttl: 3600,
          sikkerhetsniva: 3,
          eksponertFor: [],
        };
        const good = multipart([
          metadataPart(metadata),
          {
            head: 'Content-Disposition: form-data; name="dokument"; filename="a.bin"\r\nContent-Type: application/octet-stream',
            body: randomBytes(size(random)),
          },
        ]);
        return { headers: { ...login, 'content-type': boundary(random) }, ...spoil(random, good) };
      });
      expect(await test.rows()).toBe(counts.get(201));
      await expect.poll(() => test.files(), { timeout: 10_000 }).toBe(counts.get(201));
      expect(counts.get(201)).toBeGreaterThan(5);
      expect(counts.get(400)).toBeGreaterThan(5);
    });
  });
});
