import type { Ctx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import type { SenderProfile } from '../contract.ts';
import { hasAnyForsendelse } from '../store/forsendelse-store.ts';
import { saveKonto, saveMottakersystem } from '../store/konto-store.ts';
import { saveProfil } from '../store/profil-store.ts';

/** What is to exist of one organisation; `ctx.tenant` is its id. */
export interface PostDemo {
  readonly kontoer: readonly {
    readonly id: string;
    readonly navn: string;
    readonly innstillinger?: Record<string, unknown>;
  }[];
  /** How it is shown to its readers. */
  readonly profil?: SenderProfile;
  readonly mottakersystemer: readonly {
    readonly id: string;
    readonly navn: string;
    readonly brukernavn: string;
    readonly sertifikatPem: string;
    readonly ruting: readonly { readonly orgnr: string; readonly type?: string; readonly niva: number }[];
  }[];
}

/** Creates or updates the demonstration's accounts and receiving systems; safe to repeat. */
export async function seedPostDemo(ctx: Ctx, demo: PostDemo): Promise<void> {
  await withTransaction(ctx, async (trx) => {
    for (const konto of demo.kontoer)
      await saveKonto(trx, { id: konto.id, navn: konto.navn, innstillinger: konto.innstillinger ?? {} });
    if (demo.profil) await saveProfil(trx, demo.profil);
    for (const system of demo.mottakersystemer) await saveMottakersystem(trx, system);
  });
}

/** Has the acting organisation sent anything yet? */
export async function hasForsendelser(ctx: Ctx): Promise<boolean> {
  return withTransaction(ctx, hasAnyForsendelse);
}
