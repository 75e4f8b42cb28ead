import { Type } from 'typebox';

/** Statuses of a correspondence (Altinn Correspondence API: CorrespondenceStatus). */
export const ALTINN_STATUSES = [
  'Initialized',
  'ReadyForPublish',
  'Published',
  'Fetched',
  'Read',
  'Replied',
  'Confirmed',
  'PurgedByRecipient',
  'PurgedByAltinn',
  'Archived',
  'Reserved',
  'Failed',
  'AttachmentsDownloaded',
  'Forwarded',
] as const;
export type AltinnStatus = (typeof ALTINN_STATUSES)[number];

export type AltinnLanguage = 'nb' | 'nn' | 'en';

/** Limits of the initialise call (Altinn Correspondence API). Lengths in UTF-16 units, as the service counts. */
export const ALTINN_LIMITS = { title: 255, summary: 255, body: 30_000 } as const;

/** The error numbers we act on (Altinn Correspondence API: list of errors). */
export const ALTINN_ERROR = {
  recipientLookupFailed: 1029,
  recipientReserved: 1030,
  duplicateKey: 1034,
  invalidResource: 1036,
  cannotPurgePublished: 1013,
  alreadyPurged: 1014,
  recipientLacksRoles: 1044,
  confidentialFlagMissing: 1060,
  confidentialFlagNotAllowed: 1061,
  callerPartyNotFound: 4002,
  incorrectResourceType: 4009,
  incorrectCorrespondenceResourceType: 4010,
} as const;

const Uuid = Type.String({ pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' });
// A status that is added later must not make a sent letter look lost.
const Status = Type.String({ maxLength: 50 });

export const InitializeAnswer = Type.Object({
  correspondences: Type.Array(Type.Object({ correspondenceId: Uuid, status: Status }), {
    minItems: 1,
    maxItems: 1,
  }),
});

export const ListAnswer = Type.Object({ ids: Type.Array(Uuid, { maxItems: 1000 }) });

export const OverviewAnswer = Type.Object({
  correspondenceId: Uuid,
  status: Status,
  statusChanged: Type.String({ maxLength: 50 }),
});

export type AltinnRecipient = { readonly fnr: string } | { readonly orgnr: string };

export interface AltinnMessage {
  /** The forsendelse id (UUID); becomes both idempotentKey and sendersReference. */
  readonly id: string;
  readonly recipient: AltinnRecipient;
  /** The sending organisation. */
  readonly senderOrgnr: string;
  /** Shown as sender instead of the registered name of the resource's owner. */
  readonly senderName?: string;
  /** The sender's resource in Altinn's resource registry. */
  readonly resourceId: string;
  /** Plain text; cut at 255. */
  readonly title: string;
  /** Plain text; cut at 255. */
  readonly summary?: string;
  /** Markdown, at most 30 000 characters. */
  readonly body: string;
  readonly language: AltinnLanguage;
  readonly dueDateTime?: Date;
  readonly isConfidential: boolean;
  /** E-mail or SMS with Altinn's general text. */
  readonly notification: boolean;
}

/** The body of `POST /correspondence/api/v1/correspondence`. */
export function initializeRequest(message: AltinnMessage): object {
  return {
    correspondence: {
      resourceId: message.resourceId,
      // No longer read by the service, but required by installations that have not been updated.
      sender: `0192:${message.senderOrgnr}`,
      sendersReference: message.id,
      messageSender: message.senderName,
      content: {
        language: message.language,
        messageTitle: cut(message.title, ALTINN_LIMITS.title),
        messageSummary: cut(message.summary ?? '', ALTINN_LIMITS.summary),
        messageBody: message.body,
        attachments: [],
      },
      dueDateTime: message.dueDateTime?.toISOString(),
      notification: message.notification ? GENERAL_NOTIFICATION : undefined,
      // Reserved people get paper: the reservation is never overridden.
      ignoreReservation: false,
      isConfirmationNeeded: false,
      isConfidential: message.isConfidential,
    },
    recipients: [recipientUrn(message.recipient)],
    existingAttachments: [],
    idempotentKey: message.id,
  };
}

const GENERAL_NOTIFICATION = {
  notificationTemplate: 'GenericAltinnMessage',
  notificationChannel: 'EmailPreferred',
  sendReminder: false,
} as const;

function recipientUrn(recipient: AltinnRecipient): string {
  return 'fnr' in recipient
    ? `urn:altinn:person:identifier-no:${recipient.fnr}`
    : `urn:altinn:organization:identifier-no:${recipient.orgnr}`;
}

function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  // Never leave half of a surrogate pair behind.
  return `${text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
