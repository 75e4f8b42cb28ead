import type { Trx } from '@grunnmur/kernel/db';
import { rows } from '../sql.ts';

export interface PartRef {
  readonly part: string;
  readonly versjon: string;
}

/** What the rules and the catalogue know of a konto, whoever owns it. */
export interface KontoFactsRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly system_id: string;
  readonly integrasjon_id: string;
  readonly navn: string;
  readonly beskrivelse: string;
  readonly protokoll: string | null;
  readonly aktiv: boolean;
  readonly send_deaktivert: boolean;
  readonly aksepterte_avsendere_aktivert: boolean;
  readonly slettet: boolean;
  readonly konfigureres_av_integrasjon: boolean;
  readonly offentlig: boolean;
  readonly kommunenummer: string | null;
  readonly parter: readonly PartRef[];
}

export interface SystemFactsRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly navn: string;
  readonly beskrivelse: string;
  readonly offentlig: boolean;
  readonly kommunenummer: string | null;
}

export interface ForholdRow {
  readonly tilgang: boolean;
  readonly akseptert: boolean;
}

export interface NokkelRow {
  readonly pem: string;
  readonly fingeravtrykk: string;
  readonly serienummer: string;
  readonly subjekt: string;
  readonly utsteder: string;
  readonly gyldig_fra: Date;
  readonly gyldig_til: Date;
}

/** Kontoer of any organisation by exact id, deleted ones too. */
export function findKontoFacts(trx: Trx, ids: readonly string[]): Promise<KontoFactsRow[]> {
  return rows(trx, 'konto_facts', 'select * from exchange.finn_kontoer($1::uuid[])', [ids]);
}

/** Systems of any organisation by exact id. */
export function findSystemFacts(trx: Trx, ids: readonly string[]): Promise<SystemFactsRow[]> {
  return rows(trx, 'system_facts', 'select * from exchange.finn_systemer($1::uuid[])', [ids]);
}

export async function findForhold(
  trx: Trx,
  mottaker: string,
  avsender: string,
  avsenderSystem: string,
): Promise<ForholdRow> {
  const [row] = await rows<ForholdRow>(trx, 'forhold', 'select * from exchange.forhold($1, $2, $3)', [
    mottaker,
    avsender,
    avsenderSystem,
  ]);
  return row!;
}

export async function findNokkel(trx: Trx, kontoId: string): Promise<NokkelRow | null> {
  const [row] = await rows<NokkelRow>(trx, 'finn_nokkel', 'select * from exchange.finn_nokkel($1)', [
    kontoId,
  ]);
  return row ?? null;
}

/** The system of an integration, or null. */
export async function findSystemOfIntegration(trx: Trx, integrasjonId: string): Promise<string | null> {
  const [row] = await rows<{ id: string | null }>(
    trx,
    'system_of_integration',
    'select exchange.finn_system_for_integrasjon($1) as id',
    [integrasjonId],
  );
  return row?.id ?? null;
}
