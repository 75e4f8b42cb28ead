/** `npm run check`: everything that can be said about the code without running the product. */
import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const MINUTE = 60_000;

/** @type {readonly { name: string, command: string[], show?: RegExp }[]} */
const STEPS = [
  { name: 'types (tsc)', command: ['tsc', '-p', '.'] },
  { name: 'style (biome)', command: ['biome', 'ci', '--colors=off', '--max-diagnostics=100', '.'] },
  // Dependencies, files and exports that nobody uses; exceptions, with their reason, in knip.jsonc.
  { name: 'unused (knip)', command: ['knip', '--no-progress'] },
  {
    name: 'boundaries, migrations, translations, READMEs, decisions, lock file, licences, OpenAPI',
    command: ['vitest', 'run', '--config', 'test/vitest.config.ts'],
    // How many files the rules looked at: a rule that reads nothing passes always.
    show: /^(?:boundaries|translations|readmes|migrations|licences): .*/gm,
  },
];

/** Enough to see what is wrong; the tool itself tells the rest. */
const MAX_LINES = 200;

function shorten(output) {
  const lines = output.trimEnd().split('\n');
  const shown = lines.slice(0, MAX_LINES).map((line) => `    ${line}`);
  if (lines.length > MAX_LINES) shown.push(`    … and ${lines.length - MAX_LINES} lines more`);
  return shown.join('\n');
}

/** Runs one step; its output is kept until it is known whether anybody needs it. */
function run([command, ...args]) {
  return new Promise((resolve) => {
    // As in an npm script: the tools, and the Node.js they run on, are the installed ones.
    const PATH = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, PATH, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 10 * MINUTE,
    });
    let output = '';
    const keep = (chunk) => {
      output += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    child.on('error', (error) => resolve({ ok: false, output: error.message }));
    child.on('close', (code, signal) =>
      resolve({
        ok: code === 0,
        output: signal ? `${output}\nstopped by ${signal} (10 minutes at most)` : output,
      }),
    );
  });
}

let failed = 0;
for (const { name, command, show } of STEPS) {
  const begun = Date.now();
  const { ok, output } = await run(command);
  if (!ok) failed++;
  console.log(`${ok ? '✓' : '✗'} ${name}, ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  for (const line of (show && output.match(show)) ?? []) console.log(`    ${line}`);
  if (!ok) console.log(shorten(output));
}
console.log(`\n${STEPS.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
