import { Readable } from 'node:stream';
import { newId } from '@grunnmur/kernel/ids';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PDF, type PostHarness, startPost } from './post-harness.ts';

describe('accepting a letter when things break', () => {
  let test: PostHarness;
  let next = 0;
  beforeAll(async () => {
    test = await startPost();
    await test.database.owner.query(
      `create function post.fail_at_commit() returns trigger language plpgsql security definer as $$
       begin
         if new.tittel like 'KILL%' then perform pg_terminate_backend(pg_backend_pid()); end if;
         if new.tittel like 'FAIL%' then raise exception 'refused' using errcode = '23514'; end if;
         return null;
       end $$;
       create constraint trigger fail_at_commit after insert on post.forsendelse
         deferrable initially deferred for each row execute function post.fail_at_commit()`,
    );
  });
  afterEach(() => test.database.owner.query('delete from post.gjentakelse'));

  const objects = async (): Promise<number> => {
    let found = 0;
    for await (const _ of test.storage.list('')) found++;
    return found;
  };
  const rows = async (tittel: string) =>
    (await test.database.owner.query('select from post.forsendelse where tittel = $1', [tittel])).rowCount;
  const send = (tittel: string, files = [{ name: 'vedtak.pdf', bytes: PDF }]) =>
    test.send({ to: test.person('altinn', next++), files, change: { tittel } });

  it('keeps the documents when nobody knows whether the commit happened, and asks the caller to come back', async () => {
    const before = await objects();
    const tittel = `KILL ${newId()}`;
    await expect(send(tittel)).rejects.toMatchObject({
      code: 'kernel.unavailable',
      status: 503,
      retry: true,
    });
    expect(await objects()).toBe(before + 1);
    // It had not happened: the sweeper removes what no row names.
    expect(await rows(tittel)).toBe(0);
    test.clock.set(new Date(Date.now() + 3 * 3_600_000));
    await test.runSchedule('post.sweep_objects');
    expect(await objects()).toBe(before);
  });

  it('removes them when the database has refused the letter', async () => {
    const before = await objects();
    const tittel = `FAIL ${newId()}`;
    await expect(send(tittel)).rejects.toMatchObject({ code: '23514' });
    expect([await objects(), await rows(tittel)]).toEqual([before, 0]);
  });

  it('takes the good letters of a batch in which one is refused', async () => {
    const before = await objects();
    const titles = Array.from({ length: 8 }, (_, nr) => `${nr === 4 ? 'FAIL' : 'OK'} ${newId()}`);
    const answers = await Promise.allSettled(titles.map((tittel) => send(tittel)));
    expect(answers.map(({ status }) => status)).toEqual(
      titles.map((tittel) => (tittel.startsWith('OK') ? 'fulfilled' : 'rejected')),
    );
    expect(await objects()).toBe(before + 7);
  });

  it('removes what was stored when a later document fails, for whatever reason', async () => {
    const before = await objects();
    const broken = { name: 'b.pdf', bytes: Buffer.from('ikke en PDF') };
    await expect(send('Ødelagt', [{ name: 'a.pdf', bytes: PDF }, broken])).rejects.toMatchObject({
      code: 'post.unreadable_document',
    });
    expect(await objects()).toBe(before);
    const input = {
      files: (async function* () {
        yield { filename: 'a.pdf', body: Readable.from([PDF]) };
        throw new Error('the disk is gone');
      })(),
    };
    const lost = test.send({
      to: test.person('altinn', next++),
      files: ['a.pdf', 'b.pdf'].map((name) => ({ name, bytes: PDF })),
      input,
    });
    await expect(lost).rejects.toThrow('the disk is gone');
    expect(await objects()).toBe(before);
  });
});
