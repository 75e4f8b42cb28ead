import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSelfSigned } from '@grunnmur/kernel/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KONTO_VALUES, SENDER_VALUES } from '../access/access-values.ts';
import { exchangeAccesses, findReceiver } from '../access/exchange-access.ts';
import { findPlace } from '../access/place.ts';
import { senderAccesses } from '../access/sender-access.ts';
import type { DemoAccess } from '../demo-access.ts';
import { runCli } from '../run-cli.ts';
import { fakeIo, ROOT } from './fake-io.ts';

const DEMO_URL = 'http://127.0.0.1:3977';
const OTHER_URL = 'https://grunnmur.example.no';
const KONTO = (number: number) => `33333333-3333-4333-8333-00000000000${number}`;

/** What a demonstration writes, with two organisations. */
async function demoAccess(): Promise<DemoAccess> {
  const pair = await createSelfSigned({ commonName: 'Prøve', notAfter: new Date('2036-01-01') });
  const integration = (number: number, orgnr: string, name: string) => ({
    ...pair,
    name,
    orgnr,
    clientId: `klient-${number}`,
    integrasjonId: `integrasjon-${number}`,
    integrasjonPassord: `passord-${number}`,
    svarutKontoIds: [`konto-${number}`],
  });
  const account = (number: number, orgnr: string, name: string) => ({
    ...pair,
    kontoId: KONTO(number),
    orgnr,
    name,
    integrasjonId: `integrasjon-${number}`,
  });
  return {
    baseUrl: DEMO_URL,
    issuer: `${DEMO_URL}/maskinporten/`,
    tokenEndpoint: `${DEMO_URL}/maskinporten/token`,
    organisations: [
      { orgnr: '310000000', name: 'Eksempel kommune' },
      { orgnr: '310000019', name: 'Døme kommune' },
    ],
    integrations: [
      integration(1, '310000000', 'Eksempel sak og arkiv'),
      integration(2, '310000019', 'Døme sak og arkiv'),
    ],
    persons: [],
    amqp: { host: '127.0.0.1', port: 1, tlsPort: 2, caPem: 'ca' },
    fiksIoAccounts: [
      account(1, '310000000', 'Eksempel kommune, meldinger'),
      account(2, '310000019', 'Døme kommune, meldingar'),
    ],
  };
}

describe('where a command goes and who it is', () => {
  let data: string;
  let empty: string;
  let keyFile: string;
  let environment: Record<string, string>;

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'grunnmur-access-'));
    [data, empty] = [join(folder, 'data'), join(folder, 'empty')];
    await mkdir(data);
    await mkdir(empty);
    const demo = await demoAccess();
    await writeFile(join(data, 'demo-access.json'), JSON.stringify(demo));
    keyFile = join(folder, 'key.pem');
    await writeFile(keyFile, demo.integrations[0]!.privateKeyPem);
    const io = fakeIo({ GRUNNMUR_DATA: data });
    expect(await runCli(['status', '--env', '--json'], io)).toBe(0);
    environment = JSON.parse(io.written.out) as Record<string, string>;
  });
  afterAll(() => rm(join(data, '..'), { recursive: true, force: true }));

  const io = (env: Record<string, string> = {}) => fakeIo({ GRUNNMUR_DATA: data, ...env });

  it('takes the address from option, environment, running server, demonstration, settings, in this order', async () => {
    const addressOf = async (env: Record<string, string>, option?: string) =>
      (await findPlace(fakeIo(env), option ? { baseUrl: option } : {})).baseUrl;
    const server = join(data, 'server.json');
    const running = { pid: process.pid, startedAt: '', baseUrl: 'http://127.0.0.1:3978', amqpPorts: [] };
    const all = { GRUNNMUR_DATA: data, GRUNNMUR_BASE_URL: 'http://127.0.0.1:1/', PORT: '3979' };
    const { GRUNNMUR_BASE_URL: _, ...unnamed } = all;
    try {
      await writeFile(server, JSON.stringify(running));
      expect(await addressOf(all, 'http://127.0.0.1:2/')).toBe('http://127.0.0.1:2');
      expect(await addressOf(all)).toBe('http://127.0.0.1:1');
      expect(await addressOf(unnamed)).toBe(running.baseUrl);
      // A process that is gone runs nothing, whatever it has left behind.
      await writeFile(server, JSON.stringify({ ...running, pid: 2 ** 22 + 1 }));
      expect(await addressOf(unnamed)).toBe(DEMO_URL);
    } finally {
      await rm(server);
    }
    expect(await addressOf({ GRUNNMUR_DATA: empty, PORT: '3979' })).toBe('http://127.0.0.1:3979');
    expect(await addressOf({ GRUNNMUR_DATA: empty, PUBLIC_URL: OTHER_URL })).toBe(OTHER_URL);
  });

  it('knows one machine by each of its names', async () => {
    const place = await findPlace(io({ GRUNNMUR_BASE_URL: 'http://localhost:3977/' }), {});
    expect(place).toMatchObject({ baseUrl: 'http://localhost:3977', demo: { baseUrl: DEMO_URL } });
  });

  it('says for each command that nobody answers at the address that was named', async () => {
    for (const args of [
      ['status'],
      ['status', '01a2021e-b95d-7000-86a6-f50fa1f6258e'],
      ['token'],
      ['send', 'docs/examples/brev.pdf', '--to', '27828510377', '--name', 'X', '--digital-only'],
      ['exchange', 'send', '--to', KONTO(2), '--type', 'x'],
      ['exchange', 'status', '01a2021e-b95d-7000-86a6-f50fa1f6258e'],
    ]) {
      const dead = {
        ...environment,
        GRUNNMUR_BASE_URL: 'http://127.0.0.1:9',
        GRUNNMUR_ISSUER: 'http://127.0.0.1:9/m/',
      };
      const { GRUNNMUR_TOKEN_ENDPOINT: _, ...env } = dead as Record<string, string>;
      const world = io(env);
      expect(await runCli(args, world), args.join(' ')).toBe(3);
      expect(world.written.err, args.join(' ')).toContain('http://127.0.0.1:9');
      expect(world.written.err).not.toContain(DEMO_URL);
    }
  });

  it('gives a demonstration’s logins to no other address, and says so', async () => {
    for (const args of [['send', 'docs/examples/brev.pdf', '--to', '27828510377'], ['seed'], ['token']]) {
      const world = io({ GRUNNMUR_BASE_URL: OTHER_URL });
      expect(await runCli(args, world)).toBe(2);
      expect(world.written.err).toMatch(/grunnmur\.example\.no.*3977[\s\S]*GRUNNMUR_BASE_URL/);
    }
  });

  it('prints an environment that is the same login for letters and messages, whole', async () => {
    expect(environment).toMatchObject({
      GRUNNMUR_BASE_URL: DEMO_URL,
      GRUNNMUR_CLIENT_ID: 'klient-1',
      GRUNNMUR_KONTO_ID: 'konto-1',
      GRUNNMUR_FIKS_IO_KONTO_ID: KONTO(1),
      GRUNNMUR_AMQP_URL: 'amqps://127.0.0.1:2',
    });
    const known = [...Object.values(SENDER_VALUES), ...Object.values(KONTO_VALUES)].map(
      (value) => value.environment,
    );
    for (const name of Object.keys(environment)) expect(known).toContain(name);
    // Without the demonstration's folder, as a program of somebody else's would use it.
    const alone = fakeIo({ ...environment, GRUNNMUR_DATA: empty });
    const [sender] = await senderAccesses(alone, {});
    expect(sender).toMatchObject({
      clientId: 'klient-1',
      kontoId: 'konto-1',
      integrasjonPassord: 'passord-1',
    });
    const [konto] = await exchangeAccesses(alone, {});
    expect(konto).toMatchObject({ kontoId: KONTO(1), amqp: { host: '127.0.0.1', port: 2, ca: 'ca' } });
    expect(konto.keys).toHaveLength(1);
  });

  it('says names, and chooses the konto of the organisation that the login is', async () => {
    const { GRUNNMUR_FIKS_IO_KONTO_ID: _, ...login } = environment as Record<string, string>;
    expect((await senderAccesses(io(login), {}))[0]!.sender).toBe('Eksempel kommune');
    expect((await exchangeAccesses(io(login), {}))[0]).toMatchObject({
      kontoId: KONTO(1),
      name: 'Eksempel kommune, meldinger',
    });
    expect(await findReceiver(io(environment), {}, 'døme')).toBe(KONTO(2));
  });

  it('lets an option win over the environment, login and konto together', async () => {
    const other = { kontoId: KONTO(2), login: { integrasjonId: 'integrasjon-2' } };
    expect((await exchangeAccesses(io(environment), { from: 'Døme kommune' }))[0]).toMatchObject(other);
    expect((await exchangeAccesses(io(environment), { konto: KONTO(2) }))[0]).toMatchObject(other);
    expect((await senderAccesses(io(environment), { from: '310000019' }))[0]).toMatchObject({
      sender: 'Døme kommune',
      kontoId: 'konto-2',
    });
    expect((await senderAccesses(io(environment), { account: 'konto-9' }))[0]!.kontoId).toBe('konto-9');
  });

  it('completes a login that is one of the demonstration’s, and lists what another lacks', async () => {
    const [own] = await senderAccesses(io(), { clientId: 'klient-2' });
    expect(own).toMatchObject({ integrasjonId: 'integrasjon-2', sender: 'Døme kommune' });
    const foreign = senderAccesses(io(), { clientId: 'fremmed', key: keyFile });
    await expect(foreign).rejects.toMatchObject({ exitCode: 2, said: { key: 'cli.error.missing' } });
  });

  it('is explained whole in docs/cli.md', async () => {
    const page = await readFile(join(ROOT, 'docs/cli.md'), 'utf8');
    for (const value of [...Object.values(SENDER_VALUES), ...Object.values(KONTO_VALUES)]) {
      const option = 'flag' in value ? `\`${value.flag.split(' ')[0]}\`` : '–';
      expect(page).toMatch(new RegExp(`^\\| ${option} \\| \`${value.environment}\` \\|`, 'm'));
    }
  });
});

describe('the language of a command', () => {
  it('is one: of the option, else of the terminal', async () => {
    const said = async (env: Record<string, string>, ...args: string[]) => {
      const world = fakeIo({ GRUNNMUR_DATA: '/finnes/ikke', ...env });
      await runCli(['seed', ...args], world);
      return world.written.err;
    };
    expect(await said({})).toContain('There is no demonstration');
    expect(await said({ LANG: 'C.UTF-8' })).toContain('There is no demonstration');
    expect(await said({ LANG: 'nb_NO.UTF-8' })).toMatch(/Det er ingen demonstrasjon[\s\S]*Start en med/);
    expect(await said({ LANG: 'en_US.UTF-8', LC_ALL: 'nn_NO' })).toContain('Start ein med');
    expect(await said({ GRUNNMUR_LANG: 'no', LC_ALL: 'en_GB' })).toContain('Start en med');
    expect(await said({ LANG: 'nb_NO' }, '--lang', 'en')).toContain('Start one with');
  });
});
