/** Something wrong in a document: where, which rule, and the rule in words. */
export interface Avvik {
  readonly sti: string;
  readonly regel: string;
  readonly tekst: string;
}

/** Checks the bytes of one document. An empty list: it is right. */
export type DokumentSjekk = (bytes: Uint8Array) => Promise<readonly Avvik[]>;

/** JSON is read in one go, which others wait for; XML in pieces. */
export const DOKUMENT_GRENSER = { bytes: 20_000_000, jsonBytes: 10_000_000, avvik: 100 } as const;
