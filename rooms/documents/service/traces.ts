import { type AuditEntry, audit } from '@grunnmur/kernel/audit';
import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import { type Trx, withTransaction } from '@grunnmur/kernel/db';
import { isAppError } from '@grunnmur/kernel/errors';
import { isUuid } from '@grunnmur/kernel/ids';
import { DocumentsError } from '../errors.ts';
import { type DokumentRow, findForDownload } from '../store/dokument-store.ts';
import type { EksponertFor } from './eksponert-for.ts';

/** What was done with documents; each has a text for the citizen (`audit.<operation>`). */
export type DokumentUse =
  | 'exchange.dokument.lastet_opp'
  | 'exchange.dokument.lest'
  | 'exchange.dokument.metadata_lest'
  | 'exchange.dokument.sokt'
  | 'exchange.dokument.endret'
  | 'exchange.dokument.slettet'
  | 'exchange.korrelasjon.slettet';

type Concerned = Pick<DokumentRow, 'id' | 'eksponert_for'>;

/** Ids that one entry names at most; of a longer list the number tells. */
const MOST_NAMED = 100;

/** What one who may not have a document is answered. */
const REFUSALS: ReadonlySet<string> = new Set(
  [
    DocumentsError.kontoNotFound(),
    DocumentsError.kontoGone(),
    DocumentsError.organisasjonNotFound(),
    DocumentsError.dokumentNotFound(),
    DocumentsError.dokumentNotExposed(),
    DocumentsError.dokumentGone(),
  ].map(({ code }) => code),
);

/** Numbers of the persons that a document is opened to: whom a use of it concerns. */
export function personsOf({ eksponert_for: eksponertFor }: Pick<Concerned, 'eksponert_for'>): string[] {
  const fnrs = (eksponertFor as readonly EksponertFor[]).flatMap((entry) =>
    entry.type === 'PERSON' ? [entry.fnr] : [],
  );
  return [...new Set(fnrs)];
}

/** Entries of a use of one document: one for each person it is opened to, who can then read the entry; else one. */
export function usesOf(operation: DokumentUse, dokument: Concerned): AuditEntry[] {
  const entry = { operation, object: dokument.id, informationKind: 'dokument', outcome: 'ok' as const };
  const persons = personsOf(dokument);
  return persons.length === 0 ? [entry] : persons.map((subject) => ({ ...entry, subject }));
}

/** One entry for one search, whatever it found, in the transaction that searches: no answer without its trace. */
export async function auditSearch(
  trx: Trx,
  korrelasjonsid: string,
  found: readonly Concerned[],
): Promise<void> {
  const persons = new Set(found.flatMap(personsOf));
  const [only] = persons.size === 1 ? persons : [];
  const operation: DokumentUse = 'exchange.dokument.sokt';
  await audit(trx, [
    {
      operation,
      object: korrelasjonsid,
      informationKind: 'dokument',
      outcome: 'ok',
      detail: { antall: found.length, ider: found.slice(0, MOST_NAMED).map(({ id }) => id) },
      ...(only === undefined ? {} : { subject: only }),
    },
  ]);
}

/** What was asked for: the two kinds of id look alike, and only one of them can name a document. */
type Asked = { readonly dokument: unknown } | { readonly korrelasjon: unknown };

/**
 * Runs `work` on what `asked` names; when the caller may not have it, or it is not there,
 * who tried what is written down. In nobody's chain but the platform's: it is neither the owner's doing nor anything
 * the caller should learn of. It concerns the one whose document it is, never the one who tried.
 */
export async function traceRefusal<T>(
  ctx: Ctx,
  operation: DokumentUse,
  asked: Asked,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isAppError(error) && REFUSALS.has(error.code)) await recordRefusal(ctx, operation, asked);
    throw error;
  }
}

async function recordRefusal(ctx: Ctx, operation: DokumentUse, asked: Asked): Promise<void> {
  const byId = 'dokument' in asked;
  const object = byId ? asked.dokument : asked.korrelasjon;
  // What is no id names nothing.
  if (typeof object !== 'string' || !isUuid(object)) return;
  await withTransaction(withCtx(ctx, { tenant: null }), async (trx) => {
    const dokument = byId ? await findForDownload(trx, object) : undefined;
    const [only, ...others] = dokument ? personsOf(dokument) : [];
    await audit(trx, [
      {
        operation,
        object: object.toLowerCase(),
        informationKind: 'dokument',
        outcome: 'refused',
        ...(only === undefined || others.length > 0 ? {} : { subject: only }),
      },
    ]);
  });
}
