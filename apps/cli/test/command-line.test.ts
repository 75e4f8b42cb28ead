import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { painter } from '../output/painter.ts';
import { textsIn } from '../output/texts.ts';
import { createProgram } from '../program.ts';
import { runCli } from '../run-cli.ts';
import { entryLines, standing } from '../send/print-timeline.ts';
import { parseAddress, parseRecipientId } from '../send/recipient.ts';
import { readQueues } from '../status/read-status.ts';
import { fakeIo } from './fake-io.ts';

const FNR = '27828510377';

describe('the command line', () => {
  let empty: string;
  beforeAll(async () => {
    empty = await mkdtemp(join(tmpdir(), 'grunnmur-cli-'));
  });
  afterAll(() => rm(empty, { recursive: true, force: true }));

  const run = async (args: string[], env: Record<string, string> = {}) => {
    const io = fakeIo({ GRUNNMUR_DATA: empty, ...env });
    return { code: await runCli(args, io), ...io.written };
  };

  it('shows an example in the help of each command', async () => {
    const leavesOf = (command: Command, path: readonly string[]): string[] =>
      command.commands.length > 0
        ? command.commands.flatMap((child) => leavesOf(child, [...path, child.name()]))
        : [path.join(' ')];
    const leaves = leavesOf(
      createProgram(fakeIo(), () => {}),
      [],
    );
    expect(leaves).toEqual(
      expect.arrayContaining([
        'start',
        'status',
        'send',
        'seed',
        'doctor',
        'migrate',
        'audit verify',
        'storage verify',
        'exchange konto create',
      ]),
    );
    for (const name of leaves) {
      const { code, out } = await run([...name.split(' '), '--help']);
      expect(code, name).toBe(EXIT.ok);
      expect(out, name).toMatch(/Examples?:\n.*grunnmur/);
      expect(out, name).toContain('--json');
    }
  });

  it.each([
    [['nonsense']],
    [['send']],
    [['send', 'package.json']],
    [['send', 'package.json', '--to', FNR, '--nonsense']],
    [['send', 'package.json', '--to', '12345678901']],
    [['send', 'no-such-file.pdf', '--to', FNR]],
    [['send', 'apps', '--to', FNR]],
    [['send', 'package.json', '--to', FNR, '--lang', 'se']],
    [['send', 'package.json', '--to', FNR, '--timeout', 'soon']],
    [['start', '--port', '-1']],
  ])('answers %j with exit code 2 and a message', async (args) => {
    const { code, out, err } = await run(args);
    expect(code).toBe(EXIT.usage);
    expect(out).toBe('');
    expect(err).not.toBe('');
  });

  it('says with exit code 3 how to start when there is nothing to talk to', async () => {
    const { code, err } = await run(['send', 'package.json', '--to', FNR]);
    expect(code).toBe(EXIT.unreachable);
    expect(err).toContain('npm start');
  });

  it('names the misspelt word of a required option', async () => {
    const { code, err } = await run(['send', 'package.json', '--too', FNR]);
    expect(code).toBe(EXIT.usage);
    expect(err).toContain("unknown option '--too'");
    expect(err).toContain('Did you mean --to?');
    expect((await run(['send', 'package.json'])).err).toContain(
      "required option '--to <number>' not specified",
    );
  });

  it('answers errors as one JSON object with --json', async () => {
    const { code, out, err } = await run(['send', 'package.json', '--to', FNR, '--json']);
    expect(code).toBe(EXIT.unreachable);
    expect(err).toBe('');
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'cli.unreachable', exitCode: 3 } });
  });

  it('names everything that is missing for another installation at once', async () => {
    const { code, err } = await run(['send', 'package.json', '--to', FNR, '--client-id', 'x']);
    expect(code).toBe(EXIT.usage);
    for (const name of ['--key', '--integration-id', '--account', 'GRUNNMUR_INTEGRASJON_PASSORD'])
      expect(err).toContain(name);
  });

  it('tells a broken demo-access.json from a missing one', async () => {
    const folder = await mkdtemp(join(empty, 'broken-'));
    await writeFile(join(folder, 'demo-access.json'), '{');
    const { code, err } = await run(['status', '--data', folder]);
    expect(code).toBe(EXIT.failed);
    expect(err).toContain('demo-access.json');
  });

  it('lists every fault of the settings, each with its fix, and fails', async () => {
    const { code, out } = await run(['doctor', '--json'], { GRUNNMUR_MODE: 'production', PORT: '70000' });
    expect(code).toBe(EXIT.failed);
    const { checks } = JSON.parse(out) as {
      checks: { name: string; state: string; detail: string; fix?: string }[];
    };
    expect(checks.some(({ detail }) => detail.startsWith('PORT:'))).toBe(true);
    for (const { state, fix, name } of checks) if (state !== 'ok') expect(fix, name).toBeTruthy();
  });
});

describe('recipients', () => {
  it('takes numbers whatever their spacing', () => {
    expect(parseRecipientId(' 278285 10377 ')).toBe(FNR);
    expect(parseRecipientId('310 000 000')).toBe('310000000');
    expect(() => parseRecipientId('27828510378')).toThrow('cli.error.recipient');
    expect(() => parseRecipientId('310000001')).toThrow('cli.error.recipient');
  });

  it('reads addresses', () => {
    expect(parseAddress('Storgata 1, 0155 Oslo')).toEqual({
      adresselinje1: 'Storgata 1',
      postnummer: '0155',
      poststed: 'Oslo',
    });
    expect(parseAddress('v/Nes, Bakken 2, H0101, 9730 Kárášjohka')).toEqual({
      adresselinje1: 'v/Nes',
      adresselinje2: 'Bakken 2',
      adresselinje3: 'H0101',
      postnummer: '9730',
      poststed: 'Kárášjohka',
    });
    expect(parseAddress('1 Main Street, London SW1, Storbritannia')).toEqual({
      adresselinje1: '1 Main Street',
      poststed: 'London SW1',
      land: 'Storbritannia',
    });
    for (const text of ['', 'Storgata 1', 'a, b, c, d, 0155 Oslo', 'Storgata 1, Oslo'])
      expect(() => parseAddress(text), text).toThrow('cli.error.address');
  });
});

describe('what is printed', () => {
  const entry = {
    tidspunkt: '2026-03-02T11:00:00.000Z',
    kode: 'sendt_print',
    params: {},
    tekst: 'Sendt til utskrift',
    status: 'SENDT_PRINT' as const,
    attempts: [
      { at: '2026-03-02T10:59:00.000Z', outcome: 'retry', detail: '503' },
      { at: '2026-03-02T11:00:00.000Z', outcome: 'done', ms: 12 },
    ],
  };

  it('shows Norwegian time, words, status and failed attempts, in each language', async () => {
    const nb = entryLines(entry, await textsIn('nb'), painter(false));
    expect(nb).toMatch(
      /^ {2}12:00:00 {2}Utskriftsleverandøren har brevet\. .* {2}SENDT_PRINT\n +forsøk 1: .*503$/,
    );
    expect(entryLines(entry, await textsIn('nn'), painter(false))).toContain(
      'Utskriftsleverandøren har brevet.',
    );
    expect(entryLines(entry, await textsIn('en'), painter(false))).toContain(
      'The print supplier has the letter.',
    );
  });

  it('shows the server’s own words for an entry it does not know', async () => {
    const unknown = { ...entry, kode: 'noe_nytt', tekst: 'Noe nytt', attempts: [] };
    expect(entryLines(unknown, await textsIn('en'), painter(false))).toContain('Noe nytt');
  });

  it('says what comes next and when at the latest', async () => {
    const timeline = {
      id: 'x',
      status: 'VARSLET' as const,
      final: false,
      entries: [],
      next: { kode: 'print_om_ulest', senest: '2026-03-04T11:00:00Z' },
    };
    expect(standing(timeline, await textsIn('nb'), painter(false))).toMatch(
      /^Mottaker er varslet\. .*4\. mars 2026/,
    );
  });

  it('colours only when told to', () => {
    expect(painter(false).bad('x')).toBe('x');
    expect(painter(true).bad('x')).not.toBe('x');
  });

  it('reads queues from metrics', () => {
    const text = [
      'grunnmur_jobs_pending{queue="post.route"} 3',
      'grunnmur_jobs_dead{queue="post.route"} 1',
      'grunnmur_jobs_oldest_seconds{queue="post.route"} 1.5',
      'grunnmur_jobs_pending{queue="post.print"} 0',
      'other{queue="x"} 9',
    ].join('\n');
    expect(readQueues(text)).toEqual([
      { queue: 'post.print', pending: 0, dead: 0, oldestSeconds: 0 },
      { queue: 'post.route', pending: 3, dead: 1, oldestSeconds: 1.5 },
    ]);
  });
});
