import { withTransaction } from '@grunnmur/kernel/db';
import { enqueue } from '@grunnmur/kernel/jobs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type PostHarness, startPost } from './post-harness.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('delivery against the simulated services', () => {
  let test: PostHarness;
  let next = 0;
  beforeAll(async () => {
    test = await startPost();
  });

  const sent = async (to: string, change = {}) => {
    const id = await test.send({ to, change });
    await test.work();
    return id;
  };
  /** Another person of the situation each time, so that outcomes do not meet. */
  const person = (situation: 'altinn' | 'digital-mailbox') => test.person(situation, next++);
  const attempts = async (id: string) => {
    const { rows } = await test.database.owner.query(
      `select outcome, error from kernel.job_attempt where subject = $1 and queue like 'post.deliver.%' order by started_at`,
      [id],
    );
    return rows.map((row) => row.outcome as string);
  };

  /** The delivery job once more, as when its worker died before it was settled. */
  const again = async (kanal: string, id: string) => {
    await withTransaction(test.ctx(), (trx) =>
      enqueue(trx, [{ queue: `post.deliver.${kanal}`, tenant: test.tenant, payload: { id }, subject: id }]),
    );
    await test.work();
  };

  describe('Altinn', () => {
    it('notifies with a deadline, once', async () => {
      const id = await sent(person('altinn'));
      expect(await test.status(id)).toBe('VARSLET');
      expect(await test.codes(id)).toEqual(['mottatt', 'akseptert', 'rutet', 'varslet']);
      expect(test.altinn.received(id)).toBe(1);
    });

    it('tries again when the service is down, and succeeds', async () => {
      test.altinn.fail({ status: 503, times: 2 });
      const id = await sent(person('altinn'));
      expect(await test.status(id)).toBe('AKSEPTERT');
      for (let more = 0; more < 3; more++) {
        test.clock.pass(2 * MINUTE);
        await test.work();
      }
      expect(await test.status(id)).toBe('VARSLET');
      expect(await attempts(id)).toEqual(['retry', 'retry', 'done']);
      expect(test.altinn.received(id)).toBe(1);
    });

    it('waits as long as the service asks', async () => {
      test.altinn.fail({ status: 429, headers: { 'retry-after': '7200' } });
      const id = await sent(person('altinn'));
      test.clock.pass(HOUR);
      await test.work();
      expect(await test.status(id)).toBe('AKSEPTERT');
      test.clock.pass(HOUR + MINUTE);
      await test.work();
      expect(await test.status(id)).toBe('VARSLET');
    });

    it('sends one message when only the answer was lost', async () => {
      test.altinn.fail({ kind: 'reset', accepted: true });
      const id = await sent(person('altinn'));
      expect(await test.status(id)).toBe('AKSEPTERT');
      test.clock.pass(MINUTE);
      await test.work();
      expect(await test.status(id)).toBe('VARSLET');
      expect(test.altinn.received(id)).toBe(1);
      expect(test.altinn.attempts(id)).toBe(2);
    });

    it('sends one message when we died between sending and recording', async () => {
      const id = await sent(person('altinn'));
      // As the database was before the record: the channel still planned, the letter still accepted.
      await test.database.owner.query(
        `update post.levering set tilstand = 'venter' where forsendelse_id = $1`,
        [id],
      );
      await test.database.owner.query(`update post.forsendelse set status = 'AKSEPTERT' where id = $1`, [id]);
      await again('altinn', id);
      expect(await test.status(id)).toBe('VARSLET');
      expect(test.altinn.received(id)).toBe(1);
      expect(test.altinn.attempts(id)).toBe(2);
    });

    it.each(['reserved', 'unknown_recipient', 'rejected'] as const)(
      'prints when the answer is %s',
      async (outcome) => {
        const to = person('altinn');
        test.outcomes.altinn.set(to, outcome);
        const id = await sent(to);
        expect(await test.status(id)).toBe('SENDT_PRINT');
        expect(await test.codes(id)).toEqual(expect.arrayContaining(['altinn_avvist', 'sendt_print']));
        expect(test.print.received(id)).toBe(1);
      },
    );

    it('is not delivered when it is digital only and refused', async () => {
      const to = person('altinn');
      test.outcomes.altinn.set(to, 'reserved');
      const id = await sent(to, { kunDigitalLevering: true });
      expect(await test.status(id)).toBe('IKKE_LEVERT');
      expect(test.print.received(id)).toBe(0);
    });

    it('goes on to print when every attempt has failed', async () => {
      const to = person('altinn');
      test.outcomes.altinn.set(to, 'unavailable');
      const id = await sent(to);
      for (let more = 0; more < 9; more++) {
        test.clock.pass(2 * HOUR);
        await test.work();
      }
      expect(await test.status(id)).toBe('SENDT_PRINT');
      expect(await test.codes(id)).toContain('altinn_feilet');
      expect((await attempts(id)).filter((outcome) => outcome !== 'done')).toHaveLength(8);
    });

    it('does not hold other letters up', async () => {
      const slow = person('altinn');
      test.outcomes.altinn.set(slow, 'unavailable');
      const ids = [await test.send({ to: slow }), await test.send({ to: person('altinn') })];
      await test.work();
      expect(await Promise.all(ids.map(test.status))).toEqual(['AKSEPTERT', 'VARSLET']);
    });
  });

  describe('digital mailbox', () => {
    it('delivers, and the receipt says so', async () => {
      const id = await sent(person('digital-mailbox'));
      expect(await test.status(id)).toBe('SENDT_SDP');
      await test.runSchedule('post.sdp_receipts');
      expect(await test.status(id)).toBe('LEVERT_SDP');
      expect(test.dpi.received(id)).toBe(1);
      expect(test.altinn.received(id)).toBe(0);
    });

    it('an opening receipt makes it read', async () => {
      test.outcomes.dpi.value = 'opened';
      const id = await sent(person('digital-mailbox'));
      await test.runSchedule('post.sdp_receipts');
      expect(await test.status(id)).toBe('LEST');
      expect(await test.codes(id)).toEqual(expect.arrayContaining(['levert_sdp', 'lest_sdp']));
    });

    it.each(['client_fault', 'server_fault'] as const)('falls to Altinn after %s', async (outcome) => {
      test.outcomes.dpi.value = outcome;
      const id = await sent(person('digital-mailbox'));
      await test.runSchedule('post.sdp_receipts');
      expect(await test.codes(id)).toContain('sdp_avvist');
      expect(await test.status(id)).toBe('VARSLET');
      expect(test.altinn.received(id)).toBe(1);
    });

    it('falls to Altinn when the access point refuses, and is then digital when it is digital only', async () => {
      test.outcomes.dpi.value = 'rejected';
      const id = await sent(person('digital-mailbox'), { kunDigitalLevering: true });
      expect(await test.status(id)).toBe('SENDT_DIGITALT');
      expect(test.print.received(id)).toBe(0);
    });

    it('sends once when only the answer was lost, and goes on when the service was down', async () => {
      test.outcomes.dpi.value = undefined;
      test.dpi.fail({ kind: 'reset', accepted: true });
      const id = await sent(person('digital-mailbox'));
      test.clock.pass(MINUTE);
      await test.work();
      expect(await test.status(id)).toBe('SENDT_SDP');
      expect(test.dpi.received(id)).toBe(1);
      await test.runSchedule('post.sdp_receipts');
      expect(await test.status(id)).toBe('LEVERT_SDP');
    });

    it('takes receipts that come again after a crash for what they are', async () => {
      test.dpi.fail({ on: 'acknowledge', status: 503 });
      const id = await sent(person('digital-mailbox'));
      await expect(test.runSchedule('post.sdp_receipts')).rejects.toThrow();
      await test.runSchedule('post.sdp_receipts');
      expect(await test.status(id)).toBe('LEVERT_SDP');
      expect((await test.codes(id)).filter((code) => code === 'levert_sdp')).toHaveLength(1);
    });
  });

  describe('print', () => {
    const onPaper = (index: number) => test.send({ to: test.person('reserved', 10 + index) });

    it('hands one job over when only the answer was lost, or the supplier was down', async () => {
      for (const failure of [{ kind: 'reset', accepted: true }, { status: 503 }] as const) {
        test.print.fail(failure);
        const id = await onPaper(0);
        await test.work();
        expect(await test.status(id)).toBe('AKSEPTERT');
        test.clock.pass(MINUTE);
        await test.work();
        expect(await test.status(id)).toBe('SENDT_PRINT');
        expect(test.print.received(id)).toBe(1);
        expect(test.print.attempts(id)).toBe(failure.status ? 1 : 2);
      }
    });

    it('hands one job over when we died between sending and recording', async () => {
      const id = await onPaper(1);
      await test.work();
      await test.database.owner.query(
        `update post.levering set tilstand = 'venter' where forsendelse_id = $1`,
        [id],
      );
      await test.database.owner.query(`update post.forsendelse set status = 'AKSEPTERT' where id = $1`, [id]);
      await again('print', id);
      expect(await test.status(id)).toBe('SENDT_PRINT');
      expect([test.print.received(id), test.print.attempts(id)]).toEqual([1, 2]);
    });

    it('is the last way: one that is refused is not delivered', async () => {
      test.print.fail({ status: 422 });
      const id = await onPaper(2);
      await test.work();
      expect(await test.status(id)).toBe('IKKE_LEVERT');
      expect(await test.codes(id)).toContain('print_avvist');
    });
  });

  describe('the contact register', () => {
    it('is asked again when it is down', async () => {
      test.krr.fail({ status: 503, times: 5 });
      const id = await sent(person('altinn'));
      expect(await test.status(id)).toBe('AKSEPTERT');
      test.krr.reset();
      test.clock.pass(HOUR);
      await test.work();
      expect(await test.status(id)).toBe('VARSLET');
      expect((await test.codes(id)).filter((code) => code === 'rutet')).toHaveLength(1);
    });

    it.each(['reserved', 'no-contact', 'deceased', 'child'] as const)(
      'paper to one who is %s',
      async (situation) => {
        const id = await sent(test.person(situation, 3));
        expect(await test.status(id)).toBe('SENDT_PRINT');
      },
    );

    it('nothing to one who is reserved when it is digital only', async () => {
      const id = await sent(test.person('reserved', 4), { kunDigitalLevering: true });
      expect(await test.status(id)).toBe('IKKE_LEVERT');
      expect(await test.codes(id)).toEqual(['mottatt', 'akseptert', 'rutet', 'ikke_levert']);
    });
  });

  it('leaves a trace of every disclosure with the one it concerns', async () => {
    const to = person('digital-mailbox');
    const id = await sent(to);
    const { rows } = await test.database.owner.query(
      'select operation from kernel.audit where object = $1 and subject = $2 order by at, seq',
      [id, to],
    );
    expect(rows.map((row) => row.operation)).toEqual(
      expect.arrayContaining([
        'post.forsendelse.mottatt',
        'registers.kontaktinformasjon.oppslag',
        'post.forsendelse.utlevert.sdp',
      ]),
    );
  });
});
