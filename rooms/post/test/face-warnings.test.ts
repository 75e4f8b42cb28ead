import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  FNR,
  type Harness,
  KONTO_A1,
  sendForm,
  startFaces,
  V1_AUTH,
  V1_PREFIX,
  V2_AUTH,
} from './face-harness.ts';

let faces: Harness;
beforeAll(async () => {
  faces = await startFaces();
});
afterAll(() => faces.close());

const dokumenter = [{ filnavn: 'brev.pdf', mimeType: 'application/pdf' }];
const FACES = {
  'v1 sendForsendelse': {
    url: () => `${faces.url}${V1_PREFIX}/sendForsendelse`,
    headers: { authorization: V1_AUTH },
    letter: {
      tittel: 'Vedtak',
      mottaker: {
        postAdresse: { navn: 'Åse', postNummer: '0001', postSted: 'Oslo' },
        digitalAdresse: { fodselsNummer: FNR },
      },
      dokumenter,
    },
    place: (mottaker: Record<string, unknown>) => mottaker.postAdresse as object,
    placeName: '/mottaker/postAdresse/postnumer',
    meant: 'postNummer',
  },
  'v2 send': {
    url: () => `${faces.url}/api/v2/kontoer/${KONTO_A1}/forsendelser`,
    headers: V2_AUTH,
    letter: {
      tittel: 'Vedtak',
      mottaker: { navn: 'Åse', postnummer: '0001', poststed: 'Oslo', digitalId: FNR },
      dokumenter,
    },
    place: (mottaker: Record<string, unknown>) => mottaker,
    placeName: '/mottaker/postnumer',
    meant: 'postnummer',
  },
};

describe.each(Object.entries(FACES))('%s', (_name, face) => {
  const send = async (change: object) => {
    const answer = await fetch(face.url(), {
      method: 'POST',
      headers: face.headers,
      body: sendForm({ ...structuredClone(face.letter), ...change }, [{ name: 'filer' }]),
    });
    return {
      status: answer.status,
      body: await answer.json(),
      warning: answer.headers.get('Grunnmur-Advarsel'),
    };
  };

  it('says nothing of a letter without anything to say about', async () => {
    expect(await send({})).toEqual({ status: 200, body: { id: expect.any(String) }, warning: null });
  });

  it('warns of a misspelt wish in a header, with the body as published clients know it', async () => {
    expect(await send({ kunDigitalLevring: true })).toEqual({
      status: 200,
      body: { id: expect.any(String) },
      warning: 'feilskrevet_felt;felt="/kunDigitalLevring";ment="kunDigitalLevering";antall=1',
    });
  });

  it('warns of names at every level, under the names that the face has', async () => {
    const mottaker = structuredClone(face.letter.mottaker) as Record<string, unknown>;
    Object.assign(face.place(mottaker), { postnumer: '0001' });
    const { warning } = await send({
      mottaker,
      dokumenter: [{ ...dokumenter[0], ekstraMetadata: [{ key: 'a', value: 'b', hemmelig: 'ja' }] }],
    });
    expect(warning).toBe(
      `feilskrevet_felt;felt="${face.placeName}";ment="${face.meant}";antall=1, ` +
        'ukjent_felt;felt="/dokumenter/*/ekstraMetadata/*/hemmelig";antall=1',
    );
  });

  it('gives no warning with a refusal', async () => {
    expect(await send({ tittel: '', kunDigitalLevring: true })).toMatchObject({ status: 400, warning: null });
  });
});
