import type { Ctx } from '@grunnmur/kernel/ctx';
import { type Trx, withTransaction } from '@grunnmur/kernel/db';
import { enqueue, type GiveWay, type Job, type JobDefinition, type JobResult } from '@grunnmur/kernel/jobs';
import type { Contact } from '@grunnmur/registers';
import { changeStatus, deliverQueue } from '../service/apply-outcomes.ts';
import { auditLookups, auditRegisterLookups } from '../service/audit-lookups.ts';
import { type ChannelPlan, channelPlan } from '../service/channel-plan.ts';
import type { PostDeps } from '../service/deps.ts';
import { type DeceasedAnswer, findDeceased } from '../service/find-deceased.ts';
import { readKontoSettings } from '../service/konto-settings.ts';
import { type Advarsel, warningEntries } from '../service/warnings.ts';
import { type Forsendelse, findForsendelser } from '../store/forsendelse-store.ts';
import { insertHendelser } from '../store/hendelse-store.ts';
import { findKontoer, findMottakersystemer } from '../store/konto-store.ts';
import { planLeveringer } from '../store/levering-store.ts';
import type { Mottakersystem } from '../types.ts';

/** Nobody waits for routing; letters that arrive together share look-ups and transactions. */
const GATHER_MS = 100;

interface Payload {
  readonly id: string;
}

interface Loaded {
  readonly letters: readonly Forsendelse[];
  readonly kontoer: ReadonlyMap<string, unknown>;
  readonly systems: readonly Mottakersystem[];
}

/**
 * Looks the recipients up, chooses the channels and hands each letter to the first. A letter that is already planned
 * (the handler ran before) or no longer AKSEPTERT is left alone.
 */
export function routeJob(deps: PostDeps, giveWay?: GiveWay): JobDefinition<Payload> {
  return {
    queue: 'post.route',
    batch: 250,
    gatherMs: GATHER_MS,
    giveWay,
    concurrency: 2,
    // Never given up: there is no other channel to choose without the register, and a dead job would leave the letter
    // AKSEPTERT for good. Operators see the queue's age (`grunnmur_jobs_oldest_seconds`).
    maxAttempts: 1_000_000,
    handle: (ctx, jobs) => route(ctx, deps, jobs),
  };
}

async function route(ctx: Ctx, deps: PostDeps, jobs: readonly Job<Payload>[]): Promise<JobResult[]> {
  const ids = jobs.map((job) => job.payload.id);
  const loaded = await withTransaction(ctx, (trx) => load(trx, ids));
  const contacts = await lookUp(ctx, deps, loaded.letters);
  const register = await findDeceased(ctx, deps, notInContactRegister(contacts));
  const plans: Planned[] = [];
  const faults = new Map<string, string>();
  for (const letter of loaded.letters) {
    try {
      plans.push({ letter, plan: planFor(loaded, letter, contacts) });
    } catch (error) {
      // One account's bad settings must not hold the others' letters.
      faults.set(letter.id, (error as Error).message);
    }
  }
  await withTransaction(ctx, (trx) => savePlans(trx, plans, contacts, register));
  return ids.map((id) => {
    const error = faults.get(id);
    return error === undefined ? { outcome: 'done' } : { outcome: 'retry', error };
  });
}

async function load(trx: Trx, ids: readonly string[]): Promise<Loaded> {
  const letters = (await findForsendelser(trx, ids)).filter((letter) => letter.status === 'AKSEPTERT');
  const kontoer = await findKontoer(trx, [...new Set(letters.map((letter) => letter.kontoId))]);
  const orgnrs = letters.flatMap(({ mottakerId }) => (mottakerId?.length === 9 ? [mottakerId] : []));
  const systems = orgnrs.length > 0 ? await findMottakersystemer(trx, { orgnr: [...new Set(orgnrs)] }) : [];
  return { letters, systems, kontoer: new Map(kontoer.map((konto) => [konto.id, konto.innstillinger])) };
}

async function lookUp(
  ctx: Ctx,
  deps: PostDeps,
  letters: readonly Forsendelse[],
): Promise<ReadonlyMap<string, Contact>> {
  const persons = letters.flatMap(({ mottakerId }) => (mottakerId?.length === 11 ? [mottakerId] : []));
  return persons.length > 0 ? deps.contacts.lookup([...new Set(persons)], ctx.signal) : new Map();
}

function planFor(loaded: Loaded, letter: Forsendelse, contacts: ReadonlyMap<string, Contact>): ChannelPlan {
  const settings = readKontoSettings(loaded.kontoer.get(letter.kontoId));
  return channelPlan(letter, settings, contacts.get(letter.mottakerId ?? ''), loaded.systems);
}

const DECEASED: Advarsel = { kode: 'mottaker_dod' };

/** The dead are deleted from the contact register, or never were in it; of nobody else is the population register asked. */
function notInContactRegister(contacts: ReadonlyMap<string, Contact>): string[] {
  return [...contacts.values()].flatMap(({ registered, fnr }) => (registered ? [] : [fnr]));
}

interface Planned {
  readonly letter: Forsendelse;
  readonly plan: ChannelPlan;
}

async function savePlans(
  trx: Trx,
  plans: readonly Planned[],
  contacts: ReadonlyMap<string, Contact>,
  register: DeceasedAnswer,
): Promise<void> {
  if (plans.length === 0) return;
  const planned = await planLeveringer(
    trx,
    plans.flatMap(({ letter, plan }) =>
      plan.kanaler.map((kanal, index) => ({ forsendelseId: letter.id, kanal, rekkefolge: index + 1 })),
    ),
  );
  const stranded = plans.filter(({ plan }) => plan.kanaler.length === 0);
  const routed = plans.filter(({ letter }) => planned.has(letter.id));
  await insertHendelser(
    trx,
    [...routed, ...stranded].flatMap(({ letter, plan }) => [
      ...warningEntries(letter.id, register.deceased.has(letter.mottakerId ?? '') ? [DECEASED] : []),
      {
        forsendelseId: letter.id,
        kode: 'rutet',
        params: { kanal: plan.kanaler[0] ?? 'ingen', grunn: plan.grunn },
      },
    ]),
  );
  await handOver(trx, routed);
  await changeStatus(
    trx,
    'IKKE_LEVERT',
    stranded.map(({ letter }) => ({ id: letter.id, kode: 'ikke_levert' })),
  );
  await auditLookups(
    trx,
    [...routed, ...stranded].flatMap(({ letter }) => (contacts.has(letter.mottakerId ?? '') ? [letter] : [])),
  );
  await auditRegisterLookups(
    trx,
    [...routed, ...stranded].flatMap(({ letter }) =>
      register.asked.has(letter.mottakerId ?? '') ? [letter] : [],
    ),
  );
}

/** SvarInn only queues: the receiving system fetches. The other channels have a job. */
async function handOver(trx: Trx, routed: readonly Planned[]): Promise<void> {
  const waiting = routed.filter(({ plan }) => plan.kanaler[0] === 'svarinn');
  await changeStatus(
    trx,
    'KLAR_FOR_MOTTAK',
    waiting.map(({ letter }) => ({ id: letter.id, kanal: 'svarinn' as const, kode: 'klar_for_mottak' })),
  );
  await enqueue(
    trx,
    routed
      .filter(({ plan }) => plan.kanaler[0] !== 'svarinn')
      .map(({ letter: { id }, plan }) => ({
        queue: deliverQueue(plan.kanaler[0]!),
        tenant: trx.ctx.tenant,
        payload: { id },
        subject: id,
      })),
  );
}
