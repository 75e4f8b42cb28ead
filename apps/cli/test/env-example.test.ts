import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig } from '@grunnmur/server/config';
import { envExample } from '@grunnmur/server/env-example';
import { SETTING_SCHEMAS } from '@grunnmur/server/settings';
import { describe, expect, it } from 'vitest';
import { ROOT } from './fake-io.ts';

const text = await readFile(join(ROOT, '.env.example'), 'utf8');
const lines = [...text.matchAll(/^(#?)([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, off, name, value]) => ({
  name: name!,
  value: value!,
  isOn: off === '',
}));

describe('.env.example', () => {
  it('is made from the settings; `npm run generate` writes it', () => {
    expect(text).toBe(envExample());
  });

  it('names every setting once, and no other', () => {
    expect(lines.map(({ name }) => name).sort()).toEqual(Object.keys(SETTING_SCHEMAS).sort());
  });

  it('switches on exactly the settings that have a default, with that default', () => {
    const defaults = Object.entries(SETTING_SCHEMAS).flatMap(([name, schema]) => {
      const { default: value } = schema;
      return value === undefined ? [] : [[name, value]];
    });
    expect(
      Object.fromEntries(lines.filter(({ isOn }) => isOn).map(({ name, value }) => [name, value])),
    ).toEqual(Object.fromEntries(defaults));
  });

  it('is what the server takes', () => {
    const on = lines.filter(({ isOn }) => isOn).map(({ name, value }) => [name, value]);
    expect(readConfig(Object.fromEntries(on)).demonstration).toBe(true);
  });

  it('explains each setting just above it', () => {
    let explained = false;
    for (const line of text.split('\n')) {
      if (/^# [^-]/.test(line)) explained = true;
      else if (line === '') explained = false;
      const name = /^#?([A-Z][A-Z0-9_]*)=/.exec(line)?.[1];
      if (name) expect(explained, name).toBe(true);
    }
  });
});
