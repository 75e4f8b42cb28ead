import { audit } from '@grunnmur/kernel/audit';
import type { Trx } from '@grunnmur/kernel/db';
import type { Forsendelse } from '../store/forsendelse-store.ts';
import { DIGITAL_NOTICE, PUBLIC_TASK, PURPOSE } from './legal-basis.ts';

interface Lookup {
  readonly operation: string;
  readonly informationKind: string;
  readonly legalBasis: string;
}

/** Each look-up in the contact register is a use of information that the recipient may see, with its legal basis. */
export function auditLookups(trx: Trx, letters: readonly Forsendelse[]): Promise<void> {
  return record(trx, letters, {
    operation: 'registers.kontaktinformasjon.oppslag',
    informationKind: 'kontaktinformasjon',
    legalBasis: DIGITAL_NOTICE,
  });
}

/** As is each look-up in the population register. */
export function auditRegisterLookups(trx: Trx, letters: readonly Forsendelse[]): Promise<void> {
  return record(trx, letters, {
    operation: 'registers.person.oppslag',
    informationKind: 'folkeregisteret',
    legalBasis: PUBLIC_TASK,
  });
}

async function record(trx: Trx, letters: readonly Forsendelse[], lookup: Lookup): Promise<void> {
  if (letters.length === 0) return;
  await audit(
    trx,
    letters.flatMap(({ id, mottakerId }) =>
      mottakerId === null
        ? []
        : [
            {
              ...lookup,
              subject: mottakerId,
              object: id,
              purpose: PURPOSE.chooseChannel,
              outcome: 'ok' as const,
            },
          ],
    ),
  );
}
