/** May, must or must not a message of the type carry a payload (fiks-io §2.5 `payloadKriterie`). */
export type PayloadKriterie = 'NEVER' | 'REQUIRED' | 'OPTIONAL';

export interface Meldingstype {
  readonly navn: string;
  readonly payload: PayloadKriterie;
  readonly erFeilmelding: boolean;
  /** Types that may answer this one. Empty: no answer is expected. */
  readonly svar: readonly string[];
  /** Fixed names of the documents of the payload, the main one first. Empty: the name is free. */
  readonly filer: readonly string[];
  /** Set when the type is another published spelling of this one (fiks-io §5.1, known defects). */
  readonly variantAv?: string;
}

export interface ProtokollPart {
  readonly navn: string;
  readonly beskrivelse: string;
  /** Types that the part sends. */
  readonly avsender: readonly string[];
  /** Types that the part receives. */
  readonly mottaker: readonly string[];
  /** Parts that it exchanges messages with. */
  readonly stottedeParter: readonly string[];
}

export interface ProtokollDefinisjon {
  readonly navn: string;
  readonly versjon: string;
  readonly beskrivelse: string;
  readonly status: 'AKTIV' | 'DEAKTIVERT';
  /** The published definition is a draft that still changes. */
  readonly utkast: boolean;
  readonly meldingstyper: readonly Meldingstype[];
  readonly parter: readonly ProtokollPart[];
}
