import type { Organisation, Role } from '@grunnmur/access';
import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import { newId } from '@grunnmur/kernel/ids';
import { afterTestFile } from '@grunnmur/kernel/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Exchange } from '../contract.ts';
import { createExchange } from '../service/meldinger/create-exchange.ts';
import type { QueueRoom } from '../service/queues/create-queues.ts';
import type { Konto } from '../types.ts';
import { createFixture, createOrganisation, type Fixture, FYLKE, KOMMUNE } from './kontoer-fixture.ts';
import { listen, type QueueTest, queueTest } from './queues-harness.ts';

/** Synthetic numbers. */
const READER = '01819010192';
const STRANGER = '01819010273';

let test: QueueTest;
let node: QueueRoom;
let fixture: Fixture;
let exchange: Exchange;
let kommune: Ctx;
let fylke: Ctx;
let own: Konto;
let foreign: Konto;

beforeAll(async () => {
  test = await queueTest();
  node = await test.node();
  fixture = await createFixture(test);
  exchange = createExchange({ access: fixture.access, kontoer: fixture.kontoer, queues: node.queues });
  kommune = await createOrganisation(fixture, KOMMUNE);
  fylke = await createOrganisation(fixture, FYLKE);
  own = await test.konto({ tenant: kommune.tenant!, navn: 'Arkivet' });
  foreign = await test.konto({ tenant: fylke.tenant!, navn: 'Fagsystemet' });
  await give(kommune, READER, 'loggleser');
  await give(fylke, STRANGER, 'avsender');
  afterTestFile(() => test.close());
});

const give = (ctx: Ctx, fnr: string, role: Role) => fixture.access.admin.addRole(ctx, fnr, role);

function as(fnr: string, organisation: Ctx): Ctx {
  return withCtx(organisation, { actor: { kind: 'person', id: fnr, name: 'Ola Nordmann' } });
}

async function audited(operation: string, object?: string, outcome = 'ok') {
  const { rows } = await test.owner.query(
    `select tenant_id, actor_kind, actor_id, detail from kernel.audit
     where operation = $1 and ($2::uuid is null or object = $2) and outcome = $3 order by at, seq`,
    [operation, object ?? null, outcome],
  );
  return rows as { tenant_id: string; actor_kind: string; actor_id: string; detail: unknown }[];
}

const names = (organisations: Organisation[]) => organisations.map(({ name }) => name);

describe('messages as people of an organisation see them', () => {
  it('are those of all its integrations, with the names of the kontoer, and each look is in its audit log', async () => {
    const second = await test.konto({ tenant: kommune.tenant!, navn: 'Skolen' });
    const id = await test.send(foreign, own, {}, node);
    const answer = await test.send(own, foreign, { svar_til: id });
    const other = await test.send(second, foreign);
    const reader = as(READER, kommune);
    const timeline = await exchange.timeline(reader, id);
    expect(timeline).toMatchObject({ id, status: 'PAA_KO', storrelse: 7 });
    expect(timeline.entries.map(({ kode }) => kode)).toEqual(['MOTTATT', 'BESVART']);
    expect(timeline.kontoer).toEqual([
      { id: foreign.id, navn: 'Fagsystemet', organisasjon: `Eksempel ${FYLKE}`, egen: false },
      { id: own.id, navn: 'Arkivet', organisasjon: `Eksempel ${KOMMUNE}`, egen: true },
    ]);
    expect(JSON.stringify(timeline)).not.toContain('innhold');
    const { meldinger } = await exchange.conversation(reader, id);
    expect(meldinger.map((each) => each.id)).toEqual([id, answer]);
    const page = await exchange.search(reader, {});
    expect(page.meldinger.map((each) => each.id)).toEqual([other, answer, id]);

    const looks = await audited('exchange.melding.vist', id);
    expect(looks).toMatchObject([
      { tenant_id: kommune.tenant, actor_kind: 'person', actor_id: READER, detail: { del: 'tidslinje' } },
      { actor_id: READER, detail: { del: 'samtale', meldinger: [id, answer] } },
    ]);
    expect((await audited('exchange.melding.sok')).at(-1)).toMatchObject({
      tenant_id: kommune.tenant,
      actor_id: READER,
      detail: { treff: 3 },
    });
  });

  it('are found by any of their ids however it is written, and by no other filter than asked for', async () => {
    const reader = as(READER, kommune);
    const [client, dialogue] = [newId(), newId()];
    const first = await test.send(own, foreign, {
      klient_melding_id: client,
      klient_korrelasjons_id: dialogue,
    });
    const second = await test.send(foreign, own, { klient_korrelasjons_id: dialogue, type: 'no.annen' });
    const loud = await test.send(own, foreign, { klient_melding_id: client.toUpperCase() });
    const free = await test.send(own, foreign, { klient_melding_id: 'SAK 2026/14' });
    const find = async (id: string, more = {}) =>
      (await exchange.search(reader, { id, ...more })).meldinger.map((each) => each.id);
    const spaced = (id: string) => ` {${id.replaceAll('-', ' ').toUpperCase()}}\t`;
    expect(await find(spaced(first))).toEqual([first]);
    expect(await find(second.replaceAll('-', ''))).toEqual([second]);
    expect(await find(spaced(client))).toEqual([loud, first]);
    expect(await find(`${dialogue.slice(0, 20)} ${dialogue.slice(20)}`)).toEqual([second, first]);
    expect(await find(dialogue, { type: 'no.annen' })).toEqual([second]);
    expect(await find(dialogue, { status: 'KVITTERT' })).toEqual([]);
    expect(await find(dialogue, { kontoId: newId() })).toEqual([]);
    expect(await find(dialogue, { til: new Date(Date.now() - 60_000).toISOString() })).toEqual([]);
    expect(await find('  SAK 2026/14 ')).toEqual([free]);
    expect(await find('finnes ikke')).toEqual([]);
    const paged = await exchange.search(reader, { id: dialogue, antall: 1 });
    expect(paged.meldinger.map((each) => each.id)).toEqual([second]);
    expect(await find(dialogue, { antall: 1, cursor: paged.cursor })).toEqual([first]);
  });

  it('page through many without filters, each once', async () => {
    const busy = await test.konto({ tenant: kommune.tenant!, navn: 'Mye' });
    const sent: string[] = [];
    for (let n = 0; n < 230; n++) sent.push(await test.send(foreign, busy, { innhold: null }));
    const seen: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await exchange.search(as(READER, kommune), { kontoId: busy.id, antall: 25, cursor });
      seen.push(...page.meldinger.map((each) => each.id));
      cursor = page.cursor;
      if (!cursor) break;
    }
    expect(seen).toEqual(sent.reverse());
  });

  it('are nothing to other organisations, to people without such a role and to machines', async () => {
    const strangersOwn = await test.konto();
    const id = await test.send(foreign, strangersOwn);
    const klient = newId();
    const secret = await test.send(foreign, strangersOwn, { klient_melding_id: klient });
    const reader = as(READER, kommune);
    for (const look of [exchange.timeline, exchange.conversation])
      for (const unknown of [id, newId(), 'x'])
        await expect(look(reader, unknown)).rejects.toMatchObject({ code: 'exchange.melding_not_found' });
    for (const search of [
      { id: secret },
      { id: klient },
      { kontoId: foreign.id },
      { kontoId: strangersOwn.id },
    ])
      expect((await exchange.search(reader, search)).meldinger).toEqual([]);
    expect(await audited('exchange.melding.vist', id)).toEqual([]);
    expect(await audited('exchange.melding.vist', id, 'refused')).toMatchObject([
      { actor_id: READER, detail: { del: 'tidslinje' } },
      { actor_id: READER, detail: { del: 'samtale' } },
    ]);

    const theirs = await test.send(own, foreign);
    const refused: Ctx[] = [
      as(READER, fylke), // a role elsewhere
      as(STRANGER, fylke), // a role of another kind
      as(STRANGER, kommune),
      withCtx(reader, { tenant: null }),
      withCtx(kommune, { actor: { kind: 'integration', id: own.integrasjonId } }),
      withCtx(kommune, { actor: { kind: 'system', id: READER } }),
    ];
    for (const ctx of refused) {
      for (const look of [
        () => exchange.timeline(ctx, theirs),
        () => exchange.conversation(ctx, theirs),
        () => exchange.search(ctx, {}),
        () => exchange.kontoer(ctx),
      ])
        await expect(look()).rejects.toMatchObject({ code: 'kernel.not_found', status: 404 });
    }
    expect(await audited('exchange.melding.vist', theirs)).toEqual([]);
    expect((await exchange.timeline(reader, theirs)).id).toBe(theirs);
  });
});

describe('the kontoer of an organisation', () => {
  it('come with live counts, and without those that are deleted', async () => {
    const organisation = await createOrganisation(fixture, '310000124');
    await give(organisation, READER, 'organisasjonsadministrator');
    const konto = await test.konto({ tenant: organisation.tenant!, navn: 'Levende' });
    await test.konto({ tenant: organisation.tenant!, navn: 'Slettet', slettet: true });
    await test.send(foreign, konto);
    const reader = as(READER, organisation);
    const client = await listen(await test.login(node, konto), konto);
    await client.holds(1);
    expect(await exchange.kontoer(reader)).toEqual([
      {
        id: konto.id,
        navn: 'Levende',
        protokoll: undefined,
        aktiv: true,
        antallKonsumenter: 1,
        antallUavhentedeMeldinger: 1,
      },
    ]);
    await client.settle('ack');
    await client.subscription.end();
    await expect
      .poll(async () => (await exchange.kontoer(reader))[0])
      .toMatchObject({ antallKonsumenter: 0, antallUavhentedeMeldinger: 0 });
  });

  it('decide, with the roles, whose messages a person may look at', async () => {
    const [without, closed] = [
      await createOrganisation(fixture, '310000132'),
      await createOrganisation(fixture, '310000140'),
    ];
    await test.konto({ tenant: closed.tenant!, slettet: true });
    await give(without, READER, 'kontoadministrator');
    await give(closed, READER, 'kontoadministrator');
    await give(fylke, READER, 'postarkiv');
    const mine = names(await exchange.organisasjoner(withCtx(as(READER, kommune), { tenant: null })));
    expect(mine).toContain(`Eksempel ${KOMMUNE}`);
    expect(mine).toContain('Eksempel 310000140');
    expect(mine).not.toContain('Eksempel 310000132');
    expect(mine).not.toContain(`Eksempel ${FYLKE}`);
    expect(await exchange.organisasjoner(as(STRANGER, fylke))).toEqual([]);
    expect(await exchange.organisasjoner(kommune)).toEqual([]);
  });
});
