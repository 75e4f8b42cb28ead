import { describe, expect, it } from 'vitest';
import { isFinal, mayFollow, statusesBefore } from '../service/status-table.ts';
import { STATUSES, type Status } from '../types.ts';

/** SvarUt: state table, without SLETTET, which only REST v3 has. */
const PUBLISHED: Readonly<Record<string, string>> = {
  MOTTATT: 'AKSEPTERT AVVIST FEILET_UNDER_MOTTAK',
  AKSEPTERT:
    'KLAR_FOR_MOTTAK VARSLET SENDT_SDP SENDT_DIGITALT SENDT_PRINT SENDT_NHN_MOTTAKER IKKE_LEVERT LEST MANUELT_HANDTERT',
  KLAR_FOR_MOTTAK: 'LEST VARSLET SENDT_DIGITALT MANUELT_HANDTERT',
  VARSLET: 'LEST SENDT_PRINT MANUELT_HANDTERT',
  SENDT_DIGITALT: 'LEST IKKE_LEVERT MANUELT_HANDTERT',
  SENDT_SDP: 'LEVERT_SDP VARSLET SENDT_PRINT IKKE_LEVERT',
  LEVERT_SDP: 'LEST',
  SENDT_NHN_MOTTAKER: 'LEVERT_NHN_MOTTAKER IKKE_LEVERT MANUELT_HANDTERT',
  SENDT_PRINT: 'PRINTET LEST MANUELT_HANDTERT',
};

/** What we allow beyond it, each for a reason. */
const OURS: Readonly<Record<string, string>> = {
  // Paper was the last way, and the supplier refused it or could not make it: somebody must act.
  VARSLET: 'IKKE_LEVERT',
  SENDT_PRINT: 'IKKE_LEVERT',
  // Permanent import failure goes on to Altinn, and Altinn may refuse in turn.
  KLAR_FOR_MOTTAK: 'SENDT_PRINT IKKE_LEVERT',
  // Digital only after a mailbox failure; read elsewhere while the mailbox's receipt is on its way; closed by hand.
  SENDT_SDP: 'SENDT_DIGITALT LEST MANUELT_HANDTERT',
  LEVERT_SDP: 'MANUELT_HANDTERT',
};

const words = (text: string | undefined) => (text ?? '').split(' ').filter(Boolean);

describe('which status may follow which', () => {
  it.each(STATUSES)('%s', (from) => {
    const allowed = STATUSES.filter((to) => mayFollow(from, to));
    expect(allowed.toSorted()).toEqual([...words(PUBLISHED[from]), ...words(OURS[from])].sort());
  });

  it('ends in the published final statuses', () => {
    expect(STATUSES.filter(isFinal).toSorted()).toEqual(
      ['LEST PRINTET LEVERT_NHN_MOTTAKER MANUELT_HANDTERT IKKE_LEVERT AVVIST FEILET_UNDER_MOTTAK SLETTET']
        .flatMap(words)
        .sort(),
    );
  });

  it('reads the same backwards', () => {
    for (const to of STATUSES)
      expect(statusesBefore(to)).toEqual(
        expect.arrayContaining(STATUSES.filter((from: Status) => mayFollow(from, to))),
      );
    expect(statusesBefore('MOTTATT')).toEqual([]);
  });

  it('reaches an end from everywhere, and never goes in a circle', () => {
    const visit = (status: Status, path: readonly Status[]): void => {
      expect(path).not.toContain(status);
      const next = STATUSES.filter((to) => mayFollow(status, to));
      if (next.length === 0) expect(isFinal(status)).toBe(true);
      for (const to of next) visit(to, [...path, status]);
    };
    visit('MOTTATT', []);
  });
});
