import { withTransaction } from '@grunnmur/kernel/db';
import { newId } from '@grunnmur/kernel/ids';
import { objectKey } from '@grunnmur/kernel/storage';
import { beforeAll, describe, expect, it } from 'vitest';
import { PDF, type PostHarness, startPost } from './post-harness.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('what is kept and for how long', () => {
  let test: PostHarness;
  let next = 0;
  beforeAll(async () => {
    test = await startPost();
  });

  const notified = async () => {
    const to = test.person('altinn', next++);
    const files = ['a.pdf', 'b.pdf'].map((name) => ({ name, bytes: PDF }));
    const id = await test.send({ to, files });
    await test.work();
    return { id, to };
  };
  const objectsOf = async (id: string) => {
    const { rows } = await test.database.owner.query(
      'select objekt from post.dokument where forsendelse_id = $1 and objekt is not null',
      [id],
    );
    return rows.map((row) => row.objekt as string);
  };
  const stored = async (objekter: readonly string[]) => {
    const found = await Promise.all(
      objekter.map((objekt) => test.storage.stat(objectKey(test.tenant, objekt))),
    );
    return found.filter((object) => object !== null).length;
  };
  const download = (id: string, to: string) => test.post.openDocument(test.reader(to), id, 0, 4);
  const notFound = { code: 'post.not_found', status: 404 };

  async function expectGone(id: string, to: string, objekter: readonly string[]): Promise<void> {
    expect(await objectsOf(id)).toEqual([]);
    expect(await stored(objekter)).toBe(0);
    await expect(download(id, to)).rejects.toMatchObject(notFound);
    await expect(test.post.openAll(test.reader(to), id, 4)).rejects.toMatchObject(notFound);
    const letter = await test.post.letter(test.reader(to), id, 4);
    expect(letter).toMatchObject({ dokumenterTilgjengelig: false, slettesDato: undefined });
    expect(letter.dokumenter.map((document) => document.filnavn)).toEqual(['a.pdf', 'b.pdf']);
    // The sender's calls answer as before.
    expect(await test.service.statuses(test.ctx(), test.konto, [id])).toMatchObject([
      { id, status: await test.status(id) },
    ]);
    expect(await test.service.metadata(test.ctx(), test.konto, id)).toHaveLength(2);
    expect((await test.service.history(test.ctx(), test.konto, id)).length).toBeGreaterThan(3);
  }

  it('documents go after three months, the letter stays', async () => {
    const { id, to } = await notified();
    const objekter = await objectsOf(id);
    expect(await stored(objekter)).toBe(2);
    test.clock.set('2026-06-02T08:59:00Z');
    await test.runSchedule('post.retention');
    expect(await stored(objekter)).toBe(2);
    test.clock.set('2026-06-02T09:00:00Z');
    await test.runSchedule('post.retention');
    await expectGone(id, to, objekter);
    expect((await test.codes(id)).at(-1)).toBe('slettet_etter_frist');
    await test.runSchedule('post.retention');
    expect((await test.codes(id)).filter((code) => code === 'slettet_etter_frist')).toHaveLength(1);
  });

  it('a letter that waits for its receiving system keeps its documents', async () => {
    const orgnr = '310000027';
    await test.seed(test.tenant, {
      kontoer: [],
      mottakersystemer: [
        {
          id: newId(),
          navn: 'Arkiv',
          brukernavn: `arkiv-${next}`,
          sertifikatPem: 'x',
          ruting: [{ orgnr, niva: 3 }],
        },
      ],
    });
    const id = await test.send({ to: orgnr });
    await test.work();
    expect(await test.status(id)).toBe('KLAR_FOR_MOTTAK');
    test.clock.pass(200 * DAY);
    await test.runSchedule('post.retention');
    expect(await stored(await objectsOf(id))).toBe(1);
  });

  it('the sender may delete them earlier, once, and nothing is printed then', async () => {
    const { id, to } = await notified();
    const objekter = await objectsOf(id);
    for (let call = 0; call < 2; call++)
      await test.service.deleteDocuments(test.ctx(), test.konto, [id], 'ORIGINALDOKUMENTER');
    await expectGone(id, to, objekter);
    expect((await test.codes(id)).filter((code) => code === 'dokumenter_slettet')).toHaveLength(1);
    test.clock.pass(30 * DAY);
    await test.runSchedule('post.print_deadlines');
    expect(await test.status(id)).toBe('VARSLET');
    expect(test.print.received(id)).toBe(0);
  });

  it('one that is deleted before any channel had it is taken back', async () => {
    const id = await test.send({ to: test.person('altinn', next++) });
    await test.service.deleteDocuments(test.ctx(), test.konto, [id], 'ALLE');
    await test.work();
    expect(await test.status(id)).toBe('MANUELT_HANDTERT');
    expect(test.altinn.received(id)).toBe(0);
  });

  it('deletes all of a list or none', async () => {
    const { id } = await notified();
    const deletion = test.service.deleteDocuments(test.ctx(), test.konto, [id, newId()], 'ALLE');
    await expect(deletion).rejects.toMatchObject(notFound);
    expect(await stored(await objectsOf(id))).toBe(2);
  });

  it('a download that was begun ends although the documents are deleted meanwhile', async () => {
    const { id, to } = await notified();
    const opened = await download(id, to);
    await test.service.deleteDocuments(test.ctx(), test.konto, [id], 'ALLE');
    const bytes = Buffer.concat(await opened.body.toArray());
    expect(bytes.equals(Buffer.from(PDF))).toBe(true);
  });

  it('objects without a row are swept when they are old enough, others are not', async () => {
    const { id } = await notified();
    const objekter = await objectsOf(id);
    const orphan = newId();
    await test.storage.put(
      objectKey(test.tenant, orphan),
      (async function* () {
        yield Buffer.from('rest etter et krasj');
      })(),
    );
    // The age of a file is the machine's, not the test clock's.
    test.clock.set(new Date(Date.now() + HOUR));
    await test.runSchedule('post.sweep_objects');
    expect(await stored([orphan, ...objekter])).toBe(3);
    test.clock.set(new Date(Date.now() + 3 * HOUR));
    await test.runSchedule('post.sweep_objects');
    expect(await stored([orphan])).toBe(0);
    expect(await stored(objekter)).toBe(2);
  });

  it('fingerprints and unused ids are forgotten after a day', async () => {
    const title = { tittel: `Gjentatt ${newId()}` };
    const to = test.person('altinn', next++);
    const first = await test.send({ to, change: title });
    const { id: reserved } = await test.service.reserveId(test.ctx(), test.konto);
    const kept = async () => {
      const { rows } = await test.database.owner.query(
        `select (select count(*)::int from post.gjentakelse where forsendelse_id = $1) as prints,
           (select count(*)::int from post.reservert_id where id = $2) as ids`,
        [first, reserved],
      );
      return rows[0];
    };
    test.clock.pass(23 * HOUR);
    await test.runSchedule('post.purge_temporary');
    expect(await kept()).toEqual({ prints: 1, ids: 1 });
    await expect(test.send({ to, change: title })).rejects.toMatchObject({
      code: 'post.gjentagende_forsendelse',
    });
    test.clock.pass(HOUR + 1000);
    // Past its time it no longer counts, purged or not.
    const second = await test.send({ to, change: title });
    expect(second).not.toBe(first);
    // What is gone by our clock but not by the database's is not removed yet.
    await test.runSchedule('post.purge_temporary');
    expect(await kept()).toEqual({ prints: 0, ids: 1 });
    await test.database.owner.query(`update post.reservert_id set opprettet = now() - interval '25 hours'`);
    await test.runSchedule('post.purge_temporary');
    expect(await kept()).toEqual({ prints: 0, ids: 0 });
    const unknown = test.send({ to, input: { reservedId: reserved } });
    await expect(unknown).rejects.toMatchObject({ code: 'post.reserved_id_used' });
  });

  it('nothing of a letter can be removed by the application itself but its documents', async () => {
    const { id } = await notified();
    const remove = withTransaction(test.ctx(), (trx) =>
      trx.pg.query('delete from post.hendelse where forsendelse_id = $1', [id]),
    );
    await expect(remove).rejects.toMatchObject({ code: '42501' });
  });
});
