import { newId } from '@grunnmur/kernel/ids';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Advarsel, keptWarnings } from '../service/warnings.ts';
import { acceptInput, type PostHarness, startPost } from './post-harness.ts';

const MISSPELT: Advarsel = {
  kode: 'feilskrevet_felt',
  felt: '/kunDigitalLevring',
  params: { ment: 'kunDigitalLevering', antall: 1 },
};

describe('warnings of a letter', () => {
  let test: PostHarness;
  beforeAll(async () => {
    test = await startPost();
  });
  const accept = (input: object) =>
    test.service.accept(test.ctx(), acceptInput(test.konto, { to: test.person('altinn'), ...input }));

  it('are answered, and stand in its log and timeline before it is accepted', async () => {
    const { id, advarsler } = await accept({ input: { advarsler: [MISSPELT] } });
    expect(advarsler).toEqual([MISSPELT]);
    expect(await test.codes(id)).toEqual(['mottatt', 'advarsel_feilskrevet_felt', 'akseptert']);
    const tekst =
      'Advarsel: feltet «/kunDigitalLevring» er ukjent og ble ikke brukt. Mente du «kunDigitalLevering»?';
    expect((await test.service.history(test.ctx(), test.konto, id)).map((entry) => entry.tekst)).toContain(
      tekst,
    );
    const timeline = await test.post.timeline(test.ctx(), id);
    expect(timeline.advarsler).toEqual([{ ...MISSPELT, tekst }]);
    expect(timeline.entries.map(({ kode }) => kode)).toContain('advarsel_feilskrevet_felt');
  });

  it('are no matter of its recipient', async () => {
    const { id } = await accept({ input: { advarsler: [MISSPELT] } });
    await test.work();
    const timeline = await test.post.timeline(test.reader(test.person('altinn')), id);
    expect(timeline.advarsler).toEqual([]);
    expect(timeline.entries.map(({ kode }) => kode)).toEqual(['mottatt', 'akseptert', 'rutet', 'varslet']);
  });

  it('are the same when the call is repeated, and are stored once', async () => {
    const letter = {
      change: { tittel: `Gjentatt ${newId()}` },
      input: { idempotencyKey: newId(), advarsler: [MISSPELT] },
    };
    const first = await accept(letter);
    expect(await accept(letter)).toEqual(first);
    expect(first.advarsler).toEqual([MISSPELT]);
    const codes = await test.codes(first.id);
    expect(codes.filter((kode) => kode.startsWith('advarsel_'))).toHaveLength(1);
  });

  it('are none for a letter with nothing to say about', async () => {
    const { id, advarsler } = await accept({});
    expect(advarsler).toEqual([]);
    expect(await test.codes(id)).toEqual(['mottatt', 'akseptert']);
    expect((await test.post.timeline(test.ctx(), id)).advarsler).toEqual([]);
  });

  it('tell that the recipient is dead, when the channel is chosen, and the letter goes all the same', async () => {
    const letter = acceptInput(test.konto, { to: test.person('deceased') });
    const { id, advarsler } = await test.service.accept(test.ctx(), letter);
    expect(advarsler).toEqual([]);
    await test.work();
    expect(await test.codes(id)).toEqual([
      'mottatt',
      'akseptert',
      'advarsel_mottaker_dod',
      'rutet',
      'sendt_print',
    ]);
    const { rows } = await test.database.owner.query('select operation from kernel.audit where object = $1', [
      id,
    ]);
    expect(rows.map((row) => row.operation)).toContain('registers.person.oppslag');
    expect((await test.post.timeline(test.ctx(), id)).advarsler).toMatchObject([{ kode: 'mottaker_dod' }]);
  });

  it('say nothing of the living, and hold no letter when the register is away', async () => {
    const alive = await test.send({ to: test.person('no-contact') });
    await test.work();
    expect(await test.codes(alive)).not.toContain('advarsel_mottaker_dod');
    test.folkeregisteret.fail({ status: 503, times: 50 });
    const dead = await test.send({ to: test.person('deceased', 1) });
    await test.work();
    expect(await test.codes(dead)).toEqual(['mottatt', 'akseptert', 'rutet', 'sendt_print']);
    test.folkeregisteret.reset();
  });

  it('tell of letters without content, and of paper without a document', async () => {
    const kinds = async (change: object) => {
      const input = acceptInput(test.konto, { to: test.person('altinn'), files: [], change });
      return (await test.service.accept(test.ctx(), input)).advarsler.map(({ kode }) => kode);
    };
    const lenker = [{ url: 'https://kommune.example.no', tekst: 'Les mer' }];
    expect(await kinds({})).toEqual(['uten_innhold']);
    expect(await kinds({ kunDigitalLevering: true })).toEqual(['uten_innhold']);
    expect(await kinds({ lenker })).toEqual(['bare_forside']);
    expect(await kinds({ lenker, kunDigitalLevering: true })).toEqual([]);
  });

  it('are kept up to fifty, with how many more there were', () => {
    const many = Array.from({ length: 51 }, () => MISSPELT);
    expect(keptWarnings(many.slice(1))).toHaveLength(50);
    expect(keptWarnings(many)).toHaveLength(50);
    expect(keptWarnings(many).at(-1)).toEqual({ kode: 'flere_advarsler', params: { antall: 2 } });
  });
});
