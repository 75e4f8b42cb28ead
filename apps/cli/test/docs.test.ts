import { spawnSync } from 'node:child_process';
import { glob, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AppError } from '@grunnmur/kernel/errors';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { createProgram } from '../program.ts';
import { fakeIo, ROOT } from './fake-io.ts';
import { type Block, blocksOf, commandsOf, NOT_RUN } from './printed-blocks.ts';

const read = (path: string) => readFile(join(ROOT, path), 'utf8');

/** Every error that the program defines, found by looking for catalogues in all source files. */
async function definedErrors(): Promise<Map<string, AppError>> {
  const found = new Map<string, AppError>();
  for await (const path of glob('{kernel,rooms,apps}/**/*.ts', {
    cwd: ROOT,
    exclude: (name) => name.includes('node_modules'),
  })) {
    if (/(^|\/)test\//.test(path)) continue;
    if (!/= defineErrors\(/.test(await read(path))) continue;
    const module = (await import(pathToFileURL(join(ROOT, path)).href)) as Record<string, unknown>;
    for (const error of Object.values(module).flatMap(errorsOf)) found.set(error.code, error);
  }
  return found;
}

function errorsOf(value: unknown): AppError[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((make) => {
    const made: unknown = typeof make === 'function' && make.length <= 1 ? make() : undefined;
    return made instanceof AppError ? [made] : [];
  });
}

describe('docs/errors.md', () => {
  it('explains every error that is defined, and no other, with its status', async () => {
    const errors = await definedErrors();
    console.log(`docs/errors.md: ${errors.size} errors are defined`);
    expect(errors.size).toBeGreaterThan(40);
    const rows = [
      ...(await read('docs/errors.md')).matchAll(
        /^\| `([a-z_]+\.[a-z_]+)` \| (\d{3}) \| (yes|no) \|(.*)\|$/gm,
      ),
    ];
    expect(rows.map(([, code]) => code).sort()).toEqual([...errors.keys()].sort());
    for (const [, code, status, again, rest] of rows) {
      expect({ code, status, again }).toEqual({
        code,
        status: String(errors.get(code!)!.status),
        again: errors.get(code!)!.retry ? 'yes' : 'no',
      });
      const [svarut, meaning, remedy] = rest!.split(' | ').map((cell) => cell.trim());
      expect(svarut && meaning && remedy, code).toBeTruthy();
    }
  });

  it('gives each error the name that SvarUt’s faces answer', async () => {
    const face = (await import(pathToFileURL(join(ROOT, 'rooms/post/routes/shared/error-code.ts')).href)) as {
      errorCode: (error: AppError) => string;
    };
    const errors = await definedErrors();
    const rows = (await read('docs/errors.md')).matchAll(
      /^\| `([a-z_]+\.[a-z_]+)` \| \d{3} \| (?:yes|no) \| `([A-Z_]+)` \|/gm,
    );
    for (const [, code, name] of rows)
      expect({ code, name }).toEqual({ code, name: face.errorCode(errors.get(code!)!) });
  });
});

describe('warnings in docs/errors.md', () => {
  it('are those of the program, each with meaning, remedy and a text in three languages', async () => {
    const { ADVARSLER } = (await import(
      pathToFileURL(join(ROOT, 'rooms/post/service/warnings.ts')).href
    )) as { ADVARSLER: readonly string[] };
    const rows = [...(await read('docs/errors.md')).matchAll(/^\| `([a-z_]+)` \| ([^|]+) \| ([^|]+) \|$/gm)];
    expect(rows.map(([, kode]) => kode).sort()).toEqual([...ADVARSLER].sort());
    for (const locale of ['nb', 'nn', 'en']) {
      const texts = JSON.parse(await read(`rooms/post/locales/${locale}.json`)) as Record<string, string>;
      const keys = Object.keys(texts).filter((key) => key.startsWith('post.hendelse.advarsel_'));
      expect(keys.sort(), locale).toEqual(ADVARSLER.map((kode) => `post.hendelse.advarsel_${kode}`).sort());
    }
  });
});

describe('docs/states.md', () => {
  it('has a section for every status', async () => {
    const types = (await import(pathToFileURL(join(ROOT, 'rooms/post/types.ts')).href)) as {
      STATUSES: readonly string[];
    };
    const sections = [...(await read('docs/states.md')).matchAll(/^### `([A-Z_]+)`/gm)].map(
      ([, status]) => status,
    );
    expect(sections.sort()).toEqual([...types.STATUSES].sort());
  });
});

describe('docs/cli.md', () => {
  it('explains every command and exit code', async () => {
    const page = await read('docs/cli.md');
    for (const { name } of leaves()) expect(page, name).toContain(`grunnmur ${name}`);
    for (const code of Object.values(EXIT)) expect(page).toMatch(new RegExp(`^\\| ${code} \\|`, 'm'));
  });
});

describe('links in the documentation', () => {
  it('lead to files that exist', async () => {
    const broken: string[] = [];
    let seen = 0;
    for await (const page of glob(['*.md', 'docs/**/*.md', '{apps,rooms}/*/README.md'], { cwd: ROOT })) {
      for (const [, target] of (await read(page)).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)) {
        seen++;
        // The bench writes this page itself.
        const found = await stat(join(ROOT, dirname(page), target!)).catch(() => undefined);
        if (!found) broken.push(`${page}: ${target}`);
      }
    }
    expect(seen).toBeGreaterThan(10);
    expect(broken).toEqual([]);
  });
});

describe('commands in the documentation', () => {
  it('exist, with the options that are shown', async () => {
    const program = leaves();
    let seen = 0;
    for (const page of ['README.md', 'docs/cli.md', 'docs/getting-started.md', 'docs/deployment.md']) {
      for (const [, line] of (await read(page)).matchAll(/npx grunnmur ([a-z][^\n`)"#|]*)/g)) {
        seen++;
        const known = program.find(({ name }) => `${line} `.startsWith(`${name} `));
        expect(known, `${page}: npx grunnmur ${line}`).toBeDefined();
        const options = line!.match(/--[a-z][a-z0-9-]*/g) ?? [];
        for (const option of options) expect(known!.options, `${page}: ${line}`).toContain(option);
      }
    }
    expect(seen).toBeGreaterThan(10);
  });
});

function leaves(): { name: string; options: string[] }[] {
  const walk = (command: Command, prefix: string): { name: string; options: string[] }[] =>
    command.commands.flatMap((child) => {
      const name = `${prefix}${child.name()}`;
      if (child.commands.length > 0) return walk(child, `${name} `);
      return [{ name, options: ['--help', ...child.options.map((option) => option.long ?? '')] }];
    });
  return walk(
    createProgram(fakeIo(), () => {}),
    '',
  );
}

describe('printed blocks', () => {
  it('are shell that can be read, and those that are not run have a reason that still applies', async () => {
    const blocks: Block[] = [];
    for await (const page of glob(['README.md', 'docs/**/*.md'], { cwd: ROOT }))
      blocks.push(...blocksOf(page, await read(page)));
    let seen = 0;
    for (const block of blocks) {
      const commands = commandsOf(block);
      if (!commands) continue;
      seen++;
      const readable = commands.replace('<address of this repository>', 'address');
      const { stderr } = spawnSync('bash', ['-n'], { input: readable, encoding: 'utf8' });
      expect(stderr, `${block.page}:${block.line}`).toBe('');
    }
    expect(seen).toBeGreaterThan(20);
    for (const { part, reason } of NOT_RUN) {
      expect(reason.length).toBeGreaterThan(10);
      expect(
        blocks.some(({ text }) => text.includes(part)),
        part,
      ).toBe(true);
    }
  });
});
