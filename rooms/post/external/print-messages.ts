import { type Static, Type } from 'typebox';
import { PRINT_LIMITS } from '../pdf/print-limits.ts';

const Count = Type.Integer({ minimum: 0, maximum: 1_000_000 });
const Ore = Type.Integer({ minimum: 0, maximum: 1_000_000_000 });
const DateTime = Type.String({
  maxLength: 40,
  pattern: '^\\d{4}-\\d{2}-\\d{2}T[0-9:.]+(Z|[+-]\\d{2}:\\d{2})$',
});
const Id = Type.String({ minLength: 1, maxLength: 100, pattern: '^[A-Za-z0-9._-]+$' });

/** The JSON job ticket that goes with the merged PDF. See the folder's README, "Print supplier interface". */
export const JobTicket = Type.Object({
  /** UUID chosen by us; the same id is the same job. */
  jobId: Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' }),
  senderOrgnr: Type.String({ pattern: '^[0-9]{9}$' }),
  invoiceReference: Type.Optional(Type.String({ maxLength: 40 })),
  pages: Type.Integer({ minimum: 1, maximum: PRINT_LIMITS.pages }),
  sheets: Type.Integer({ minimum: 1, maximum: PRINT_LIMITS.sheets }),
  doubleSided: Type.Boolean(),
  colour: Type.Boolean(),
  envelope: Type.Enum(['C5', 'C4']),
  postage: Type.Object({
    class: Type.Enum(['A', 'B']),
    zone: Type.Enum(['norway', 'europe', 'world']),
  }),
  /** 1-based pages of the merged PDF that go on giro paper. */
  giroPages: Type.Array(Type.Integer({ minimum: 1, maximum: PRINT_LIMITS.pages }), {
    maxItems: PRINT_LIMITS.pages,
  }),
});
export type JobTicket = Static<typeof JobTicket>;

export const PRINT_STATUSES = ['received', 'printed', 'cancelled', 'returned', 'failed'] as const;
export type PrintStatus = (typeof PRINT_STATUSES)[number];

export const JobAnswer = Type.Object({
  jobId: Id,
  status: Type.Enum([...PRINT_STATUSES]),
  changedAt: DateTime,
});

/** What the letter used and cost; the invoice is built on it. Amounts in øre without VAT. */
const PrintedReceipt = Type.Object({
  receiptId: Id,
  jobId: Id,
  type: Type.Literal('printed'),
  postedAt: DateTime,
  blackWhitePages: Count,
  colourPages: Count,
  /** Sheets put in the envelope by machine, by hand, and added by the supplier (e.g. a cover sheet). */
  sheetsAutomatic: Count,
  sheetsManual: Count,
  sheetsExtra: Count,
  weightGrams: Count,
  productionCostOre: Ore,
  postageOre: Ore,
});

/** `returned`: the post came back. `failed`: it could not be produced; send the letter another way. */
const OtherReceipt = Type.Object({
  receiptId: Id,
  jobId: Id,
  type: Type.Enum(['returned', 'failed']),
  at: DateTime,
});

export const ReceiptsAnswer = Type.Object({
  receipts: Type.Array(Type.Union([PrintedReceipt, OtherReceipt]), { maxItems: 1000 }),
});
export type PrintReceipt = Static<typeof PrintedReceipt> | Static<typeof OtherReceipt>;

/** Receipts in one answer at most. */
export const MAX_PRINT_RECEIPTS = 1000;
