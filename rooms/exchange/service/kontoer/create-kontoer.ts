import { createShortCaches } from '@grunnmur/kernel/cache';
import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import type { AppError } from '@grunnmur/kernel/errors';
import { isUuid } from '@grunnmur/kernel/ids';
import type { Elapsed } from '@grunnmur/kernel/time';
import { ExchangeError } from '../../errors.ts';
import { findProtokoll } from '../../protocols/catalogue.ts';
import {
  findForhold,
  findKontoFacts,
  findNokkel,
  findSystemOfIntegration,
  type NokkelRow,
} from '../../store/kontoer/facts-store.ts';
import type { Kontoer, SendWish } from '../ports.ts';
import { type KontoFacts, kontoFacts } from './konto-facts.ts';
import { brokenSendRules, type Forhold } from './send-rules.ts';

export interface KontoerDeps {
  /** For how long facts are believed. Default: the monotonic clock. */
  readonly elapsedMs?: Elapsed;
  /** The protocol catalogue; tests may bring their own. */
  readonly findProtokoll?: typeof findProtokoll;
}

/** The facts about kontoer, with what the room's other account services ask. Everything is at most 5 s old. */
export interface KontoLookups extends Kontoer {
  /** {@link Kontoer.find} with the facts that the rules look at. */
  facts(ctx: Ctx, kontoId: string): Promise<KontoFacts | undefined>;
  own(ctx: Ctx, principal: { readonly integrationId: string }, kontoId: string): Promise<KontoFacts>;
  /** The present key of a konto that is not deleted. */
  nokkel(ctx: Ctx, kontoId: string): Promise<NokkelRow | null>;
  /** The system of an integration. */
  systemOf(ctx: Ctx, integrasjonId: string): Promise<string | null>;
  /** Every rule that a message between two existing kontoer breaks. */
  brokenRules(ctx: Ctx, wish: SendWish): Promise<AppError[]>;
  /** Called after a committed change: the next question in this process reads the database. */
  forget(): void;
}

/** Accounts, as the room's other parts ask for them. See {@link Kontoer}. */
export function createKontoer(deps: KontoerDeps = {}): KontoLookups {
  const caches = createShortCaches(deps.elapsedMs);
  const kontoer = caches.create<KontoFacts | undefined>();
  const forhold = caches.create<Forhold>();
  const nokler = caches.create<NokkelRow | null>();
  const systemer = caches.create<string | null>();
  const protokoll = deps.findProtokoll ?? findProtokoll;

  const facts = async (ctx: Ctx, kontoId: string): Promise<KontoFacts | undefined> => {
    if (!isUuid(kontoId)) return undefined;
    const id = kontoId.toLowerCase();
    return kontoer.get(id, () =>
      read(ctx, async (trx) => (await findKontoFacts(trx, [id])).map(kontoFacts)[0]),
    );
  };
  const rules = async (ctx: Ctx, avsender: KontoFacts, mottaker: KontoFacts, wish: SendWish) => {
    const { meldingType, harPayload } = wish;
    const between = await forhold.get(`${mottaker.id}/${avsender.id}`, () =>
      read(ctx, (trx) => findForhold(trx, mottaker.id, avsender.id, avsender.systemId)),
    );
    return brokenSendRules({ avsender, mottaker, forhold: between, meldingType, harPayload }, protokoll);
  };

  return {
    facts,
    find: facts,
    own: async (ctx, principal, kontoId) => {
      const konto = await facts(ctx, kontoId);
      if (!konto || konto.slettet || konto.integrasjonId !== principal.integrationId)
        throw ExchangeError.kontoNotFound();
      return konto;
    },
    checkSend: async (ctx, principal, wish) => {
      const [avsender, mottaker] = await Promise.all([
        facts(ctx, wish.avsenderKontoId),
        facts(ctx, wish.mottakerKontoId),
      ]);
      if (!avsender || avsender.slettet || avsender.integrasjonId !== principal.integrationId)
        throw ExchangeError.avsenderNotAllowed();
      if (!mottaker || mottaker.slettet) throw ExchangeError.mottakerNotFound();
      const [first] = await rules(ctx, avsender, mottaker, wish);
      if (first) throw first;
      return { avsender, mottaker };
    },
    brokenRules: async (ctx, wish) => {
      const [avsender, mottaker] = await Promise.all([
        facts(ctx, wish.avsenderKontoId),
        facts(ctx, wish.mottakerKontoId),
      ]);
      if (!avsender || avsender.slettet) return [ExchangeError.avsenderNotAllowed()];
      if (!mottaker || mottaker.slettet) return [ExchangeError.mottakerNotFound()];
      return rules(ctx, avsender, mottaker, wish);
    },
    nokkel: async (ctx, kontoId) => {
      if (!isUuid(kontoId)) return null;
      const id = kontoId.toLowerCase();
      return nokler.get(id, () => read(ctx, (trx) => findNokkel(trx, id)));
    },
    systemOf: (ctx, integrasjonId) =>
      systemer.get(integrasjonId, () => read(ctx, (trx) => findSystemOfIntegration(trx, integrasjonId))),
    forget: caches.forget,
  };
}

/**
 * What is read here is shared between callers, so it must not depend on who asks: no tenant, only what the
 * security-definer functions give; and not ended by one caller hanging up.
 */
function read<T>(ctx: Ctx, work: Parameters<typeof withTransaction<T>>[1]): Promise<T> {
  return withTransaction(withCtx(ctx, { tenant: null }), work);
}
