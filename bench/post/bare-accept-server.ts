import { createCipheriv, createHash, randomBytes, randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import Fastify, { type FastifyRequest } from 'fastify';

// The raw limit of accepting: the smallest handler that takes the same message, hashes, encrypts, writes and fsyncs
// file and folder. No login, no rules, no look at the PDF, no database.
process.on('message', ({ folder }: { folder: string }) => {
  start(folder).then(
    (port) => process.send!({ port }),
    (error: Error) => process.send!({ error: error.message }),
  );
});
process.on('disconnect', () => process.exit());

async function start(folder: string): Promise<number> {
  const app = Fastify({ bodyLimit: 10_000_000 });
  app.addContentTypeParser('multipart/form-data', (_request, _payload, done) => done(null));
  app.post('/*', async (request) => ({ id: await accept(request, folder) }));
  await app.listen({ port: 0, host: '127.0.0.1' });
  return (app.server.address() as { port: number }).port;
}

function accept(request: FastifyRequest, folder: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const id = randomUUID();
    let stored: Promise<void> | undefined;
    const parser = new Busboy({ headers: request.headers as { 'content-type': string } });
    parser.on('field', (_name, value) => void JSON.parse(value));
    parser.on('file', (_name, stream) => {
      stored = store(stream, folder, id);
      stored.catch(reject);
    });
    parser.on('error', reject);
    parser.on('finish', () => {
      if (stored) stored.then(() => resolve(id), reject);
      else reject(new Error('no file'));
    });
    request.raw.pipe(parser);
  });
}

const KEY = randomBytes(32);

async function store(source: Readable, folder: string, id: string): Promise<void> {
  const hash = createHash('sha256');
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', KEY, nonce);
  const file = await open(join(folder, id), 'w');
  await file.write(nonce);
  for await (const chunk of source as AsyncIterable<Buffer>) {
    hash.update(chunk);
    await file.write(cipher.update(chunk));
  }
  hash.digest();
  cipher.final();
  await file.write(cipher.getAuthTag());
  await file.sync();
  await file.close();
  const parent = await open(folder, 'r');
  await parent.sync();
  await parent.close();
}
