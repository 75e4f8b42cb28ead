import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './boundaries/read-sources.ts';

/** What may be handed on under EUPL-1.2 (its appendix and article 5), as SPDX names them. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT OR Apache-2.0',
  'OFL-1.1',
]);

/** Allowed for tools that are not handed on: weak copyleft, and the licence of a Python port. */
const ALLOWED_FOR_DEVELOPMENT = new Set([...ALLOWED, 'MPL-2.0', 'PSF-2.0']);

/** Packages whose description names no licence by its SPDX name, each with what its licence file says. */
const READ_BY_US: Readonly<Record<string, string>> = {
  // Bitstream Vera terms: free to use, embed and hand on (decision 0012).
  'dejavu-fonts-ttf': 'SEE LICENSE IN README.md AND LICENSE',
  // MIT, in the file LICENSE of the package; the field is missing.
  'png-js': '',
};

interface Locked {
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly license?: string;
}

function faults(packages: Readonly<Record<string, Locked>>): string[] {
  return Object.entries(packages).flatMap(([path, { link, dev, license = '' }]) => {
    if (link || !path.includes('node_modules/')) return [];
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    if (READ_BY_US[name] === license) return [];
    const allowed = dev ? ALLOWED_FOR_DEVELOPMENT : ALLOWED;
    return allowed.has(license) ? [] : [`${name}: ${license || 'no licence'}`];
  });
}

describe('licences', () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>;
  };

  it('of everything that is installed may be handed on with the platform', () => {
    const installed = Object.keys(packages).filter((path) => path.includes('node_modules/'));
    console.log(`licences: ${installed.length} packages`);
    expect(installed.length).toBeGreaterThan(100);
    expect(faults(packages)).toEqual([]);
  });

  it('are refused when they are unknown, missing, or for tools only', () => {
    const found = faults({
      'node_modules/a': { license: 'AGPL-3.0-only' },
      'node_modules/b': {},
      'node_modules/c': { license: 'MPL-2.0' },
      'node_modules/d': { license: 'MPL-2.0', dev: true },
      'node_modules/png-js': { license: 'GPL-3.0-only' },
      'apps/cli': { license: 'EUPL-1.2' },
    });
    expect(found).toEqual(['a: AGPL-3.0-only', 'b: no licence', 'c: MPL-2.0', 'png-js: GPL-3.0-only']);
  });
});
