import { samplePdf } from '@grunnmur/post/sample-pdf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logIn } from './citizen.ts';
import { sendLetter, startTestServer, statusOf, type TestServer, waitForStatus } from './harness.ts';

describe('a letter, from sender to reader', () => {
  let test: TestServer;
  const pdf = samplePdf({ pages: 2, text: 'Vedtak' });
  const file = { name: 'vedtak om blåbær.pdf', bytes: pdf };

  beforeAll(async () => {
    test = await startTestServer();
  });
  afterAll(() => test.stop());

  const send = async (situation: string, metadata: Record<string, unknown> = {}) => {
    const person = test.person(situation);
    const answer = await sendLetter(test, { to: person, files: [file], metadata });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return { id: answer.body.id, person };
  };

  it('reaches a person over Altinn, is read in the portal, and the sender sees LEST', async () => {
    const { id, person } = await send('altinn');
    await waitForStatus(test, id, 'VARSLET');
    const reader = await logIn(test.baseUrl, person.fnr);
    expect((await reader.get('/innboks')).text).toContain(id);
    expect((await reader.get(`/brev/${id}`)).text).toContain('vedtak om blåbær.pdf');
    expect(await statusOf(test, id)).toBe('VARSLET');
    const download = await reader.get(`/forsendelse/${id}/0`);
    expect(download.status).toBe(200);
    expect(download.bytes.equals(Buffer.from(pdf))).toBe(true);
    await waitForStatus(test, id, 'LEST');
    expect((await reader.get('/innsyn')).text).toContain('Eksempel kommune');
  });

  it('tells who follows it, in a header, that its recipient is dead', async () => {
    const { id } = await send('deceased');
    await waitForStatus(test, id, 'SENDT_PRINT', 'PRINTET');
    const headers = await test.headers(test.integration('Eksempel'));
    const answer = await fetch(`${test.baseUrl}/api/post/forsendelser/${id}/timeline`, { headers });
    expect(answer.headers.get('grunnmur-advarsel')).toBe('mottaker_dod');
  });

  it('promises a notice to those alone whom the contact register says can get one, and asks it once', async () => {
    const inbox = async (situation: string) => {
      const { fnr } = test.person(situation);
      const reader = await logIn(test.baseUrl, fnr);
      await reader.get('/innboks');
      const lookUps = await test.owner.query(
        `select from kernel.audit where subject = $1 and actor_id = $1 and purpose = 'portal.vise_varsling'`,
        [fnr],
      );
      return { text: (await reader.get('/innboks')).text, asked: lookUps.rowCount };
    };
    const reserved = await inbox('reserved');
    expect(reserved.text).toContain(
      'Du har reservert deg mot digital post. Brev til deg kommer derfor i posten.',
    );
    expect(reserved.asked).toBe(1);
    const unreachable = await inbox('no-contact');
    expect(unreachable.text).toContain('Brev til deg kommer derfor i posten.');
    const notified = await inbox('altinn');
    expect(notified.text).not.toContain('derfor i posten');
  });

  it('shows the reader the sender’s own face, whom to ask, and the letter in her words', async () => {
    const { id, person } = await send('altinn');
    await waitForStatus(test, id, 'VARSLET');
    const reader = await logIn(test.baseUrl, person.fnr);
    const { text } = await reader.get(`/brev/${id}`);
    expect(text).toContain('data-farge="blaa"');
    expect(text).toContain('mailto:post@eksempel.example');
    expect(text).toMatch(/Eksempel kommune sendte deg brevet.*Du har fått varsel om brevet/);
    const main = /<main[\s\S]*<\/main>/.exec(text)?.[0] ?? '';
    expect(main.replace(/<iframe[^>]*>|href="[^"]*"/g, '')).not.toMatch(/mottaker|ekspedering|kanal|JSON/i);
    const insight = (await reader.get('/innsyn')).text;
    expect(insight).toContain(`href="/brev/${id}"`);
    expect(insight).toContain('Sende deg et brev');
    expect(insight).toContain('Oppgave i allmennhetens interesse');
  });

  it('counts as read only when the whole of it was downloaded', async () => {
    const person = test.person('altinn', 1);
    const files = [file, { name: 'vedlegg.txt', bytes: Buffer.from('vedlegg'), type: 'text/plain' }];
    const { body } = await sendLetter(test, { to: person, files, metadata: { kunDigitalLevering: true } });
    await waitForStatus(test, body.id, 'SENDT_DIGITALT');
    const reader = await logIn(test.baseUrl, person.fnr);
    await reader.get(`/forsendelse/${body.id}/0`);
    expect(await statusOf(test, body.id)).toBe('SENDT_DIGITALT');
    const all = await reader.get(`/brev/${body.id}/alt`);
    expect(all.headers.get('content-type')).toContain('zip');
    await waitForStatus(test, body.id, 'LEST');
  });

  it('goes to the digital mailbox of one who has chosen it', async () => {
    const { id } = await send('digital-mailbox');
    await waitForStatus(test, id, 'LEVERT_SDP');
  });

  it.each(['reserved', 'no-contact', 'deceased'])('goes on paper to one who is %s', async (situation) => {
    const { id } = await send(situation);
    await waitForStatus(test, id, 'PRINTET');
  });

  it('is not delivered to an organisation that the register does not know', async () => {
    const to = { fnr: '999000002', name: 'Ukjent AS' };
    const { status, body } = await sendLetter(test, { to, files: [file], metadata: {} });
    expect(status, JSON.stringify(body)).toBe(200);
    await waitForStatus(test, body.id, 'IKKE_LEVERT');
  });

  it('is refused for the number of a real person: this is a demonstration', async () => {
    const to = { fnr: '01010750160', name: 'Kari Nordmann' };
    const { status, body } = await sendLetter(test, { to, files: [file], metadata: {} });
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain('mottaker.digitalId: er ikke et syntetisk nummer');
  });

  it('is not delivered when it is digital only and the recipient is reserved', async () => {
    const { id } = await send('reserved', { kunDigitalLevering: true });
    await waitForStatus(test, id, 'IKKE_LEVERT');
  });

  it('waits for the receiving system of an organisation that has one, and goes to Altinn else', async () => {
    const withSystem = await sendLetter(test, { to: { orgnr: '310000027' }, files: [file] });
    await waitForStatus(test, withSystem.body.id, 'KLAR_FOR_MOTTAK');
    const without = await sendLetter(test, { to: { orgnr: '310000019' }, files: [file] });
    await waitForStatus(test, without.body.id, 'VARSLET');
  });

  it('goes straight to print without a digital id', async () => {
    const { body } = await sendLetter(test, { files: [file] });
    await waitForStatus(test, body.id, 'PRINTET');
  });

  it('recognises a repeat by key and by content', async () => {
    const letter = { to: test.person('altinn'), files: [file], tittel: 'Gjentatt brev' };
    const first = await sendLetter(test, letter, { headers: { 'idempotency-key': 'k1' } });
    const again = await sendLetter(test, letter, { headers: { 'idempotency-key': 'k1' } });
    expect(again).toEqual(first);
    const other = await sendLetter(
      test,
      { ...letter, tittel: 'Et annet brev' },
      { headers: { 'idempotency-key': 'k1' } },
    );
    expect(other.status).toBe(422);
    const repeat = await sendLetter(test, letter);
    expect(repeat.status).toBe(400);
    expect(repeat.body).toMatchObject({ errorCode: 'GJENTAGENDE_FORSENDELSE' });
    expect(String(repeat.body.message)).toContain(first.body.id);
    const stored = await test.owner.query(
      `select count(*)::int as n from post.forsendelse where tittel = 'Gjentatt brev'`,
    );
    expect(stored.rows[0].n).toBe(1);
  });
});
