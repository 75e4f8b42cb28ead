import { withCtx } from '@grunnmur/kernel/ctx';
import { newId } from '@grunnmur/kernel/ids';
import { beforeAll, describe, expect, it } from 'vitest';
import { setSenderProfile } from '../service/sender-profile.ts';
import { type PostHarness, startPost } from './post-harness.ts';

let test: PostHarness;
beforeAll(async () => {
  test = await startPost({ now: '2026-03-02T09:00:00Z' });
});

const PROFILE = {
  farge: 'groenn',
  adresse: 'Rådhuset, 0001 Eksempelvik',
  epost: 'post@eksempel.example',
  personvernEpost: 'personvern@eksempel.example',
  telefon: '00 00 00 01',
  nettsted: 'https://eksempel.example',
} as const;

const asSender = () =>
  withCtx(test.reader(test.person('altinn')), {
    tenant: test.tenant,
    actor: { kind: 'system', id: 'operator' },
  });

describe('a sender’s profile', () => {
  it('gives every letter somebody to ask, and its list the sender’s colour', async () => {
    const fnr = test.person('altinn');
    const plain = await test.send({ to: fnr });
    const named = await test.send({
      to: fnr,
      change: {
        svarSendesTil: { navn: 'Servicekontoret', adresse: { postnummer: '0002', poststed: 'STAD' } },
        metadataFraAvleverendeSystem: { saksaar: 2026, sakssekvensnummer: 1432 },
      },
    });
    await test.work();
    const reader = test.reader(fnr);
    const before = await test.post.letter(reader, plain, 4);
    expect(before.kontakt.navn).toBe(before.avsender.navn);
    expect(before.saksnummer).toBeUndefined();

    await setSenderProfile(asSender(), PROFILE);
    expect(await test.post.letter(reader, plain, 4)).toMatchObject({
      avsender: { farge: 'groenn' },
      tilDeg: true,
      kontakt: { navn: before.avsender.navn, epost: PROFILE.epost, adresse: PROFILE.adresse },
    });
    expect(await test.post.letter(reader, named, 4)).toMatchObject({
      saksnummer: '2026/1432',
      kontakt: { navn: 'Servicekontoret', adresse: '0002 STAD', telefon: PROFILE.telefon },
    });
    const { letters } = await test.post.inbox(reader, {}, 4);
    expect(letters.map(({ avsender }) => avsender.farge)).toEqual(['groenn', 'groenn']);
    expect([...(await test.post.senderProfiles(reader, [test.tenant, newId()])).keys()]).toEqual([
      test.tenant,
    ]);
    const { rows } = await test.database.owner.query(
      `select detail from kernel.audit where operation = 'post.avsenderprofil.endret'`,
    );
    expect(rows).toEqual([{ detail: PROFILE }]);
  });

  it('is refused by field, and then nothing of it is stored', async () => {
    const faults = {
      farge: 'rosa',
      epost: 'ikke en adresse',
      telefon: 'ring oss',
      nettsted: 'javascript:alert(1)',
      adresse: 'x'.repeat(301),
    } as unknown as Parameters<typeof setSenderProfile>[1];
    await expect(setSenderProfile(asSender(), faults)).rejects.toMatchObject({
      code: 'kernel.validation',
      fields: ['farge', 'adresse', 'epost', 'telefon', 'nettsted'].map((field) => ({ field })),
    });
    await setSenderProfile(asSender(), Object.assign({ farge: 'blaa' } as const, { hemmelig: 'x' }));
    const profiles = await test.post.senderProfiles(test.reader(test.person('altinn')), [test.tenant]);
    expect(profiles.get(test.tenant)).toEqual({ farge: 'blaa' });
  });
});

describe('names of letters', () => {
  it('are given to those who may see them, and of level-4 letters to a login of that level', async () => {
    const fnr = test.person('altinn', 1);
    const id = await test.send({ to: fnr, change: { tittel: 'Vedtak i saken din' } });
    await test.work();
    const names = (who: string, level: 3 | 4) =>
      test.post.letterNames(test.reader(who), [id, newId()], level);
    expect(await names(fnr, 3)).toEqual(new Map([[id, { tittel: 'Vedtak i saken din' }]]));
    await test.database.owner.query('update post.forsendelse set niva4 = true where id = $1', [id]);
    expect((await names(fnr, 3)).get(id)?.tittel).not.toContain('Vedtak');
    expect((await names(fnr, 4)).get(id)?.tittel).toBe('Vedtak i saken din');
    expect(await names(test.person('altinn', 2), 4)).toEqual(new Map());
  });
});
