import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import spectral from '@stoplight/spectral-core';
import rulesets from '@stoplight/spectral-rulesets';
import { beforeAll, describe, expect, it } from 'vitest';
import { apiDocument } from './api-document.ts';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security?: readonly object[];
  readonly requestBody?: { readonly content: Record<string, unknown> };
  readonly responses: Record<string, { readonly content?: Record<string, unknown> }>;
}

/** Calls that are told all they need by their address. */
const BODILESS = [
  ...['POST /api/exchange/admin/organisasjoner/*/systemer/*/passord'],
  ...['', '/adresser/*', '/aksepterteAvsendere'].flatMap((of) =>
    ['aktiver', 'deaktiver'].map((what) => `PUT /fiks-io/konto/api/v1/kontoer/*${of}/${what}`),
  ),
  'POST /fiks-protokoll/api/v1/konfigurasjon/*/systemer/*/forespurteTilganger/*',
  'POST /fiks-protokoll/api/v1/konfigurasjon/*/systemer/*/kontoer/*/tilganger/*',
  'POST /tjenester/api/forsendelse/v1/startNyForsendelse',
].sort();

/** Ids that are not ours: archives', recipients', traces'. */
const OTHER_IDS = /requestBody|klientMeldingId|klientKorrelasjonsId|traceId/;

let document: Record<string, unknown>;
let operations: { call: string; operation: Operation }[];

beforeAll(async () => {
  document = await apiDocument();
  operations = Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        call: `${method.toUpperCase()} ${path}`,
        operation,
      })),
  );
});

describe('the OpenAPI document', () => {
  it('is made of every face that there is', () => {
    const root = join(import.meta.dirname, '..');
    const source = readFileSync(join(root, 'test/api-document.ts'), 'utf8');
    const faces = globSync('rooms/*/routes/**/*.ts', { cwd: root }).filter((path) =>
      /description: (?:DESCRIPTION|fiksDescription)\b/.test(readFileSync(join(root, path), 'utf8')),
    );
    expect(faces.length).toBeGreaterThan(10);
    for (const path of faces) expect(source, path).toContain(`'../${path}'`);
  });

  it('is without fault by Redocly’s recommended rules', async () => {
    // The addresses are the published ones, and a few of them overlap: fixed parts go before parameters.
    const config = await createConfig({ extends: ['recommended'], rules: { 'no-ambiguous-paths': 'off' } });
    const found = await lintFromString({
      source: JSON.stringify(document),
      absoluteRef: 'openapi.json',
      config,
    });
    expect(
      found.map(
        ({ severity, ruleId, message, location }) =>
          `${severity} ${ruleId} ${location[0]?.pointer}: ${message}`,
      ),
    ).toEqual([]);
  });

  it('is without fault by Spectral’s rules for OpenAPI', async () => {
    const linter = new spectral.Spectral();
    // What an operation is for is its summary; one that says the same twice is read less.
    linter.setRuleset({ extends: [rulesets.oas], rules: { 'operation-description': 'off' } } as never);
    const found = await linter.run(document);
    const faults = found.map(
      ({ severity, code, path, message }) => `${severity} ${code} ${path.join('/')}: ${message}`,
    );
    expect(faults).toEqual([]);
  });

  it('tells of every operation what it is called, who may call it, and how it fails', () => {
    expect(operations.length).toBeGreaterThan(90);
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { call, operation } of operations) {
      expect(operation.operationId, call).toMatch(/^[a-z][A-Za-z0-9]*(?:_[a-z][A-Za-z0-9]*){0,2}$/);
      expect(operation.security, call).toBeDefined();
      const statuses = Object.keys(operation.responses);
      for (const status of ['400', '404', '429', '500', '503']) expect(statuses, call).toContain(status);
      if (operation.security!.length > 0)
        expect(statuses, call).toEqual(expect.arrayContaining(['401', '403']));
      if (operation.requestBody)
        expect(statuses, call).toEqual(expect.arrayContaining(['409', '413', '415']));
      for (const [status, answer] of Object.entries(operation.responses))
        if (Number(status) >= 400)
          expect(Object.keys(answer.content ?? {}), `${call} ${status}`).toHaveLength(1);
    }
  });

  it('has a body for every call but those that read none', () => {
    const bodiless = operations.filter(
      ({ call, operation }) => /^(POST|PUT|PATCH) /.test(call) && !operation.requestBody,
    );
    expect(bodiless.map(({ call }) => call.replace(/\{\w+\}/g, '*')).sort()).toEqual(BODILESS);
  });

  it('says of ids, times and numbers what they are', () => {
    const wrong: string[] = [];
    const walk = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return;
      const schema = value as { type?: unknown; format?: unknown };
      if (schema.type === 'integer' && !schema.format) wrong.push(path);
      if (/\/\w*(?:Id|\/id|korrelasjonsid)$/.test(path) && schema.type === 'string' && !schema.format)
        wrong.push(path);
      for (const [key, inner] of Object.entries(value))
        if (!/^examples?$/.test(key)) walk(inner, `${path}/${key}`);
    };
    walk(document, '');
    expect(wrong.filter((path) => !OTHER_IDS.test(path))).toEqual([]);
  });
});
