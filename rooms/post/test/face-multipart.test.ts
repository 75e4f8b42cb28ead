import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FNR, type Harness, KONTO_A1, startFaces, V1_AUTH, V1_PREFIX, V2_AUTH } from './face-harness.ts';

const forsendelse = JSON.stringify({
  tittel: 'Vedtak',
  mottaker: { navn: 'Åse', digitalId: FNR, digitalAdresse: { fodselsNummer: FNR } },
  kunDigitalLevering: true,
  dokumenter: [{ filnavn: 'blåbær.pdf', mimeType: 'application/pdf' }],
});

const FACES = [
  { name: 'v1', path: `${V1_PREFIX}/sendForsendelse`, headers: { authorization: V1_AUTH } },
  { name: 'v2', path: `/api/v2/kontoer/${KONTO_A1}/forsendelser/`, headers: V2_AUTH },
];

interface Part {
  /** Header lines, sent byte for byte. */
  readonly headers: readonly (string | Buffer)[];
  readonly body?: string | Buffer;
}

function message(parts: readonly Part[], end = '--grense--\r\n'): Buffer<ArrayBuffer> {
  const chunks = parts.flatMap(({ headers, body = '' }) => [
    Buffer.from('--grense\r\n'),
    ...headers.flatMap((header) => [Buffer.from(header), Buffer.from('\r\n')]),
    Buffer.from('\r\n'),
    Buffer.from(body),
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...chunks, Buffer.from(end)]);
}

const jsonPart = (...more: string[]): Part => ({
  headers: ['Content-Disposition: form-data; name="forsendelse"', ...more],
  body: forsendelse,
});
const filePart = (disposition = 'filename="blåbær.pdf"'): Part => ({
  headers: [Buffer.from(`Content-Disposition: form-data; name="filer"; ${disposition}`)],
  body: '%PDF',
});

describe.each(FACES)('the multipart message of $name', (face) => {
  let faces: Harness;
  beforeAll(async () => {
    faces = await startFaces({ limits: { maxJsonBytes: 20_000, maxParts: 50, idleTimeoutMs: 5_000 } });
  });
  beforeEach(() => {
    faces.received.length = 0;
  });
  afterAll(() => faces.close());

  async function post(
    body: Buffer<ArrayBuffer> | ReadableStream,
    contentType = 'multipart/form-data; boundary=grense',
  ) {
    const init = {
      method: 'POST',
      headers: { ...face.headers, 'content-type': contentType },
      body,
      duplex: 'half',
    };
    const response = await fetch(`${faces.url}${face.path}`, init as RequestInit);
    const json = (await response.json()) as {
      message: string;
      id?: string;
      errorcode?: string;
      errorCode?: string;
    };
    return { status: response.status, json, code: json.errorcode ?? json.errorCode };
  }

  it.each([
    ['no Content-Type', jsonPart()],
    ['text/plain', jsonPart('Content-Type: text/plain;charset=UTF-8')],
    ['application/json', jsonPart('Content-Type: application/json')],
    ['a type of its own', jsonPart('Content-Type: application/octet-stream')],
    [
      'a file name',
      {
        headers: ['Content-Disposition: form-data; name="forsendelse"; filename="forsendelse.json"'],
        body: forsendelse,
      },
    ],
    ['unquoted', { headers: ['content-disposition: form-data; name=forsendelse'], body: forsendelse }],
  ])('reads the JSON part with %s', async (_what, part) => {
    const answer = await post(message([part, filePart()]));
    expect(answer.status).toBe(200);
    expect(faces.received[0]!.contents).toEqual([{ filename: 'blåbær.pdf', text: '%PDF' }]);
  });

  it.each([
    ['raw UTF-8', filePart()],
    [
      'raw ISO-8859-1',
      {
        ...filePart(),
        headers: [Buffer.from('Content-Disposition: form-data; name="x"; filename="blåbær.pdf"', 'latin1')],
      },
    ],
    ['filename*', filePart(`filename="bl.pdf"; filename*=UTF-8''bl%C3%A5b%C3%A6r.pdf`)],
  ])('reads file names in %s', async (_what, part) => {
    await post(message([jsonPart(), part]));
    expect(faces.received[0]?.contents[0]?.filename).toBe('blåbær.pdf');
  });

  it('reads a message without Content-Length', async () => {
    const bytes = message([jsonPart(), filePart()]);
    const stream = new ReadableStream({
      start(controller) {
        for (let at = 0; at < bytes.length; at += 7)
          controller.enqueue(new Uint8Array(bytes.subarray(at, at + 7)));
        controller.close();
      },
    });
    expect((await post(stream)).status).toBe(200);
    expect(faces.received).toHaveLength(1);
  });

  it('passes files on in their order, whatever their part names', async () => {
    const files = ['filename="b.pdf"', 'filename="a.pdf"', ''].map(filePart);
    await post(message([jsonPart(), ...files]));
    expect(faces.received[0]!.contents.map((file) => file.filename)).toEqual(['b.pdf', 'a.pdf', undefined]);
  });

  it.each<[string, Buffer<ArrayBuffer>, string?]>([
    ['no part at all', message([])],
    ['an empty body', Buffer.alloc(0)],
    ['no forsendelse', message([filePart()])],
    ['the file first', message([filePart(), jsonPart()])],
    ['broken JSON', message([{ ...jsonPart(), body: '{"tittel":' }])],
    ['JSON that is no object', message([{ ...jsonPart(), body: '[]' }])],
    ['an empty JSON part', message([{ ...jsonPart(), body: '' }])],
    ['a message cut off in a file', message([jsonPart(), filePart()], '')],
    ['too many parts', message([jsonPart(), ...Array.from({ length: 10_000 }, () => filePart())])],
    ['endless part headers', message([{ headers: [`X-Lang: ${'x'.repeat(40_000)}`] }])],
    ['another boundary', message([jsonPart(), filePart()]), 'multipart/form-data; boundary=annen'],
    ['no boundary', message([jsonPart(), filePart()]), 'multipart/form-data'],
    ['another Content-Type', message([jsonPart(), filePart()]), 'application/octet-stream'],
  ])('refuses %s', async (_what, body, contentType) => {
    const answer = await post(body, contentType);
    expect(answer.status).toBe(400);
    expect(answer.json.message).toMatch(/^(Ugyldig innhold|Overføringen ble avbrutt)/);
    expect(['UGYLDIG_INNHOLD', 'UGYLDIG_MULTIPART', 'OVERFORING_AVBRUTT']).toContain(answer.code);
    expect(faces.received).toEqual([]);
  });

  it('takes no part of another name for the forsendelse', async () => {
    const other = { headers: ['Content-Disposition: form-data; name="metadata"'], body: forsendelse };
    const answer = await post(message([other, filePart()]));
    expect(answer.json.message).toContain('forsendelse: må være første del');
    expect([answer.status, faces.received]).toEqual([400, []]);
  });

  it('refuses a JSON part that is too large, and lets large files pass', async () => {
    const large = { ...jsonPart(), body: `${forsendelse}${' '.repeat(20_000)}` };
    expect(await post(message([large, filePart()]))).toMatchObject({ status: 413, code: 'FOR_STOR' });
    const file = { ...filePart(), body: Buffer.alloc(3_000_000, 'x') };
    expect((await post(message([jsonPart(), file]))).status).toBe(200);
    expect(faces.received[0]!.contents[0]!.text).toHaveLength(3_000_000);
  });

  it('answers a refusal also to a client that is still sending', async () => {
    const file = { ...filePart(), body: Buffer.alloc(20_000_000, 'x') };
    const wrong = { ...jsonPart(), body: '{}' };
    expect(await post(message([wrong, file]))).toMatchObject({ status: 400, code: 'UGYLDIG_INNHOLD' });
    const response = await fetch(`${faces.url}${face.path}`, {
      method: 'POST',
      headers: { authorization: 'feil', 'content-type': 'multipart/form-data; boundary=grense' },
      body: message([jsonPart(), file]),
    });
    expect(response.status).toBe(401);
    expect(faces.received).toEqual([]);
  });

  it('stores nothing when the client hangs up in the middle of a file', async () => {
    const before = faces.calls.length;
    const bytes = message([jsonPart(), { ...filePart(), body: Buffer.alloc(200_000, 'x') }]);
    const socket = connect(faces.port, '127.0.0.1');
    await once(socket, 'connect');
    const lines = Object.entries({ ...face.headers, 'content-type': 'multipart/form-data; boundary=grense' });
    socket.write(
      `POST ${face.path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${bytes.length}\r\n` +
        `${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
    );
    socket.write(bytes.subarray(0, 100_000));
    while (faces.calls.length === before) await new Promise((resolve) => setTimeout(resolve, 5));
    socket.destroy();
    // The face works on: a whole message after the broken one is accepted, and it alone.
    expect((await post(message([jsonPart(), filePart()]))).status).toBe(200);
    expect(faces.received).toHaveLength(1);
  });

  it('gives up on a sender who falls silent', async () => {
    const impatient = await startFaces({ limits: { idleTimeoutMs: 50 } });
    const silent = new ReadableStream({
      start(controller) {
        controller.enqueue(new Uint8Array(message([jsonPart()], '').subarray(0, 120)));
      },
    });
    const response = await fetch(`${impatient.url}${face.path}`, {
      method: 'POST',
      headers: { ...face.headers, 'content-type': 'multipart/form-data; boundary=grense' },
      body: silent,
      duplex: 'half',
    } as RequestInit);
    const json = (await response.json()) as Record<string, string>;
    expect([response.status, json.errorcode ?? json.errorCode]).toEqual([408, 'TIDSAVBRUDD']);
    expect(impatient.calls).toEqual([]);
    await impatient.close();
  });
});
