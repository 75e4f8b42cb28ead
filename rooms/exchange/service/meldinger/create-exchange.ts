import type { Access, Organisation, Role } from '@grunnmur/access';
import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import { KernelError } from '@grunnmur/kernel/errors';
import type { Exchange, KontoNavn, KontoStatus, Lest, MeldingView } from '../../contract.ts';
import { hasKontoer, listKontoer } from '../../store/kontoer/konto-store.ts';
import type { Kontoer, Queues } from '../ports.ts';
import { conversationOf, looked, searched, timelineOf } from './traces.ts';

export interface ExchangeDeps {
  readonly access: Pick<Access, 'rolesOf' | 'findOrganisation'>;
  readonly kontoer: Pick<Kontoer, 'find'>;
  readonly queues: Pick<Queues, 'counts'>;
}

/** Who may look at an organisation's messages. */
const MAY_LOOK: readonly Role[] = ['organisasjonsadministrator', 'kontoadministrator', 'loggleser'];
const MAX_KONTOER = 1000;

/** What people of an organisation may ask about its messages. */
export function createExchange(deps: ExchangeDeps): Exchange {
  return {
    organisasjoner: (ctx) => organisasjoner(ctx, deps),
    kontoer: async (ctx) => {
      await requireRole(ctx, deps);
      return kontoer(ctx, deps);
    },
    search: async (ctx, search) => {
      await requireRole(ctx, deps);
      const page = await searched(ctx, null, search);
      return withNames(ctx, deps, page, page.meldinger);
    },
    timeline: async (ctx, id) => {
      await requireRole(ctx, deps);
      const timeline = await looked(ctx, id, 'tidslinje', (trx) => timelineOf(trx, null, id));
      return withNames(ctx, deps, timeline, [timeline]);
    },
    conversation: async (ctx, id) => {
      await requireRole(ctx, deps);
      const meldinger = await looked(ctx, id, 'samtale', (trx) => conversationOf(trx, null, id));
      return withNames(ctx, deps, { meldinger }, meldinger);
    },
  };
}

async function organisasjoner(ctx: Ctx, deps: ExchangeDeps): Promise<Organisation[]> {
  const roles = await deps.access.rolesOf(withCtx(ctx, { tenant: null }));
  const allowed = roles.filter(({ role }) => MAY_LOOK.includes(role));
  const organisations = new Map(allowed.map(({ organisation }) => [organisation.id, organisation]));
  const found: Organisation[] = [];
  // One after the other: nearly everybody has roles in one organisation or none.
  for (const organisation of organisations.values())
    if (await withTransaction(withCtx(ctx, { tenant: organisation.id }), hasKontoer))
      found.push(organisation);
  return found;
}

/** Refused like something that does not exist: whether an organisation uses Fiks IO is not everybody's to know. */
async function requireRole(ctx: Ctx, { access }: ExchangeDeps): Promise<void> {
  const roles = ctx.tenant === null ? [] : await access.rolesOf(withCtx(ctx, { tenant: null }));
  if (!roles.some(({ organisation, role }) => organisation.id === ctx.tenant && MAY_LOOK.includes(role)))
    throw KernelError.notFound();
}

async function kontoer(ctx: Ctx, { queues }: ExchangeDeps): Promise<KontoStatus[]> {
  const rows = await withTransaction(ctx, (trx) => listKontoer(trx, { limit: MAX_KONTOER }));
  const counts = await queues.counts(
    ctx,
    rows.map(({ id }) => id),
  );
  return rows.map(({ id, navn, protokoll, aktiv }) => {
    const { antallKonsumenter = 0, antallUavhentedeMeldinger = 0 } = counts.get(id) ?? {};
    return {
      ...{ id, navn, aktiv, antallKonsumenter, antallUavhentedeMeldinger },
      protokoll: protokoll ?? undefined,
    };
  });
}

async function withNames<T extends object>(
  ctx: Ctx,
  deps: ExchangeDeps,
  answer: T,
  meldinger: readonly MeldingView[],
): Promise<Lest<T>> {
  const ids = meldinger.flatMap(({ avsenderKontoId, mottakerKontoId }) => [avsenderKontoId, mottakerKontoId]);
  const names = await Promise.all([...new Set(ids)].map((id) => nameOf(ctx, deps, id)));
  return { ...answer, kontoer: names.filter((name) => name !== undefined) };
}

async function nameOf(ctx: Ctx, deps: ExchangeDeps, kontoId: string): Promise<KontoNavn | undefined> {
  const konto = await deps.kontoer.find(ctx, kontoId);
  if (!konto) return undefined;
  const organisation = await deps.access.findOrganisation(ctx, { id: konto.tenant });
  return {
    id: konto.id,
    navn: konto.navn,
    organisasjon: organisation?.name,
    egen: konto.tenant === ctx.tenant,
  };
}
