import type { Ctx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import { isUuid, newId } from '@grunnmur/kernel/ids';
import { ExchangeError } from '../../errors.ts';
import { findProtokoll } from '../../protocols/catalogue.ts';
import type { PartRef } from '../../store/kontoer/facts-store.ts';
import {
  deleteKonto,
  findKonto,
  insertKonto,
  type KontoChange,
  type KontoRow,
  listKontoer,
  lockKonto,
  replaceParter,
  updateKonto,
} from '../../store/kontoer/konto-store.ts';
import { readCertificate } from './certificate.ts';
import { applyChange, conflictWhenTaken, type KontoDeps } from './change.ts';
import { check, checkText } from './invalid.ts';
import type { KontoFacts } from './konto-facts.ts';
import { putNokkel } from './manage-nokler.ts';

export interface NewKonto {
  /** Default: a new UUID. */
  readonly id?: string;
  readonly systemId: string;
  readonly navn: string;
  readonly beskrivelse?: string;
  /** Name of a protocol; without it a bare Fiks IO-konto. */
  readonly protokoll?: string;
  /** At least one when there is a protocol. */
  readonly parter?: readonly PartRef[];
  /** PEM certificate. */
  readonly offentligNokkel?: string;
  /** Default true. */
  readonly aktiv?: boolean;
}

/** Most kontoer that one search gives. */
const MAX_KONTOER = 1000;
const MAX_PARTER = 50;

/**
 * Creates a konto in one of the acting tenant's systems. Throws `exchange.system_not_found` (404),
 * `exchange.protokoll_not_found` (404), `exchange.invalid_certificate` and `exchange.invalid` (400), `kernel.conflict`
 * (409) when the id is in use.
 */
export async function createKonto(ctx: Ctx, deps: KontoDeps, input: NewKonto): Promise<string> {
  const id = (input.id ?? newId(ctx.now().getTime())).toLowerCase();
  check(isUuid(id), 'id', 'format', 'må være en UUID');
  checkText(input.navn, 'navn', 1, 200);
  checkText(input.beskrivelse ?? '', 'beskrivelse', 0, 500);
  const parter = checkParter(input.protokoll, input.parter ?? []);
  const certificate =
    input.offentligNokkel === undefined ? undefined : readCertificate(input.offentligNokkel);
  if (!isUuid(input.systemId)) throw ExchangeError.systemNotFound();
  const row = {
    id,
    systemId: input.systemId,
    navn: input.navn,
    beskrivelse: input.beskrivelse ?? '',
    protokoll: input.protokoll ?? null,
    aktiv: input.aktiv ?? true,
  };
  await applyChange(ctx, deps, { operation: 'konto.create', object: id }, async (trx) => {
    const inserted = await insertKonto(trx, row).catch(conflictWhenTaken);
    if (inserted === 0) throw ExchangeError.systemNotFound();
    await replaceParter(trx, id, parter);
    if (certificate) await putNokkel(trx, id, certificate);
  });
  return id;
}

/** The parties, each once, when all are parties of the protocol in the catalogue. */
function checkParter(protokoll: string | undefined, parter: readonly PartRef[]): PartRef[] {
  if (protokoll === undefined) {
    check(parter.length === 0, 'parter', 'protokoll', 'kan bare gis sammen med en protokoll');
    return [];
  }
  check(parter.length >= 1, 'parts', 'minItems', 'minst 1');
  check(parter.length <= MAX_PARTER, 'parts', 'maxItems', `høyst ${MAX_PARTER}`);
  parter.forEach(({ part, versjon }, nr) => {
    const definisjon = findProtokoll(protokoll, versjon);
    if (!definisjon) throw ExchangeError.protokollNotFound();
    const known = definisjon.parter.some(({ navn }) => navn === part);
    check(known, `parts.${nr}.partNavn`, 'part', 'er ikke en part i protokollen');
  });
  return [...new Map(parter.map((each) => [`${each.part} ${each.versjon}`, each])).values()];
}

/** One of the acting tenant's kontoer. Throws `exchange.konto_not_found` (404). */
export async function getKonto(ctx: Ctx, kontoId: string): Promise<KontoRow> {
  const konto = isUuid(kontoId) ? await withTransaction(ctx, (trx) => findKonto(trx, kontoId)) : null;
  if (!konto) throw ExchangeError.kontoNotFound();
  return konto;
}

/** The acting tenant's kontoer in order of name, at most {@link MAX_KONTOER}. */
export function listOwnKontoer(
  ctx: Ctx,
  filter: { readonly systemId?: string; readonly aktiv?: boolean },
): Promise<KontoRow[]> {
  return withTransaction(ctx, (trx) => listKontoer(trx, { ...filter, limit: MAX_KONTOER }));
}

/** Changes name and description. */
export async function setKontoInfo(
  ctx: Ctx,
  deps: KontoDeps,
  kontoId: string,
  info: { readonly navn: string; readonly beskrivelse?: string },
): Promise<void> {
  checkText(info.navn, 'navn', 1, 200);
  checkText(info.beskrivelse ?? '', 'beskrivelse', 0, 500);
  // Named one by one: whatever else lies in the object must neither change the konto nor reach the log.
  await change(ctx, deps, kontoId, 'konto.info', { navn: info.navn, beskrivelse: info.beskrivelse });
}

/** Gives a protokoll-konto exactly these parties. */
export async function setParter(
  ctx: Ctx,
  deps: KontoDeps,
  konto: KontoFacts,
  parter: readonly PartRef[],
): Promise<void> {
  check(konto.protokoll !== undefined, 'parts', 'protokoll', 'kontoen har ingen protokoll');
  const wanted = checkParter(konto.protokoll, parter);
  const entry = { operation: 'konto.parter', object: konto.id, detail: { parter: wanted } };
  await applyChange(ctx, deps, entry, async (trx) => {
    if (!(await lockKonto(trx, konto.id))) throw ExchangeError.kontoNotFound();
    await replaceParter(trx, konto.id, wanted);
  });
}

/** Lets a konto send and receive again. */
export function activateKonto(ctx: Ctx, deps: KontoDeps, kontoId: string): Promise<void> {
  return change(ctx, deps, kontoId, 'konto.activate', { aktiv: true });
}

/** Stops a konto. What waits on its queue is given up, and its consumers are cancelled (fiks-io §3.5). */
export async function deactivateKonto(ctx: Ctx, deps: KontoDeps, konto: KontoFacts): Promise<void> {
  const entry = { operation: 'konto.deactivate', object: konto.id };
  await applyChange(ctx, deps, entry, async (trx) => {
    if ((await updateKonto(trx, konto.id, { aktiv: false })) === 0) throw ExchangeError.kontoNotFound();
    await deps.queues.close(trx, { ...konto, aktiv: false });
  });
}

/** Deletes a konto for good. The row stays for the messages that name it. */
export async function removeKonto(ctx: Ctx, deps: KontoDeps, konto: KontoFacts): Promise<void> {
  const entry = { operation: 'konto.delete', object: konto.id };
  await applyChange(ctx, deps, entry, async (trx) => {
    if (!(await lockKonto(trx, konto.id))) throw ExchangeError.kontoNotFound();
    await deleteKonto(trx, konto.id);
    await deps.queues.close(trx, { ...konto, aktiv: false, slettet: true });
  });
}

/** Stops or resumes sending from a konto; it receives as before. */
export function setSendDeaktivert(ctx: Ctx, deps: KontoDeps, kontoId: string, value: boolean): Promise<void> {
  return change(ctx, deps, kontoId, 'konto.send_deaktivert', { sendDeaktivert: value });
}

async function change(
  ctx: Ctx,
  deps: KontoDeps,
  kontoId: string,
  operation: string,
  wanted: KontoChange,
): Promise<void> {
  if (!isUuid(kontoId)) throw ExchangeError.kontoNotFound();
  // Names are not repeated in the log: it tells that they were changed, and by whom.
  const { sendDeaktivert } = wanted;
  const detail = sendDeaktivert === undefined ? {} : { detail: { sendDeaktivert } };
  const entry = { operation, object: kontoId, ...detail };
  await applyChange(ctx, deps, entry, async (trx) => {
    if ((await updateKonto(trx, kontoId, wanted)) === 0) throw ExchangeError.kontoNotFound();
  });
}
