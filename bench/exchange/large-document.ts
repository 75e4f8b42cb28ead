import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { peakRssMb, resetPeak, rssMb } from '../kit/memory.ts';
import { type ServerProcess, startServer } from '../kit/server-process.ts';
import type { Workspace } from '../kit/workspace.ts';
import { type Account, account } from './accounts.ts';

export interface LargeDocumentReport {
  readonly megabytes: number;
  readonly uploadSeconds: number;
  readonly downloadSeconds: number;
  readonly idleMb: number;
  /** Most resident memory above idle while it was uploaded, and while it was downloaded, MB. */
  readonly uploadAddedMb: number;
  readonly downloadAddedMb: number;
}

const LIMIT_MS = 600_000;
const CHUNK = randomBytes(1024 * 1024);
const BOUNDARY = 'grunnmur-bench-dokument';

/** One document through Dokumentlager, encrypted by the platform on the way in and decrypted on the way out. */
export async function measureLargeDocument(
  workspace: Workspace,
  bytes: number,
): Promise<LargeDocumentReport> {
  const server = await startServer(workspace, { dataDir: await workspace.folder('dokumentlager') });
  const owner = account(server, 0);
  const agent = new Agent({ headersTimeout: LIMIT_MS, bodyTimeout: LIMIT_MS });
  try {
    await download(server, owner, agent, await upload(server, owner, agent, 1_000_000));
    await sleep(5000);
    const idleMb = await rssMb(server.pid);
    await resetPeak(server.pid);
    const started = performance.now();
    const sent = await upload(server, owner, agent, bytes);
    const uploaded = performance.now();
    const uploadAddedMb = (await peakRssMb(server.pid)) - idleMb;
    await resetPeak(server.pid);
    const got = await download(server, owner, agent, sent);
    if (got !== sent.sha256) throw new Error('the document came back changed');
    return {
      megabytes: bytes / 1e6,
      uploadSeconds: (uploaded - started) / 1000,
      downloadSeconds: (performance.now() - uploaded) / 1000,
      idleMb,
      uploadAddedMb,
      downloadAddedMb: (await peakRssMb(server.pid)) - idleMb,
    };
  } finally {
    await agent.close();
    await server.stop();
  }
}

interface Uploaded {
  readonly id: string;
  readonly sha256: string;
}

async function upload(
  server: ServerProcess,
  owner: Account,
  dispatcher: Agent,
  bytes: number,
): Promise<Uploaded> {
  const { baseUrl } = server.logins;
  const headers = await owner.headers();
  const katalog = await request(`${baseUrl}/fiks-io/katalog/api/v1/kontoer/${owner.kontoId}`, {
    headers,
    dispatcher,
  });
  const { fiksOrgId } = (await katalog.body.json()) as { fiksOrgId: string };
  const hash = createHash('sha256');
  const answer = await request(
    `${baseUrl}/dokumentlager/api/v1/${fiksOrgId}/kontoer/${owner.kontoId}/dokumenter/?kryptert=false`,
    {
      method: 'POST',
      dispatcher,
      headers: { ...headers, 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
      body: Readable.from(multipart(owner, bytes, hash)),
    },
  );
  const text = await answer.body.text();
  if (answer.statusCode !== 201) throw new Error(`the document was answered ${answer.statusCode} ${text}`);
  return { id: (JSON.parse(text) as { id: string }).id, sha256: hash.digest('hex') };
}

async function* multipart(
  owner: Account,
  bytes: number,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Buffer> {
  const metadata = {
    dokumentnavn: 'stort.bin',
    mimetype: 'application/octet-stream',
    ttl: 3600,
    sikkerhetsniva: 3,
    eksponertFor: [{ type: 'INTEGRASJON', id: owner.integrasjonId }],
  };
  yield Buffer.from(
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="metadata"\r\ncontent-type: application/json\r\n\r\n${JSON.stringify(metadata)}\r\n--${BOUNDARY}\r\ncontent-disposition: form-data; name="dokument"; filename="stort.bin"\r\ncontent-type: application/octet-stream\r\n\r\n`,
  );
  for (let left = bytes; left > 0; left -= CHUNK.length) {
    const chunk = left < CHUNK.length ? CHUNK.subarray(0, left) : CHUNK;
    hash.update(chunk);
    yield chunk;
  }
  yield Buffer.from(`\r\n--${BOUNDARY}--\r\n`);
}

/** SHA-256 of what came. */
async function download(
  server: ServerProcess,
  owner: Account,
  dispatcher: Agent,
  { id }: Uploaded,
): Promise<string> {
  const answer = await request(`${server.logins.baseUrl}/dokumentlager/nedlasting/${id}`, {
    headers: await owner.headers(),
    dispatcher,
  });
  if (answer.statusCode !== 200) throw new Error(`the download was answered ${answer.statusCode}`);
  const hash = createHash('sha256');
  for await (const chunk of answer.body) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}
