import type { KontoFactsRow, PartRef } from '../../store/kontoer/facts-store.ts';
import type { Konto } from '../../types.ts';

/** A konto with what the rules of sending look at. */
export interface KontoFacts extends Konto {
  readonly aksepterteAvsendereAktivert: boolean;
  /** FIKS.KONFIGURER: the system may be changed by its integration. */
  readonly konfigureresAvIntegrasjon: boolean;
  /** Other organisations may find the konto's system. */
  readonly offentlig: boolean;
  /** Of the organisation, when it is a municipality. */
  readonly kommunenummer: string | undefined;
  readonly parter: readonly PartRef[];
}

export function kontoFacts(row: KontoFactsRow): KontoFacts {
  return {
    id: row.id,
    tenant: row.tenant_id,
    systemId: row.system_id,
    integrasjonId: row.integrasjon_id,
    navn: row.navn,
    beskrivelse: row.beskrivelse,
    protokoll: row.protokoll ?? undefined,
    aktiv: row.aktiv,
    sendDeaktivert: row.send_deaktivert,
    slettet: row.slettet,
    aksepterteAvsendereAktivert: row.aksepterte_avsendere_aktivert,
    konfigureresAvIntegrasjon: row.konfigureres_av_integrasjon,
    offentlig: row.offentlig,
    kommunenummer: row.kommunenummer ?? undefined,
    parter: row.parter,
  };
}
