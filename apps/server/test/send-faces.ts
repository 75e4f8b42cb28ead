import type { TestServer } from './harness.ts';

/** One document of a letter to be sent. */
export interface SentFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly type?: string;
}

/** A letter in the words of no face. */
export interface SentLetter {
  readonly files: readonly SentFile[];
  readonly kunDigitalLevering?: boolean;
  readonly kryptert?: boolean;
  readonly krevNiva4Innlogging?: boolean;
  readonly tittel?: string;
}

/** The send call of one version of SvarUt REST, with everything that makes a good call. */
export interface SendFace {
  readonly name: 'v1' | 'v2';
  readonly url: string;
  headers(): Promise<Record<string, string>>;
  /** The metadata of a good letter. */
  metadata(letter: SentLetter): Record<string, unknown>;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

const NAME = 'Ola Nordmann';

/** v1 and v2 for one account of the first organisation and a recipient who is notified through Altinn. */
export function sendFaces(test: TestServer): SendFace[] {
  const { fnr } = test.person('altinn');
  const account = test.access.svarutV1Accounts[0]!;
  const integration = test.integration('Eksempel');
  const common = ({ files: _, ...letter }: SentLetter) => ({
    tittel: `Brev ${crypto.randomUUID()}`,
    ...letter,
  });
  const documents = (letter: SentLetter) =>
    letter.files.map(({ name, type }) => ({ filnavn: name, mimeType: type ?? 'application/pdf' }));
  return [
    {
      name: 'v1',
      url: `${test.baseUrl}/tjenester/api/forsendelse/v1/sendForsendelse`,
      headers: async () => ({ authorization: basic(account.username, account.password) }),
      metadata: (letter) => ({
        ...common(letter),
        mottaker: {
          postAdresse: { navn: NAME, adresse1: 'Gata 1', postNummer: '0001', postSted: 'OSLO' },
          digitalAdresse: { fodselsNummer: fnr },
        },
        dokumenter: documents(letter),
      }),
    },
    {
      name: 'v2',
      url: `${test.baseUrl}/api/v2/kontoer/${integration.svarutKontoIds[0]}/forsendelser/`,
      headers: () => test.headers(integration),
      metadata: (letter) => ({
        ...common(letter),
        mottaker: {
          navn: NAME,
          digitalId: fnr,
          adresselinje1: 'Gata 1',
          postnummer: '0001',
          poststed: 'OSLO',
        },
        dokumenter: documents(letter),
      }),
    },
  ];
}

export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

export interface Part {
  readonly name?: string;
  /** Raw bytes when it is to be something that no client would write. */
  readonly filename?: string | Buffer;
  readonly body: string | Uint8Array;
}

const BOUNDARY = 'grense-7f0c';
export const MULTIPART = `multipart/form-data; boundary=${BOUNDARY}`;

/** The bytes of a multipart message; `closed: false` leaves the end away. */
export function multipart(parts: readonly Part[], closed = true): Buffer<ArrayBuffer> {
  const chunks = parts.flatMap((part) => [
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data`),
    ...(part.name === undefined ? [] : [Buffer.from(`; name="${part.name}"`)]),
    ...(part.filename === undefined
      ? []
      : [Buffer.from('; filename="'), Buffer.from(part.filename), Buffer.from('"')]),
    Buffer.from('\r\n\r\n'),
    Buffer.from(part.body as Uint8Array),
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...chunks, Buffer.from(closed ? `--${BOUNDARY}--\r\n` : '')]);
}

/** The parts of a good call. */
export function partsOf(metadata: unknown, files: readonly SentFile[]): Part[] {
  const body = typeof metadata === 'string' ? metadata : JSON.stringify(metadata);
  return [
    { name: 'forsendelse', body },
    ...files.map((file, index) => ({ name: `filer_${index}`, filename: file.name, body: file.bytes })),
  ];
}

/** Sends bytes as they are. */
export async function sendRaw(
  face: SendFace,
  body: Buffer<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await fetch(face.url, {
    method: 'POST',
    headers: { ...(await face.headers()), 'content-type': MULTIPART, ...headers },
    body,
  });
  return readAnswer(answer);
}

export function sendParts(face: SendFace, parts: readonly Part[], headers: Record<string, string> = {}) {
  return sendRaw(face, multipart(parts), headers);
}

export async function readAnswer(answer: Response): Promise<Answer> {
  const text = await answer.text();
  return { status: answer.status, text, json: parse(text) };
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
