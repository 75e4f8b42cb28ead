import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { samplePdf } from '@grunnmur/post/sample-pdf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from './harness.ts';
import { expectHealthy, expectRefusal, leavesNothing, quiet, traces } from './refusals.ts';
import {
  type Answer,
  MULTIPART,
  multipart,
  partsOf,
  type SendFace,
  type SentFile,
  sendFaces,
  sendParts,
  sendRaw,
} from './send-faces.ts';

const SMALL: SentFile = { name: 'brev.pdf', bytes: samplePdf() };
const LARGE: SentFile = { name: 'kart.pdf', bytes: samplePdf({ bytes: 900_000 }) };

describe('uploads that go wrong on the way', () => {
  let test: TestServer;
  let faces: SendFace[];

  beforeAll(async () => {
    test = await startTestServer({ UPLOAD_IDLE_SECONDS: '1', UPLOAD_TIMEOUT_SECONDS: '3' });
    faces = sendFaces(test);
    for (const face of faces) {
      const good = await sendParts(face, partsOf(face.metadata({ files: [SMALL] }), [SMALL]));
      expect(good.status, good.text).toBe(200);
    }
    await quiet(test);
  });
  afterAll(() => test.stop());

  const message = (face: SendFace, files: readonly SentFile[] = [SMALL, LARGE]): Buffer =>
    multipart(partsOf(face.metadata({ files }), files));

  async function open(face: SendFace, length?: number): Promise<ClientRequest> {
    const headers = { ...(await face.headers()), 'content-type': MULTIPART };
    const call = request(face.url, {
      method: 'POST',
      headers: length === undefined ? headers : { ...headers, 'content-length': length },
    });
    call.on('error', () => {});
    return call;
  }

  async function answerOf(call: ClientRequest): Promise<Answer> {
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    const text = Buffer.concat(await answer.toArray()).toString();
    return { status: answer.statusCode!, text, json: JSON.parse(text) };
  }

  async function write(call: ClientRequest, bytes: Buffer): Promise<void> {
    await new Promise<void>((resolve) => call.write(bytes, () => resolve()));
  }

  it.each([0.01, 0.3, 0.6, 0.999])('leaves nothing of one cut off after %s of it', async (share) => {
    await leavesNothing(test, async () => {
      for (const face of faces) {
        const bytes = message(face);
        const call = await open(face, bytes.length);
        await write(call, bytes.subarray(0, Math.floor(bytes.length * share)));
        // The server has begun to store what came.
        await sleep(50);
        call.destroy();
      }
    });
    await expectHealthy(test);
  });

  it('refuses one that says it is complete when it is not', async () => {
    await leavesNothing(test, async () => {
      for (const face of faces) {
        const bytes = message(face);
        const call = await open(face);
        call.end(bytes.subarray(0, 500_000));
        expectRefusal(face.name, await answerOf(call), { status: 400, code: 'UGYLDIG_MULTIPART' });
      }
    });
  });

  it('gives up one that pauses too long, and says so', async () => {
    await leavesNothing(test, async () => {
      await Promise.all(
        faces.map(async (face) => {
          const call = await open(face);
          await write(call, message(face).subarray(0, 300_000));
          expectRefusal(face.name, await answerOf(call), { status: 408, code: 'TIDSAVBRUDD' });
          call.destroy();
        }),
      );
    });
  });

  it('gives up one that never pauses but never ends', async () => {
    await leavesNothing(test, async () => {
      await Promise.all(
        faces.map(async (face) => {
          const call = await open(face);
          const bytes = message(face);
          let at = 0;
          const timer = setInterval(() => call.write(bytes.subarray(at, ++at)), 100);
          const answer = await answerOf(call).finally(() => clearInterval(timer));
          expectRefusal(face.name, answer, { status: 408, code: 'TIDSAVBRUDD' });
          call.destroy();
        }),
      );
    });
  });

  it('has a letter once and whole whose sender hung up right before the answer and sent it again', async () => {
    const before = await traces(test);
    const newFiles = async () => (await traces(test)).files.filter((file) => !before.files.includes(file));
    for (const face of faces) {
      const call = await open(face);
      const bytes = message(face);
      await new Promise<void>((resolve) => call.end(bytes, () => resolve()));
      call.destroy();
      const again = await sendRaw(face, Buffer.from(bytes));
      if (again.status !== 200)
        expectRefusal(face.name, again, { status: 400, code: 'GJENTAGENDE_FORSENDELSE' });
    }
    // Whichever came first, the other's files go.
    await expect.poll(async () => (await newFiles()).length, { timeout: 10_000 }).toBe(4);
    await quiet(test);
    const files = await newFiles();
    const documents = await documentsOfTwo();
    expect([files.length, documents.length]).toEqual([4, 4]);
    for (const { objekt, akseptert, avtrykk } of documents) {
      expect({ akseptert, avtrykk }).toEqual({ akseptert: 1, avtrykk: 1 });
      expect(files.some((file) => file.endsWith(objekt))).toBe(true);
    }
  });

  /** Documents of the letters with two, and what else there must be of each letter. */
  async function documentsOfTwo(): Promise<{ objekt: string; akseptert: number; avtrykk: number }[]> {
    const { rows } = await test.owner.query(
      `select d.objekt,
         (select count(*)::int from post.hendelse h where h.forsendelse_id = f.id and h.kode = 'akseptert') as akseptert,
         (select count(*)::int from post.gjentakelse g where g.forsendelse_id = f.id) as avtrykk
       from post.forsendelse f join post.dokument d on d.forsendelse_id = f.id where f.antall_dokumenter = 2`,
    );
    return rows;
  }

  it('answers one it refuses early although the rest of it is large', async () => {
    await leavesNothing(test, async () => {
      for (const face of faces) {
        const bytes = multipart(partsOf({ ...face.metadata({ files: [LARGE] }), tittel: '' }, [LARGE]));
        const call = await open(face, bytes.length);
        call.end(bytes);
        expectRefusal(face.name, await answerOf(call), {
          status: 400,
          code: 'UGYLDIG_INNHOLD',
          says: ['tittel'],
        });
      }
    });
  });

  it('takes a letter that comes one byte at a time, as long as it comes', async () => {
    for (const face of faces) {
      const bytes = message(face, [SMALL]);
      const call = await open(face);
      for (const [at] of bytes.entries())
        if (!call.write(bytes.subarray(at, at + 1))) await once(call, 'drain');
      call.end();
      const answer = await answerOf(call);
      expect(answer.status, answer.text).toBe(200);
    }
  });
});
