import type { Ctx } from '@grunnmur/kernel/ctx';
import { type Trx, withTransaction } from '@grunnmur/kernel/db';
import type { GiveWay, JobDefinition } from '@grunnmur/kernel/jobs';
import { objectKey } from '@grunnmur/kernel/storage';
import type { Contact } from '@grunnmur/registers';
import { refused } from '../external/channel-outcome.ts';
import type { DpiDocument, DpiLetter, SendOutcome } from '../external/index.ts';
import { changeStatus } from '../service/apply-outcomes.ts';
import { auditLookups } from '../service/audit-lookups.ts';
import type { PostDeps, Tenant } from '../service/deps.ts';
import { NEUTRAL_TITLE } from '../service/neutral-title.ts';
import { type Dokument, type Forsendelse, findDokumenter } from '../store/forsendelse-store.ts';
import { deliverJob } from './deliver-channel.ts';

/** Sends the documents to the recipient's digital mailbox, encrypted for it. Delivery there counts: no paper later. */
export function deliverSdpJob(deps: PostDeps, giveWay?: GiveWay): JobDefinition<{ id: string }> {
  return deliverJob({
    giveWay,
    kanal: 'sdp',
    batch: 20,
    concurrency: 1,
    parallel: 4,
    prepare: async (ctx, letters) => {
      const tenant = await deps.tenant(ctx.tenant!);
      // Asked again at each attempt: the mailbox may have been changed or left since the letter was routed.
      const contacts = await deps.contacts.lookup(
        letters.map((letter) => letter.mottakerId!),
        ctx.signal,
      );
      const documents = await withTransaction(ctx, async (trx) => {
        const found = await findDokumenter(
          trx,
          letters.map((letter) => letter.id),
        );
        await auditLookups(trx, letters);
        return found;
      });
      const byLetter = Map.groupBy(documents, (document) => document.forsendelseId);
      return (sendCtx, letter, repeated) =>
        send(sendCtx, deps, {
          tenant,
          letter,
          repeated,
          documents: byLetter.get(letter.id) ?? [],
          contact: contacts.get(letter.mottakerId!),
        });
    },
    sent: markSent,
  });
}

interface Sending {
  readonly tenant: Tenant;
  readonly letter: Forsendelse;
  readonly documents: readonly Dokument[];
  readonly contact: Contact | undefined;
  readonly repeated: boolean;
}

async function send(ctx: Ctx, deps: PostDeps, sending: Sending): Promise<SendOutcome> {
  const { tenant, letter, documents, contact, repeated } = sending;
  if (!contact?.mailbox || contact.reserved)
    return refused('unknown_recipient', 'no mailbox in the contact register');
  const [main, ...attachments] = documents.map((document) => toDpiDocument(deps, letter, document));
  // A mailbox takes a document, not a bare link.
  if (!main) return refused('rejected', 'letter without documents');
  const dpiLetter: DpiLetter = {
    id: letter.id,
    mailbox: contact.mailbox,
    senderOrgnr: tenant.orgnr,
    ...(letter.innhold.konteringskode ? { invoiceReference: letter.innhold.konteringskode } : {}),
    subject: letter.niva4 ? NEUTRAL_TITLE[tenant.language] : letter.tittel,
    securityLevel: letter.niva4 ? 4 : 3,
    language: tenant.language,
    openingReceipt: true,
    documents: [main, ...attachments],
  };
  return deps.channels.sdp.send(dpiLetter, { repeated, ...(ctx.signal ? { signal: ctx.signal } : {}) });
}

async function markSent(trx: Trx, letters: readonly Forsendelse[]): Promise<void> {
  await changeStatus(
    trx,
    'SENDT_SDP',
    letters.map(({ id }) => ({ id, kanal: 'sdp' as const, kode: 'sendt_sdp' })),
  );
}

function toDpiDocument(deps: PostDeps, letter: Forsendelse, document: Dokument): DpiDocument {
  return {
    filename: document.filnavn,
    mimeType: document.mimeType,
    title: document.filnavn,
    sha256: document.sha256.toString('hex'),
    size: document.storrelse,
    open: () => deps.storage.get(objectKey(letter.tenantId, document.objekt!)),
  };
}
