import type { Ctx } from '@grunnmur/kernel/ctx';
import { type Trx, withTransaction } from '@grunnmur/kernel/db';
import type { AppError } from '@grunnmur/kernel/errors';
import { ExchangeError } from '../../errors.ts';
import { lockActivation } from '../../store/kontoer/adresse-store.ts';
import {
  deactivateWith,
  findGranted,
  grant,
  type IBrukRow,
  listGranted,
  listUngranted,
  type RettRow,
  revoke,
} from '../../store/kontoer/identifikator-store.ts';
import { applyChange, type KontoDeps } from './change.ts';
import { check } from './invalid.ts';

const ORG_NO = 'ORG_NO.';
const NAVENHET_ID = 'NAVENHET_ID.';

/**
 * Why an organisation may not be found by an identifier unless an operator has given it, in Norwegian. An organisation number is its
 * owner's, or that of a unit registered below it. Who has a unit of NAV no register here can tell.
 */
export type Foreign = ReadonlyMap<string, string>;

/** Those of `identifikatorer` that are not by themselves `ctx.tenant`'s. */
export async function foreignTo(
  ctx: Ctx,
  deps: Pick<KontoDeps, 'access'>,
  identifikatorer: readonly string[],
): Promise<Foreign> {
  const reasons = await Promise.all(
    identifikatorer.map(async (each) => [each, await whyForeign(ctx, deps, each)] as const),
  );
  return new Map(reasons.flatMap(([each, reason]) => (reason === undefined ? [] : [[each, reason]])));
}

async function whyForeign(
  ctx: Ctx,
  deps: Pick<KontoDeps, 'access'>,
  identifikator: string,
): Promise<string | undefined> {
  if (!identifikator.startsWith(ORG_NO)) return 'ingen registre her viser hvem den tilhører';
  const orgnr = identifikator.slice(ORG_NO.length);
  const found = await deps.access.findOrganisation(ctx, { orgnr });
  if (!found) return `organisasjonsnummeret ${orgnr} er ikke registrert på organisasjonen som eier kontoen`;
  if (found.id === ctx.tenant || found.parent === ctx.tenant) return undefined;
  return `organisasjonsnummeret ${orgnr} tilhører en annen organisasjon`;
}

/** Throws `exchange.adresse_conflict` for the first of `identifikatorer` that is foreign and has not been given. */
export async function requireOwn(
  trx: Trx,
  foreign: Foreign,
  identifikatorer: readonly string[],
): Promise<void> {
  const asked = identifikatorer.filter((each) => foreign.has(each));
  if (asked.length === 0) return;
  const granted = new Set(await findGranted(trx, asked));
  const refused = asked.find((each) => !granted.has(each));
  if (refused !== undefined) throw notYours(refused, foreign.get(refused)!);
}

function notYours(identifikator: string, reason: string): AppError {
  const own = identifikator.startsWith(ORG_NO)
    ? 'organisasjonen selv, den som har nummeret blant sine underenheter her, og den som driftsoperatøren har gitt det'
    : 'den som driftsoperatøren har gitt den';
  return ExchangeError.adresseConflict({
    params: {
      detail:
        `${identifikator} kan bare brukes av ${own}; ${reason}. Be driftsoperatøren kjøre: ` +
        `npx grunnmur exchange identifier grant ${identifikator} --orgnr <organisasjonsnummeret deres>`,
    },
  });
}

/** Lets `ctx.tenant` be found by it as well; false when it may already. For an operator. */
export async function grantIdentifikator(ctx: Ctx, deps: KontoDeps, identifikator: string): Promise<boolean> {
  checkIdentifikator(identifikator);
  return recorded(ctx, deps, 'identifikator.grant', { identifikator }, (trx) => grant(trx, identifikator));
}

/**
 * Takes it back: active addresses that lead to `ctx.tenant` by it are switched off, unless it is the organisation's own anyway.
 * Gives their ids; undefined when it had not been given.
 */
export async function revokeIdentifikator(
  ctx: Ctx,
  deps: KontoDeps,
  identifikator: string,
): Promise<readonly string[] | undefined> {
  checkIdentifikator(identifikator);
  const foreign = await foreignTo(ctx, deps, [identifikator]);
  return recorded(ctx, deps, 'identifikator.revoke', { identifikator }, async (trx) => {
    // As activation does: no address with it becomes active beside this.
    await lockActivation(trx);
    if (!(await revoke(trx, identifikator))) return undefined;
    return foreign.has(identifikator) ? deactivateWith(trx, identifikator) : [];
  });
}

function recorded<T>(
  ctx: Ctx,
  deps: KontoDeps,
  operation: string,
  detail: { readonly identifikator: string },
  work: (trx: Trx) => Promise<T>,
): Promise<T> {
  return applyChange(ctx, deps, { operation, object: ctx.tenant!, detail }, work);
}

/** What operators have given, in order of identifier. `ctx` is the platform's, for no tenant. */
export function grantedIdentifikatorer(ctx: Ctx): Promise<RettRow[]> {
  return withTransaction(ctx, listGranted);
}

/**
 * Identifiers of active addresses that their organisation may not have: activated by an earlier version, or before
 * their owner was registered. `ctx` is the platform's, for no tenant.
 */
export async function strayIdentifikatorer(ctx: Ctx, deps: Pick<KontoDeps, 'access'>): Promise<IBrukRow[]> {
  const used = await withTransaction(ctx, listUngranted);
  const stray: IBrukRow[] = [];
  for (const row of used) {
    const foreign = await foreignTo({ ...ctx, tenant: row.tenant_id }, deps, [row.identifikator]);
    if (foreign.has(row.identifikator)) stray.push(row);
  }
  return stray;
}

function checkIdentifikator(identifikator: string): void {
  check(
    [ORG_NO, NAVENHET_ID].some((type) => identifikator.startsWith(type)) &&
      /^[A-Z_]+\.[0-9]{1,30}$/.test(identifikator),
    'identifikator',
    'pattern',
    'må være ORG_NO eller NAVENHET_ID, punktum og et nummer, for eksempel NAVENHET_ID.0301',
  );
}
