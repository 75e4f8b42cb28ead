import { DAY_MS } from '@grunnmur/kernel/time';
import type { NokkelRow } from '../../store/kontoer/facts-store.ts';

/** A konto's key as the catalogue gives it (fiks-io §2.3). */
export interface OffentligNokkel {
  readonly nokkel: string;
  readonly valid: boolean;
  readonly validFrom: string;
  readonly validTo: string;
  readonly serial: string;
  readonly subjectDN: string;
  readonly issuerDN: string;
  readonly statusMessage: string;
}

/** Its owner is told this long before a key expires: mismatched and expired keys are found only when decryption fails. */
const WARN_BEFORE_MS = 30 * DAY_MS;

export function offentligNokkel(row: NokkelRow, now: Date): OffentligNokkel {
  return {
    nokkel: row.pem,
    valid: isValidNow(row, now),
    validFrom: row.gyldig_fra.toISOString(),
    validTo: row.gyldig_til.toISOString(),
    serial: row.serienummer,
    subjectDN: distinguishedName(row.subjekt),
    issuerDN: distinguishedName(row.utsteder),
    statusMessage: validityText(row.gyldig_fra, row.gyldig_til, now),
  };
}

export function isValidNow(row: Pick<NokkelRow, 'gyldig_fra' | 'gyldig_til'>, now: Date): boolean {
  return row.gyldig_fra <= now && now <= row.gyldig_til;
}

export function validityText(from: Date, to: Date, now: Date): string {
  if (now < from) return `Sertifikatet er ikke gyldig før ${from.toISOString()}`;
  if (now > to) return `Sertifikatet utløp ${to.toISOString()}`;
  if (to.getTime() - now.getTime() < WARN_BEFORE_MS) return `Gyldig, men utløper ${to.toISOString()}`;
  return 'Gyldig';
}

/** Most specific first, as RFC 4514 writes names; certificates hold them the other way round, a line each. */
function distinguishedName(lines: string): string {
  return lines.split('\n').reverse().join(', ');
}
