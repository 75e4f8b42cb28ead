import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  createFixture,
  createOrganisation,
  createTestSystem,
  type Fixture,
  KOMMUNE,
  LEVERANDOR,
  type TestSystem,
} from './kontoer-fixture.ts';

const ANY_TYPE = 'no.eksempel.melding.v1';

describe('sending between bare Fiks IO-kontoer', () => {
  let fixture: Fixture;
  let mine: TestSystem;
  let theirs: TestSystem;
  let avsender: string;
  let mottaker: string;

  beforeAll(async () => {
    fixture = await createFixture();
    mine = await createTestSystem(fixture, await createOrganisation(fixture, KOMMUNE));
    theirs = await createTestSystem(fixture, await createOrganisation(fixture, LEVERANDOR));
    avsender = await fixture.admin.createKonto(mine.ctx, { systemId: mine.systemId, navn: 'Sak' });
    mottaker = await fixture.admin.createKonto(theirs.ctx, { systemId: theirs.systemId, navn: 'Arkiv' });
  });

  const send = (change: object = {}, system: TestSystem = mine) =>
    fixture.kontoer.checkSend(system.ctx, system.principal, {
      avsenderKontoId: avsender,
      mottakerKontoId: mottaker,
      meldingType: ANY_TYPE,
      harPayload: true,
      ...change,
    });

  it('takes any type, and gives both kontoer', async () => {
    const { avsender: from, mottaker: to } = await send();
    expect(from).toMatchObject({ id: avsender, tenant: mine.tenant, integrasjonId: mine.integrasjonId });
    expect(to).toMatchObject({ id: mottaker, tenant: theirs.tenant, protokoll: undefined, aktiv: true });
  });

  it("refuses a sender that is unknown, not a UUID or somebody else's alike", async () => {
    const refused = { code: 'exchange.avsender_not_allowed', status: 403 };
    await expect(send({}, theirs)).rejects.toMatchObject(refused);
    await expect(send({ avsenderKontoId: randomUUID() })).rejects.toMatchObject(refused);
    await expect(send({ avsenderKontoId: 'x' })).rejects.toMatchObject(refused);
  });

  it('does not find an unknown receiver', async () => {
    const missing = { code: 'exchange.mottaker_not_found', status: 404 };
    await expect(send({ mottakerKontoId: randomUUID() })).rejects.toMatchObject(missing);
    await expect(send({ mottakerKontoId: '' })).rejects.toMatchObject(missing);
  });
});
