import { DAY_MS, HOUR_MS } from '@grunnmur/kernel/time';
import { ACCOUNTS, LETTER_PLAN, LETTERS, letterhead, letterPaper, sentAt } from '@grunnmur/post/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser } from './citizen.ts';
import { sendLetter, startTestServer, type TestServer, waitForStatus } from './harness.ts';

const EARLY = 'Brev mens eksemplene kommer';

interface Row {
  readonly id: string;
  readonly tittel: string;
  readonly mottaker_id: string;
  readonly status: string;
  readonly mottatt: Date;
  readonly print_frist: Date | null;
  readonly antall_dokumenter: number;
  readonly niva4: boolean;
}

describe('the letters of a new demonstration', () => {
  let test: TestServer;
  let rows: Row[];
  /** Sent by somebody else while they were under way. */
  let early: Row[];
  let earlyId: string;

  beforeAll(async () => {
    test = await startTestServer({ DEMO_LETTERS: 'true' });
    const sent = await sendLetter(test, { tittel: EARLY, to: test.person('reserved') });
    earlyId = sent.body.id;
    await test.server.samplesReady;
    const { rows: found } = await test.owner.query<Row>(
      'select id, tittel, mottaker_id, status, mottatt, print_frist, antall_dokumenter, niva4 from post.forsendelse',
    );
    rows = found.filter(({ tittel }) => tittel !== EARLY);
    early = found.filter(({ tittel }) => tittel === EARLY);
  });
  afterAll(() => test?.stop());

  it('are all there, once, and not sent again by the next start', async () => {
    expect(rows).toHaveLength(LETTER_PLAN.length);
    for (const letter of rows) expect(letter.tittel).not.toBe('');
  });

  it('leave everybody else the time of the machine, and their letters are delivered after', async () => {
    expect(early).toHaveLength(1);
    expect(Math.abs(early[0]!.mottatt.getTime() - Date.now())).toBeLessThan(HOUR_MS);
    await waitForStatus(test, earlyId, 'PRINTET', 'SENDT_PRINT');
    const { rows: times } = await test.owner.query<{ tidspunkt: Date }>(
      'select tidspunkt from post.hendelse where forsendelse_id = $1',
      [earlyId],
    );
    for (const { tidspunkt } of times)
      expect(tidspunkt.getTime()).toBeGreaterThanOrEqual(early[0]!.mottatt.getTime());
  });

  it('show each state that a letter can wait or end in, each worth opening', () => {
    const statuses = new Set(rows.map(({ status }) => status));
    for (const status of [
      ...['VARSLET', 'LEST', 'PRINTET', 'SENDT_DIGITALT', 'LEVERT_SDP', 'IKKE_LEVERT', 'KLAR_FOR_MOTTAK'],
    ])
      expect([...statuses]).toContain(status);
    expect([...statuses]).not.toContain('MOTTATT');
    expect(rows.some(({ niva4 }) => niva4)).toBe(true);
    expect(new Set(rows.map(({ antall_dokumenter }) => antall_dokumenter))).toEqual(new Set([0, 1, 2, 3]));
  });

  it('are of differing age, and one is near its deadline', () => {
    const days = rows.map(({ mottatt }) => (Date.now() - mottatt.getTime()) / DAY_MS);
    expect(Math.max(...days)).toBeGreaterThan(60);
    expect(Math.min(...days)).toBeLessThan(1);
    expect(new Set(days.map(Math.floor)).size).toBeGreaterThan(10);
    const hours = rows.flatMap(
      ({ print_frist }) => print_frist && (print_frist.getTime() - Date.now()) / HOUR_MS,
    );
    expect(hours.some((left) => left !== null && left > 0 && left <= 30)).toBe(true);
  });

  it('differ from reader to reader', () => {
    const byReader = Map.groupBy(rows, ({ mottaker_id }) => mottaker_id);
    expect(byReader.size).toBeGreaterThan(10);
    const lists = [...byReader.values()].map((letters) =>
      letters
        .map(({ tittel, status }) => `${tittel} ${status}`)
        .sort()
        .join('\n'),
    );
    expect(new Set(lists).size).toBe(lists.length);
  });

  it('have lived their life in order, in the past, up to what they are now', async () => {
    const { rows: events } = await test.owner.query<{ forsendelse_id: string; tidspunkt: Date }>(
      'select forsendelse_id, tidspunkt from post.hendelse where forsendelse_id <> $1 order by forsendelse_id, id',
      [earlyId],
    );
    expect(events.length).toBeGreaterThan(rows.length * 3);
    const sent = new Map(rows.map(({ id, mottatt }) => [id, mottatt]));
    for (const [id, own] of Map.groupBy(events, ({ forsendelse_id }) => forsendelse_id)) {
      const times = own.map(({ tidspunkt }) => tidspunkt.getTime());
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(times[0]! - sent.get(id)!.getTime(), id).toBeLessThan(1_000);
      expect(times.at(-1)).toBeLessThanOrEqual(Date.now());
    }
  });

  it('leave an access log that is whole', async () => {
    const { verifyAudit } = await import('@grunnmur/kernel/audit');
    expect(await verifyAudit(test.owner)).toMatchObject({ broken: 0 });
  });

  it('come from somebody who is listed apart from citizens when she works there', async () => {
    const { text } = await createBrowser(test.baseUrl).get('/logg-inn');
    const [citizens, staff] = text.split('Ansatt i Eksempel kommune og Prøve fylkeskommune');
    expect(staff).toContain('Turid Ærfuglvågen');
    expect(citizens).not.toContain('Turid Ærfuglvågen');
  });
});

describe('the paper of a letter', () => {
  const date = new Date('2026-03-02T11:00:00Z');

  it('is a tagged PDF in the organisation’s language, with its name, on one page', async () => {
    for (const letter of Object.values(LETTERS)) {
      const language = letter.from === 'dome' ? 'nn' : 'nb';
      const from = letterhead(ACCOUNTS[letter.from]);
      const bytes = await letterPaper({ ...letter, recipient: ['Kari Prøve'] }, { from, language, date });
      const text = bytes.toString('latin1');
      expect(text).toContain('/MarkInfo');
      expect(text).toContain('/StructTreeRoot');
      expect(text).toContain(`/Lang (${language}-NO)`);
      expect(text.match(/\/Type \/Page\b/g), letter.title).toHaveLength(1);
    }
  });

  it('gives each file of a letter its text', () => {
    for (const { files, title, attachments = [] } of Object.values(LETTERS) as {
      files: readonly string[];
      title: string;
      attachments?: readonly unknown[];
    }[])
      expect(attachments, title).toHaveLength(Math.max(0, files.length - 1));
  });
});

describe('the plan', () => {
  it('holds for every hour of a fortnight: nothing lies ahead, and what is due has hours left', () => {
    for (let hour = 0; hour < 14 * 24; hour += 7) {
      const now = new Date(Date.parse('2026-12-18T00:30:00Z') + hour * HOUR_MS);
      for (const planned of LETTER_PLAN) {
        const at = sentAt(planned, now);
        expect(at.getTime(), `${planned.letter} ${now.toISOString()}`).toBeLessThanOrEqual(now.getTime());
        const opened = at.getTime() + (planned.openedAfterHours ?? 0) * HOUR_MS;
        expect(opened, `${planned.letter} ${now.toISOString()}`).toBeLessThanOrEqual(now.getTime());
      }
    }
  });
});
