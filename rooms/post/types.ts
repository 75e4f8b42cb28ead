/**
 * The forsendelse domain, independent of any face. Names are SvarUt's own; every face (REST v1, v2, …) translates
 * to and from these at its edge.
 */

/** All statuses of SvarUt REST v3; v1 and v2 know the first 13 and map the rest. */
export const STATUSES = [
  'MOTTATT',
  'AKSEPTERT',
  'AVVIST',
  'KLAR_FOR_MOTTAK',
  'VARSLET',
  'LEST',
  'SENDT_DIGITALT',
  'SENDT_SDP',
  'LEVERT_SDP',
  'SENDT_PRINT',
  'PRINTET',
  'MANUELT_HANDTERT',
  'IKKE_LEVERT',
  'FEILET_UNDER_MOTTAK',
  'SENDT_NHN_MOTTAKER',
  'LEVERT_NHN_MOTTAKER',
  'SLETTET',
] as const;
export type Status = (typeof STATUSES)[number];

export type Kanal = 'svarinn' | 'altinn' | 'sdp' | 'print';

export interface Postadresse {
  readonly adresselinje1?: string;
  readonly adresselinje2?: string;
  readonly adresselinje3?: string;
  readonly postnummer?: string;
  readonly poststed?: string;
  /** Country as the sender wrote it (name or ISO code); absent means Norway. */
  readonly land?: string;
}

export interface Mottaker {
  readonly navn: string;
  /** 11 digits: fødselsnummer or d-nummer; 9 digits: organisasjonsnummer. */
  readonly digitalId?: string;
  readonly adresse?: Postadresse;
}

export interface Entry {
  readonly key: string;
  readonly value: string;
}

/** Noark 5 references, kept verbatim for the receiving archive. All optional. */
export interface NoarkMetadata {
  readonly mappeId?: string;
  readonly mappeSystemId?: string;
  readonly saksaar?: number;
  readonly sakssekvensnummer?: number;
  readonly systemId?: string;
  readonly registreringsId?: string;
  readonly journalpostnummer?: number;
  readonly journalaar?: number;
  readonly journalsekvensnummer?: number;
  readonly journalposttype?: string;
  readonly journalstatus?: string;
  /** ISO 8601. */
  readonly journaldato?: string;
  /** ISO 8601. */
  readonly dokumentetsDato?: string;
  readonly tittel?: string;
  readonly saksbehandler?: string;
  readonly ekstraMetadata?: readonly Entry[];
}

export interface NyttDokument {
  readonly filnavn: string;
  readonly mimeType: string;
  readonly skalSigneres: boolean;
  readonly dokumentType?: string;
  /** 1-based page numbers that are giro sheets. */
  readonly giroarkSider: readonly number[];
  readonly ekskluderesFraUtskrift: boolean;
  readonly ekstraMetadata: readonly Entry[];
  readonly inneholderPersonsensitivInformasjon: boolean;
}

export interface Lenke {
  readonly url: string;
  readonly tekst: string;
  readonly ledetekst?: string;
}

type SignaturType = 'AUTENTISERT_SIGNATUR' | 'AVANSERT_SIGNATUR';

/** What a sender asks for, as every face hands it to the service: absent optionals are absent, never null or empty. */
export interface NyForsendelse {
  readonly tittel: string;
  readonly mottaker: Mottaker;
  readonly svarSendesTil?: Mottaker;
  readonly eksponertFor: readonly string[];
  readonly avgivendeSystem?: string;
  readonly avgivendeSystemAktor?: string;
  readonly konteringskode?: string;
  readonly kunDigitalLevering: boolean;
  readonly kryptert: boolean;
  readonly krevNiva4Innlogging: boolean;
  readonly utskrift: { readonly farger: boolean; readonly tosidig: boolean };
  readonly metadataFraAvleverendeSystem?: NoarkMetadata;
  readonly metadataForImport?: NoarkMetadata;
  readonly svarPaForsendelse?: string;
  readonly dokumenter: readonly NyttDokument[];
  readonly lenker: readonly Lenke[];
  readonly forsendelsestype?: string;
  readonly eksternReferanse?: string;
  readonly korrelasjonsid?: string;
  readonly svarPaForsendelseLink: boolean;
  readonly signeringUtloper?: Date;
  readonly signaturType?: SignaturType;
  readonly taushetsbelagtPost: boolean;
}

/** One uploaded file, in the order of arrival. `body` must be consumed before the next part is asked for. */
export interface FilePart {
  /** Undefined when the part carried none. */
  readonly filename: string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
  /** The body's chunks are nobody else's: their memory may be given back once they are used. */
  readonly disposable?: boolean;
}

export interface ForsendelseStatus {
  readonly id: string;
  readonly status: Status;
  readonly sisteStatusEndring: Date;
}

export interface Hendelse {
  readonly tidspunkt: Date;
  /** Stable code, e.g. `akseptert`; see `locales/nb.json` under `post.hendelse`. */
  readonly kode: string;
  readonly params: Readonly<Record<string, string | number>>;
  /** Norwegian text, as SvarUt's event log shows it. */
  readonly tekst: string;
}

type SigneringStatus =
  | 'VENTER_SIGNERING'
  | 'SIGNERT_AV_MOTTAKER'
  | 'AVVIST_AV_MOTTAKER'
  | 'AVVIST_AV_SVARUT'
  | 'UTLOPT';

export interface SigneringHendelse {
  readonly tidspunkt: Date;
  readonly status: SigneringStatus;
  readonly tekst: string;
}

export interface DokumentMetadata {
  readonly filnavn: string;
  readonly mimeType: string;
  readonly dokumentType?: string;
  /** Bytes. */
  readonly storrelse: number;
  /** SHA-256 of the document in lower-case hex. */
  readonly sha256: string;
  readonly kanSigneres: boolean;
  readonly nedlastingUrl: string;
  readonly signeringUrl?: string;
  readonly ekstraMetadata: readonly Entry[];
  readonly inneholderPersonsensitivInformasjon: boolean;
}

export interface Mottakersystem {
  readonly id: string;
  readonly navn: string;
  readonly organisasjonsnummer: string;
  /** Undefined: takes every type that no other system asks for. */
  readonly forsendelsestype?: string;
  readonly niva: 3 | 4;
}

/** The account a call acts for; every rule and query is bound to it. */
export interface KontoRef {
  readonly id: string;
  readonly tenant: string;
}
