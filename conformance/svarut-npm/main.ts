/** The npm client `@vtfk/svarut`, all of its calls, against SvarUt REST v1. */
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Access } from '../kit/access.ts';
import { DOCUMENTS } from '../kit/sample-documents.ts';
import { eventually, openSuite, uniqueTitle } from '../kit/suite-side.ts';
import { createSvarutClient, type SvarutClient } from './svarut-client.ts';

const suite = openSuite();
const { check, input, access } = suite;
const [account, other] = access.svarutV1Accounts;
if (!account) throw new Error('The access file has no svarutV1Accounts');
const open = (login: { username: string; password: string }): SvarutClient =>
  createSvarutClient({ ...login, url: input.baseUrl });
const svarut = open(account);

const person = (situation: string): Access['persons'][number] => {
  const found = access.persons.find((each) => each.situation === situation);
  assert.ok(found, `the access file has no person in the situation ${situation}`);
  return found;
};

const file = (name: string): string => join(input.documents, name);
const sha256 = (name: string): string =>
  createHash('sha256')
    .update(readFileSync(file(name)))
    .digest('hex');

const postAdresse = (navn: string) => ({
  navn,
  adresse1: 'Storgata 1',
  postNummer: '0001',
  postSted: 'EKSEMPELVIK',
  land: 'Norge',
});

/** A letter with one document of each way the client has to take a file: by path and as base64. */
function letter(to: { fnr: string; name: string }, change: object = {}): object {
  return {
    tittel: uniqueTitle('Vedtak på søknad'),
    mottaker: { postAdresse: postAdresse(to.name), digitalAdresse: { fodselsNummer: to.fnr } },
    dokumenter: [
      {
        filnavn: DOCUMENTS.vedtak,
        mimeType: 'application/pdf',
        dokumentType: 'Vedtak',
        filePath: file(DOCUMENTS.vedtak),
      },
      {
        filnavn: DOCUMENTS.vedlegg,
        mimeType: 'application/pdf',
        data: readFileSync(file(DOCUMENTS.vedlegg)).toString('base64'),
      },
    ],
    ...change,
  };
}

const isUuid = (value: unknown): boolean =>
  typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);

async function send(forsendelse: object): Promise<string> {
  const answer = await svarut.sendForsendelse(forsendelse);
  assert.ok(isUuid(answer.id), `no id: ${JSON.stringify(answer)}`);
  return answer.id;
}

const status = async (id: string): Promise<string> => (await svarut.getStatus(id)).statuser?.[0]?.status;
const reaches = (id: string, ...wanted: string[]) =>
  eventually(
    () => status(id),
    (each) => wanted.includes(each),
  );

const reference = `Sak 2026/17-æøå ${randomUUID()}`;
const altinn = person('altinn');
let sent = '';

await check('sendForsendelse: two PDFs with æøå in their names, by path and as base64', async () => {
  sent = await send(letter(altinn, { eksternReferanse: reference, konteringsKode: 'K-17_æ' }));
});

await check('sendForsendelse: links and no documents', async () => {
  const lenker = [{ urlLenke: 'https://example.no/søknad?id=1', urlTekst: 'Søknaden', ledeTekst: 'Les mer' }];
  await send(letter(altinn, { dokumenter: [], lenker }));
});

await check('sendForsendelse: Noark metadata, dates as numbers, explicit null', async () => {
  const noark = {
    saksSekvensNummer: 1,
    saksAar: 2026,
    tittel: 'Båtplass',
    dokumentetsDato: Date.UTC(2026, 1, 3),
  };
  await send(
    letter(altinn, {
      metadataFraAvleverendeSystem: {
        ...noark,
        journalAar: 2026,
        journalSekvensNummer: 2,
        journalPostNummer: 3,
        saksBehandler: 'Åse',
      },
      metadataForImport: noark,
      forsendelsesType: null,
      lenker: null,
      konteringsKode: null,
    }),
  );
});

await check('sendForsendelse: the same letter again is GJENTAGENDE_FORSENDELSE', async () => {
  const same = letter(altinn);
  await send(same);
  const answer = await svarut.sendForsendelse(same);
  assert.equal(answer.errorcode, 'GJENTAGENDE_FORSENDELSE');
  assert.match(answer.message, /^Forsendelse med samme mottaker, tittel og avsender/);
  assert.deepEqual(Object.keys(answer).sort(), ['errorcode', 'message']);
});

const pdf = (name: string) => ({ filnavn: name, mimeType: 'application/pdf', filePath: file(name) });

await check('sendForsendelse: a listed document that is not sent is refused', async () => {
  const dokumenter = [pdf(DOCUMENTS.vedtak), { filnavn: 'mangler.pdf', mimeType: 'application/pdf' }];
  const answer = await svarut.sendForsendelse(letter(altinn, { dokumenter }));
  assert.equal(answer.errorcode, 'UGYLDIG_INNHOLD');
  assert.match(answer.message, /mangler\.pdf/);
});

await check('sendForsendelse: a protected PDF is refused', async () => {
  const answer = await svarut.sendForsendelse(letter(altinn, { dokumenter: [pdf(DOCUMENTS.locked)] }));
  assert.equal(answer.errorcode, 'BESKYTTET_DOKUMENT');
});

await check('getStatus: one id, several ids, unknown ids left out', async () => {
  const one = await svarut.getStatus(sent);
  assert.equal(one.statuser.length, 1);
  assert.equal(one.statuser[0].forsendelsesId.id, sent);
  assert.equal(typeof one.statuser[0].sisteStatusEndring, 'number');
  assert.deepEqual(Object.keys(one.statuser[0]).sort(), ['forsendelsesId', 'sisteStatusEndring', 'status']);
  const several = await svarut.getStatus([randomUUID(), sent, randomUUID()]);
  assert.deepEqual(
    several.statuser.map((each: { forsendelsesId: { id: string } }) => each.forsendelsesId.id),
    [sent],
  );
});

await check('getForsendelseHistorikk', async () => {
  const { hendelsesLogger } = await svarut.getForsendelseHistorikk(sent);
  assert.ok(hendelsesLogger.length > 0);
  for (const each of hendelsesLogger) assert.deepEqual(Object.keys(each).sort(), ['hendelse', 'tidspunkt']);
});

await check('getSigneringHistorikk', async () => {
  const answer = await svarut.getSigneringHistorikk(sent);
  assert.equal(answer.forsendelsesId.id, sent);
  assert.ok(Array.isArray(answer.logg));
});

await check('getDokumentMetadata: names, sizes and hashes of what was sent', async () => {
  const { dokumentMetadata } = await svarut.getDokumentMetadata(sent);
  for (const name of [DOCUMENTS.vedtak, DOCUMENTS.vedlegg]) {
    const found = dokumentMetadata.find((each: { filnavn: string }) => each.filnavn === name);
    assert.ok(
      found,
      `${name} is not among ${dokumentMetadata.map((each: { filnavn: string }) => each.filnavn)}`,
    );
    assert.equal(found.sizeInBytes, readFileSync(file(name)).length);
    assert.equal(found.sha256hash?.toLowerCase(), sha256(name));
    assert.match(found.nedlasningsUrl, /^https?:\/\//);
  }
});

await check('getForsendelseTyper', async () => {
  const { forsendelseTyper } = await svarut.getForsendelseTyper();
  assert.ok(forsendelseTyper.includes('nav.digisos'));
});

await check('getForsendelseEksternref: a reference with spaces, slashes and æøå', async () => {
  const { forsendelseIder } = await svarut.getForsendelseEksternref(encodeURI(reference));
  assert.deepEqual(forsendelseIder, [{ id: sent }]);
  assert.deepEqual((await svarut.getForsendelseEksternref(randomUUID())).forsendelseIder, []);
});

await check('the recipient reads the letter in the portal and the client sees LEST', async () => {
  await reaches(sent, 'VARSLET');
  const read = await suite.readLetter(sent, altinn.fnr);
  assert.equal(read.status, 200);
  assert.deepEqual(
    read.documents.map((each) => each.sha256).sort(),
    [sha256(DOCUMENTS.vedtak), sha256(DOCUMENTS.vedlegg)].sort(),
  );
  await reaches(sent, 'LEST');
});

await check('setForsendelseLest: the client sees LEST', async () => {
  const id = await send(letter(altinn));
  const lestAv = { lestAvFodselsNummer: altinn.fnr, navnPaEksterntSystem: 'Min side', datoLest: Date.now() };
  assert.equal(await svarut.setForsendelseLest(id, lestAv), true);
  await reaches(id, 'LEST');
});

await check('a reserved person gets the letter on paper: PRINTET', async () => {
  await reaches(await send(letter(person('reserved'))), 'PRINTET');
});

await check('kunDigitalLevering to a reserved person: IKKE_LEVERT', async () => {
  await reaches(await send(letter(person('reserved'), { kunDigitalLevering: true })), 'IKKE_LEVERT');
});

await check('a wrong password is refused', async () => {
  const answer = await open({ ...account, password: 'feil' }).getStatus(sent);
  assert.equal(answer.errorcode, 'IKKE_AUTENTISERT');
  assert.equal(answer.statuser, undefined);
});

await check("another organisation's letter is not found", async () => {
  assert.ok(other, 'the access file has one account only');
  const stranger = open(other);
  assert.deepEqual((await stranger.getStatus(sent)).statuser, []);
  assert.equal((await stranger.getDokumentMetadata(sent)).dokumentMetadata, undefined);
  assert.equal((await stranger.getForsendelseHistorikk(sent)).hendelsesLogger, undefined);
  assert.deepEqual((await stranger.getForsendelseEksternref(encodeURI(reference))).forsendelseIder, []);
});

suite.done();
