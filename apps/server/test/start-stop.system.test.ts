import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { samplePdf } from '@grunnmur/post/sample-pdf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccessFile } from './access-file.ts';
import { type ChildServer, startChild } from './child-server.ts';
import { basic, MULTIPART, multipart, partsOf } from './send-faces.ts';

const V1 = '/tjenester/api/forsendelse/v1';
const PDF = samplePdf();
/** Words of a letter that must never come into the log. */
const SECRETS = {
  tittel: 'Vedtak om taushet',
  navn: 'Kåre Hemmeligsen',
  filnavn: 'diagnose.pdf',
  referanse: 'sak-77-konfidensiell',
};

/** A folder that PostgreSQL's user may pass through, so that the cluster lies in it. */
async function dataFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'grunnmur-start-'));
  await chmod(folder, 0o711);
  return folder;
}

function metadata(fnr: string, change: object = {}) {
  return {
    tittel: SECRETS.tittel,
    eksternReferanse: SECRETS.referanse,
    mottaker: {
      postAdresse: { navn: SECRETS.navn, adresse1: 'Gata 1', postNummer: '0001', postSted: 'OSLO' },
      digitalAdresse: { fodselsNummer: fnr },
    },
    dokumenter: [{ filnavn: SECRETS.filnavn, mimeType: 'application/pdf' }],
    ...change,
  };
}

async function send(access: AccessFile, letter: object, bytes: Uint8Array = PDF) {
  const { username, password } = access.svarutV1Accounts[0]!;
  const answer = await fetch(`${access.baseUrl}${V1}/sendForsendelse`, {
    method: 'POST',
    headers: { authorization: basic(username, password), 'content-type': MULTIPART },
    body: multipart(partsOf(letter, [{ name: SECRETS.filnavn, bytes }])),
  });
  return { status: answer.status, body: (await answer.json()) as { id?: string } };
}

async function get(access: AccessFile, path: string): Promise<Record<string, unknown>> {
  const { username, password } = access.svarutV1Accounts[0]!;
  const answer = await fetch(`${access.baseUrl}${V1}${path}`, {
    headers: { authorization: basic(username, password) },
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Record<string, unknown>;
}

async function postgresPid(data: string): Promise<number | undefined> {
  const text = await readFile(join(data, 'postgres', 'data', 'postmaster.pid'), 'utf8').catch(() => '');
  return Number(text.split('\n')[0]) || undefined;
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

describe('the program, started, killed and stopped', () => {
  let data: string;
  let child: ChildServer;
  let access: AccessFile;
  let id: string;
  let recipient: string;
  const settings = () => ({ GRUNNMUR_DATA: data, LOG_LEVEL: 'debug', DEMO_LETTERS: 'false' });

  beforeAll(async () => {
    data = await dataFolder();
    child = await startChild(settings());
    access = await child.access();
  });
  afterAll(async () => {
    await child?.end('SIGKILL');
    await rm(data, { recursive: true, force: true });
  });

  it('writes the logins for scripts, for us alone to read', async () => {
    expect((await stat(join(data, 'demo-access.json'))).mode & 0o777).toBe(0o600);
    expect(Object.keys(access).sort()).toEqual([
      'amqp',
      'baseUrl',
      'fiksIoAccounts',
      'integrations',
      'issuer',
      'mottakersystemer',
      'organisations',
      'persons',
      'staff',
      'svarutV1Accounts',
      'tokenEndpoint',
    ]);
  });

  it('takes letters, and refuses others', async () => {
    // Not the first person of the situation: that one stands in the banner.
    recipient = access.persons.filter((person) => person.situation === 'altinn')[1]!.fnr;
    const sent = await send(access, metadata(recipient));
    expect(sent.status).toBe(200);
    id = sent.body.id!;
    expect((await send(access, metadata(recipient))).status).toBe(400);
    expect((await send(access, metadata('01819010193'))).status).toBe(400);
    expect((await send(access, metadata(recipient, { tittel: 'x\u0000' }))).status).toBe(400);
    expect((await send(access, metadata(recipient), Buffer.from('%PDF-1.7 skadet'))).status).toBe(400);
    await get(access, `/eksternref/${SECRETS.referanse}`);
  });

  it('has everything again after kill -9, in the same folder', async () => {
    const postgres = (await postgresPid(data))!;
    expect(lives(postgres)).toBe(true);
    await child.end('SIGKILL');
    const log = child.output();
    child = await startChild(settings());
    const again = await child.access();
    expect(lives(postgres)).toBe(false);
    const anywhere = { baseUrl: '', issuer: '', tokenEndpoint: '', amqp: '' };
    expect({ ...again, ...anywhere }).toEqual({ ...access, ...anywhere });
    // Clients that trust the authority go on doing so.
    expect(again.amqp.caPem).toBe(access.amqp.caPem);
    access = again;
    const { dokumentMetadata } = await get(access, `/${id}/dokumentMetadata`);
    expect(dokumentMetadata).toMatchObject([{ filnavn: SECRETS.filnavn, sizeInBytes: PDF.length }]);
    const { forsendelseIder } = await get(access, `/eksternref/${SECRETS.referanse}`);
    expect(forsendelseIder).toEqual([{ id }]);
    expectDiscreet(log);
  });

  it('goes on delivering', async () => {
    const { body } = await send(access, metadata(recipient, { tittel: `${SECRETS.tittel} nr. 2` }));
    const status = async () => (await get(access, `/${body.id}/status`)).status;
    await expect.poll(status, { timeout: 20_000 }).toBe('VARSLET');
  });

  it('stops cleanly on Ctrl-C and leaves no PostgreSQL behind', async () => {
    const postgres = (await postgresPid(data))!;
    const { code, output } = await child.end('SIGINT');
    expect(code).toBe(0);
    expect(lives(postgres)).toBe(false);
    expect(await postgresPid(data)).toBeUndefined();
    expectDiscreet(output);
  });

  /** No personal data, no secret, at the most talkative level. */
  function expectDiscreet(log: string): void {
    const passwords = [...access.svarutV1Accounts, ...access.mottakersystemer].map((login) => login.password);
    const secrets = [
      ...access.integrations.flatMap((item) => [item.integrasjonPassord, item.privateKeyPem]),
      ...access.fiksIoAccounts.map((account) => account.privateKeyPem),
    ];
    for (const word of [recipient, '01819010193', ...Object.values(SECRETS), ...passwords, ...secrets])
      expect(log).not.toContain(word);
  }
});

describe('the program under a user without rights', () => {
  it('starts and stops', async ({ skip }) => {
    const user = await unprivilegedUser();
    const data = await dataFolder();
    try {
      if (user) {
        if (!(await mayRead(user))) skip('this checkout is closed to other users');
        await chown(data, user.uid, user.gid);
      }
      const child = await startChild({ GRUNNMUR_DATA: data, DEMO_LETTERS: 'false' }, user ? { user } : {});
      const postgres = (await postgresPid(data))!;
      const { baseUrl } = await child.access();
      expect((await fetch(`${baseUrl}/health/ready`)).status).toBe(200);
      if (user) expect((await stat(join(data, 'postgres'))).uid).toBe(user.uid);
      expect((await child.end('SIGINT')).code).toBe(0);
      expect(lives(postgres)).toBe(false);
    } finally {
      await rm(data, { recursive: true, force: true });
    }
  });
});

/** `nobody` when we are root; undefined when we are without rights ourselves. */
async function unprivilegedUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function mayRead(user: { uid: number }): Promise<boolean> {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const { mode, uid } = await stat(folder);
    if (uid !== user.uid && (mode & 0o005) !== 0o005) return false;
    if (folder === dirname(folder)) return true;
  }
}
