import { createServer } from 'node:http';
import { Busboy } from '@fastify/busboy';
import { describe, expect, it } from 'vitest';
import { cpuTime } from '../kit/cpu.ts';
import { openConnection } from '../load/connection.ts';
import { messageRequests } from '../load/requests.ts';

describe('messages of the load generator', () => {
  it('are multipart with metadata first, and carry the time of their sending', async () => {
    const parts: [string, Buffer][] = [];
    const server = createServer((request, response) => {
      const parser = new Busboy({ headers: request.headers as { 'content-type': string } });
      parser.on('field', (name, value) => parts.push([name, Buffer.from(value)]));
      parser.on('file', (name, stream) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => parts.push([name, Buffer.concat(chunks)]));
      });
      parser.on('finish', () => response.writeHead(202, { 'content-length': 2 }).end('{}'));
      request.pipe(parser);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const make = messageRequests({
      kind: 'messages',
      port,
      path: '/send',
      headers: {},
      metadata: { meldingType: 'a' },
      payloadBytes: 2048,
      connections: 1,
      durationMs: 1,
      warmupMs: 0,
    });
    const connection = openConnection(port);
    const before = Date.now();
    for (let index = 0; index < 2; index++) expect((await connection.send(make(index))).status).toBe(202);
    connection.close();
    server.close();
    expect(parts.map(([name]) => name)).toEqual(['metadata', 'data', 'metadata', 'data']);
    expect(JSON.parse(parts[0]![1].toString())).toEqual({ meldingType: 'a' });
    expect(parts[1]![1].length).toBe(2048);
    const [first, second] = [parts[1]![1].readDoubleBE(0), parts[3]![1].readDoubleBE(0)];
    expect(first).toBeGreaterThan(before - 1000);
    expect(second).toBeGreaterThan(first);
    expect(parts[1]![1].subarray(8)).toEqual(parts[3]![1].subarray(8));
  });
});

describe('processor time', () => {
  it.runIf(process.platform === 'linux')('grows with the work of a process', async () => {
    const before = await cpuTime(process.pid);
    for (const end = performance.now() + 300; performance.now() < end; );
    const after = await cpuTime(process.pid);
    expect(after.processMs - before.processMs).toBeGreaterThanOrEqual(10);
  });
});
