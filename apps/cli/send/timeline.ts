import type { Status } from '@grunnmur/post';

/** The timeline as JSON carries it (`GET /api/post/forsendelser/{id}/timeline`). */
export interface Timeline {
  readonly id: string;
  readonly status: Status;
  readonly final: boolean;
  readonly entries: readonly TimelineEntry[];
  /** What the letter was accepted with a warning of; absent from servers older than this tool. */
  readonly advarsler?: readonly {
    readonly kode: string;
    readonly felt?: string;
    readonly params: Readonly<Record<string, string | number>>;
    readonly tekst: string;
  }[];
  /** Where a demonstration shows the paper. */
  readonly papir?: string;
  readonly next?: { readonly kode: string; readonly senest?: string };
}

export interface TimelineEntry {
  readonly tidspunkt: string;
  readonly kode: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly tekst: string;
  readonly status?: Status;
  readonly aktor?: string;
  readonly attempts: readonly {
    readonly at: string;
    readonly outcome: string;
    readonly detail?: string;
    readonly ms?: number;
  }[];
}

/** Everything that the platform can do has been done; the recipient's turn. */
const WAITING: readonly Status[] = [
  'KLAR_FOR_MOTTAK',
  'VARSLET',
  'SENDT_DIGITALT',
  'LEVERT_SDP',
  'LEVERT_NHN_MOTTAKER',
];
const BAD: readonly Status[] = ['AVVIST', 'IKKE_LEVERT', 'FEILET_UNDER_MOTTAK', 'SLETTET'];

export function waitsForReader({ status }: Timeline): boolean {
  return WAITING.includes(status);
}

/** The sender must do something. */
export function needsAction({ status }: Timeline): boolean {
  return BAD.includes(status);
}
