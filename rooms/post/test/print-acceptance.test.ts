import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { samplePdf } from '../pdf/sample-pdf.ts';
import { dokument, type PostHarness, SENDER_ORGNR, startPost } from './post-harness.ts';

/** What is accepted for print can be printed; what cannot is refused in the call, with its reason. */
describe('acceptance for print', () => {
  let test: PostHarness;
  beforeAll(async () => {
    test = await startPost();
  });

  const file = async (name: string) => ({
    name: `${name}.pdf`,
    bytes: new Uint8Array(await readFile(new URL(`./cases/${name}.pdf`, import.meta.url))),
  });
  const pages = (count: number, name = 'vedtak.pdf') => ({ name, bytes: samplePdf({ pages: count }) });
  const warnings = async (id: string) => (await test.post.timeline(test.ctx(), id)).advarsler;
  const stored = async () => {
    const { rows } = await test.database.owner.query('select count(*)::int from post.forsendelse');
    return rows[0].count as number;
  };

  it.each([
    ['eierpassord-alt-tillatt', 'post.protected_document', /eierpassord.*uten sikkerhet/],
    ['format-kjempe', 'post.unreadable_document', /side 1 er 5080 × 5080 mm.*A4/],
    ['null-sider', 'post.unreadable_document', /ingen sider/],
    ['portefolje', 'post.unreadable_document', /portefølje.*hver for seg/],
  ])('refuses %s and keeps nothing', async (name, code, text) => {
    const before = await stored();
    await expect(test.send({ files: [await file(name)] })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(text),
    });
    expect(await stored()).toBe(before);
  });

  it('counts the envelope as a whole, blank backs and front page too', async () => {
    const many = { files: [pages(500, 'a.pdf'), pages(500, 'b.pdf')] };
    const id = await test.send(many);
    await test.work();
    expect(await test.status(id)).toBe('SENDT_PRINT');
    expect((await test.post.timeline(test.ctx(), id)).papir).toBe(`https://brev.example.no/papir/${id}`);
    const files = Array.from({ length: 10 }, (_, index) => pages(1000, `${index}.pdf`));
    await expect(test.send({ files })).rejects.toMatchObject({
      code: 'post.too_many_sheets',
      params: { pages: 10_001, sheets: 10_001, maxPages: 10_000 },
    });
    const digital = { kunDigitalLevering: true, mottaker: { navn: 'Ola', digitalId: test.person('altinn') } };
    await expect(test.send({ files, change: digital })).resolves.toEqual(expect.any(String));
  });

  it('tells the sender what becomes smaller on paper', async () => {
    const id = await test.send({ files: [await file('format-letter')] });
    expect(await warnings(id)).toEqual([
      {
        kode: 'pdf_forminsket',
        felt: '/dokumenter/0',
        params: { side: 1, antall: 1 },
        tekst: expect.stringContaining('en side som ikke er A4, side 1'),
      },
    ]);
  });

  describe('of what is only sent digitally', () => {
    const digital = () => ({
      kunDigitalLevering: true,
      mottaker: { navn: 'Ola', digitalId: test.person('altinn', 1) },
    });
    const cut = { name: 'vedtak.pdf', bytes: samplePdf({ bytes: 20_000 }).subarray(0, 9000) };

    it.each(['eierpassord-alt-tillatt', 'portefolje', 'format-kjempe'])('takes %s', async (name) => {
      const id = await test.send({ files: [await file(name)], change: digital() });
      const kinds = { 'eierpassord-alt-tillatt': ['pdf_eierpassord'], portefolje: ['pdf_portefolje'] };
      expect((await warnings(id)).map(({ kode }) => kode)).toEqual(kinds[name as 'portefolje'] ?? []);
    });

    it('takes a damaged document with a warning, also one kept from print', async () => {
      const id = await test.send({ files: [cut], change: digital() });
      expect((await warnings(id)).map(({ kode }) => kode)).toEqual(['pdf_skadet']);
      const change = { ...digital(), dokumenter: [dokument({ ekskluderesFraUtskrift: true })] };
      await expect(test.send({ files: [cut], change })).resolves.toEqual(expect.any(String));
    });
  });

  it('refuses a damaged document that is to be signed, also when it is only sent digitally', async () => {
    const cut = { name: 'vedtak.pdf', bytes: samplePdf({ bytes: 20_000 }).subarray(0, 9000) };
    const change = {
      kunDigitalLevering: true,
      svarSendesTil: { navn: 'Eksempel kommune', digitalId: SENDER_ORGNR },
      signaturType: 'AUTENTISERT_SIGNATUR' as const,
      signeringUtloper: new Date('2026-03-20T10:00:00Z'),
      mottaker: { navn: 'Ola', digitalId: test.person('altinn', 1) },
      dokumenter: [dokument({ skalSigneres: true })],
    };
    const before = await stored();
    await expect(test.send({ files: [cut], change })).rejects.toMatchObject({
      code: 'post.unreadable_document',
      message: expect.stringMatching(/kuttet/),
    });
    expect(await stored()).toBe(before);
  });

  it('says that PEM is not DER', async () => {
    const pem = {
      name: 'vedtak.pdf',
      bytes: Buffer.from('-----BEGIN PKCS7-----\nMIIB\n-----END PKCS7-----\n'),
    };
    const error = await test.send({ files: [pem], change: { kryptert: true } }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'post.undecryptable' });
    expect(error.message).toMatch(/ikke CMS EnvelopedData i DER.*PEM.*gjøres om/);
    expect(error.message).not.toMatch(/ (is|not|the|does) /);
  });

  it('says in the timeline why the supplier refuses', async () => {
    const id = await test.send({ files: [pages(1)] });
    test.outcomes.print.set(id, 'rejected');
    await test.work();
    expect(await test.status(id)).toBe('IKKE_LEVERT');
    const { entries } = await test.post.timeline(test.ctx(), id);
    expect(entries.map(({ tekst }) => tekst)).toContain(
      'Utskriftsleverandøren avviste brevet: adressen står ikke i konvoluttens vindu',
    );
  });
});
