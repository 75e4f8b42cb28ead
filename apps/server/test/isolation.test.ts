import { encryptCms } from '@grunnmur/kernel/crypto';
import { samplePdf } from '@grunnmur/post/sample-pdf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Citizen, createBrowser, logIn } from './citizen.ts';
import {
  type Letter,
  sendLetter,
  startTestServer,
  statusOf,
  type TestServer,
  waitForStatus,
} from './harness.ts';
import { expectRefusal } from './refusals.ts';
import { basic, readAnswer } from './send-faces.ts';

const V1 = '/tjenester/api/forsendelse/v1';
const UNKNOWN = '00000000-0000-4000-8000-000000000000';
const MISSING = { status: 404, code: 'FORSENDELSE_IKKE_FUNNET' } as const;
const FILE = { name: 'vedtak.pdf', bytes: samplePdf() };

describe('borders between organisations and between people', () => {
  let test: TestServer;
  let recipient: { fnr: string };
  let invited: { fnr: string };
  let stranger: { fnr: string };
  /** Letters of the first organisation. */
  const letters = { open: '', secret: '', otherAccount: '', undelivered: '', own: '' };

  beforeAll(async () => {
    test = await startTestServer();
    [recipient, invited] = [test.person('altinn', 0), test.person('altinn', 1)];
    stranger = test.person('digital-mailbox');
    const send = async (letter: Letter, options: Parameters<typeof sendLetter>[2] = {}) => {
      const answer = await sendLetter(test, { files: [FILE], ...letter }, options);
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
      return answer.body.id;
    };
    const [, otherKonto] = test.integration('Eksempel').svarutKontoIds;
    letters.open = await send({
      to: recipient,
      metadata: { eksponertFor: [invited.fnr], eksternReferanse: 'felles' },
    });
    letters.otherAccount = await send(
      { to: recipient, metadata: { eksternReferanse: 'felles' } },
      { kontoId: otherKonto! },
    );
    letters.undelivered = await send({ to: test.person('reserved'), metadata: { kunDigitalLevering: true } });
    letters.secret = await send({
      to: recipient,
      files: [{ name: 'hemmelig.pdf', bytes: await sealed() }],
      metadata: { kryptert: true, krevNiva4Innlogging: true },
    });
    letters.own = await send({ to: recipient, metadata: { eksternReferanse: 'felles' } }, { from: 'Døme' });
    await waitForStatus(test, letters.open, 'VARSLET');
    await waitForStatus(test, letters.secret, 'VARSLET');
    await waitForStatus(test, letters.undelivered, 'IKKE_LEVERT');
  });
  afterAll(() => test.stop());

  async function sealed(): Promise<Buffer> {
    const certificate = await (await fetch(`${test.baseUrl}/forsendelse/publickey/hent`)).text();
    const source = (async function* () {
      yield FILE.bytes;
    })();
    return Buffer.concat(await encryptCms(source, [certificate], { transport: 'oaep' }).toArray());
  }

  /** The letter as only its sender and its recipient may have changed it. */
  const untouched = async (id: string) => {
    const { rows } = await test.owner.query(
      `select f.status, f.lest, f.dokumenter_slettet, (select count(*)::int from post.hendelse where forsendelse_id = f.id) as hendelser,
         (select count(*)::int from post.dokument where forsendelse_id = f.id and objekt is not null) as dokumenter
       from post.forsendelse f where f.id = $1`,
      [id],
    );
    return rows[0];
  };

  describe('another organisation’s integration (v2)', () => {
    const call = async (path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST') => {
      const headers = await test.headers(test.integration('Døme'));
      const init = body === undefined ? {} : { body: JSON.stringify(body) };
      const type = { 'content-type': 'application/json' };
      return readAnswer(
        await fetch(`${test.baseUrl}${path}`, { method, headers: { ...headers, ...type }, ...init }),
      );
    };
    const lest = () => ({ fnr: recipient.fnr, tidspunkt: '2026-03-02T10:00:00Z', eksterntSystemnavn: 'x' });

    it('cannot tell a letter from one that does not exist', async () => {
      const before = await untouched(letters.open);
      const calls = (id: string) => [
        call(`/api/v2/forsendelser/${id}/hendelser`),
        call(`/api/v2/forsendelser/${id}/signeringshendelser`),
        call(`/api/v2/forsendelser/${id}/metadata`),
        call(`/api/v2/forsendelser/${id}/lest`, lest()),
        call(`/api/v2/forsendelser/${id}/dokumenter`, undefined, 'DELETE'),
        call(`/api/v2/forsendelser/${id}/dokumenter?slettetype=ALLE`, undefined, 'DELETE'),
      ];
      const theirs = await Promise.all(calls(letters.open));
      const none = await Promise.all(calls(UNKNOWN));
      for (const [index, answer] of theirs.entries()) {
        expectRefusal('v2', answer, MISSING);
        expect(answer.json.message).toBe(none[index]!.json.message);
      }
      expect(await untouched(letters.open)).toEqual(before);
    });

    it('has no timeline of it', async () => {
      const answer = await call(`/api/post/forsendelser/${letters.open}/timeline`);
      expect(answer.status).toBe(404);
      expect(answer.json).toMatchObject({ code: 'post.not_found', status: 404 });
      const own = await call(`/api/post/forsendelser/${letters.own}/timeline`);
      expect(own.status, own.text).toBe(200);
    });

    it('gets no status of it and does not find it by reference', async () => {
      const [konto] = test.integration('Døme').svarutKontoIds;
      const ids = [letters.open, letters.own, UNKNOWN];
      const { json } = await call(`/api/v2/kontoer/${konto}/forsendelser/status-sok`, {
        forsendelseIds: ids,
      });
      expect((json.statuser as { id: string }[]).map(({ id }) => id)).toEqual([letters.own]);
      const found = await call(`/api/v2/kontoer/${konto}/forsendelser?eksternRef=felles`);
      expect(found.json).toEqual({ forsendelseIds: [letters.own] });
      const described = await call(`/api/v2/kontoer/${konto}/forsendelser/metadata?eksternRef=felles`);
      expect((described.json.forsendelser as { id: string }[]).map(({ id }) => id)).toEqual([letters.own]);
    });

    it('cannot send or ask in the other’s account', async () => {
      const [konto] = test.integration('Eksempel').svarutKontoIds;
      const refusal = { status: 404, code: 'KONTO_IKKE_FUNNET' };
      const sent = await sendLetter(
        test,
        { to: recipient, files: [FILE] },
        { from: 'Døme', kontoId: konto! },
      );
      expect(sent).toMatchObject({ status: 404, body: { errorCode: 'KONTO_IKKE_FUNNET' } });
      const ids = { forsendelseIds: [letters.open] };
      expectRefusal('v2', await call(`/api/v2/kontoer/${konto}/forsendelser/status-sok`, ids), refusal);
      expectRefusal('v2', await call(`/api/v2/kontoer/${konto}/forsendelser?eksternRef=felles`), refusal);
    });
  });

  describe('another account (v1)', () => {
    const call = async (username: string, path: string, body?: unknown) => {
      const { password } = test.access.svarutV1Accounts.find((account) => account.username === username)!;
      const headers = { authorization: basic(username, password), 'content-type': 'application/json' };
      const init = body === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(body) };
      return readAnswer(await fetch(`${test.baseUrl}${V1}${path}`, init));
    };
    const calls = (username: string, id: string) => [
      call(username, `/${id}/status`),
      call(username, `/${id}/historikk`),
      call(username, `/${id}/dokumentMetadata`),
      call(username, `/${id}/signeringhistorikk`),
      call(username, `/${id}/settLest`, {
        lestAvFodselsNummer: recipient.fnr,
        navnPaEksterntSystem: 'x',
        datoLest: Date.now(),
      }),
      call(username, '/slettFiler', [{ id }]),
    ];

    it.each([
      ['of another organisation', 'dome', 'open'],
      ['of the same organisation', 'eksempel', 'otherAccount'],
    ] as const)('%s cannot tell a letter from one that does not exist', async (_, username, name) => {
      const id = letters[name];
      const before = await untouched(id);
      const none = await Promise.all(calls(username, UNKNOWN));
      for (const [index, answer] of (await Promise.all(calls(username, id))).entries()) {
        expectRefusal('v1', answer, MISSING);
        expect(answer.json).toEqual(none[index]!.json);
      }
      expect((await call(username, '/statuser', [id])).json).toEqual({ statuser: [] });
      const own = username === 'dome' ? letters.own : letters.open;
      expect((await call(username, '/eksternref/felles')).json).toEqual({ forsendelseIder: [{ id: own }] });
      expect(await untouched(id)).toEqual(before);
    });

    it('deletes nothing when one of the letters is not its own', async () => {
      const before = await untouched(letters.own);
      expectRefusal(
        'v1',
        await call('dome', '/slettFiler', [{ id: letters.own }, { id: letters.open }]),
        MISSING,
      );
      expect(await untouched(letters.own)).toEqual(before);
    });
  });

  describe('another person', () => {
    const pages = (id: string) => [
      `/brev/${id}`,
      `/brev/${id}/tidslinje`,
      `/brev/${id}/dokument/0`,
      `/brev/${id}/alt`,
      `/forsendelse/${id}/0`,
    ];
    /** A page without what differs from call to call. */
    const bare = (text: string) =>
      text
        .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')
        .replace(/(name="(csrf|nonce|state)" value=")[^"]*/g, '$1')
        .replace(/nonce-[\w-]+/g, '');

    async function expectNotThere(citizen: Citizen, id: string): Promise<void> {
      for (const [index, path] of pages(id).entries()) {
        const answer = await citizen.get(path);
        const none = await citizen.get(pages(UNKNOWN)[index]!);
        expect([path, answer.status]).toEqual([path, 404]);
        expect(bare(answer.text)).toBe(bare(none.text));
      }
      expect((await citizen.get('/innboks')).text).not.toContain(id);
    }

    it('who has nothing to do with a letter cannot tell it from one that does not exist', async () => {
      const before = await untouched(letters.open);
      const citizen = await logIn(test.baseUrl, stranger.fnr, 4);
      await expectNotThere(citizen, letters.open);
      await expectNotThere(citizen, letters.secret);
      expect(await untouched(letters.open)).toEqual(before);
      // The inbox asks the contact register for the stranger, in the stranger's own name.
      const about = await test.owner.query('select from kernel.audit where subject = $1 and actor_id <> $1', [
        stranger.fnr,
      ]);
      expect(about.rowCount).toBe(0);
      const tried = await test.owner.query(
        `select distinct subject, object from kernel.audit where actor_id = $1 and outcome = 'refused' and object = $2`,
        [stranger.fnr, letters.open],
      );
      expect(tried.rows).toEqual([{ subject: recipient.fnr, object: letters.open }]);
    });

    it('sees a letter that could not be delivered no more than a stranger does', async () => {
      await expectNotThere(await logIn(test.baseUrl, test.person('reserved').fnr, 4), letters.undelivered);
      await test.owner.query(`update post.forsendelse set status = 'AVVIST' where id = $1`, [
        letters.undelivered,
      ]);
      await expectNotThere(await logIn(test.baseUrl, test.person('reserved').fnr, 4), letters.undelivered);
    });

    it('who has not logged in sees the same whether a letter exists or not', async () => {
      for (const [index, path] of pages(letters.open).entries()) {
        const answer = await createBrowser(test.baseUrl).get(path);
        const none = await createBrowser(test.baseUrl).get(pages(UNKNOWN)[index]!);
        expect(answer.status).toBe(none.status);
        expect(answer.headers.get('content-type')).toBe(none.headers.get('content-type'));
        expect(answer.text).not.toContain(FILE.name);
      }
    });

    it('whom the sender let in may read, without the letter counting as opened', async () => {
      const citizen = await logIn(test.baseUrl, invited.fnr);
      expect((await citizen.get('/innboks')).text).toContain(letters.open);
      expect((await citizen.get(`/brev/${letters.open}`)).text).toContain(FILE.name);
      const download = await citizen.get(`/forsendelse/${letters.open}/0`);
      expect(download.bytes.equals(Buffer.from(FILE.bytes))).toBe(true);
      await expectNotThere(citizen, letters.secret);
      await expectNotThere(citizen, letters.own);
      expect(await statusOf(test, letters.open)).toBe('VARSLET');
    });

    it('opens a level-4 letter at level 4 only', async () => {
      const low = await logIn(test.baseUrl, recipient.fnr, 3);
      for (const path of [`/forsendelse/${letters.secret}/0`, `/brev/${letters.secret}/alt`]) {
        const refused = await low.get(path);
        expect(refused.bytes.includes('%PDF')).toBe(false);
      }
      expect(await statusOf(test, letters.secret)).toBe('VARSLET');
      const high = await logIn(test.baseUrl, recipient.fnr, 4);
      const download = await high.get(`/forsendelse/${letters.secret}/0`);
      expect(download.bytes.equals(Buffer.from(FILE.bytes))).toBe(true);
      await waitForStatus(test, letters.secret, 'LEST');
    });

    it('every one of these readings is in the log of the one it concerns, the refused too', async () => {
      const { rows } = await test.owner.query(
        `select outcome, actor_id from kernel.audit
         where object = $1 and operation = 'post.dokument.apnet' and subject = $2 order by at`,
        [letters.secret, recipient.fnr],
      );
      expect(
        rows.filter((row) => row.actor_id === recipient.fnr).map((row) => [row.outcome, row.actor_id]),
      ).toEqual([
        ['refused', recipient.fnr],
        ['refused', recipient.fnr],
        ['ok', recipient.fnr],
      ]);
      // Others who tried are in it, too.
      const others = rows.filter((row) => row.actor_id !== recipient.fnr);
      expect(others.length).toBeGreaterThan(0);
      expect(new Set(others.map((row) => row.outcome))).toEqual(new Set(['refused']));
    });
  });
});
