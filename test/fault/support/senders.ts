import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMaskinportenClient } from '@grunnmur/kernel/auth';
import { newId } from '@grunnmur/kernel/ids';
import type { ServerUnderTest } from './server-under-test.ts';

/** A letter that the server has answered for. */
export interface AcceptedLetter {
  readonly id: string;
  readonly tittel: string;
  readonly keyed: boolean;
  /** Sends whose outcome the sender never learnt. */
  readonly unknown: number;
}

export interface Senders {
  readonly accepted: readonly AcceptedLetter[];
  /** Answers that must not come, whatever happens to the server. */
  readonly wrong: readonly string[];
  /** Sends that broke off without an answer. */
  readonly broken: () => number;
  /** Every sender finishes the letter it is at (the server must be up), then all have ended. */
  finish(): Promise<void>;
}

export interface SendersOptions {
  readonly server: ServerUnderTest;
  readonly count: number;
  readonly recipients: readonly string[];
  readonly pdf: Uint8Array<ArrayBuffer>;
  readonly random: () => number;
}

interface Login {
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly integrations: readonly {
    clientId: string;
    integrasjonId: string;
    integrasjonPassord: string;
    privateKeyPem: string;
    certificatePem: string;
    svarutKontoIds: string[];
  }[];
}

/** Tells the test's letters from the demonstration's own. */
export const SENDING_SYSTEM = 'Feiltest';

const DOWN_PAUSE_MS = 20;
const BETWEEN_LETTERS_MS = 25;
const ANSWER_LIMIT_MS = 20_000;

/**
 * Senders that never give up a letter: each sends it again, unchanged, until it has an answer. Every other one uses
 * an idempotency key; the rest rely on the duplicate rule, whose refusal names the letter that is already there.
 */
export async function startSenders(options: SendersOptions): Promise<Senders> {
  const { server } = options;
  const login = JSON.parse(await readFile(join(server.dataDir, 'demo-access.json'), 'utf8')) as Login;
  const integration = login.integrations[0]!;
  const tokens = createMaskinportenClient({
    issuer: login.issuer,
    tokenEndpoint: login.tokenEndpoint,
    clientId: integration.clientId,
    privateKeyPem: integration.privateKeyPem,
    certificatePem: integration.certificatePem,
    now: () => new Date(),
  });
  const state: State = { ...options, accepted: [], wrong: [], broken: 0, finishing: false };
  const call: Call = async (form, key) => {
    const answer = await fetch(
      `${server.baseUrl}/api/v2/kontoer/${integration.svarutKontoIds[0]}/forsendelser/`,
      {
        method: 'POST',
        body: form,
        headers: {
          authorization: `Bearer ${await tokens.token({ scope: 'ks:fiks' })}`,
          IntegrasjonId: integration.integrasjonId,
          IntegrasjonPassord: integration.integrasjonPassord,
          ...(key ? { 'Idempotency-Key': key } : {}),
        },
        signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      },
    );
    return { status: answer.status, body: await answer.text() };
  };
  const running = Array.from({ length: options.count }, (_, sender) => sendOn(state, call, sender));
  return {
    accepted: state.accepted,
    wrong: state.wrong,
    broken: () => state.broken,
    finish: async () => {
      state.finishing = true;
      await Promise.all(running);
    },
  };
}

interface State extends SendersOptions {
  readonly accepted: AcceptedLetter[];
  readonly wrong: string[];
  broken: number;
  finishing: boolean;
}

type Call = (form: FormData, key: string | undefined) => Promise<{ status: number; body: string }>;

async function sendOn(state: State, call: Call, sender: number): Promise<void> {
  for (let letter = 0; !state.finishing; letter++) {
    const tittel = `Brev ${sender}-${letter}`;
    const digitalId = state.recipients[Math.floor(state.random() * state.recipients.length)]!;
    const answered = await sendUntilAnswered(state, call, tittel, digitalId, sender % 2 === 0);
    if (answered) state.accepted.push(answered);
    await sleep(BETWEEN_LETTERS_MS);
  }
}

async function sendUntilAnswered(
  state: State,
  call: Call,
  tittel: string,
  digitalId: string,
  keyed: boolean,
): Promise<AcceptedLetter | undefined> {
  const key = keyed ? newId() : undefined;
  for (let unknown = 0; ; ) {
    const answer = await call(letterForm(tittel, digitalId, state.pdf), key).catch(() => undefined);
    // 5xx says as little about the letter as no answer at all.
    if (!answer || answer.status >= 500) {
      if (answer === undefined) state.broken += 1;
      unknown += 1;
      await sleep(DOWN_PAUSE_MS);
      continue;
    }
    const id = acceptedId(answer, keyed, unknown);
    if (id) return { id, tittel, keyed, unknown };
    state.wrong.push(`${tittel}: ${answer.status} ${answer.body.slice(0, 300)}`);
    return undefined;
  }
}

function acceptedId(
  { status, body }: { status: number; body: string },
  keyed: boolean,
  unknown: number,
): string | undefined {
  const json = JSON.parse(body) as { id?: string; errorCode?: string; message?: string };
  if (status === 200) return json.id;
  // Only a letter whose first sending ended in the unknown may be a repeat.
  if (keyed || unknown === 0 || json.errorCode !== 'GJENTAGENDE_FORSENDELSE') return undefined;
  return /med id ([0-9a-f-]{36})/.exec(json.message ?? '')?.[1];
}

function letterForm(tittel: string, digitalId: string, pdf: Uint8Array<ArrayBuffer>): FormData {
  const forsendelse = {
    tittel,
    avgivendeSystem: SENDING_SYSTEM,
    mottaker: {
      navn: 'Mottaker',
      digitalId,
      adresselinje1: 'Storgata 1',
      postnummer: '0001',
      poststed: 'OSLO',
    },
    dokumenter: [
      { filnavn: 'brev.pdf', mimeType: 'application/pdf' },
      { filnavn: 'vedlegg.pdf', mimeType: 'application/pdf' },
    ],
  };
  const form = new FormData();
  form.append('forsendelse', new Blob([JSON.stringify(forsendelse)], { type: 'application/json' }));
  for (const name of ['brev.pdf', 'vedlegg.pdf'])
    form.append('filer', new Blob([pdf], { type: 'application/pdf' }), name);
  return form;
}
