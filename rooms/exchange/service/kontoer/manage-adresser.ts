import type { Ctx } from '@grunnmur/kernel/ctx';
import { type Trx, withTransaction } from '@grunnmur/kernel/db';
import type { AppError } from '@grunnmur/kernel/errors';
import { isUuid, newId } from '@grunnmur/kernel/ids';
import { ExchangeError } from '../../errors.ts';
import {
  type AdresseRow,
  type AdresseValues,
  deleteAdresse,
  findOverlaps,
  insertAdresse,
  listAdresser,
  lockActivation,
  lockAdresse,
  type OverlapRow,
  updateAdresse,
} from '../../store/kontoer/adresse-store.ts';
import { findKontoFacts } from '../../store/kontoer/facts-store.ts';
import { applyChange, type KontoDeps } from './change.ts';
import { type Foreign, foreignTo, requireOwn } from './identifikatorer.ts';
import { check } from './invalid.ts';
import { organisationsById } from './organisations.ts';

const MAX_ADRESSER = 100;
const LIMITS = { identifikatorer: 1000, meldingsprotokoller: 200, sikkerhetsnivaer: 4 } as const;
const BESKRIVELSE = /^[A-Za-zæøåÆØÅ0-9_.,/\- ]{1,500}$/;

/** An active address that stands in the way of another (fiks-io §2.4). */
interface AdresseKonflikt extends Omit<OverlapRow, 'tenant_id' | 'konto_id' | 'id'> {
  readonly fiksOrgId: string;
  readonly fiksOrgVisningsnavn: string;
  readonly kontoId: string;
  readonly kontoNavn: string;
  readonly adresseId: string;
}

export type AdresseKind = keyof AdresseValues;

export function kontoAdresser(ctx: Ctx, kontoId: string): Promise<AdresseRow[]> {
  return withTransaction(ctx, (trx) => listAdresser(trx, kontoId));
}

export async function createAdresse(
  ctx: Ctx,
  deps: KontoDeps,
  kontoId: string,
  beskrivelse: string,
): Promise<AdresseRow> {
  checkBeskrivelse(beskrivelse);
  const id = newId(ctx.now().getTime());
  return applyChange(ctx, deps, { operation: 'adresse.create', object: id }, async (trx) => {
    const added = await insertAdresse(trx, id, kontoId, beskrivelse, MAX_ADRESSER);
    check(added === 1, 'adresser', 'maxItems', `en konto kan ha høyst ${MAX_ADRESSER}`);
    return (await lockAdresse(trx, kontoId, id))!;
  });
}

export function setBeskrivelse(
  ctx: Ctx,
  deps: KontoDeps,
  kontoId: string,
  id: string,
  beskrivelse: string,
): Promise<AdresseRow> {
  checkBeskrivelse(beskrivelse);
  return change(ctx, deps, kontoId, id, 'adresse.beskrivelse', (row) => ({ ...row, beskrivelse }));
}

/**
 * Adds values to an address; while it is active it must not come to overlap with another. With an identifier of somebody
 * else's, messages for its owner would go astray, also when the owner is not registered here yet.
 */
export async function addValues<K extends AdresseKind>(
  ctx: Ctx,
  deps: KontoDeps,
  kontoId: string,
  id: string,
  kind: K,
  values: AdresseValues[K],
): Promise<AdresseRow> {
  const added = kind === 'identifikatorer' ? (values as readonly string[]) : [];
  const foreign = await foreignTo(ctx, deps, added);
  const next = (row: AdresseRow) => {
    const all = [...new Set([...row[kind], ...values])];
    check(all.length <= LIMITS[kind], kind, 'maxItems', `høyst ${LIMITS[kind]}`);
    return { ...row, [kind]: all };
  };
  return change(ctx, deps, kontoId, id, `adresse.${kind}.add`, next, { foreign, of: () => added });
}

/** Removes values; an active address keeps at least one of each kind. */
export function removeValues<K extends AdresseKind>(
  ctx: Ctx,
  deps: KontoDeps,
  kontoId: string,
  id: string,
  kind: K,
  values: AdresseValues[K],
): Promise<AdresseRow> {
  const gone = new Set<string | number>(values);
  return change(ctx, deps, kontoId, id, `adresse.${kind}.remove`, (row) => ({
    ...row,
    [kind]: row[kind].filter((value) => !gone.has(value)),
  }));
}

/** An active address needs a value of each kind and no overlap with another, in any organisation (fiks-io §2.4). */
export async function activateAdresse(
  ctx: Ctx,
  deps: KontoDeps,
  kontoId: string,
  id: string,
  aktiv: boolean,
): Promise<AdresseRow> {
  const next = (row: AdresseRow) => ({ ...row, aktiv });
  if (!aktiv) return change(ctx, deps, kontoId, id, 'adresse.deactivate', next);
  // Asked again: their owner may have been registered here, or the right to them taken back, since they were added.
  const known = (await kontoAdresser(ctx, kontoId)).find((row) => row.id === id.toLowerCase());
  const foreign = await foreignTo(ctx, deps, known?.identifikatorer ?? []);
  const claim: Claim = { foreign, of: (row) => row.identifikatorer };
  return change(ctx, deps, kontoId, id, 'adresse.activate', next, claim);
}

export async function removeAdresse(ctx: Ctx, deps: KontoDeps, kontoId: string, id: string): Promise<void> {
  if (!isUuid(id)) throw ExchangeError.adresseNotFound();
  await applyChange(ctx, deps, { operation: 'adresse.delete', object: id }, async (trx) => {
    if ((await deleteAdresse(trx, kontoId, id)) === 0) throw ExchangeError.adresseNotFound();
  });
}

/** Has the address a value of each kind? */
export function isComplete(values: AdresseValues): boolean {
  return (
    values.identifikatorer.length > 0 &&
    values.meldingsprotokoller.length > 0 &&
    values.sikkerhetsnivaer.length > 0
  );
}

/** The addresses in the way, until their owners' names have been found. */
class Overlap extends Error {
  readonly rows: readonly OverlapRow[];
  readonly names: ReadonlyMap<string, string>;
  constructor(rows: readonly OverlapRow[], names: ReadonlyMap<string, string>) {
    super('overlap');
    this.rows = rows;
    this.names = names;
  }
}

/** Identifiers that a change needs the right to; `foreign` are those that the organisation has none to by itself. */
interface Claim {
  readonly foreign: Foreign;
  readonly of: (row: AdresseRow) => readonly string[];
}

async function change(
  ctx: Ctx,
  deps: KontoDeps,
  kontoId: string,
  id: string,
  operation: string,
  next: (row: AdresseRow) => AdresseRow,
  claim?: Claim,
): Promise<AdresseRow> {
  if (!isUuid(id)) throw ExchangeError.adresseNotFound();
  try {
    return await applyChange(ctx, deps, { operation, object: id }, async (trx) => {
      const row = await lockAdresse(trx, kontoId, id);
      if (!row) throw ExchangeError.adresseNotFound();
      const changed = next(row);
      if (changed.aktiv) await checkActive(trx, changed);
      if (claim) await requireOwn(trx, claim.foreign, claim.of(changed));
      return updateAdresse(trx, id, changed);
    });
  } catch (error) {
    // Asked for here and not above: another room's answer must not be waited for inside our transaction.
    if (error instanceof Overlap) throw await conflictWith(ctx, deps, error);
    throw error;
  }
}

async function checkActive(trx: Trx, adresse: AdresseRow): Promise<void> {
  if (!isComplete(adresse))
    throw conflict(
      'en aktiv adresse må ha minst én identifikator, én meldingsprotokoll og ett sikkerhetsnivå',
    );
  await lockActivation(trx);
  const overlaps = await findOverlaps(trx, adresse, adresse.id);
  if (overlaps.length === 0) return;
  const kontoer = await findKontoFacts(
    trx,
    overlaps.map((each) => each.konto_id),
  );
  throw new Overlap(overlaps, new Map(kontoer.map(({ id, navn }) => [id, navn])));
}

async function conflictWith(ctx: Ctx, deps: KontoDeps, { rows, names }: Overlap): Promise<AppError> {
  const organisations = await organisationsById(
    ctx,
    deps,
    rows.map((each) => each.tenant_id),
  );
  const konflikter = rows.map(
    (each): AdresseKonflikt => ({
      fiksOrgId: each.tenant_id,
      fiksOrgVisningsnavn: organisations.get(each.tenant_id)?.name ?? '',
      kontoId: each.konto_id,
      kontoNavn: names.get(each.konto_id) ?? '',
      adresseId: each.id,
      identifikatorer: each.identifikatorer,
      meldingsprotokoller: each.meldingsprotokoller,
      sikkerhetsnivaer: each.sikkerhetsnivaer,
    }),
  );
  return conflict('den overlapper med andre aktive adresser', konflikter);
}

function conflict(detail: string, konflikter?: readonly AdresseKonflikt[]): AppError {
  return ExchangeError.adresseConflict({ params: { detail, ...(konflikter ? { konflikter } : {}) } });
}

function checkBeskrivelse(beskrivelse: string): void {
  check(
    BESKRIVELSE.test(beskrivelse),
    'beskrivelse',
    'pattern',
    'må ha 1 til 500 bokstaver, tall, mellomrom eller _.,/-',
  );
}
