import type { Ctx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import { ExchangeError } from '../../errors.ts';
import { findAdressat, findOverlaps, type OverlapRow } from '../../store/kontoer/adresse-store.ts';
import type { NokkelRow } from '../../store/kontoer/facts-store.ts';
import type { KontoDeps } from './change.ts';
import type { KontoFacts } from './konto-facts.ts';
import { isValidNow, validityText } from './offentlig-nokkel.ts';
import { organisationsById } from './organisations.ts';

/** May the konto send and receive (fiks-io §2.3)? */
export interface KontoValidity {
  readonly gyldigAvsender: boolean;
  readonly gyldigMottaker: boolean;
  readonly melding: string;
}

export interface KontoStatus extends KontoValidity {
  readonly antallKonsumenter: number;
  readonly antallUavhentedeMeldinger: number;
}

export interface KatalogKonto {
  readonly fiksOrgId: string;
  readonly fiksOrgNavn: string;
  readonly organisasjonsnummer?: string;
  readonly kommunenummer?: string;
  readonly kontoId: string;
  readonly kontoNavn: string;
  readonly kontoBeskrivelse: string;
  readonly status: KontoStatus;
}

export interface AdresseSpec {
  readonly adresseId?: string;
  readonly identifikatorer: readonly string[];
  readonly meldingsprotokoller: readonly string[];
  readonly sikkerhetsnivaer: readonly number[];
}

/** Any konto that is not deleted, whoever owns it. Throws `exchange.konto_not_found` (404). */
export async function katalogKonto(ctx: Ctx, deps: KontoDeps, kontoId: string): Promise<KatalogKonto> {
  const konto = await existing(ctx, deps, kontoId);
  const [status, organisations] = await Promise.all([
    statusOf(ctx, deps, konto),
    organisationsById(ctx, deps, [konto.tenant]),
  ]);
  const organisation = organisations.get(konto.tenant);
  return {
    fiksOrgId: konto.tenant,
    fiksOrgNavn: organisation?.name ?? '',
    ...(organisation ? { organisasjonsnummer: organisation.orgnr } : {}),
    ...(konto.kommunenummer === undefined ? {} : { kommunenummer: konto.kommunenummer }),
    kontoId: konto.id,
    kontoNavn: konto.navn,
    kontoBeskrivelse: konto.beskrivelse,
    status,
  };
}

/** Live counts, and whether the konto can be used. Throws `exchange.konto_not_found` (404). */
export async function kontoStatus(ctx: Ctx, deps: KontoDeps, kontoId: string): Promise<KontoStatus> {
  return statusOf(ctx, deps, await existing(ctx, deps, kontoId));
}

/** The konto with an active address for these values. Throws `exchange.konto_not_found` (404). */
export async function lookupKonto(
  ctx: Ctx,
  deps: KontoDeps,
  wanted: { identifikator: string; meldingsprotokoll: string; sikkerhetsniva: number },
): Promise<KatalogKonto> {
  const { identifikator, meldingsprotokoll, sikkerhetsniva } = wanted;
  const id = await withTransaction(ctx, (trx) =>
    findAdressat(trx, identifikator, meldingsprotokoll, sikkerhetsniva),
  );
  if (!id) throw ExchangeError.kontoNotFound();
  return katalogKonto(ctx, deps, id);
}

/** Active addresses, other than `adresseId`, that overlap with the values: to know before an address is activated. */
export function matchendeAdresser(ctx: Ctx, spec: AdresseSpec): Promise<OverlapRow[]> {
  return withTransaction(ctx, (trx) => findOverlaps(trx, spec, spec.adresseId));
}

/** From what is known of the konto and its key. */
export function kontoValidity(
  konto: Pick<KontoFacts, 'aktiv' | 'sendDeaktivert'>,
  nokkel: NokkelRow | null,
  now: Date,
): KontoValidity {
  if (!konto.aktiv) return { gyldigAvsender: false, gyldigMottaker: false, melding: 'Kontoen er deaktivert' };
  const texts = [
    ...(konto.sendDeaktivert ? ['Sending er deaktivert'] : []),
    ...(nokkel ? [] : ['Kontoen har ingen offentlig nøkkel']),
    ...(nokkel && !isValidNow(nokkel, now) ? [validityText(nokkel.gyldig_fra, nokkel.gyldig_til, now)] : []),
  ];
  return {
    gyldigAvsender: !konto.sendDeaktivert,
    gyldigMottaker: nokkel !== null && isValidNow(nokkel, now),
    melding: texts.join('. ') || 'Kontoen kan sende og motta meldinger',
  };
}

async function existing(ctx: Ctx, deps: KontoDeps, kontoId: string): Promise<KontoFacts> {
  const konto = await deps.kontoer.facts(ctx, kontoId);
  if (!konto || konto.slettet) throw ExchangeError.kontoNotFound();
  return konto;
}

async function statusOf(ctx: Ctx, deps: KontoDeps, konto: KontoFacts): Promise<KontoStatus> {
  const [counts, nokkel] = await Promise.all([
    deps.queues.counts(ctx, [konto.id]),
    deps.kontoer.nokkel(ctx, konto.id),
  ]);
  const { antallKonsumenter, antallUavhentedeMeldinger } = counts.get(konto.id) ?? NO_QUEUE;
  return { ...kontoValidity(konto, nokkel, ctx.now()), antallKonsumenter, antallUavhentedeMeldinger };
}

const NO_QUEUE = { antallKonsumenter: 0, antallUavhentedeMeldinger: 0 };
