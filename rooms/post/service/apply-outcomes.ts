import { audit } from '@grunnmur/kernel/audit';
import type { Trx } from '@grunnmur/kernel/db';
import { emit } from '@grunnmur/kernel/events';
import { enqueue } from '@grunnmur/kernel/jobs';
import type { Forsendelse } from '../store/forsendelse-store.ts';
import { insertHendelser, type NyHendelse } from '../store/hendelse-store.ts';
import { findLeveringer, recordLeveringer, type Tilstand } from '../store/levering-store.ts';
import { moveStatus, type StatusChange } from '../store/status-store.ts';
import type { Kanal, Status } from '../types.ts';
import { PUBLIC_TASK, PURPOSE } from './legal-basis.ts';
import { statusesBefore } from './status-table.ts';

/** The queue that hands letters to a channel. */
export function deliverQueue(kanal: Kanal): string {
  return `post.deliver.${kanal}`;
}

/**
 * Moves letters to a status and writes what follows from it: log entry and event, for those that really moved.
 * Returns their ids.
 */
export async function changeStatus(
  trx: Trx,
  status: Status,
  changes: readonly (StatusChange & Omit<NyHendelse, 'forsendelseId' | 'status'>)[],
): Promise<Set<string>> {
  const moved = await moveStatus(trx, changes, statusesBefore(status), status);
  const real = changes.filter((change) => moved.has(change.id));
  await insertHendelser(
    trx,
    real.map(({ id, kode, params, aktor }) => ({
      forsendelseId: id,
      kode,
      status,
      ...(params ? { params } : {}),
      ...(aktor ? { aktor } : {}),
    })),
  );
  if (real.length > 0) {
    await emit(
      trx,
      real.map(({ id }) => ({
        room: 'post',
        type: 'post.forsendelse.status',
        subject: id,
        payload: { status },
      })),
    );
  }
  return moved;
}

export interface Refused {
  readonly letter: Forsendelse;
  readonly kode: string;
  readonly detail: string;
  /** For the log entry's text, beside the channel. */
  readonly params?: Readonly<Record<string, string>>;
}

/**
 * Takes letters that `kanal` did not deliver to their next planned channel, or, when none is left, to IKKE_LEVERT.
 */
export async function fallThrough(
  trx: Trx,
  kanal: Kanal,
  all: readonly Refused[],
  from: readonly Tilstand[],
): Promise<void> {
  const fell = await recordLeveringer(
    trx,
    kanal,
    all.map(({ letter, detail }) => ({
      forsendelseId: letter.id,
      tilstand: 'avvist' as const,
      detaljer: { detail },
    })),
    from,
  );
  const refused = all.filter(({ letter }) => fell.has(letter.id));
  if (refused.length === 0) return;
  await insertHendelser(
    trx,
    refused.map(({ letter, kode, params }) => ({
      forsendelseId: letter.id,
      kode,
      params: { kanal, ...params },
    })),
  );
  await deliverNext(
    trx,
    refused.map(({ letter }) => letter),
  );
}

/** Enqueues the first channel that is still waiting; IKKE_LEVERT for letters without one. */
export async function deliverNext(trx: Trx, letters: readonly Forsendelse[]): Promise<void> {
  const leveringer = await findLeveringer(
    trx,
    letters.map((letter) => letter.id),
  );
  const next = new Map<string, Kanal>();
  for (const { forsendelseId, kanal, tilstand } of leveringer) {
    if (tilstand === 'venter' && !next.has(forsendelseId)) next.set(forsendelseId, kanal);
  }
  await enqueue(
    trx,
    [...next].map(([id, kanal]) => ({
      queue: deliverQueue(kanal),
      tenant: trx.ctx.tenant,
      payload: { id },
      subject: id,
    })),
  );
  const stranded = letters.filter((letter) => !next.has(letter.id));
  await changeStatus(
    trx,
    'IKKE_LEVERT',
    stranded.map(({ id }) => ({ id, kode: 'ikke_levert' })),
  );
}

/** Each handing over of a letter to a channel is a disclosure that the recipient may see. */
export async function auditDeliveries(
  trx: Trx,
  kanal: Kanal,
  letters: readonly Forsendelse[],
): Promise<void> {
  if (letters.length === 0) return;
  await audit(
    trx,
    letters.map(({ id, mottakerId }) => ({
      operation: `post.forsendelse.utlevert.${kanal}`,
      object: id,
      informationKind: 'brev',
      purpose: PURPOSE.deliver,
      legalBasis: PUBLIC_TASK,
      outcome: 'ok' as const,
      ...(mottakerId ? { subject: mottakerId } : {}),
    })),
  );
}
