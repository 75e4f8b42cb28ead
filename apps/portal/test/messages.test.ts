import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anonymousReader, type HttpReader, httpReader } from './http-reader.ts';
import { type PortalFixture, startPortal } from './portal-under-test.ts';

const EKSEMPEL = '310000019';
const DOME = '310000027';

let portal: PortalFixture;
let staff: HttpReader;

beforeAll(async () => {
  portal = await startPortal();
  staff = await httpReader(portal, portal.staff.fnr);
});
afterAll(async () => portal?.close());

const page = async (path: string, reader = staff) => {
  const answer = await reader.get(path);
  return { status: answer.status, html: await answer.text() };
};
const hits = (html: string) =>
  [...html.matchAll(/gm-hit" href="\/meldinger\/([0-9a-f-]+)/g)].map(([, id]) => id);

describe('the messages of an organisation', () => {
  it('are found by any of their ids, type, konto, status and day, with the search in the address', async () => {
    const { ids, kontoId } = portal.messages;
    const find = async (query: string) => hits((await page(`/meldinger?org=${EKSEMPEL}&${query}`)).html);
    expect(await find(`id=${ids.answered.replaceAll('-', '+').toUpperCase()}`)).toEqual([ids.answered]);
    expect(await find('status=UTLOPT')).toEqual([ids.expired]);
    expect(await find(`konto=${kontoId}&status=AVVIST`)).toEqual([ids.rejected]);
    expect(await find('type=no.ks.fiks.arkiv.v1.arkivering.arkivmelding.opprett.kvittering')).toEqual([
      ids.answer,
    ]);
    // Any part of the name will do, and what stands for anything in SQL stands for itself.
    expect(await find('type=Opprett.KVITTERING')).toEqual([ids.answer]);
    expect(await find('type=opprett%25kvittering')).toEqual([]);
    expect(await find('type=_')).toEqual([]);
    expect(await find('fra=2001-01-01&til=2001-01-02')).toEqual([]);
    expect(await find(`id=${ids.somebodyElses}`)).toEqual([]);
    expect((await page('/meldinger?id=tull')).html).toContain('Søket ga ingen treff');
    const { html } = await page(`/meldinger?org=${EKSEMPEL}&status=UTLOPT&konto=${kontoId}`);
    expect(html).toContain(`href="/meldinger?org=${EKSEMPEL}&amp;konto=${kontoId}"`);
  });

  it('come in pages, each once, the newest first', async () => {
    const seen: (string | undefined)[] = [];
    let path: string | undefined = `/meldinger?org=${EKSEMPEL}`;
    for (let pages = 0; path && pages < 5; pages++) {
      const { html } = await page(path);
      seen.push(...hits(html));
      path = /href="(\/meldinger\?[^"]*etter=[^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&');
    }
    expect(path).toBeUndefined();
    expect(seen.length).toBeGreaterThan(35);
    expect(seen).toEqual([...seen].sort().reverse());
    expect(new Set(seen).size).toBe(seen.length);
    expect((await page('/meldinger?etter=tull')).status).toBe(400);
  });

  it('keep what was written when it is wrong, and say what is', async () => {
    const { status, html } = await page(
      `/meldinger?id=${'x'.repeat(201)}&type=abc&fra=2026-02-02&til=2026-02-01&konto=y`,
    );
    expect(status).toBe(400);
    expect(html).toContain('value="abc"');
    expect(html).toContain('Til-datoen må være samme dag');
    expect([...html.matchAll(/aria-invalid="true"/g)]).toHaveLength(3);
    expect(hits(html)).toEqual([]);
    for (const odd of ['id=%00', 'type=%00a', 'id=%F0%9F', 'id=a&id=b', 'fra=2026-02-30', 'org=&konto=%27'])
      expect((await page(`/meldinger?${odd}`)).status, odd).toBeLessThan(500);
  });

  it('show what their kontoer are like now', async () => {
    const { html } = await page(`/meldinger?org=${EKSEMPEL}`);
    expect(html).toContain('1 mottaker er tilkoblet');
    expect(html).toMatch(
      /Grunnskoleadministrasjon[\s\S]*Ingen mottaker er tilkoblet[\s\S]*31 meldinger venter/,
    );
  });
});

describe('one message', () => {
  it('says where it is, what happened, the newest first, and what it belongs with; nothing of its payload', async () => {
    const { ids } = portal.messages;
    const { html } = await page(`/meldinger/${ids.answered}?org=${EKSEMPEL}`);
    expect(html).toMatch(/<h1>Levert og kvittert<\/h1>/);
    const steps = (text: string) =>
      [...(/<ol class="gm-timeline"[\s\S]*?<\/ol>/.exec(text)?.[0] ?? '').matchAll(/<h3>([^<]+)/g)].map(
        ([, step]) => step,
      );
    const expected = [
      ...[
        'Mottatt',
        'Hentet av mottakeren',
        'Mottakeren ba om ny levering',
        'Hentet av mottakeren',
        'Kvittert',
        'Besvart',
      ],
    ];
    expect(steps(html)).toEqual(expected.toReversed());
    expect(steps((await page(`/meldinger/${ids.answered}?rekkefolge=eldst`)).html)).toEqual(expected);
    expect(html).toContain('Tilkobling: Arkivet 4.2');
    expect(html).toContain('2 kB');
    expect(html).toContain(`href="/meldinger/${ids.answer}?org=${EKSEMPEL}"`);
    expect((await page(`/meldinger/${ids.waiting}`)).html).toContain('Det neste som skjer');
    expect((await page(`/meldinger/${ids.out}`)).html).toContain('<h1>Hos mottakeren, ikke kvittert</h1>');
    expect((await page(`/meldinger/${ids.failed}`)).html).toContain('Avsenderen fikk beskjed om serverfeil');
  });

  it('is the same as JSON', async () => {
    const { ids } = portal.messages;
    const answer = await staff.get(`/meldinger/${ids.answered}/tidslinje`);
    expect(await answer.json()).toMatchObject({ id: ids.answered, status: 'KVITTERT', storrelse: 2048 });
    const missing = await staff.get(`/meldinger/${ids.somebodyElses}/tidslinje`);
    expect(missing.headers.get('content-type')).toContain('application/problem+json');
    expect(missing.status).toBe(404);
    expect((await anonymousReader(portal).get(`/meldinger/${ids.answered}/tidslinje`)).status).toBe(401);
  });

  it('leaves the look and the search in the log of the organisation acted for', async () => {
    const { ids } = portal.messages;
    await page(`/meldinger/${ids.rejected}?org=${DOME}`);
    await page(`/meldinger?org=${DOME}&id=${ids.rejected}`);
    const { rows } = await portal.test.owner.query(
      `select a.operation, a.actor_id, a.detail ->> 'id' as id from kernel.audit a
         join access.organisation o on o.id = a.tenant_id
       where o.orgnr = $1 and (a.object = $2 or a.detail ->> 'id' = $2::text) order by a.operation`,
      [DOME, ids.rejected],
    );
    expect(rows.map((row) => row.operation)).toEqual([
      'exchange.melding.sok',
      'exchange.melding.vist',
      'exchange.melding.vist',
    ]);
    expect(new Set(rows.map((row) => row.actor_id))).toEqual(new Set([portal.staff.fnr]));
  });
});

describe('messages of others', () => {
  it('are not found, by the same page as what does not exist', async () => {
    const strip = async (path: string, reader = staff) =>
      (await page(path, reader)).html.replaceAll(/til=[^"]*|value="[^"]*"/g, '');
    const foreign = await strip(`/meldinger/${portal.messages.ids.somebodyElses}`);
    expect(foreign).toContain('Vi finner ikke denne siden');
    expect(await strip('/meldinger/0198c0de-ffff-7000-8000-000000000000')).toBe(foreign);
    // A role of another kind there.
    expect((await page('/meldinger?org=310000108')).status).toBe(404);
    expect((await page(`/meldinger/${portal.messages.ids.somebodyElses}?org=310000108`)).status).toBe(404);
  });

  it('are nothing to people without a role, who see no way there either', async () => {
    const reader = await httpReader(portal, portal.reader.fnr);
    for (const path of [
      '',
      `/${portal.messages.ids.answered}`,
      `/${portal.messages.ids.answered}/tidslinje`,
      `?org=${EKSEMPEL}`,
    ])
      expect((await page(`/meldinger${path}`, reader)).status, path).toBe(404);
    expect((await page('/innboks', reader)).html).not.toContain('href="/meldinger"');
    expect((await page('/innboks')).html).toContain('href="/meldinger"');
  });

  it('are behind the login', async () => {
    const answer = await anonymousReader(portal).get(`/meldinger?id=1`);
    expect(answer.headers.get('location')).toBe('/logg-inn?til=%2Fmeldinger%3Fid%3D1');
  });

  it('can no longer be seen when the role is taken away', async () => {
    const { access } = portal;
    const { rows } = await portal.test.owner.query('select id from access.organisation where orgnr = $1', [
      DOME,
    ]);
    const operator = portal.test.ctx({ tenant: rows[0].id, actor: { kind: 'system', id: 'operator' } });
    await access.admin.removeRole(operator, portal.staff.fnr, 'kontoadministrator');
    expect((await page(`/meldinger?org=${DOME}`)).status).toBe(404);
    expect((await page(`/meldinger?org=${EKSEMPEL}`)).status).toBe(200);
    await access.admin.addRole(operator, portal.staff.fnr, 'kontoadministrator');
  });
});

describe('a portal without messages', () => {
  it('has no such pages, and works as ever', async () => {
    const without = await startPortal({ exchange: false });
    try {
      const person = await httpReader(without, without.staff.fnr);
      expect((await page('/meldinger', person)).status).toBe(404);
      const inbox = await page('/innboks', person);
      expect(inbox.status).toBe(200);
      expect(inbox.html).not.toContain('href="/meldinger"');
    } finally {
      await without.close();
    }
  });
});
