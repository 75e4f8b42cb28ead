import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findEmbeddedPostgres } from '@grunnmur/kernel/db';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERIFY_LOCK } from '../commands/storage-verify.ts';
import type { DemoAccess } from '../demo-access.ts';
import { ROOT } from './fake-io.ts';
import { runToEnd, type StartedPlatform, startPlatform } from './started-platform.ts';

const UUID = /^[0-9a-f-]{36}$/;
const BREV = 'docs/examples/brev.pdf';

function hasPrograms(...names: string[]): boolean {
  return names.every((name) => spawnSync(name, ['--version']).error === undefined);
}

/** Of the synthetic series, and nobody's in the invented country. */
const NEW_ORGNR = '319999906';

describe('commands beside a running platform', { timeout: 120_000 }, () => {
  let platform: StartedPlatform;
  let demo: DemoAccess;
  let scratch: string;
  const person = (situation: string) => demo.persons.find((each) => each.situation === situation)!.fnr;
  const json = async (...args: string[]) => {
    const { code, out, err } = await platform.run(...args, '--json');
    expect(err).toBe('');
    return { code, answer: JSON.parse(out) };
  };

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'grunnmur-cli-scratch-'));
    platform = await startPlatform();
    demo = JSON.parse(await readFile(join(platform.dataDir, 'demo-access.json'), 'utf8')) as DemoAccess;
  }, 90_000);
  afterAll(async () => {
    await platform?.dispose();
    await rm(scratch, { recursive: true, force: true });
  }, 60_000);

  it('sends a letter and shows its timeline in Norwegian until it waits for its reader', async () => {
    const { code, out, err } = await platform.run(
      'send',
      BREV,
      '--to',
      person('altinn'),
      '--title',
      'Første brev',
    );
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toContain('Sender «Første brev» (1 dokument');
    for (const status of ['MOTTATT', 'AKSEPTERT', 'VARSLET']) expect(out).toContain(status);
    expect(out).toMatch(/Mottaker er varslet\. Blir brevet ikke åpnet innen/);
    // No colour when the output is not a terminal.
    expect(out).not.toContain('\u001B');
  });

  it('waits until the letter is opened when told to', async () => {
    const { answer: sent } = await json(
      'send',
      BREV,
      '--to',
      person('altinn'),
      '--title',
      'Venter',
      '--from',
      '310000000',
    );
    expect(sent).toMatchObject({ status: 'VARSLET', final: false, waitsForReader: true });
    const waiting = platform.run('status', sent.id, '--wait');
    const token = await platform.run('token');
    const [integration] = demo.integrations;
    const read = await fetch(`${platform.baseUrl}/api/v2/forsendelser/${sent.id}/lest`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token.out.trim()}`,
        integrasjonid: integration!.integrasjonId,
        integrasjonpassord: integration!.integrasjonPassord,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ fnr: person('altinn'), tidspunkt: new Date().toISOString() }),
    });
    expect(read.status).toBe(204);
    const { code, out } = await waiting;
    expect(code).toBe(0);
    expect(out).toMatch(/LEST\n\nÅpnet\n$/);
  });

  it('prints for a reserved person, and fails with code 1 when only digital delivery is allowed', async () => {
    const printed = await json('send', BREV, '--to', person('reserved'), '--title', 'På papir', '--wait');
    expect(printed).toMatchObject({ code: 0, answer: { status: 'PRINTET' } });
    const refused = await json(
      'send',
      BREV,
      '--to',
      person('reserved'),
      '--title',
      'Kun digitalt',
      '--digital-only',
    );
    expect(refused).toMatchObject({ code: 1, answer: { status: 'IKKE_LEVERT', final: true } });
  });

  it('encrypts letters of level 4 before they leave, and finds organisations in the register', async () => {
    const level4 = await json(
      'send',
      BREV,
      attachment(),
      '--to',
      person('altinn'),
      '--title',
      'Nivå 4',
      '--level4',
    );
    expect(level4).toMatchObject({ code: 0, answer: { status: 'VARSLET' } });
    const toOrganisation = await json('send', BREV, '--to', '310 000 027', '--title', 'Til fylket');
    expect(toOrganisation).toMatchObject({ code: 0, answer: { status: 'KLAR_FOR_MOTTAK' } });
  });

  function attachment(): string {
    return join(scratch, 'vedlegg æøå.pdf');
  }
  beforeAll(() => copyFile(join(ROOT, BREV), attachment()));

  it('does not give away a protected address', async () => {
    const { code, answer } = await json('send', BREV, '--to', person('protected-address'));
    expect(code).toBe(1);
    expect(answer.error.hint).toContain('--digital-only');
  });

  it('says that a number is a real person’s before it asks for anything more', async () => {
    const { code, answer } = await json('send', BREV, '--to', '01010750160');
    expect(code).toBe(2);
    expect(answer.error.message).toContain('01010750160');
    expect(answer.error.hint).toContain('npx grunnmur status');
  });

  it('says what is wrong with a letter, by code and with the way out', async () => {
    const broken = join(scratch, 'broken.pdf');
    await writeFile(broken, 'not a PDF');
    const unreadable = await json('send', broken, '--to', person('altinn'), '--title', 'Uleselig');
    expect(unreadable).toMatchObject({ code: 1, answer: { error: { code: 'ULESELIG_DOKUMENT' } } });
    const args = ['send', BREV, '--to', person('altinn'), '--title', 'To ganger'];
    expect((await json(...args)).code).toBe(0);
    const again = await json(...args);
    expect(again).toMatchObject({ code: 1, answer: { error: { code: 'GJENTAGENDE_FORSENDELSE' } } });
    const unknown = await json('status', '01a2021e-b95d-7000-86a6-f50fa1f6258e');
    expect(unknown).toMatchObject({ code: 1, answer: { error: { code: 'post.not_found' } } });
  });

  it('repeats a send call without a second letter', async () => {
    const args = [
      'send',
      BREV,
      '--to',
      person('altinn'),
      '--title',
      'Gjentatt',
      '--idempotency-key',
      'cli-test-1',
    ];
    const first = await json(...args);
    expect(await json(...args)).toMatchObject({ code: 0, answer: { id: first.answer.id } });
  });

  it('refuses a wrong login with code 4', async () => {
    const { env } = platform;
    const { out } = await platform.run('status', '--env', '--json');
    const variables = { ...env, ...JSON.parse(out), GRUNNMUR_INTEGRASJON_PASSORD: 'wrong' };
    const args = [join(ROOT, 'apps/cli/bin/grunnmur.mjs'), 'send', BREV, '--to', person('altinn'), '--json'];
    const ran = await runToEnd(process.execPath, args, variables);
    expect(ran.code).toBe(4);
    expect(JSON.parse(ran.out).error.code).toBe('IKKE_AUTENTISERT');
  });

  it('refuses a second server on the same data, and leaves the first alone', async () => {
    const second = await platform.run('start', '--port', '0');
    expect(second.code).toBe(1);
    expect(second.err).toContain('En annen Grunnmur');
    expect((await fetch(`${platform.baseUrl}/health/ready`)).status).toBe(200);
  });

  it('sends each sample letter once', async () => {
    const first = await json('seed');
    expect(first.code).toBe(0);
    const letters = first.answer.letters as { id: string; isNew: boolean }[];
    expect(letters.length).toBeGreaterThan(5);
    expect(letters.every(({ isNew }) => isNew)).toBe(true);
    const { answer } = await json('seed');
    expect(answer.letters).toEqual(letters.map((letter) => ({ ...letter, isNew: false })));
  });

  it('registers an organisation with an account and logins that work', async () => {
    const of = ['--orgnr', NEW_ORGNR, '--name', 'Nyvik kommune'];
    const early = await json('sender', 'account', ...of);
    expect(early.code).toBe(1);
    expect(early.answer.error.hint).toContain('organisation create');
    expect(await json('organisation', 'create', ...of)).toMatchObject({
      code: 0,
      answer: { orgnr: NEW_ORGNR, name: 'Nyvik kommune' },
    });
    expect((await json('organisation', 'create', ...of)).answer.error.code).toBe(
      'access.organisation_exists',
    );
    const listed = await json('organisation', 'list');
    expect(listed.answer.map((each: { orgnr: string }) => each.orgnr)).toContain(NEW_ORGNR);
    const account = await json('sender', 'account', ...of, '--return-address', 'Rådhuset, 0001 Nyvik');
    const { kontoId } = account.answer;
    const made = await json('sender', 'integration', ...of, '--account', kontoId);
    expect(made).toMatchObject({
      code: 0,
      answer: { integrasjonId: expect.any(String), integrasjonPassord: expect.any(String) },
    });
    const username = 'nyvik';
    const login = await json(
      'sender',
      'login',
      '--orgnr',
      NEW_ORGNR,
      '--account',
      kontoId,
      '--username',
      username,
    );
    const basic = Buffer.from(`${username}:${login.answer.password}`).toString('base64');
    const answer = await fetch(`${platform.baseUrl}/tjenester/api/forsendelse/v1/forsendelseTyper`, {
      headers: { authorization: `Basic ${basic}` },
    });
    expect(answer.status).toBe(200);
  });

  it('lets nobody log in to an account that is not the organisation’s own', async () => {
    const foreign = '11111111-1111-4111-8111-000000000001';
    const made = await json(
      'sender',
      'login',
      '--orgnr',
      '310000019',
      '--account',
      foreign,
      '--username',
      'x',
    );
    expect(made).toMatchObject({ code: 1, answer: { error: { code: 'kernel.validation' } } });
    const granted = ['sender', 'integration', '--orgnr', '310000019', '--name', 'x', '--account', foreign];
    expect((await json(...granted)).answer.error.message).toContain(foreign);
  });

  it('grants an identifier, takes it back, and is told of addresses that nobody may have', async () => {
    const identifier = (...args: string[]) => json('exchange', 'identifier', ...args);
    const of = ['NAVENHET_ID.0301', '--orgnr', '310000000'];
    expect(await identifier('grant', ...of)).toMatchObject({ code: 0, answer: { new: true } });
    const listed = await identifier('list');
    expect(listed).toMatchObject({
      code: 0,
      answer: { granted: [{ identifikator: 'NAVENHET_ID.0301', orgnr: '310000000' }], stray: [] },
    });
    const found = async () =>
      (await json('doctor')).answer.checks.find((check: { name: string }) => check.name === 'Identifiers');
    expect((await found()).state).toBe('ok');
    expect(await identifier('revoke', ...of)).toMatchObject({ code: 0, answer: { deactivated: [] } });
    expect((await identifier('revoke', ...of)).code).toBe(1);
  });

  it('shows the platform, finds nothing wrong with it, and verifies its access log', async () => {
    expect(await json('status')).toMatchObject({
      code: 0,
      answer: { baseUrl: platform.baseUrl, ready: true },
    });
    const doctor = await json('doctor');
    expect(doctor.answer.checks.filter((check: { state: string }) => check.state === 'failed')).toEqual([]);
    expect(await json('migrate', '--dry-run')).toMatchObject({ code: 0, answer: { pending: [] } });
    const heads = join(scratch, 'heads.json');
    const audit = await json('audit', 'verify', '--save', heads);
    expect(audit).toMatchObject({ code: 0, answer: { broken: 0 } });
    expect(audit.answer.entries).toBeGreaterThan(0);
    expect(await json('audit', 'verify', '--anchors', heads)).toMatchObject({ code: 0 });
    const forged = JSON.parse(await readFile(heads, 'utf8')) as { hash: string }[];
    forged[0]!.hash = 'f'.repeat(64);
    await writeFile(heads, JSON.stringify(forged));
    expect(await json('audit', 'verify', '--anchors', heads)).toMatchObject({
      code: 1,
      answer: { broken: 1 },
    });
    // None of this has disturbed the running server and its database.
    expect((await fetch(`${platform.baseUrl}/health/ready`)).status).toBe(200);
  });

  it('reads the stored documents back by one run at a time, beside the server', async () => {
    const { url } = await findEmbeddedPostgres(platform.dataDir);
    const first = new pg.Client({ connectionString: url!('grunnmur') });
    await first.connect();
    await first.query('select pg_advisory_lock($1)', [VERIFY_LOCK]);
    const second = await json('storage', 'verify');
    await first.end();
    expect([second.code, second.answer.error.hint]).toEqual([1, expect.stringContaining('--resume')]);
    expect((await json('storage', 'verify')).answer).toMatchObject({ faulty: 0 });
  });

  // The page is for a reader with these three programs; a machine without them has nothing to check it with.
  it.skipIf(!hasPrograms('bash', 'curl', 'openssl'))(
    'runs the calls of docs/getting-started.md as they stand',
    async () => {
      const page = await readFile(join(ROOT, 'docs/getting-started.md'), 'utf8');
      const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block!);
      expect(blocks.length).toBeGreaterThan(6);
      // The page is read in the clone; the answers it stores must not land there.
      const folder = join(scratch, 'reader');
      await mkdir(join(folder, 'data'), { recursive: true });
      for (const name of ['docs', 'node_modules', 'package.json', 'apps'])
        await symlink(join(ROOT, name), join(folder, name));
      const script = ['set -euo pipefail', ...blocks, 'echo; echo "finished $ID"'].join('\n');
      const ran = await runToEnd('bash', ['-s'], platform.env, { input: script, cwd: folder });
      expect(`${ran.out}${ran.err}`).toMatch(/finished [0-9a-f-]{36}\s/);
      expect(ran.code).toBe(0);
      expect(ran.out).toMatch(/"status":"(AKSEPTERT|VARSLET)"/);
      const id = /finished ([0-9a-f-]{36})/.exec(ran.out)![1]!;
      expect(await json('status', id)).toMatchObject({ answer: { status: 'LEST' } });
    },
  );
});

describe('grunnmur start', () => {
  it('stops by Ctrl-C, and the stored access log can be verified afterwards', async () => {
    const platform = await startPlatform();
    try {
      const sent = await platform.run('seed', '--json');
      expect(sent.code).toBe(0);
      expect(await platform.stop()).toBe(0);
      expect((await platform.run('status')).code).toBe(3);
      const { code, out } = await platform.run('audit', 'verify', '--json');
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({ broken: 0 });
      expect(JSON.parse(out).entries).toBeGreaterThan(0);
      const whole = await platform.run('storage', 'verify', '--json');
      expect([whole.code, JSON.parse(whole.out)]).toEqual([
        0,
        expect.objectContaining({ faulty: 0, faults: [], orphans: 0, resumedFrom: 0 }),
      ]);
      const objects = await readdir(join(platform.dataDir, 'objects'), {
        recursive: true,
        withFileTypes: true,
      });
      const file = objects.find((entry) => entry.isFile() && UUID.test(entry.name))!;
      const path = join(file.parentPath, file.name);
      const bytes = await readFile(path);
      bytes[bytes.length >> 1]! ^= 1;
      await writeFile(path, bytes);
      const damaged = await platform.run('storage', 'verify');
      expect([damaged.code, damaged.out]).toEqual([1, expect.stringContaining(file.name)]);
      await writeFile(join(platform.dataDir, 'storage-verify.json'), '{"done":[');
      const confused = await platform.run('storage', 'verify', '--resume');
      expect([confused.code, confused.err]).toEqual([2, expect.stringContaining('--resume')]);
    } finally {
      await platform.dispose();
    }
  }, 120_000);
});
