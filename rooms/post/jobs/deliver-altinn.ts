import type { Ctx } from '@grunnmur/kernel/ctx';
import { type Trx, withTransaction } from '@grunnmur/kernel/db';
import type { GiveWay, JobDefinition } from '@grunnmur/kernel/jobs';
import { addWorkingDays } from '@grunnmur/kernel/time';
import type { AltinnMessage } from '../external/index.ts';
import { changeStatus } from '../service/apply-outcomes.ts';
import type { PostDeps, Tenant } from '../service/deps.ts';
import { type KontoSettings, readKontoSettings } from '../service/konto-settings.ts';
import { NEUTRAL_TITLE } from '../service/neutral-title.ts';
import type { Forsendelse } from '../store/forsendelse-store.ts';
import { findKontoer } from '../store/konto-store.ts';
import { findLeveringer } from '../store/levering-store.ts';
import { deliverJob } from './deliver-channel.ts';

/** Notifies through Altinn: a message with a link to the letter, which stays with us until it is read. */
export function deliverAltinnJob(deps: PostDeps, giveWay?: GiveWay): JobDefinition<{ id: string }> {
  return deliverJob({
    giveWay,
    kanal: 'altinn',
    batch: 250,
    concurrency: 2,
    parallel: 8,
    prepare: async (ctx, letters) => {
      const tenant = await deps.tenant(ctx.tenant!);
      const settings = await withTransaction(ctx, (trx) => settingsOf(trx, letters));
      return (sendCtx: Ctx, letter: Forsendelse) =>
        deps.channels.altinn.send(
          message(deps, tenant, settings.get(letter.kontoId)!, letter),
          sendCtx.signal,
        );
    },
    sent: markNotified,
  });
}

export async function settingsOf(
  trx: Trx,
  letters: readonly Forsendelse[],
): Promise<Map<string, KontoSettings>> {
  const kontoer = await findKontoer(trx, [...new Set(letters.map((letter) => letter.kontoId))]);
  return new Map(kontoer.map((konto) => [konto.id, readKontoSettings(konto.innstillinger)]));
}

function message(
  deps: PostDeps,
  tenant: Tenant,
  settings: KontoSettings,
  letter: Forsendelse,
): AltinnMessage {
  const id = letter.mottakerId!;
  const language = tenant.language === 'nn' ? 'nn' : 'nb';
  const link = `${deps.publicUrl}/brev/${letter.id}`;
  return {
    id: letter.id,
    recipient: id.length === 9 ? { orgnr: id } : { fnr: id },
    senderOrgnr: tenant.orgnr,
    senderName: tenant.name,
    resourceId: letter.innhold.taushetsbelagtPost
      ? deps.altinnResources.confidential
      : deps.altinnResources.ordinary,
    // The title of a level-4 letter is only for those who have logged in at that level.
    title: letter.niva4 ? NEUTRAL_TITLE[language] : letter.tittel,
    body: BODY[language].replace('{navn}', tenant.name).replace('{lenke}', link),
    language,
    isConfidential: letter.innhold.taushetsbelagtPost,
    notification: settings.altinnVarsling,
  };
}

const BODY = {
  nb: 'Du har fått et brev fra {navn}. [Åpne brevet]({lenke}). Du logger inn med ID-porten.',
  nn: 'Du har fått eit brev frå {navn}. [Opne brevet]({lenke}). Du loggar inn med ID-porten.',
} as const;

/**
 * VARSLET with a deadline for those that can still be printed, SENDT_DIGITALT for digital-only letters (SvarUt: an
 * Altinn notice not opened within two working days is printed and posted).
 */
async function markNotified(trx: Trx, letters: readonly Forsendelse[]): Promise<void> {
  const settings = await settingsOf(trx, letters);
  const leveringer = await findLeveringer(
    trx,
    letters.map((letter) => letter.id),
  );
  const printable = new Set(
    leveringer.filter((row) => row.kanal === 'print').map((row) => row.forsendelseId),
  );
  const notified = letters.filter((letter) => !letter.kunDigital);
  const deadline = deadlines(trx.ctx.now());
  await changeStatus(
    trx,
    'VARSLET',
    notified.map((letter) => ({
      id: letter.id,
      kanal: 'altinn' as const,
      kode: 'varslet',
      ...(printable.has(letter.id)
        ? { printFrist: deadline(settings.get(letter.kontoId)!.lesefristVirkedager) }
        : {}),
    })),
  );
  const digital = letters.filter((letter) => letter.kunDigital);
  await changeStatus(
    trx,
    'SENDT_DIGITALT',
    digital.map(({ id }) => ({ id, kanal: 'altinn' as const, kode: 'sendt_digitalt' })),
  );
}

/** The end of so many working days; computed once for all letters that have as many. */
function deadlines(from: Date): (days: number) => Date {
  const known = new Map<number, Date>();
  return (days) => {
    const deadline = known.get(days) ?? addWorkingDays(from, days);
    known.set(days, deadline);
    return deadline;
  };
}
