import { newId } from '@grunnmur/kernel/ids';
import { beforeAll, describe, expect, it } from 'vitest';
import type { KontoRef } from '../types.ts';
import { acceptInput, dokument, type LetterWish, PDF, type PostHarness, startPost } from './post-harness.ts';

const UNKNOWN = '00000000-0000-4000-8000-000000000000';
const notFound = { code: 'post.not_found' };

describe('what senders ask of the post room', () => {
  let test: PostHarness;
  let other: KontoRef;
  let foreign: KontoRef;
  let next = 0;
  beforeAll(async () => {
    test = await startPost();
    other = { id: newId(), tenant: test.tenant };
    foreign = { id: newId(), tenant: newId() };
    await test.seed(test.tenant, { kontoer: [{ id: other.id, navn: 'Skole' }], mottakersystemer: [] });
    await test.seed(foreign.tenant, { kontoer: [{ id: foreign.id, navn: 'Annen' }], mottakersystemer: [] });
  });

  const person = () => test.person('altinn', next++);
  const count = async (text: string, ...values: unknown[]): Promise<number> =>
    (await test.database.owner.query(text, values)).rowCount ?? 0;
  const objects = async (): Promise<number> => {
    let found = 0;
    for await (const _ of test.storage.list('')) found++;
    return found;
  };

  describe('reserved ids', () => {
    const reserve = async () => (await test.service.reserveId(test.ctx(), test.konto)).id;
    const sendWith = (reservedId: string, konto = test.konto, change = {}) =>
      test.send({ to: person(), konto, change, input: { reservedId } });

    it('become the id of the letter', async () => {
      const id = await reserve();
      expect(await test.service.statuses(test.ctx(), test.konto, [id])).toEqual([]);
      expect(await sendWith(id)).toBe(id);
      expect(await test.service.statuses(test.ctx(), test.konto, [id])).toMatchObject([
        { id, status: 'AKSEPTERT' },
      ]);
    });

    it('are used once, and a refused letter leaves nothing', async () => {
      const id = await reserve();
      await sendWith(id);
      const before = await objects();
      await expect(sendWith(id)).rejects.toMatchObject({ code: 'post.reserved_id_used', params: { id } });
      expect(await objects()).toBe(before);
    });

    it('are not used up by a letter that is refused for another reason', async () => {
      const id = await reserve();
      await expect(sendWith(id, test.konto, { tittel: '' })).rejects.toMatchObject({ code: 'post.invalid' });
      expect(await sendWith(id)).toBe(id);
    });

    it('of another account, another organisation or nobody are unknown', async () => {
      for (const konto of [other, foreign]) {
        const id = await reserve();
        await expect(sendWith(id, konto)).rejects.toMatchObject({ code: 'post.reserved_id_used' });
        expect(await sendWith(id)).toBe(id);
      }
      await expect(sendWith(UNKNOWN)).rejects.toMatchObject({ code: 'post.reserved_id_used' });
    });

    it('a repeat with the same id is recognised as the letter it repeats', async () => {
      const id = await reserve();
      const letter = { to: person(), change: { tittel: 'Samme brev' }, input: { reservedId: id } };
      await test.send(letter);
      await expect(test.send(letter)).rejects.toMatchObject({
        code: 'post.gjentagende_forsendelse',
        params: { id },
      });
    });
  });

  describe('many at once', () => {
    /** From five senders of the account, so that they also meet in the database and not only in one batch. */
    const fifty = (letter: LetterWish): Promise<string>[] =>
      Array.from({ length: 50 }, async (_, nr) => {
        const ctx = test.ctx({ actor: { kind: 'integration', id: `avsender ${nr % 5}` } });
        return (await test.service.accept(ctx, acceptInput(test.konto, letter))).id;
      });

    it('takes one of 50 identical letters and calls the others repeats of it', async () => {
      const to = person();
      const before = await objects();
      const change = { tittel: `Likt ${newId()}` };
      const answers = await Promise.allSettled(fifty({ to, change }));
      const taken = answers.filter((answer) => answer.status === 'fulfilled').map((answer) => answer.value);
      expect(taken).toHaveLength(1);
      for (const answer of answers.filter((one) => one.status === 'rejected'))
        expect(answer.reason).toMatchObject({
          code: 'post.gjentagende_forsendelse',
          params: { id: taken[0] },
        });
      expect(await count('select from post.forsendelse where tittel = $1', change.tittel)).toBe(1);
      expect(await objects()).toBe(before + 1);
    });

    it('answers 50 with the same key with the same id', async () => {
      const letter = {
        to: person(),
        change: { tittel: `Nøkkel ${newId()}` },
        input: { idempotencyKey: newId() },
      };
      const before = await objects();
      const ids = await Promise.all(fifty(letter));
      expect(new Set(ids).size).toBe(1);
      expect(await count('select from post.forsendelse where tittel = $1', letter.change.tittel)).toBe(1);
      expect(await count('select from kernel.job where subject = $1', ids[0])).toBe(1);
      expect(await objects()).toBe(before + 1);
    });

    it('refuses a key that comes with another letter', async () => {
      const input = { idempotencyKey: newId() };
      await test.send({ to: person(), input });
      await expect(test.send({ to: person(), input })).rejects.toMatchObject({
        code: 'kernel.idempotency_key_reused',
      });
    });

    it('refuses a key that comes with the same letter but other wishes', async () => {
      const letter = { to: person(), input: { idempotencyKey: newId() } };
      const tittel = `Ønsker ${newId()}`;
      await test.send({ ...letter, change: { tittel, kunDigitalLevering: false } });
      const changed = test.send({ ...letter, change: { tittel, kunDigitalLevering: true } });
      await expect(changed).rejects.toMatchObject({ code: 'kernel.idempotency_key_reused' });
    });

    it('keeps keys of different accounts apart', async () => {
      const input = { idempotencyKey: newId() };
      const ids = [
        await test.send({ to: person(), input }),
        await test.send({ to: person(), konto: other, input }),
      ];
      expect(new Set(ids).size).toBe(2);
    });

    it('takes 100 different letters, each with its rows', async () => {
      const eksternReferanse = `mange-${newId()}`;
      const ids = await Promise.all(
        Array.from({ length: 100 }, (_, nr) =>
          test.send({ to: test.person('altinn', nr), change: { eksternReferanse } }),
        ),
      );
      expect(new Set(ids).size).toBe(100);
      for (const table of ['dokument', 'hendelse'])
        expect(
          await count(
            `select distinct forsendelse_id from post.${table} where forsendelse_id = any($1::uuid[])`,
            ids,
          ),
        ).toBe(100);
      expect(await count(`select from kernel.audit where object = any($1::uuid[])`, ids)).toBe(100);
      const found = await test.service.findByEksternReferanse(test.ctx(), test.konto, eksternReferanse);
      expect(found.map(({ id }) => id).sort()).toEqual(ids.toSorted());
    });

    it('answers for 10,000 ids in one call, leaving out what is not there', async () => {
      const own = [await test.send({ to: person() }), await test.send({ to: person() })];
      const elsewhere = await test.send({ to: person(), konto: other });
      const ids = [...own, elsewhere, ...Array.from({ length: 9_997 }, () => newId())];
      const statuses = await test.service.statuses(test.ctx(), test.konto, ids);
      expect(statuses.map(({ id }) => id).sort()).toEqual(own.toSorted());
    });
  });

  describe('what is known of a letter', () => {
    it('metadata, in order, with hash and size of the document as it was sent', async () => {
      const entry = { key: 'rolle', value: 'hoveddokument' };
      const documents = [
        dokument({
          filnavn: 'å.pdf',
          dokumentType: 'B',
          ekstraMetadata: [entry],
          inneholderPersonsensitivInformasjon: true,
        }),
        dokument({ filnavn: 'b.txt', mimeType: 'text/plain', ekskluderesFraUtskrift: true }),
      ];
      const files = [
        { name: 'å.pdf', bytes: PDF },
        { name: 'b.txt', bytes: Buffer.from('tekst') },
      ];
      const id = await test.send({ to: person(), files, change: { dokumenter: documents } });
      const url = `https://brev.example.no/forsendelse/${id}`;
      expect(await test.service.metadata(test.ctx(), test.konto, id)).toEqual([
        {
          filnavn: 'å.pdf',
          mimeType: 'application/pdf',
          dokumentType: 'B',
          storrelse: PDF.length,
          sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
          kanSigneres: false,
          nedlastingUrl: `${url}/0`,
          ekstraMetadata: [entry],
          inneholderPersonsensitivInformasjon: true,
        },
        expect.objectContaining({
          filnavn: 'b.txt',
          storrelse: 5,
          // printf tekst | sha256sum
          sha256: '324d0315d575bf5b4f6c8703f1135b847d14ca925480746ef1bd3a412d93667b',
          nedlastingUrl: `${url}/1`,
        }),
      ]);
    });

    it('a letter with a link and no document', async () => {
      const lenker = [{ url: 'https://kommune.example/skjema', tekst: 'Fyll ut' }];
      const to = person();
      const id = await test.send({ to, files: [], change: { lenker, dokumenter: [] } });
      await test.work();
      expect(await test.status(id)).toBe('VARSLET');
      expect(await test.service.metadata(test.ctx(), test.konto, id)).toEqual([]);
      expect(await test.post.letter(test.reader(to), id, 4)).toMatchObject({ lenker, dokumenter: [] });
    });

    it('its history in Norwegian words, and an empty signing history', async () => {
      const id = await test.send({ to: person() });
      await test.work();
      const history = await test.service.history(test.ctx(), test.konto, id);
      expect(history.map(({ tekst }) => tekst)).toEqual([
        'Mottatt fra avsender',
        'Akseptert for ekspedering: dokumentene er kontrollert',
        'Kanal er valgt: melding i Altinn (mottaker kan varsles digitalt)',
        'Mottaker er varslet gjennom Altinn',
      ]);
      expect(await test.service.signingHistory(test.ctx(), test.konto, id)).toEqual([]);
    });

    it('its timeline with attempts under the step they led to, and what comes next', async () => {
      test.altinn.fail({ status: 503 });
      const id = await test.send({ to: person() });
      await test.work();
      const waiting = await test.post.timeline(test.ctx(), id);
      expect(waiting).toMatchObject({ status: 'AKSEPTERT', final: false, next: { kode: 'leveres' } });
      test.clock.pass(60_000);
      await test.work();
      const timeline = await test.post.timeline(test.ctx(), id);
      expect(timeline).toMatchObject({
        id,
        status: 'VARSLET',
        final: false,
        next: { kode: 'print_om_ulest' },
      });
      expect(timeline.entries.map(({ kode, status }) => [kode, status])).toEqual([
        ['mottatt', 'MOTTATT'],
        ['akseptert', 'AKSEPTERT'],
        ['rutet', undefined],
        ['varslet', 'VARSLET'],
      ]);
      // On a clock that stands still the order of attempts of different jobs is free.
      const attempts = timeline.entries.flatMap((entry) => entry.attempts);
      expect(attempts.map(({ outcome }) => outcome).sort()).toEqual(['done', 'done', 'retry']);
      expect(attempts.find(({ outcome }) => outcome === 'retry')!.detail).toBe(
        'Channel altinn is unavailable: status HTTP 503',
      );
    });

    it('is for its own account only', async () => {
      const id = await test.send({ to: person() });
      for (const konto of [other, foreign]) {
        const ctx = test.ctx({ tenant: konto.tenant });
        const lest = { fnr: '01819010192', tidspunkt: new Date() };
        await expect(test.service.history(ctx, konto, id)).rejects.toMatchObject(notFound);
        await expect(test.service.metadata(ctx, konto, id)).rejects.toMatchObject(notFound);
        await expect(test.service.markRead(ctx, konto, id, lest)).rejects.toMatchObject(notFound);
        await expect(test.service.deleteDocuments(ctx, konto, [id], 'ALLE')).rejects.toMatchObject(notFound);
        expect(await test.service.statuses(ctx, konto, [id])).toEqual([]);
      }
      const kontoer = [other, foreign, test.konto];
      expect(
        await test.service.locate(test.ctx({ tenant: null }), kontoer, id, 'post.forsendelse.vist'),
      ).toEqual(test.konto);
      const blind = test.service.locate(
        test.ctx({ tenant: null }),
        [other, foreign],
        id,
        'post.forsendelse.vist',
      );
      await expect(blind).rejects.toMatchObject(notFound);
    });
  });

  describe('searches', () => {
    it('by reference find all letters of the account with it, with date and system', async () => {
      const eksternReferanse = 'sak/2026 12%';
      const change = { eksternReferanse, avgivendeSystem: 'Sak 1.0' };
      const ids = [
        await test.send({ to: person(), change }),
        await test.send({ to: person(), change: { eksternReferanse } }),
      ];
      await test.send({ to: person(), konto: other, change });
      const found = await test.service.findByEksternReferanse(test.ctx(), test.konto, eksternReferanse);
      expect(found).toEqual([
        { id: ids[0], dato: test.clock.now(), avgivendeSystem: 'Sak 1.0' },
        { id: ids[1], dato: test.clock.now() },
      ]);
      for (const none of ['sak/2026', 'SAK/2026 12%', 'sak/2026 12_', 'a\0b', ''])
        expect(await test.service.findByEksternReferanse(test.ctx(), test.konto, none)).toEqual([]);
    });

    it('for receiving systems by number, type and level', async () => {
      const id = newId();
      const ruting = [
        { orgnr: '310000027', niva: 3 },
        { orgnr: '310000027', type: 'ks.byggesøknad', niva: 4 },
        { orgnr: '310000019', niva: 3 },
      ];
      const system = { id, navn: 'Arkiv', brukernavn: `arkiv-${id}`, sertifikatPem: 'x', ruting };
      for (let twice = 0; twice < 2; twice++)
        await test.seed(foreign.tenant, { kontoer: [], mottakersystemer: [system] });
      const search = async (filter: Parameters<typeof test.service.mottakersystemer>[1]) =>
        (await test.service.mottakersystemer(test.ctx(), filter)).map(
          ({ organisasjonsnummer, forsendelsestype, niva }) => [organisasjonsnummer, forsendelsestype, niva],
        );
      const [all, building, second] = [
        ['310000027', undefined, 3],
        ['310000027', 'ks.byggesøknad', 4],
        ['310000019', undefined, 3],
      ];
      expect(await search({})).toEqual([second, building, all]);
      expect(await search({ orgnr: '310000027' })).toEqual([building, all]);
      expect(await search({ forsendelsestype: 'ks.byggesøknad' })).toEqual([building]);
      expect(await search({ orgnr: '310000027', niva: 3 })).toEqual([all]);
      expect(await search({ orgnr: '310000108' })).toEqual([]);
      const theft = test.seed(test.tenant, { kontoer: [], mottakersystemer: [{ ...system, navn: 'Tyv' }] });
      await expect(theft).rejects.toThrow(/row-level security/);
    });

    it('for types give the operator’s list', async () => {
      expect(await test.service.forsendelsestyper(test.ctx())).toEqual(
        expect.arrayContaining(['nav.digisos', 'ks.byggesøknad', 'Geointegrasjon.Matrikkelføring']),
      );
    });
  });

  it('does not know an account that was never made, and keeps nothing', async () => {
    const before = await objects();
    const konto = { id: newId(), tenant: test.tenant };
    const letter = test.service.accept(test.ctx(), acceptInput(konto, { to: person() }));
    await expect(letter).rejects.toMatchObject({ code: 'post.konto_not_found' });
    expect(await objects()).toBe(before);
    expect(await count('select from post.gjentakelse where konto_id = $1', konto.id)).toBe(0);
  });
});
