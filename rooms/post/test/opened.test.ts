import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { objectKey } from '@grunnmur/kernel/storage';
import { HOUR_MS } from '@grunnmur/kernel/time';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Download } from '../contract.ts';
import { dokument, PDF, type PostHarness, startPost } from './post-harness.ts';

/** Larger than what is checked before the first byte, so that damage shows itself in the middle. */
const LARGE = Buffer.alloc(3 << 20, 'x');
const LARGE_LETTER = {
  files: [{ name: 'kart.bin', bytes: LARGE }],
  change: {
    kunDigitalLevering: true,
    dokumenter: [dokument({ filnavn: 'kart.bin', mimeType: 'application/octet-stream' })],
  },
};

let test: PostHarness;
let next = 0;
beforeAll(async () => {
  test = await startPost({ now: '2026-03-02T09:00:00Z' });
});

const person = () => test.person('altinn', next++);

async function letterTo(to: string, wish: Parameters<PostHarness['send']>[0] = {}) {
  const id = await test.send({ to, ...wish });
  await test.work();
  return id;
}

const TWO = [
  { name: 'a.pdf', bytes: PDF },
  { name: 'b.pdf', bytes: PDF },
];

async function take(download: Download) {
  await buffer(download.body);
  await download.completed();
}

const unread = async (fnr: string) => (await test.post.inbox(test.reader(fnr), {}, 4)).ulest;
const letter = (id: string, fnr: string) => test.post.letter(test.reader(fnr), id, 4);

const requireLevel4 = (id: string) =>
  test.database.owner.query('update post.forsendelse set niva4 = true where id = $1', [id]);

async function keyOf(id: string, nr = 0): Promise<string> {
  const { rows } = await test.database.owner.query(
    'select objekt from post.dokument where forsendelse_id = $1 and nr = $2',
    [id, nr],
  );
  return objectKey(test.tenant, rows[0].objekt);
}

describe('a letter is opened', () => {
  it('when all of it has been handed out, not before', async () => {
    const to = person();
    const id = await letterTo(to, { files: TWO });
    expect(await unread(to)).toBe(1);
    await take(await test.post.openDocument(test.reader(to), id, 0, 4));
    expect(await letter(id, to)).toMatchObject({ ulest: true, lestDato: undefined, status: 'VARSLET' });
    await take(await test.post.openDocument(test.reader(to), id, 1, 4));
    expect(await letter(id, to)).toMatchObject({ ulest: false, status: 'LEST', lestDato: test.clock.now() });
    expect(await unread(to)).toBe(0);
  });

  it('on paper too: the status stays, the opening is its own fact, in list, count, page and history alike', async () => {
    const to = test.person('reserved');
    const id = await letterTo(to);
    await test.runSchedule('post.print_receipts');
    expect(await test.status(id)).toBe('PRINTET');
    expect(await unread(to)).toBe(1);
    await take(await test.post.openAll(test.reader(to), id, 4));
    const [inList] = (await test.post.inbox(test.reader(to), {}, 4)).letters;
    const page = await letter(id, to);
    for (const seen of [inList, page])
      expect(seen).toMatchObject({ status: 'PRINTET', ulest: false, lestDato: test.clock.now() });
    expect(page.tidslinje.entries.at(-1)?.kode).toBe('lest');
    expect(page.tidslinje.next).toBeUndefined();
    expect(await unread(to)).toBe(0);
    await take(await test.post.openAll(test.reader(to), id, 4));
    expect((await test.codes(id)).filter((code) => code === 'lest')).toHaveLength(1);
  });

  it('without documents by its page, once the page has been handed over', async () => {
    const to = person();
    const id = await letterTo(to, { files: [], change: { lenker: [{ url: 'https://x.no', tekst: 'Les' }] } });
    const page = await letter(id, to);
    expect(page).toMatchObject({ ulest: true, antallDokumenter: 0 });
    expect(await unread(to)).toBe(1);
    await page.completed();
    expect(await letter(id, to)).toMatchObject({ ulest: false, status: 'LEST' });
  });

  it('of level 4 without documents is not opened by the page that conceals it', async () => {
    const to = person();
    const id = await letterTo(to, { files: [] });
    await requireLevel4(id);
    await (await test.post.letter(test.reader(to), id, 3)).completed();
    expect(await letter(id, to)).toMatchObject({ ulest: true });
  });

  it('with documents is not opened by its page', async () => {
    const to = person();
    const id = await letterTo(to);
    await (await letter(id, to)).completed();
    expect(await unread(to)).toBe(1);
  });

  it('for one who was let in by her own reading, which is not the recipient’s', async () => {
    const [to, other] = [person(), person()];
    const id = await letterTo(to, { change: { eksponertFor: [other] } });
    expect(await unread(other)).toBe(1);
    await take(await test.post.openAll(test.reader(other), id, 4));
    expect(await letter(id, other)).toMatchObject({ ulest: false, status: 'VARSLET' });
    expect([await unread(other), await unread(to)]).toEqual([0, 1]);
    const { entries } = await test.post.timeline(test.ctx(), id);
    expect(entries.at(-1)?.tekst).toBe('Dokument 1 er lastet ned av en annen som har innsyn');
    await take(await test.post.openAll(test.reader(to), id, 4));
    expect(await letter(id, to)).toMatchObject({ ulest: false, status: 'LEST' });
  });

  it('no more waits to be opened when its documents are gone', async () => {
    const to = person();
    const id = await letterTo(to);
    await test.service.deleteDocuments(test.ctx(), test.konto, [id], 'ALLE');
    expect(await unread(to)).toBe(0);
    expect(await letter(id, to)).toMatchObject({ ulest: false, lestDato: undefined });
  });
});

describe('the inbox', () => {
  it('counts all that waits, not the page', async () => {
    const to = person();
    for (let nr = 0; nr < 4; nr++) await letterTo(to);
    const page = await test.post.inbox(test.reader(to), { limit: 2 }, 4);
    expect([page.letters.length, page.ulest]).toEqual([2, 4]);
    const older = await test.post.inbox(test.reader(to), { limit: 2, cursor: page.next! }, 4);
    expect([older.letters.length, older.ulest, older.next]).toEqual([2, 4, undefined]);
  });

  it('is searched by title and sender, for one’s own letters, level-4 titles only at that level', async () => {
    const [to, other] = [person(), person()];
    const fee = await letterTo(to, { change: { tittel: 'Faktura 100% GEBYR_x' } });
    const secret = await letterTo(to, { change: { tittel: 'Hemmelig faktura' } });
    await requireLevel4(secret);
    await letterTo(other, { change: { tittel: 'Faktura til en annen' } });
    const found = async (sok: string, level: 3 | 4, more = {}) =>
      (await test.post.inbox(test.reader(to), { sok, ...more }, level)).letters.map(({ id }) => id);
    expect(await found('faktura', 4)).toEqual([secret, fee]);
    expect(await found('faktura', 3)).toEqual([fee]);
    expect(await found('100% gebyr_', 3)).toEqual([fee]);
    expect(await found('100_', 3)).toEqual([]);
    expect(await found('eksempel KOMM', 3)).toEqual([secret, fee]);
    expect(await found('finnes ikke', 4)).toEqual([]);
    await take(await test.post.openAll(test.reader(to), fee, 4));
    expect(await found('faktura', 4, { ulest: true })).toEqual([secret]);
    expect(await found('', 4, { ulest: false })).toEqual([fee]);
  });
});

describe('a document that is lost or damaged', () => {
  const flipLastByte = async (key: string) => {
    const file = join(test.objects, key);
    const bytes = await readFile(file);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(file, bytes);
  };
  const codes = async (id: string) =>
    (await test.codes(id)).filter((code) => code === 'dokument_utilgjengelig');
  const failedReads = async (id: string) => {
    const { rows } = await test.database.owner.query(
      `select detail from kernel.audit where object = $1 and outcome = 'failed' order by seq`,
      [id],
    );
    return rows.map((row) => row.detail);
  };

  it('is told as what it is, written in the log once, and opens nothing', async () => {
    const to = person();
    const id = await letterTo(to);
    await test.storage.remove([await keyOf(id)]);
    for (let attempt = 0; attempt < 2; attempt++)
      await expect(test.post.openDocument(test.reader(to), id, 0, 4)).rejects.toMatchObject({
        code: 'post.document_unavailable',
        status: 500,
      });
    expect(await codes(id)).toHaveLength(1);
    expect(await failedReads(id)).toEqual([
      { nr: 0, fault: 'missing' },
      { nr: 0, fault: 'missing' },
    ]);
    expect(await letter(id, to)).toMatchObject({ ulest: true, status: 'VARSLET' });
    expect((await test.service.history(test.ctx(), test.konto, id)).at(-1)?.tekst).toBe(
      'Dokument 1 kan ikke hentes: det er skadet eller mangler i lageret',
    );
  });

  it('and small is found out before its first byte', async () => {
    const to = person();
    const id = await letterTo(to);
    await flipLastByte(await keyOf(id));
    await expect(test.post.openDocument(test.reader(to), id, 0, 4)).rejects.toMatchObject({
      code: 'post.document_unavailable',
    });
    expect(await failedReads(id)).toEqual([{ nr: 0, fault: 'corrupt' }]);
  });

  it('in the middle of a large one breaks off, is written down, and opens nothing', async () => {
    const to = person();
    const id = await letterTo(to, LARGE_LETTER);
    await flipLastByte(await keyOf(id));
    const { body, failed } = await test.post.openDocument(test.reader(to), id, 0, 4);
    const error: Error = await buffer(body).then(
      () => expect.unreachable(),
      (reason) => reason,
    );
    await failed(error);
    expect(await codes(id)).toHaveLength(1);
    expect(await letter(id, to)).toMatchObject({ ulest: true });
  });

  it('in a ZIP is told before the first byte, and no document of it counts', async () => {
    const to = person();
    const id = await letterTo(to, { files: TWO });
    await test.storage.remove([await keyOf(id, 1)]);
    await expect(test.post.openAll(test.reader(to), id, 4)).rejects.toMatchObject({
      code: 'post.document_unavailable',
    });
    expect((await letter(id, to)).dokumenter.map((document) => document.lastetNed)).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('that was deleted meanwhile is gone, not damaged', async () => {
    const to = person();
    const id = await letterTo(to);
    await test.service.deleteDocuments(test.ctx(), test.konto, [id], 'ALLE');
    await expect(test.post.openDocument(test.reader(to), id, 0, 4)).rejects.toMatchObject({
      code: 'post.not_found',
    });
    expect(await codes(id)).toEqual([]);
  });
});

describe('a ZIP', () => {
  it('is named by sender, title and day, with nothing that a file system refuses', async () => {
    const to = person();
    const id = await letterTo(to, { files: TWO, change: { tittel: 'Vedtak: bygg/riv "Gata 1"?' } });
    const download = await test.post.openAll(test.reader(to), id, 4);
    expect(download.filnavn).toBe('Eksempel kommune – Vedtak bygg riv Gata 1 2026-03-02.zip');
    await take(download);
  });

  it('that nobody takes closes the document that was being read', async () => {
    const to = person();
    const id = await letterTo(to, {
      files: [...LARGE_LETTER.files, ...TWO],
      change: {
        ...LARGE_LETTER.change,
        dokumenter: [
          ...LARGE_LETTER.change.dokumenter,
          ...TWO.map(({ name }) => dokument({ filnavn: name })),
        ],
      },
    });
    const { body } = await test.post.openAll(test.reader(to), id, 4);
    body.once('readable', () => body.destroy());
    await finished(body).catch(() => {});
    expect(await unread(to)).toBe(1);
  });
});

describe('another system’s report of a reading', () => {
  const report = (id: string, fnr: string, change: { minutes?: number } = {}) =>
    test.service.markRead(test.ctx(), test.konto, id, {
      fnr,
      tidspunkt: new Date(test.clock.now().getTime() + (change.minutes ?? 0) * 60_000),
      system: 'Min side',
      fields: { fnr: '/lestAvFodselsNummer', tidspunkt: '/datoLest' },
    });
  const invalid = (field: string, rule: string) => ({
    code: 'post.invalid',
    status: 400,
    fields: [{ field, rule, message: expect.any(String) }],
  });

  it('is taken from recipient and those let in, from nobody else', async () => {
    const [to, guardian, stranger] = [person(), person(), person()];
    const id = await letterTo(to, { change: { eksponertFor: [guardian] } });
    await expect(report(id, stranger)).rejects.toMatchObject(invalid('/lestAvFodselsNummer', 'leser'));
    expect(await test.status(id)).toBe('VARSLET');
    await report(id, guardian);
    expect(await test.status(id)).toBe('LEST');
    const { rows } = await test.database.owner.query(
      `select subject, outcome from kernel.audit where object = $1 and operation = 'post.forsendelse.lest_eksternt' order by seq`,
      [id],
    );
    expect(rows).toEqual([
      { subject: to, outcome: 'refused' },
      { subject: guardian, outcome: 'ok' },
    ]);
  });

  it('is refused for a time before the letter was sent or in the future, with room for clocks', async () => {
    const to = person();
    const id = await letterTo(to);
    await expect(report(id, to, { minutes: 6 })).rejects.toMatchObject(invalid('/datoLest', 'fram_i_tid'));
    await expect(report(id, to, { minutes: -6 })).rejects.toMatchObject(invalid('/datoLest', 'for_tidlig'));
    expect(await unread(to)).toBe(1);
    await report(id, to, { minutes: 4 });
    expect(await letter(id, to)).toMatchObject({ lestDato: test.clock.now(), status: 'LEST' });
  });

  it('counts once: a repeat answers the same and adds nothing', async () => {
    const to = person();
    const id = await letterTo(to);
    await report(id, to);
    const first = await test.codes(id);
    test.clock.pass(HOUR_MS);
    await report(id, to);
    await Promise.all([report(id, to), report(id, to)]);
    expect(await test.codes(id)).toEqual(first);
  });

  it('of a printed letter opens it', async () => {
    const to = test.person('reserved', 1);
    const id = await letterTo(to);
    await test.runSchedule('post.print_receipts');
    await report(id, to);
    expect(await letter(id, to)).toMatchObject({ status: 'PRINTET', ulest: false });
  });
});
