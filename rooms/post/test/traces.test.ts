import { newId } from '@grunnmur/kernel/ids';
import { beforeAll, describe, expect, it } from 'vitest';
import en from '../locales/en.json' with { type: 'json' };
import nb from '../locales/nb.json' with { type: 'json' };
import nn from '../locales/nn.json' with { type: 'json' };
import { type PostHarness, startPost } from './post-harness.ts';

const UNKNOWN = '019aaaaa-0000-7000-8000-00000000dead';

describe('traces of reads', () => {
  let test: PostHarness;
  let to: string;
  let id: string;
  beforeAll(async () => {
    test = await startPost();
    to = test.person('altinn');
    id = await test.send({ to, change: { eksternReferanse: 'ref 1' } });
    await test.work();
  });

  const entries = async (operation: string) => {
    const { rows } = await test.database.owner.query(
      `select tenant_id as tenant, actor_kind || ':' || actor_id as actor, subject, object, outcome, detail, purpose
       from kernel.audit where operation = $1 order by at, seq`,
      [operation],
    );
    return rows;
  };
  const sender = () => test.ctx({ actor: { kind: 'integration', id: 'fagsystem', name: 'Fagsystem' } });

  it.each<[string, () => Promise<unknown>]>([
    ['status_lest', () => test.service.statuses(sender(), test.konto, [id])],
    ['hendelser_lest', () => test.service.history(sender(), test.konto, id)],
    ['metadata_lest', () => test.service.metadata(sender(), test.konto, id)],
    ['signering_lest', () => test.service.signingHistory(sender(), test.konto, id)],
    ['tidslinje_lest', () => test.post.timeline(sender(), id)],
    ['sokt', () => test.service.findByEksternReferanse(sender(), test.konto, 'ref 1')],
  ])('%s: one entry for the sender’s call, with a text in each language', async (name, read) => {
    const operation = `post.forsendelse.${name}`;
    await read();
    expect(await entries(operation)).toEqual([
      {
        tenant: test.tenant,
        actor: 'integration:fagsystem',
        subject: to,
        object: id,
        outcome: 'ok',
        detail: null,
        purpose: expect.any(String),
      },
    ]);
    for (const texts of [nb, nn, en]) expect(texts).toHaveProperty([`audit.${operation}`]);
  });

  it('one entry for a call about many letters, with a bounded list', async () => {
    const ids = [id];
    for (let nr = 0; nr < 3; nr++) ids.push(await test.send({ to }));
    const before = (await entries('post.forsendelse.status_lest')).length;
    await test.service.statuses(sender(), test.konto, ids);
    const after = await entries('post.forsendelse.status_lest');
    expect(after).toHaveLength(before + 1);
    expect(after.at(-1)).toMatchObject({ subject: null, object: null, detail: { antall: 4 } });
    expect([...after.at(-1).detail.ider].sort()).toEqual([...ids].sort());
  });

  describe('that were refused', () => {
    const refused = async (operation: string) =>
      (await entries(operation)).filter(({ outcome }) => outcome === 'refused');

    it.each<[string, (wanted: string) => Promise<unknown>]>([
      ['post.forsendelse.hendelser_lest', (wanted) => test.service.history(stranger(), other(), wanted)],
      ['post.forsendelse.metadata_lest', (wanted) => test.service.metadata(stranger(), other(), wanted)],
      ['post.forsendelse.tidslinje_lest', (wanted) => test.post.timeline(stranger(), wanted)],
      [
        'post.dokumenter.slettet',
        (wanted) => test.service.deleteDocuments(stranger(), other(), [wanted], 'ALLE'),
      ],
      ['post.forsendelse.vist', (wanted) => test.post.letter(test.reader(someone()), wanted, 4)],
      ['post.dokument.apnet', (wanted) => test.post.openAll(test.reader(someone()), wanted, 4)],
    ])(
      '%s: says who tried, to the one whose letter it is, and the same is done for what does not exist',
      async (operation, read) => {
        for (const wanted of [id, UNKNOWN])
          await expect(read(wanted)).rejects.toMatchObject({ code: 'post.not_found' });
        const found = await refused(operation);
        expect(found.map(({ object, subject }) => [object, subject])).toEqual([
          [id, to],
          [UNKNOWN, null],
        ]);
        // In nobody's chain but the platform's: a tenant that reads its own entries learns nothing.
        expect(new Set(found.map(({ tenant }) => tenant))).toEqual(
          new Set(['00000000-0000-0000-0000-000000000000']),
        );
        expect(found[0].actor).toMatch(/^(integration:fremmed|person:)/);
      },
    );

    it('whichever of several accounts asked, as what they wanted', async () => {
      const before = (await refused('post.forsendelse.signering_lest')).length;
      const kontoer = [other(), other()];
      for (const wanted of [id, UNKNOWN])
        await expect(
          test.service.locate(stranger(), kontoer, wanted, 'post.forsendelse.signering_lest'),
        ).rejects.toMatchObject({ code: 'post.not_found' });
      const found = await refused('post.forsendelse.signering_lest');
      expect(found.slice(before).map(({ object, subject }) => [object, subject])).toEqual([
        [id, to],
        [UNKNOWN, null],
      ]);
    });

    it('in a search of statuses, too, which answers as if they were not there', async () => {
      expect(await test.service.statuses(stranger(), other(), [id, UNKNOWN])).toEqual([]);
      const found = await refused('post.forsendelse.status_lest');
      expect(found.map(({ object, subject }) => [object, subject])).toEqual([
        [id, to],
        [UNKNOWN, null],
      ]);
    });

    it('for an address that is no id at all leave no trace and no fault', async () => {
      await expect(test.post.letter(test.reader(to), 'x', 4)).rejects.toMatchObject({
        code: 'post.not_found',
      });
    });

    const tenant = newId();
    const other = () => ({ id: newId(), tenant });
    const stranger = () =>
      test.ctx({ tenant, actor: { kind: 'integration', id: 'fremmed', name: 'Fremmed' } });
    const someone = () => test.person('altinn', 5);
  });
});
