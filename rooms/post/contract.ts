import type { Readable } from 'node:stream';
import type { Ctx } from '@grunnmur/kernel/ctx';
import type { Warning } from '@grunnmur/kernel/http';
import { contractOf } from '@grunnmur/kernel/room';
import type { Hendelse, Kanal, Lenke, Status } from './types.ts';

export type { Hendelse, Kanal, Lenke, Status } from './types.ts';

/** A letter as it stands in its reader's list. */
export interface InboxLetter {
  readonly id: string;
  readonly tittel: string;
  /** The sending organisation. */
  readonly avsender: { readonly orgnr: string; readonly navn: string; readonly farge?: SenderColour };
  /** The acting reader is its recipient; else the sender has let her in (`eksponertFor`). */
  readonly tilDeg: boolean;
  readonly mottattDato: Date;
  readonly status: Status;
  readonly kanal: Kanal | undefined;
  /**
   * When the acting reader opened all of it, here or by the word of another system. A fact of its own: a printed letter
   * stays PRINTET and may be opened all the same.
   */
  readonly lestDato: Date | undefined;
  /** Waits to be opened: it is not, and still can be. */
  readonly ulest: boolean;
  readonly krevNiva4: boolean;
  readonly antallDokumenter: number;
  /** If unopened by then it is printed and posted. */
  readonly printFrist: Date | undefined;
  /** The sender asks for an answer (`svarPaForsendelseLink`). */
  readonly svarOnskes: boolean;
  /** Until when the sender wants a signature, when that was asked for. */
  readonly signeringsfrist: Date | undefined;
}

/** Which of the reader's letters, newest first. */
export interface InboxQuery {
  /** `next` of the page before. */
  readonly cursor?: string;
  /** Default 25, at most 100. */
  readonly limit?: number;
  /** Text in the title or in the sender's name, whatever the case; cut to 100 characters. */
  readonly sok?: string;
  /** `true`: only letters that wait to be opened; `false`: only the others. */
  readonly ulest?: boolean;
}

export interface Inbox {
  readonly letters: readonly InboxLetter[];
  readonly next?: string;
  /** How many letters of the whole inbox wait to be opened, whatever was asked for; 999 stands for that many or more. */
  readonly ulest: number;
}

export interface LetterDocument {
  /** 0-based position, part of the download address. */
  readonly nr: number;
  readonly filnavn: string;
  readonly mimeType: string;
  readonly storrelse: number;
  readonly antallSider: number | undefined;
  /** When the reader downloaded it last. */
  readonly lastetNed: Date | undefined;
}

export interface TimelineEntry extends Hendelse {
  /** Unified state after this entry, when it changed it. */
  readonly status?: Status;
  /** Who or what did it, in words for people. */
  readonly aktor?: string;
  /** Attempts folded under the step. */
  readonly attempts: readonly {
    readonly at: Date;
    readonly outcome: string;
    readonly detail?: string;
    readonly ms?: number;
  }[];
}

export interface Timeline {
  readonly id: string;
  readonly status: Status;
  readonly final: boolean;
  readonly entries: readonly TimelineEntry[];
  /** What the letter was accepted with a warning of (docs/errors.md); each is also an entry. Empty for its recipient. */
  readonly advarsler: readonly (Warning & { readonly tekst: string })[];
  /** Where to look at the paper: for the sender, in a demonstration, while the simulated supplier keeps the file. */
  readonly papir?: string;
  /** What is expected next, and when at the latest. */
  readonly next?: { readonly kode: string; readonly senest?: Date };
}

export interface Letter extends InboxLetter {
  readonly dokumenter: readonly LetterDocument[];
  readonly lenker: readonly Lenke[];
  readonly eksternReferanse: string | undefined;
  /** The sender's case number (Noark), when it was given. */
  readonly saksnummer: string | undefined;
  /** Whom to ask about the letter: who answers by its own word, else the sending organisation by its profile. */
  readonly kontakt: SenderContact;
  /** False when the documents were deleted (retention: 3 months, or by the sender). */
  readonly dokumenterTilgjengelig: boolean;
  readonly slettesDato: Date | undefined;
  /** Its history, of the same moment as everything else here. */
  readonly tidslinje: Timeline;
  /** Call when the page with it has been handed over in full: a letter without documents is opened then. */
  readonly completed: () => Promise<void>;
}

export interface Download {
  readonly filnavn: string;
  readonly mimeType: string;
  /** Bytes; undefined for a ZIP that is made while it is sent. */
  readonly storrelse: number | undefined;
  readonly body: Readable;
  /** Call when the last byte of `body` has been handed to the reader; records the download, and that all is opened. */
  readonly completed: () => Promise<void>;
  /** Call when `body` failed: records that the document could not be handed out. */
  readonly failed: (error: Error) => Promise<void>;
}

/** Colours that a sender may have: names, since the portal has a shade of each with enough contrast in every scheme. */
export const SENDER_COLOURS = ['blaa', 'groenn', 'roed', 'lilla', 'turkis', 'oransje'] as const;
export type SenderColour = (typeof SENDER_COLOURS)[number];

export interface SenderContact {
  readonly navn: string;
  /** Postal address on one line. */
  readonly adresse?: string | undefined;
  readonly epost?: string | undefined;
  readonly telefon?: string | undefined;
  /** A web address, https. */
  readonly nettsted?: string | undefined;
}

/** How a sender is shown to its readers, and whom they ask. */
export interface SenderProfile extends Omit<SenderContact, 'navn'> {
  readonly farge?: SenderColour | undefined;
  /** Answers questions about the use of personal data. */
  readonly personvernEpost?: string | undefined;
}

export interface LetterName {
  readonly tittel: string;
}

/** Level of the reader's login: 3 substantial, 4 high (eIDAS). */
export type LoginLevel = 3 | 4;

/**
 * What the portal and other rooms may ask the post room. With a person as `ctx.actor` (tenant null) rows are those
 * that the person may read: own letters and those in `eksponertFor`. Every reading is in the audit log. Of a letter of
 * level 4 a login of level 3 shows that it is there and from whom: a neutral title, no documents.
 */
export interface Post {
  inbox(ctx: Ctx, query: InboxQuery, level: LoginLevel): Promise<Inbox>;
  /** Throws `post.not_found` when it does not exist or is not the reader's. */
  letter(ctx: Ctx, id: string, level: LoginLevel): Promise<Letter>;
  /**
   * Throws `post.level_too_low` (403) when the letter asks for level 4 and `level` is 3, and `post.document_unavailable`
   * (500) when the document is lost or damaged: the sender's log says so then.
   */
  openDocument(ctx: Ctx, id: string, nr: number, level: LoginLevel): Promise<Download>;
  /** All documents: the document itself when there is one, else a ZIP. */
  openAll(ctx: Ctx, id: string, level: LoginLevel): Promise<Download>;
  timeline(ctx: Ctx, id: string): Promise<Timeline>;
  /** Titles of those of the letters that the acting person may see, by id; at most 200. */
  letterNames(ctx: Ctx, ids: readonly string[], level: LoginLevel): Promise<ReadonlyMap<string, LetterName>>;
  /** Profiles of organisations by tenant; public information. Those without one are left out. */
  senderProfiles(ctx: Ctx, tenants: readonly string[]): Promise<ReadonlyMap<string, SenderProfile>>;
}

export const POST = contractOf<Post>('post');
