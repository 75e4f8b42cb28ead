import { beforeAll, describe, expect, it } from 'vitest';
import { type PostHarness, startPost } from './post-harness.ts';

const HOUR = 3_600_000;

describe('paper', () => {
  let test: PostHarness;
  beforeAll(async () => {
    // The supplier prints after six hours; until then a job can be stopped.
    test = await startPost({ now: '2026-04-01T08:00:00Z', printDelayMs: 6 * HOUR });
  });

  let next = 0;
  const notified = async (change = {}) => {
    const to = test.person('altinn', next++);
    const id = await test.send({ to, change });
    await test.work();
    expect(await test.status(id)).toBe('VARSLET');
    return { id, to };
  };
  const deadlines = () => test.runSchedule('post.print_deadlines');
  const receipts = () => test.runSchedule('post.print_receipts');
  const levering = async (id: string) => {
    const { rows } = await test.database.owner.query(
      `select tilstand, detaljer from post.levering where forsendelse_id = $1 and kanal = 'print'`,
      [id],
    );
    return rows[0] as { tilstand: string; detaljer: Record<string, unknown> } | undefined;
  };
  const readElsewhere = (id: string, fnr: string) =>
    test.service.markRead(test.ctx(), test.konto, id, {
      fnr,
      tidspunkt: test.clock.now(),
      system: 'Min side',
    });

  it('goes to one who has not opened the notice in two working days, Easter not counted', async () => {
    test.clock.set('2026-04-01T08:00:00Z');
    // The Wednesday before Easter: Maundy Thursday, Good Friday, the weekend and Easter Monday do not count.
    const { id } = await notified();
    const { next: expected } = await test.post.timeline(test.ctx(), id);
    expect(expected).toEqual({ kode: 'print_om_ulest', senest: new Date('2026-04-08T08:00:00Z') });
    test.clock.set('2026-04-08T07:59:00Z');
    await deadlines();
    expect(await test.status(id)).toBe('VARSLET');
    test.clock.set('2026-04-08T08:00:00Z');
    await deadlines();
    expect(await test.status(id)).toBe('SENDT_PRINT');
    expect(await test.codes(id)).toEqual([
      'mottatt',
      'akseptert',
      'rutet',
      'varslet',
      'ikke_apnet_i_tide',
      'sendt_print',
    ]);
    expect(test.print.received(id)).toBe(1);
    await deadlines();
    expect(test.print.attempts(id)).toBe(1);
  });

  it('goes once although the deadline is found twice', async () => {
    const { id } = await notified();
    test.clock.pass(10 * 24 * HOUR);
    await Promise.all([test.runSchedule('post.print_deadlines'), test.runSchedule('post.print_deadlines')]);
    expect(test.print.received(id)).toBe(1);
    expect((await test.codes(id)).filter((code) => code === 'ikke_apnet_i_tide')).toHaveLength(1);
  });

  it('has the account’s own deadline', async () => {
    const konto = { id: crypto.randomUUID(), tenant: test.tenant };
    const settings = { id: konto.id, navn: 'Treg', innstillinger: { lesefristVirkedager: 5 } };
    await test.seed(test.tenant, { kontoer: [settings], mottakersystemer: [] });
    test.clock.set('2026-06-01T08:00:00Z');
    const id = await test.send({ to: test.person('altinn', next++), konto });
    await test.work();
    const { next: expected } = await test.post.timeline(test.ctx(), id);
    expect(expected!.senest).toEqual(new Date('2026-06-08T08:00:00Z'));
  });

  it('does not go to one who has read, in the portal or elsewhere', async () => {
    const inPortal = await notified();
    const elsewhere = await notified();
    const ctx = test.reader(inPortal.to);
    const download = await test.post.openDocument(ctx, inPortal.id, 0, 3);
    await download.body.resume().toArray();
    await download.completed();
    await readElsewhere(elsewhere.id, elsewhere.to);
    test.clock.pass(30 * 24 * HOUR);
    await deadlines();
    for (const { id } of [inPortal, elsewhere]) {
      expect(await test.status(id)).toBe('LEST');
      expect(test.print.received(id)).toBe(0);
      expect((await levering(id))?.tilstand).toBe('stanset');
    }
  });

  it('does not go to one who reads between the deadline and the printing', async () => {
    const { id, to } = await notified();
    test.print.fail({ status: 503 });
    test.clock.pass(30 * 24 * HOUR);
    await deadlines();
    expect(await test.status(id)).toBe('VARSLET');
    await readElsewhere(id, to);
    test.clock.pass(HOUR);
    await test.work();
    expect(await test.status(id)).toBe('LEST');
    expect(test.print.received(id)).toBe(0);
  });

  it('is stopped at the supplier when the letter is read before it is printed', async () => {
    const to = test.person('reserved');
    const id = await test.send({ to });
    await test.work();
    expect(await test.status(id)).toBe('SENDT_PRINT');
    await readElsewhere(id, to);
    await test.work();
    expect(await test.status(id)).toBe('LEST');
    expect((await levering(id))?.tilstand).toBe('stanset');
    expect(await test.codes(id)).toEqual(expect.arrayContaining(['lest_eksternt', 'print_stanset']));
    test.clock.pass(24 * HOUR);
    await receipts();
    expect(await test.status(id)).toBe('LEST');
  });

  it('is stopped when the letter is read while the job is being handed over', async () => {
    const to = test.person('reserved', 1);
    const id = await test.send({ to });
    const stored = await objects();
    test.print.fail({ kind: 'slow', delayMs: 500 });
    const work = test.work();
    // The merged file exists for as long as it is being handed over.
    await expect.poll(objects, { timeout: 10_000, interval: 5 }).toBe(stored + 1);
    await readElsewhere(id, to);
    await work;
    expect(test.print.received(id)).toBe(1);
    await test.work();
    expect(await test.status(id)).toBe('LEST');
    expect((await levering(id))?.tilstand).toBe('stanset');
    test.clock.pass(24 * HOUR);
    await receipts();
    expect(await test.codes(id)).not.toContain('printet');
  });

  async function objects(): Promise<number> {
    let count = 0;
    for await (const _ of test.storage.list('')) count++;
    return count;
  }

  it('is too late to stop when it is printed, and the log says that it was read', async () => {
    const to = test.person('reserved', 2);
    const id = await test.send({ to });
    await test.work();
    test.clock.pass(24 * HOUR);
    await receipts();
    expect(await test.status(id)).toBe('PRINTET');
    await readElsewhere(id, to);
    await test.work();
    expect(await test.status(id)).toBe('PRINTET');
    expect((await test.codes(id)).at(-1)).toBe('lest_eksternt');
  });

  it('is PRINTET by the supplier’s receipt, with what it cost, however often the receipt comes', async () => {
    const id = await test.send({ to: test.person('no-contact') });
    await test.work();
    await receipts();
    expect(await test.status(id)).toBe('SENDT_PRINT');
    test.clock.pass(7 * HOUR);
    test.print.fail({ on: 'acknowledge', status: 503 });
    await expect(receipts()).rejects.toThrow();
    await receipts();
    expect(await test.status(id)).toBe('PRINTET');
    expect((await test.codes(id)).filter((code) => code === 'printet')).toHaveLength(1);
    expect(await levering(id)).toMatchObject({
      tilstand: 'levert',
      detaljer: { postedAt: expect.any(String) },
    });
  });

  it.each([
    ['returned', 'print_retur', 'PRINTET', 'feilet'],
    ['failed', 'print_mislyktes', 'IKKE_LEVERT', 'avvist'],
  ] as const)('the sender sees when it is %s', async (outcome, code, status, tilstand) => {
    const to = test.person('no-contact', outcome === 'failed' ? 1 : 2);
    const id = crypto.randomUUID();
    test.outcomes.print.set(id, outcome);
    await test.database.owner.query('insert into post.reservert_id values ($1, $2, $3, now())', [
      id,
      test.tenant,
      test.konto.id,
    ]);
    await test.send({ to, input: { reservedId: id } });
    await test.work();
    test.clock.pass(7 * HOUR);
    await receipts();
    expect(await test.status(id)).toBe(status);
    expect(await test.codes(id)).toContain(code);
    expect((await levering(id))?.tilstand).toBe(tilstand);
  });

  it('leaves no merged file behind, also when the supplier fails', async () => {
    const { rows } = await test.database.owner.query(
      'select count(*)::int as count from post.dokument where objekt is not null',
    );
    expect(await objects()).toBe(rows[0].count);
  });
});
