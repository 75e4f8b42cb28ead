import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const HOOKS = fileURLToPath(new URL('../tsx-hooks.ts', import.meta.url));
const PORTAL = fileURLToPath(new URL('..', import.meta.url));

/** In a process of its own, since the test runner transforms `.tsx` by itself. */
async function node(script: string): Promise<string> {
  const args = ['--import', HOOKS, '--input-type=module', '--eval', script];
  const { stdout } = await run(process.execPath, args, { cwd: PORTAL, env: { PATH: process.env.PATH } });
  return stdout;
}

describe('tsx hooks', () => {
  it('let Node load the portal as it stands, with the production build of React', async () => {
    const printed = await node(`
      const { portalPlugin } = await import('./index.ts');
      console.log(typeof portalPlugin, process.env.NODE_ENV);`);
    expect(printed.trim()).toBe('function production');
  });

  it('keep line numbers, so that stack traces are right', async () => {
    const printed = await node(`
      const { compileTsx } = await import('./tsx-hooks.ts');
      const source = 'type A = {\\n  b: string;\\n};\\nexport const X = () => <p>{1 as number}</p>; // here\\n';
      console.log(compileTsx(source, 'x.tsx').split('\\n').findIndex((line) => line.includes('// here')));`);
    expect(printed.trim()).toBe('3');
  });
});
