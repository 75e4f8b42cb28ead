import { beforeAll, describe, expect, it } from 'vitest';
import { createFixture, type Fixture, operatorCtx } from './fixture.ts';

describe('organisations of production', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await createFixture({ organisationNumbers: { synthetic: false } });
  });

  it('have numbers of the register: with an invented one production would not start again', async () => {
    const { admin } = fixture.access;
    const register = (orgnr: string) =>
      admin.createOrganisation(operatorCtx(fixture), { orgnr, name: 'Nyvik kommune', kind: 'kommune' });
    await expect(register('310000000')).rejects.toMatchObject({
      code: 'kernel.validation',
      fields: [{ field: 'orgnr', rule: 'synthetic' }],
    });
    expect(await register('974760673')).toMatchObject({ orgnr: '974760673' });
  });
});
