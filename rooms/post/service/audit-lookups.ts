import { audit } from '@grunnmur/kernel/audit';
import type { Trx } from '@grunnmur/kernel/db';
import type { Forsendelse } from '../store/forsendelse-store.ts';
import { DIGITAL_NOTICE, PURPOSE } from './legal-basis.ts';

/** Each look-up in the contact register is a use of information that the recipient may see, with its legal basis. */
export async function auditLookups(trx: Trx, letters: readonly Forsendelse[]): Promise<void> {
  await audit(
    trx,
    letters.flatMap(({ id, mottakerId }) =>
      mottakerId === null
        ? []
        : [
            {
              operation: 'registers.kontaktinformasjon.oppslag',
              subject: mottakerId,
              object: id,
              informationKind: 'kontaktinformasjon',
              purpose: PURPOSE.chooseChannel,
              legalBasis: DIGITAL_NOTICE,
              outcome: 'ok' as const,
            },
          ],
    ),
  );
}
