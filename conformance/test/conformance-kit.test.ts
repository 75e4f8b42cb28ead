import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testFolder } from '@grunnmur/kernel/testing';
import { describe, expect, it } from 'vitest';
import { readAccess } from '../kit/access.ts';
import { readOptions } from '../kit/options.ts';
import { renderResults, withLocalOrigin } from '../kit/protocol-page.ts';
import { newRecords, readRecords } from '../kit/recorded-results.ts';
import { addUp, type SuiteReport } from '../kit/results.ts';
import { runProcess } from '../kit/run-process.ts';
import { runSuite } from '../kit/run-suite.ts';
import { unavailableArtifacts } from '../kit/suite-java.ts';

const ran: SuiteReport = {
  suite: 'a',
  title: 'A client',
  page: 'a.md',
  clients: [{ coordinates: 'a@1', origin: 'npm', published: true }],
  results: [
    { name: 'sends a | letter', ok: true, ms: 1 },
    { name: 'reads it', ok: false, ms: 1, error: 'no' },
  ],
};
const missing: SuiteReport = {
  suite: 'b',
  title: 'B client',
  page: 'a.md',
  clients: [],
  results: [],
  notRun: { reason: 'unavailable', explanation: 'The Maven repository does not have b:1.' },
};

describe('adding up', () => {
  it('counts what did not run as failed unless it may be missing', () => {
    expect(addUp([ran, missing], () => false)).toEqual({ passed: 1, failed: 2 });
    expect(addUp([ran, missing], () => true)).toEqual({ passed: 1, failed: 1 });
  });
});

describe('options', () => {
  it('are strict and do not write in CI', () => {
    expect(readOptions([], true)).toMatchObject({ strict: true, write: false, allowUnavailable: false });
    expect(readOptions([], false)).toMatchObject({ strict: false, write: true, target: undefined });
  });

  it('do not write after a partial run', () => {
    expect(readOptions(['--only', 'npm-v1'], false)).toMatchObject({ write: false, only: ['npm-v1'] });
  });

  it('want an address and logins together', () => {
    expect(() => readOptions(['--base-url', 'http://x'], false)).toThrow(/belong together/);
    expect(() => readOptions(['--base-url', 'x', '--access', 'y'], false)).toThrow(/http/);
    expect(readOptions(['--base-url', 'http://x/', '--access', '/y'], false).target).toEqual({
      baseUrl: 'http://x',
      accessFile: '/y',
    });
  });
});

describe('what Maven says', () => {
  it('tells what the repository does not have from a repository that cannot be reached', () => {
    const absent =
      '[ERROR] Could not resolve dependencies for project x:v2:jar:1: The following artifacts could not be resolved: ' +
      'no.ks.fiks:kryptering:jar:2.4.0, no.ks.fiks:maskinporten-client:jar:3.6.1: Could not find artifact no.ks.fiks:kryptering:jar:2.4.0 in central';
    expect(unavailableArtifacts(absent)).toBe(
      'no.ks.fiks:kryptering:2.4.0, no.ks.fiks:maskinporten-client:3.6.1',
    );
    expect(
      unavailableArtifacts(`${absent}\nCould not transfer artifact: Connection refused`),
    ).toBeUndefined();
    expect(unavailableArtifacts('COMPILATION ERROR')).toBeUndefined();
    expect(unavailableArtifacts('Could not find artifact org.example:x:jar:1 in central')).toBeUndefined();
  });
});

describe('the protocol page', () => {
  const stamp = { day: '2026-03-02', version: '1.0', node: 'v26' };
  const local = { ...ran, clients: [{ coordinates: 'a@1', origin: 'local build', published: false }] };

  it('says what passed and what failed, and when', () => {
    const page = renderResults(newRecords([], [ran, missing], stamp));
    expect(page).toContain('| `a@1` | npm | 1 | 1 | 2026-03-02, Grunnmur 1.0, Node.js v26 |');
    expect(page).toContain('| sends a \\| letter | passed |');
    expect(page).toContain('| reads it | **failed** |');
    expect(page).not.toContain('B client');
  });

  it('says which client is from where when that differs', () => {
    const clients = [...ran.clients, { coordinates: 'b@2', origin: 'Maven Central', published: true }];
    const page = renderResults(newRecords([], [{ ...ran, clients }], stamp));
    expect(page).toContain('| `a@1`, `b@2` | `a@1`: npm; `b@2`: Maven Central | 1 | 1 |');
  });

  it('keeps what was recorded of a client that is missing here, or is not the published file', () => {
    const known = newRecords([], [{ ...ran, suite: 'b' }, ran], stamp);
    const later = { ...stamp, day: '2026-04-01' };
    expect(newRecords(known, [missing, local], later)).toEqual(known);
    const [kept, renewed] = newRecords(known, [missing, { ...ran, results: ran.results.slice(0, 1) }], later);
    expect([kept, renewed?.day, renewed?.results.length]).toEqual([known[0], '2026-04-01', 1]);
  });

  it('keeps the results with another broker apart, whatever its version', () => {
    const known = newRecords([], [ran, { ...ran, broker: 'RabbitMQ 3.10.8' }], stamp);
    const renewed = newRecords(known, [{ ...ran, broker: 'RabbitMQ 4.1.0' }], {
      ...stamp,
      day: '2026-04-01',
    });
    expect(renewed.map(({ broker, day }) => [broker, day])).toEqual([
      [undefined, '2026-03-02'],
      ['RabbitMQ 4.1.0', '2026-04-01'],
    ]);
  });

  it('names a local build as one when it is told where that comes from', () => {
    const page = renderResults(newRecords([], withLocalOrigin([local], 'from source'), stamp));
    expect(page).toContain('| `a@1` | **local build**, not the published file: from source | 1 | 1 |');
    expect(withLocalOrigin([ran], 'from source')).toEqual([ran]);
  });

  it('says what is recorded, and no more', async () => {
    const records = readRecords();
    expect(records.length).toBeGreaterThan(0);
    for (const name of new Set(records.map(({ page }) => page))) {
      const page = await readFile(new URL(`../../docs/protocols/${name}`, import.meta.url), 'utf8');
      expect(page).toContain(`\n\n${renderResults(records.filter((record) => record.page === name))}\n\n`);
    }
  });
});

describe('the access file', () => {
  const folder = testFolder();

  it('is refused without telling its content', async () => {
    const file = join(await folder, 'access.json');
    await writeFile(file, JSON.stringify({ baseUrl: 'http://x', secret: 'hemmelig' }));
    expect(() => readAccess(file)).toThrow(/expected shape/);
    expect(() => readAccess(file)).not.toThrow(/hemmelig/);
    await writeFile(file, '{');
    expect(() => readAccess(file)).toThrow(/cannot be read as JSON/);
  });
});

describe('running a suite', () => {
  const suite = (code: string) =>
    runSuite(process.execPath, ['-e', code], {
      questions: {
        double: async ({ number }: { number: number }) => 2 * number,
        fail: () => Promise.reject(new Error('it failed')),
      },
      onResult: () => {},
    });
  const result = `console.log(JSON.stringify({type:'result',name:'a',ok:true,ms:1}));`;
  const done = `console.log(JSON.stringify({type:'done'}));`;

  it('takes its results', async () => {
    expect(await suite(result + done)).toEqual([{ name: 'a', ok: true, ms: 1 }]);
  });

  it.each([
    ['breaks off', result],
    ['fails after its end', `${result}${done}process.exitCode = 3;`],
    ['tries nothing', done],
  ])('is a failure when it %s', async (_, code) => {
    expect((await suite(code)).at(-1)).toMatchObject({ ok: false });
  });

  it.each([
    ['double', `reply.answer === 14`],
    ['fail', `reply.error === 'it failed'`],
    ['fly', `reply.error === 'this run cannot fly'`],
  ])('answers what it is asked for: %s', async (type, expected) => {
    const ask = `console.log(JSON.stringify({type:'${type}',id:7,number:7}));`;
    const listen = `process.stdin.once('data', (text) => {
      const reply = JSON.parse(text);
      console.log(JSON.stringify({type:'result',name:'got '+reply.id,ok:${expected},ms:1}));
      ${done}
      process.exit();
    });`;
    expect(await suite(ask + listen)).toEqual([{ name: 'got 7', ok: true, ms: 1 }]);
  });
});

describe('a process', () => {
  it('is stopped when its time is up, with what it has started', async () => {
    // The one in the background holds the output open too: the end comes only when both are gone.
    const finished = await runProcess('sh', ['-c', 'sleep 600 & sleep 600'], { timeoutMs: 300 });
    expect(finished.code).not.toBe(0);
    expect(finished.output).toContain('was stopped after 0.3 seconds');
  });

  it('that does not exist is an ordinary failure', async () => {
    expect(await runProcess('no-such-program-here', [], { timeoutMs: 1000 })).toMatchObject({ code: 127 });
  });
});
