import { newId } from '@grunnmur/kernel/ids';
import { beforeAll, describe, expect, it } from 'vitest';
import type { NyForsendelse } from '../types.ts';
import { acceptInput, type PostHarness, SENDER_ORGNR, startPost } from './post-harness.ts';

const WARNING = { kode: 'svar_pa_fremmed', felt: '/svarPaForsendelse' };

describe('a letter that says which letter it answers', () => {
  let test: PostHarness;
  beforeAll(async () => {
    test = await startPost();
  });
  const accept = (change: Partial<NyForsendelse> = {}, input: object = {}) =>
    test.service.accept(
      test.ctx(),
      acceptInput(test.konto, { to: test.person('altinn'), change: { tittel: newId(), ...change }, input }),
    );
  const linkOf = async (id: string) => {
    const { rows } = await test.database.owner.query<{ link: string | null }>(
      `select innhold->>'svarPaForsendelse' as link from post.forsendelse where id = $1`,
      [id],
    );
    return rows[0]!.link;
  };
  /** Makes a letter another organisation's, with this recipient. */
  const giveAway = async (id: string, recipient: string) => {
    await test.database.owner.query(
      'update post.forsendelse set tenant_id = $2, mottaker_id = $3 where id = $1',
      [id, newId(), recipient],
    );
  };

  it('is linked to one that its organisation sent', async () => {
    const { id } = await accept();
    const answer = await accept({ svarPaForsendelse: id });
    expect(answer.advarsler).toEqual([]);
    expect(await linkOf(answer.id)).toBe(id);
  });

  it('is linked to one that its organisation got', async () => {
    const { id } = await accept();
    await giveAway(id, SENDER_ORGNR);
    const answer = await accept({ svarPaForsendelse: id });
    expect(answer.advarsler).toEqual([]);
    expect(await linkOf(answer.id)).toBe(id);
  });

  it('is not linked to a stranger’s, nor to one that does not exist: it is taken with the same warning', async () => {
    const { id } = await accept();
    await giveAway(id, '310000027');
    for (const strange of [id, newId()]) {
      const key = newId();
      const answer = await accept({ svarPaForsendelse: strange, tittel: key }, { idempotencyKey: key });
      expect(answer.advarsler).toEqual([WARNING]);
      expect(await linkOf(answer.id)).toBeNull();
      expect(await test.codes(answer.id)).toEqual(['mottatt', 'advarsel_svar_pa_fremmed', 'akseptert']);
      // The very same call is the same letter.
      const again = await accept({ svarPaForsendelse: strange, tittel: key }, { idempotencyKey: key });
      expect(again).toMatchObject(answer);
    }
  });
});
