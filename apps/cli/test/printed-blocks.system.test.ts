import { spawnSync } from 'node:child_process';
import { chmod, glob, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  git,
  linkPackages,
  makeRepository,
  readerEnvironment,
  type Started,
  startAndWait,
} from './clean-clone.ts';
import {
  type Block,
  blocksOf,
  EXIT_CODES,
  isRun,
  isShell,
  LONG_RUNNING,
  type LongRunning,
  NEEDS,
  type Step,
  stepsOf,
} from './printed-blocks.ts';
import { canonical, missingOutput } from './printed-output.ts';
import { makeProductionMachine, type ProductionMachine } from './production-machine.ts';
import { type BackgroundStep, openShell, type ReaderShell } from './reader-shell.ts';

/** The pages in the order in which a reader meets them; those that are not named come after. */
const PAGES = ['README.md', 'docs/getting-started.md', 'docs/messages.md', 'docs/cli.md'];
/** Sends the letter that later pages speak of. */
const SENDS = 'docs/getting-started.md';
const STEP_MS = 60_000;
const has = (name: string) => spawnSync(name, ['--version']).error === undefined;
const cloned = (block: Block) => block.text.includes('git clone');

describe.skipIf(!['bash', 'curl', 'openssl', 'git', 'npm'].every(has))('printed blocks', () => {
  let folder: string;
  let clone: string;
  let platform: Started;
  let env: NodeJS.ProcessEnv;
  let production: ProductionMachine;
  let canDump: boolean;
  const blocks: Block[] = [];

  /** Id of the letter that the first page has sent; pages for case workers speak of a letter that is there. */
  let sent = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'grunnmur-docs-'));
    // As root the database runs as another user, who must be able to enter.
    await chmod(folder, 0o711);
    const source = join(folder, 'source');
    clone = join(folder, 'grunnmur');
    for (const name of [source, join(folder, 'home')]) await mkdir(name);
    await makeRepository(source);
    const pages = [...PAGES];
    for await (const page of glob('docs/**/*.md', { cwd: source }))
      if (!pages.includes(page)) pages.push(page);
    for (const page of [...pages.slice(0, PAGES.length), ...pages.slice(PAGES.length).sort()])
      blocks.push(...blocksOf(page, await readFile(join(source, page), 'utf8')));

    env = readerEnvironment(join(folder, 'home'));
    const [first, start] = stepsOf(blocks.find(cloned)!);
    const shell = await openShell(folder, env);
    const address = first!.command.replace('<address of this repository>', source);
    const { code, out } = await shell.run({ ...first!, command: address }, STEP_MS);
    await shell.close();
    expect(code, out).toBe(0);
    await linkPackages(clone);
    platform = await startAndWait(start!.command, /Grunnmur is ready/, {
      cwd: clone,
      env: { ...env, PORT: '0', DEMO_PRINT_DELAY_SECONDS: '0' },
      limitMs: 90_000,
    });
    production = await makeProductionMachine(join(folder, 'machine'), clone);
    canDump =
      Number(/\d+/.exec(spawnSync('pg_dump', ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[0]) >= 18;
  }, 150_000);
  afterAll(async () => {
    await platform?.stop();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  it('begin alike on each page that begins', () => {
    const [first, ...others] = blocks.filter(cloned);
    for (const other of others) expect(other.text, `${other.page}:${other.line}`).toBe(first!.text);
  });

  it('run as they stand, page by page, print what the page shows, and leave nothing for git', {
    timeout: 400_000,
  }, async () => {
    const faults: string[] = [];
    let ran = 0;
    for (const [page, own] of Map.groupBy(blocks, (block) => block.page)) {
      if (!own.some(isShell)) continue;
      const shell = await openShell(clone, environmentOf(page));
      const reader = new Reader(shell, faults);
      try {
        for (const [index, block] of own.entries()) {
          // The roles are there; what is done after a restore is not.
          if (block.language === 'sql' && !block.text.includes('create role'))
            await production.query(block.text);
          if (!isShell(block) || cloned(block)) continue;
          const steps = stepsOf(block).filter((step) => isRun(block, step) && isPossible(step));
          const next = own[index + 1];
          const printed = next?.follows && ['text', 'json'].includes(next.language) ? next.text : undefined;
          for (const step of steps)
            await reader.type(
              { ...step, command: production.here(step.command) },
              step === steps.at(-1) ? printed : undefined,
            );
          ran += steps.length;
        }
        if (page === SENDS) {
          const { out } = await shell.run({ page, line: 1, command: 'echo "$ID"\n' }, STEP_MS);
          sent = out.trim();
        }
      } finally {
        await reader.leave();
      }
    }
    console.log(`printed blocks: ${ran} commands and scripts were run`);
    expect(faults.join('\n\n')).toBe('');
    expect(ran).toBeGreaterThan(30);
    expect(git(clone, 'status', '--porcelain', '--untracked-files=all')).toBe('');
  });

  it('show the answers that the server gives: the examples of docs/errors.md', async () => {
    const [refusal, warning] = blocks.filter(({ page }) => page === 'docs/errors.md');
    const shell = await openShell(clone, env);
    const answerTo = async (letter: unknown, options = '', files = '') => {
      const { page, line } = refusal!;
      const command = `eval "$(npx grunnmur status --env)"
curl -sS ${options} -H "Authorization: Bearer $(npx grunnmur token)" -H "IntegrasjonId: $GRUNNMUR_INTEGRASJON_ID" \\
  -H "IntegrasjonPassord: $GRUNNMUR_INTEGRASJON_PASSORD" "$GRUNNMUR_BASE_URL/api/v2/kontoer/$GRUNNMUR_KONTO_ID/forsendelser" \\
  -F 'forsendelse=${JSON.stringify(letter)};type=application/json' ${files}\n`;
      return (await shell.run({ page, line, command }, STEP_MS)).out;
    };
    const mottaker = { digitalId: '27828510377', poststed: 'EKSEMPELVIK' };
    const refused = await answerTo({ tittel: 'X', mottaker });
    const whole = { ...mottaker, navn: 'Torgeir Nattergalbakken', postnummer: '0001' };
    const dokumenter = [{ filnavn: 'brev.pdf', mimeType: 'application/pdf' }];
    const letter = { tittel: 'Med skrivefeil', mottaker: whole, dokumenter, kunDigitalLevring: true };
    const file = 'filer_0=@docs/examples/brev.pdf;type=application/pdf';
    const headers = await answerTo(letter, '-D - -o /dev/null', `-F "${file}"`);
    await shell.close();
    expect(canonical(refused.replace(/\/kontoer\/[^/]+\//g, '/kontoer/…/'))).toBe(canonical(refusal!.text));
    expect(headers.toLowerCase()).toContain(warning!.text.trim().toLowerCase());
  });

  it('end when npm is told to: `npm start` stops the platform', async () => {
    expect(await platform.stop()).toBe(0);
    expect(platform.said()).toMatch(/Stopped\. Everything is kept in \.\/data/);
  }, 60_000);

  /** A program that is not on this machine is said, not passed over in silence. */
  function isPossible({ page, line, command }: Step): boolean {
    const program = NEEDS.find((name) => command.startsWith(name));
    const possible = !program || (program === 'pg_dump' ? canDump : has(program));
    if (!possible)
      console.log(`printed blocks: ${page}:${line} was not run: this machine has no fitting ${program}`);
    return possible;
  }

  /** What the page takes for granted besides. */
  function environmentOf(page: string): NodeJS.ProcessEnv {
    return page.startsWith('docs/nb/') ? { ...env, ID: sent } : env;
  }
});

/** Goes through one page. */
class Reader {
  readonly #shell: ReaderShell;
  readonly #faults: string[];
  readonly #beside: { started: BackgroundStep; long: LongRunning }[] = [];

  constructor(shell: ReaderShell, faults: string[]) {
    this.#shell = shell;
    this.#faults = faults;
  }

  async type(step: Step, printed: string | undefined): Promise<void> {
    const long = LONG_RUNNING.find(({ command }) => command.test(step.command));
    if (long) {
      const started = await this.#shell.background(step);
      this.#beside.push({ started, long });
      const deadline = performance.now() + STEP_MS;
      while (!long.ready.test(await started.said()) && started.lives() && performance.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 50));
      const said = await started.said();
      if (!long.ready.test(said)) this.#fault(step, `never said ${long.ready}`, said);
      else this.#compare(step, printed, said);
      return;
    }
    const expected =
      EXIT_CODES.find(({ page, command }) => page === step.page && command.test(step.command))?.code ?? 0;
    let answer = await this.#shell.run(step, STEP_MS);
    // Who asks how far a letter has come asks again.
    for (let times = 0; times < 20 && step.command.includes('status-sok') && printed; times++) {
      if (!missingOutput(printed, answer.out)) break;
      await new Promise((resolve) => setTimeout(resolve, 500));
      answer = await this.#shell.run(step, STEP_MS);
    }
    const { code, out } = answer;
    if (code !== expected)
      this.#fault(step, code === undefined ? `not ended in ${STEP_MS} ms` : `exit code ${code}`, out);
    else if (/^\s+at .+:\d+:\d+\)?$/m.test(out)) this.#fault(step, 'a stack trace', out);
    else this.#compare(step, printed, out);
  }

  async leave(): Promise<void> {
    for (const {
      started,
      long: { end, tells },
    } of this.#beside) {
      if (end === 'ctrl-c' && !started.lives())
        this.#fault(started.step, 'ended before Ctrl-C', await started.said());
      const { code, out } = await started.end(end, 30_000);
      const expected = end === 'ctrl-c' ? [0, 130] : [0];
      if (!tells.test(out)) this.#fault(started.step, `never said ${tells}`, out);
      else if (!expected.includes(code ?? -1))
        this.#fault(started.step, code === undefined ? 'did not end' : `ended with ${code}`, out);
    }
    await this.#shell.close();
  }

  #compare(step: Step, printed: string | undefined, out: string): void {
    const missing = printed && missingOutput(printed, out);
    if (missing) this.#fault(step, `does not print: ${missing}`, out);
  }

  #fault({ page, line, command }: Step, what: string, out: string): void {
    this.#faults.push(`${page}:${line}: ${what}\n${command.trim()}\n--- said:\n${out.trim().slice(-3000)}`);
  }
}
