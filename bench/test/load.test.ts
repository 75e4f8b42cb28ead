import { createServer, type IncomingMessage } from 'node:http';
import { Busboy } from '@fastify/busboy';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openConnection } from '../load/connection.ts';
import type { LetterPlan } from '../load/plan.ts';
import { letterRequests } from '../load/requests.ts';

interface Seen {
  readonly url: string;
  readonly token: string;
  readonly forsendelse: { tittel: string; mottaker: { digitalId: string } };
  readonly pdf: Buffer;
}

const plan: LetterPlan = {
  kind: 'letters',
  port: 0,
  path: '/letters/',
  headers: { authorization: 'Bearer x' },
  recipients: [
    { navn: 'Øystein', digitalId: '1', adresselinje1: 'a', postnummer: '0001', poststed: 'OSLO' },
    { navn: 'Åse', digitalId: '2', adresselinje1: 'a', postnummer: '0001', poststed: 'OSLO' },
  ],
  pdfBytes: 100_000,
  tag: 'Vedtak',
  kunDigitalLevering: false,
  connections: 1,
  durationMs: 1,
  warmupMs: 0,
};

describe('the load generator', () => {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    void read(request).then((letter) => {
      seen.push(letter);
      const body = `{"id":"${seen.length}"}`;
      response.writeHead(seen.length === 3 ? 503 : 200, { 'content-length': body.length }).end(body);
    });
  });
  beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));

  it('sends letters that differ in title and recipient over one connection and reads the answers', async () => {
    const { port } = server.address() as { port: number };
    const make = letterRequests({ ...plan, port });
    const connection = openConnection(port);
    const answers = [];
    for (const index of [0, 1, 2]) answers.push(await connection.send(make(index)));
    connection.close();
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 503]);
    expect(answers[1]!.body).toBe('{"id":"2"}');
    expect(seen.map((letter) => letter.forsendelse.tittel)).toEqual(['Vedtak 0', 'Vedtak 1', 'Vedtak 2']);
    expect(seen.map((letter) => letter.forsendelse.mottaker.digitalId)).toEqual(['1', '2', '1']);
    for (const { pdf, url, token } of seen) {
      expect(pdf.length).toBe(100_000);
      expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
      expect([url, token]).toEqual(['/letters/', 'Bearer x']);
    }
  });

  it('says when nobody listens', async () => {
    const connection = openConnection(1);
    await expect(connection.send(['x'])).rejects.toThrow('ECONNREFUSED');
    connection.close();
  });
});

function read(request: IncomingMessage): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const parser = new Busboy({ headers: request.headers as { 'content-type': string } });
    const chunks: Buffer[] = [];
    let forsendelse = '';
    parser.on('field', (_name: string, value: string) => {
      forsendelse = value;
    });
    parser.on('file', (_name: string, stream: NodeJS.ReadableStream) =>
      stream.on('data', (chunk: Buffer) => chunks.push(chunk)),
    );
    parser.on('error', reject);
    parser.on('finish', () =>
      resolve({
        url: request.url!,
        token: request.headers.authorization!,
        forsendelse: JSON.parse(forsendelse),
        pdf: Buffer.concat(chunks),
      }),
    );
    request.pipe(parser);
  });
}
