import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { samplePdfStream } from '@grunnmur/post/sample-pdf';
import { Agent, request } from 'undici';
import { peakRssMb, resetPeak, rssMb } from '../kit/memory.ts';
import { type ServerProcess, startServer } from '../kit/server-process.ts';
import type { Workspace } from '../kit/workspace.ts';
import { paperRecipients } from './recipients.ts';
import { readStatuses } from './status-calls.ts';

export interface LargeLetterReport {
  readonly megabytes: number;
  readonly digital: LargeLetterFigures;
  readonly printable: LargeLetterFigures;
}

interface LargeLetterFigures {
  readonly seconds: number;
  /** Until the status below, from the answer. */
  readonly deliverySeconds: number;
  readonly status: string;
  readonly idleMb: number;
  /** Most resident memory above idle, from the upload's start until the letter was delivered. */
  readonly addedMb: number;
}

const DELIVERED = new Set([
  'VARSLET',
  'SENDT_DIGITALT',
  'SENDT_PRINT',
  'PRINTET',
  'IKKE_LEVERT',
  'LEVERT_SDP',
]);
const LIMIT_MS = 300_000;

/** One letter as large as SvarUt allows, made and sent as a stream: what does it cost the server in memory? */
export async function measureLargeLetter(workspace: Workspace, bytes: number): Promise<LargeLetterReport> {
  const measure = async (kunDigitalLevering: boolean) => {
    // A server of its own for each, so that neither pays for the other.
    const server = await startServer(workspace, {
      dataDir: await workspace.folder(kunDigitalLevering ? 'large-digital' : 'large-printable'),
    });
    await sendLetter(server, kunDigitalLevering, 100_000);
    await sleep(5000);
    const idleMb = await rssMb(server.pid);
    await resetPeak(server.pid);
    const figures = await sendLetter(server, kunDigitalLevering, bytes);
    const addedMb = (await peakRssMb(server.pid)) - idleMb;
    await server.stop();
    return { ...figures, idleMb, addedMb };
  };
  return { megabytes: bytes / 1e6, digital: await measure(true), printable: await measure(false) };
}

/** Sends one letter to somebody who gets paper and waits until it is delivered, or cannot be (digital only). */
async function sendLetter(
  server: ServerProcess,
  kunDigitalLevering: boolean,
  bytes: number,
): Promise<Pick<LargeLetterFigures, 'seconds' | 'deliverySeconds' | 'status'>> {
  const boundary = 'grunnmur-bench-large';
  const agent = new Agent({ headersTimeout: LIMIT_MS, bodyTimeout: LIMIT_MS });
  const started = performance.now();
  const answer = await request(
    `http://127.0.0.1:${server.port}/api/v2/kontoer/${server.kontoId}/forsendelser/`,
    {
      method: 'POST',
      dispatcher: agent,
      headers: { ...(await server.headers()), 'content-type': `multipart/form-data; boundary=${boundary}` },
      body: Readable.from(body(boundary, kunDigitalLevering, bytes)),
    },
  );
  const text = await answer.body.text();
  await agent.close();
  if (answer.statusCode !== 200)
    throw new Error(`the large letter was answered ${answer.statusCode} ${text}`);
  const accepted = performance.now();
  const status = await waitForDelivery(server, (JSON.parse(text) as { id: string }).id);
  return {
    seconds: (accepted - started) / 1000,
    deliverySeconds: (performance.now() - accepted) / 1000,
    status,
  };
}

async function* body(
  boundary: string,
  kunDigitalLevering: boolean,
  bytes: number,
): AsyncGenerator<Uint8Array> {
  const forsendelse = {
    tittel: `Stort brev ${bytes}`,
    mottaker: paperRecipients()[0],
    kunDigitalLevering,
    utskriftskonfigurasjon: { utskriftMedFarger: false, tosidig: true },
    dokumenter: [{ filnavn: 'stort.pdf', mimeType: 'application/pdf' }],
  };
  yield Buffer.from(
    `--${boundary}\r\ncontent-disposition: form-data; name="forsendelse"\r\ncontent-type: application/json\r\n\r\n${JSON.stringify(forsendelse)}\r\n--${boundary}\r\ncontent-disposition: form-data; name="filer_0"; filename="stort.pdf"\r\ncontent-type: application/pdf\r\n\r\n`,
  );
  yield* samplePdfStream({ approxBytes: bytes });
  yield Buffer.from(`\r\n--${boundary}--\r\n`);
}

async function waitForDelivery(server: ServerProcess, id: string): Promise<string> {
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    const [letter] = await readStatuses(server, [id]);
    if (letter && DELIVERED.has(letter.status)) return letter.status;
    if (performance.now() > deadline) return letter?.status ?? 'unknown';
    await sleep(250);
  }
}
