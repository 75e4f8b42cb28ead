import { ExchangeClientError } from './client-error.ts';
import type { Call, HttpApi } from './http-api.ts';

export interface KontoStatus {
  readonly gyldigAvsender: boolean;
  readonly gyldigMottaker: boolean;
  readonly antallKonsumenter: number;
  readonly antallUavhentedeMeldinger: number;
  readonly melding?: string;
}

export interface KatalogKonto {
  readonly fiksOrgId: string;
  readonly fiksOrgNavn: string;
  readonly organisasjonsnummer?: string;
  readonly kommunenummer?: string;
  readonly kontoId: string;
  readonly kontoNavn: string;
  readonly status: KontoStatus;
}

export interface OffentligNokkel {
  /** PEM certificate. */
  readonly nokkel: string;
  readonly valid: boolean;
  readonly validFrom?: string;
  readonly validTo?: string;
  readonly serial?: string;
  readonly subjectDN?: string;
  readonly issuerDN?: string;
  readonly statusMessage?: string;
}

export interface LookupWish {
  /** E.g. `ORG_NO.123456789`. */
  readonly identifikator: string;
  readonly meldingProtokoll: string;
  readonly sikkerhetsniva: 1 | 2 | 3 | 4;
}

type WithSignal = Pick<Call, 'signal'>;

/** The catalogue of kontoer (fiks-io §2.3). What is not there is undefined. */
export interface Katalog {
  konto(kontoId: string, options?: WithSignal): Promise<KatalogKonto | undefined>;
  status(kontoId: string, options?: WithSignal): Promise<KontoStatus | undefined>;
  /** Asks anew each time. */
  offentligNokkel(kontoId: string, options?: WithSignal): Promise<OffentligNokkel | undefined>;
  lookup(wish: LookupWish, options?: WithSignal): Promise<KatalogKonto | undefined>;
  /** Puts a certificate into the catalogue (fiks-io §2.4); the system must allow it. */
  settOffentligNokkel(
    kontoId: string,
    certificatePem: string,
    options?: WithSignal,
  ): Promise<OffentligNokkel>;
}

const BASE = '/fiks-io/katalog/api/v1';

export function createKatalog(api: HttpApi): Katalog {
  const found = async <T>(path: string, call: Call): Promise<T | undefined> => {
    try {
      return await api.json<T>(path, call);
    } catch (error) {
      if (error instanceof ExchangeClientError && error.code === 'not_found') return undefined;
      throw error;
    }
  };
  const konto = (id: string) => `${BASE}/kontoer/${encodeURIComponent(id)}`;
  return {
    konto: (id, options) => found(konto(id), { ...options }),
    status: (id, options) => found(`${konto(id)}/status`, { ...options }),
    offentligNokkel: (id, options) => found(`${konto(id)}/offentligNokkel`, { ...options, login: false }),
    lookup: (wish, options) => {
      const query = new URLSearchParams({ ...wish, sikkerhetsniva: String(wish.sikkerhetsniva) });
      return found(`${BASE}/lookup?${query}`, { ...options });
    },
    settOffentligNokkel: (id, pem, options) =>
      api.json(`/fiks-io/konto/api/v1/kontoer/${encodeURIComponent(id)}/offentligNokkel`, {
        ...options,
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ pem }),
      }),
  };
}
