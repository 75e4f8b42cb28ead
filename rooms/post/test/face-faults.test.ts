import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addLetter,
  type Harness,
  KONTO_A1,
  sendForm,
  startFaces,
  TENANT_A,
  V1_AUTH,
  V1_PREFIX,
  V2_AUTH,
} from './face-harness.ts';

let faces: Harness;
beforeAll(async () => {
  faces = await startFaces();
});
afterAll(() => faces.close());

async function post(path: string, body: unknown): Promise<{ status: number; message: string }> {
  const form = body instanceof FormData;
  const response = await fetch(`${faces.url}${path}`, {
    method: 'POST',
    headers: {
      ...(path.startsWith('/api') ? V2_AUTH : { authorization: V1_AUTH }),
      ...(form ? {} : { 'content-type': 'application/json' }),
    },
    body: form ? body : JSON.stringify(body),
  });
  const answer = (await response.json()) as { message: string };
  return { status: response.status, message: answer.message };
}

const V2_SEND = `/api/v2/kontoer/${KONTO_A1}/forsendelser`;
const konto = { id: KONTO_A1, tenant: TENANT_A };

describe('all faults are told at once', () => {
  it('v2 send: a missing field hides neither a wrong date nor a wrong number nor a broken rule', async () => {
    const { status, message } = await post(
      V2_SEND,
      sendForm({
        tittel: 'Vedtak\u202e',
        mottaker: { digitalId: '01819010002', postnummer: '12', poststed: 'Oslo' },
        kunDigitalLevering: 'nei',
        signeringUtloper: 'i morgen',
        konteringskode: 'å b',
        dokumenter: [
          { filnavn: 'a/b.pdf', mimeType: 'application/pdf', giroarkSider: ['1'] },
          { mimeType: 7 },
        ],
        lenker: [{ url: 'x', tekst: 'y' }],
      }),
    );
    expect(status).toBe(400);
    for (const expected of [
      'mottaker.navn: mangler',
      'kunDigitalLevering: må være true eller false',
      'dokumenter[1].filnavn: mangler',
      'dokumenter[0].giroarkSider[0]: må være et heltall',
      'dokumenter[1].mimeType: må være en tekst',
      'signeringUtloper: må være dato og klokkeslett',
      'tittel: har skjulte tegn',
      'konteringskode: kan bare ha',
      'mottaker.digitalId: er ikke et gyldig',
      'mottaker.postnummer: må ha fire siffer',
    ])
      expect(message).toContain(expected);
    // Ten are named; nothing that follows from what is missing is among them.
    expect(message).toMatch(/og 2 til$/);
    expect(message).not.toMatch(/dokumenter\[1\][^;]*(kan ikke ha noen av tegnene|MIME)/);
  });

  it('v1 send: under its own names', async () => {
    const { message } = await post(
      `${V1_PREFIX}/sendForsendelse`,
      sendForm({
        mottaker: {
          postAdresse: { navn: 'N', postNummer: 12, postSted: 'Oslo', land: 'Sverge' },
          digitalAdresse: { organisasjonsNummer: '0192:974760673' },
        },
        metadataForImport: { saksAar: 12_026 },
        dokumenter: [],
      }),
    );
    for (const expected of [
      'tittel: mangler',
      'mottaker.postAdresse.postNummer: må være en tekst',
      'metadataForImport.saksAar: høyst 9999',
      'mottaker.digitalAdresse.organisasjonsNummer: skal være de ni sifrene alene, uten «0192:» foran',
      'mottaker.postAdresse.land: er ikke et kjent land',
      'Mente du «Sverige»?',
    ])
      expect(message).toContain(expected);
    expect(message.match(/digitalAdresse/g)).toHaveLength(1);
  });

  it('lest: number and time, and what is missing', async () => {
    const path = () => `/api/v2/forsendelser/${addLetter(faces, konto)}/lest`;
    const wrong = await post(path(), { fnr: '1', tidspunkt: 'i går', eksterntSystemnavn: 3 });
    expect(wrong.message).toMatch(/eksterntSystemnavn: må være en tekst/);
    expect(wrong.message).toMatch(/fnr: er ikke et gyldig/);
    expect(wrong.message).toMatch(/tidspunkt: må være dato og klokkeslett/);
    const missing = await post(path(), {});
    expect(missing.message).toBe('Ugyldig innhold: fnr: mangler; tidspunkt: mangler');
    const v1 = `${V1_PREFIX}/${addLetter(faces, konto)}/settLest`;
    expect((await post(v1, { lestAvFodselsNummer: '12345678901', datoLest: 'x' })).message).toMatch(
      /navnPaEksterntSystem: mangler.*datoLest: må være et heltall.*lestAvFodselsNummer: er ikke et gyldig/,
    );
  });

  it('answers what docs/errors.md shows', async () => {
    const page = await readFile(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
    const [, example] = /An example, from SvarUt REST v2:\s+```json\n([\s\S]*?)```/.exec(page)!;
    const shown = JSON.parse(example!) as Record<string, unknown>;
    const response = await fetch(`${faces.url}${V2_SEND}`, {
      method: 'POST',
      headers: V2_AUTH,
      body: sendForm({
        tittel: 'Vedtak',
        mottaker: { digitalId: '01819010001', postnummer: '12', poststed: 'Oslo' },
        kunDigitalLevring: true,
      }),
    });
    const real = (await response.json()) as Record<string, unknown>;
    expect(Object.keys(real).sort()).toEqual(Object.keys(shown).sort());
    for (const name of ['status', 'error', 'message', 'errorCode'])
      expect(shown[name], name).toBe(real[name]);
  });
});

describe('a message that is too large', () => {
  it.each([
    ['/api/v2/kontoer/x/forsendelser/status-sok'.replace('x', KONTO_A1), 1_048_576],
    [`${V1_PREFIX}/statuser`, 1_048_576],
  ])('%s: is refused with the limit as a number', async (path, limit) => {
    const { status, message } = await post(path, { x: 'y'.repeat(limit) });
    expect(status).toBe(413);
    expect(message).toContain(`grense ${limit} byte`);
  });
});
