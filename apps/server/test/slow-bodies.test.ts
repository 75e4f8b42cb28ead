import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@grunnmur/kernel/ids';
import { dropDatabase } from '@grunnmur/kernel/testing';
import { samplePdf } from '@grunnmur/post/sample-pdf';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { AccessFile } from './access-file.ts';
import { type ChildServer, startChild } from './child-server.ts';
import { basic } from './send-faces.ts';

/** As few as a server of this size can start with, so that the attack is a small one. */
const OPEN_FILES = 420;
/** More than it may have open files. */
const SLOW_CLIENTS = 600;

/** The slow-body attack: connections that are worth nothing, at every kind of body, from two addresses. */
describe('a server with few file descriptors and hundreds of slow bodies', () => {
  const sockets: Socket[] = [];
  const database = `slow_${newId().replaceAll('-', '')}`;
  const adminUrl = inject('postgresUrl');
  let data: string;
  let server: ChildServer;
  let access: AccessFile;

  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'grunnmur-slow-'));
    const admin = new pg.Client({ connectionString: adminUrl });
    await admin.connect();
    await admin.query(`create database ${database}`);
    await admin.end();
    const settings = {
      GRUNNMUR_DATA: data,
      DATABASE_URL: adminUrl.replace(/\/postgres$/, `/${database}`),
      DATABASE_POOL: '6',
      DEMO_LETTERS: 'false',
      PDF_WORKERS: '1',
    };
    server = await startChild(settings, { openFiles: OPEN_FILES });
    access = await server.access();
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await server?.end('SIGTERM');
    await dropDatabase(adminUrl, database);
    await rm(data, { recursive: true, force: true });
  });

  it('accepts letters all the same, and says rightly that it is ready', async () => {
    const { port } = new URL(access.baseUrl);
    const targets = [
      ['/maskinporten/token', 'application/x-www-form-urlencoded'],
      ['/logg-ut', 'application/x-www-form-urlencoded'],
      ['/tjenester/api/forsendelse/v1/sendForsendelse', 'multipart/form-data; boundary=b'],
      ['/does-not-exist', 'application/json'],
    ];
    for (let nr = 0; nr < SLOW_CLIENTS; nr++) {
      const [path, type] = targets[nr % targets.length]!;
      const socket = connect({
        port: Number(port),
        host: '127.0.0.1',
        localAddress: `127.0.0.${2 + (nr % 2)}`,
      });
      sockets.push(socket);
      socket.on('error', () => undefined);
      await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
      socket.write(
        `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: ${type}\r\ncontent-length: 9999\r\n\r\nx`,
      );
    }
    const dribble = setInterval(() => {
      for (const socket of sockets) if (socket.writable) socket.write('x');
    }, 200);
    try {
      for (let nr = 0; nr < 5; nr++) {
        expect(await sendLetter(), server.output()).toBe(200);
        expect((await fetch(`${access.baseUrl}/health/ready`)).status).toBe(200);
      }
    } finally {
      clearInterval(dribble);
    }
    expect(sockets.filter((socket) => !socket.destroyed).length).toBeLessThan(OPEN_FILES / 2);
    expect(server.output()).not.toMatch(/EMFILE|ENFILE|too many open files/i);
  });

  async function sendLetter(): Promise<number> {
    const account = access.svarutV1Accounts[0]!;
    const { fnr } = access.persons.find((person) => person.situation === 'altinn')!;
    const metadata = {
      tittel: `Brev ${crypto.randomUUID()}`,
      mottaker: {
        postAdresse: { navn: 'Ola Nordmann', adresse1: 'Gata 1', postNummer: '0001', postSted: 'OSLO' },
        digitalAdresse: { fodselsNummer: fnr },
      },
      dokumenter: [{ filnavn: 'brev.pdf', mimeType: 'application/pdf' }],
    };
    const form = new FormData();
    form.append('forsendelse', new Blob([JSON.stringify(metadata)], { type: 'application/json' }));
    form.append('filer', new Blob([Buffer.from(samplePdf({ pages: 1, text: 'Brev' }))]), 'brev.pdf');
    const answer = await fetch(`${access.baseUrl}/tjenester/api/forsendelse/v1/sendForsendelse`, {
      method: 'POST',
      headers: { authorization: basic(account.username, account.password) },
      body: form,
    });
    await answer.text();
    return answer.status;
  }
});
