import { STREAMED } from '@grunnmur/kernel/http';
import { type Static, Type } from 'typebox';
import {
  FORSENDELSESTYPE_PATTERN,
  FORSENDELSESTYPE_TEXT,
  FORSENDELSE_LIMITS as LIMIT,
} from '../../service/forsendelse-limits.ts';
import { LEGACY_STATUSES, type LegacyStatus } from '../shared/legacy-status.ts';

/**
 * Messages of SvarUt REST v2. Those a client sends are checked for form only; what a field may say is checked by the
 * service. In those we answer everything the specification requires is there and never null, for the published
 * Kotlin client stops otherwise (SvarUt: compatibility traps).
 */

const Int32 = () => Type.Integer({ minimum: 0, maximum: 2_147_483_647 });
/** The specification says int64; JSON readers keep whole numbers exactly up to here. */
const Int64 = () => Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Flag = () => Type.Optional(Type.Boolean({ default: false }));
const Text = (maxLength?: number) => Type.Optional(Type.String(maxLength === undefined ? {} : { maxLength }));
/** ISO 8601 with offset; read by us, for the formats that schema libraries know are narrower than what Java writes. */
const DateTime = () => Type.String({ maxLength: 64 });

const MetadataV2 = Type.Object({ key: Type.String(), value: Type.String() });

export const AdresseV2 = Type.Object({
  navn: Type.String(),
  digitalId: Text(),
  adresselinje1: Text(),
  adresselinje2: Text(),
  adresselinje3: Text(),
  poststed: Text(),
  postnummer: Text(),
  land: Text(),
});
export type AdresseV2 = Static<typeof AdresseV2>;

export const DokumentV2 = Type.Object({
  filnavn: Type.String({ maxLength: LIMIT.filnavn }),
  mimeType: Type.String(),
  skalSigneres: Flag(),
  dokumentType: Text(),
  giroarkSider: Type.Optional(Type.Array(Int32())),
  skalEkskluderesFraUtskrift: Flag(),
  ekstraMetadata: Type.Optional(Type.Array(MetadataV2)),
  inneholderPersonsensitivInformasjon: Flag(),
});
export type DokumentV2 = Static<typeof DokumentV2>;

const NoarkForImportV2 = Type.Object({
  mappeId: Text(),
  mappeSystemId: Text(),
  saksaar: Type.Optional(Int32()),
  sakssekvensnummer: Type.Optional(Int64()),
  systemId: Text(),
  registreringsId: Text(),
  journalpostnummer: Type.Optional(Int64()),
  journalaar: Type.Optional(Int32()),
  journalsekvensnummer: Type.Optional(Int64()),
  journalposttype: Text(),
  journalstatus: Text(),
  dokumentetsDato: Type.Optional(DateTime()),
  tittel: Text(),
});

export const NoarkFraAvleverendeV2 = Type.Object({
  ...NoarkForImportV2.properties,
  journaldato: Type.Optional(DateTime()),
  saksbehandler: Text(),
  ekstraMetadata: Type.Optional(Type.Array(MetadataV2)),
});
export type NoarkFraAvleverendeV2 = Static<typeof NoarkFraAvleverendeV2>;

export const ForsendelseV2 = Type.Object({
  tittel: Type.String({ maxLength: LIMIT.tittel }),
  mottaker: AdresseV2,
  eksponertFor: Type.Optional(Type.Array(Type.String())),
  avgivendeSystem: Text(LIMIT.avgivendeSystem),
  avgivendeSystemAktor: Text(),
  konteringskode: Text(LIMIT.konteringskode),
  kunDigitalLevering: Flag(),
  kryptert: Flag(),
  utskriftskonfigurasjon: Type.Optional(Type.Object({ utskriftMedFarger: Flag(), tosidig: Flag() })),
  krevNiva4Innlogging: Flag(),
  metadataFraAvleverendeSystem: Type.Optional(NoarkFraAvleverendeV2),
  metadataForImport: Type.Optional(NoarkForImportV2),
  svarSendesTil: Type.Optional(AdresseV2),
  svarPaForsendelse: Text(),
  dokumenter: Type.Optional(Type.Array(DokumentV2)),
  lenker: Type.Optional(
    Type.Array(Type.Object({ url: Type.String(), tekst: Type.String(), ledetekst: Text() }), {
      maxItems: LIMIT.lenker,
    }),
  ),
  forsendelsestype: Text(LIMIT.forsendelsestype),
  eksternReferanse: Text(LIMIT.eksternReferanse),
  korrelasjonsid: Text(LIMIT.korrelasjonsid),
  svarPaForsendelseLink: Flag(),
  signeringUtloper: Type.Optional(DateTime()),
  signaturType: Type.Optional(
    Type.Unsafe<'AUTENTISERT_SIGNATUR' | 'AVANSERT_SIGNATUR'>({
      type: 'string',
      enum: ['AUTENTISERT_SIGNATUR', 'AVANSERT_SIGNATUR'],
    }),
  ),
  taushetsbelagtPost: Flag(),
});
export type ForsendelseV2 = Static<typeof ForsendelseV2>;

/** The multipart message of a send call, for the published description of the interface only. */
export const SendV2 = Type.Object(
  {
    forsendelse: ForsendelseV2,
    filer_0: Type.Optional(Type.String({ format: 'binary' })),
  },
  {
    ...STREAMED,
    examples: [
      {
        forsendelse: {
          tittel: 'Svar på søknad',
          mottaker: {
            navn: 'Ola Nordmann',
            digitalId: '19834410411',
            adresselinje1: 'Gata 1',
            postnummer: '0001',
            poststed: 'OSLO',
          },
          dokumenter: [{ filnavn: 'brev.pdf', mimeType: 'application/pdf' }],
        },
        filer_0: '%PDF-1.7 …',
      },
    ],
  },
);

export const StatusSokV2 = Type.Object({
  forsendelseIds: Type.Array(Type.Unsafe<string | null>({ type: ['string', 'null'] })),
});
export type StatusSokV2 = Static<typeof StatusSokV2>;

export const LestAvV2 = Type.Object(
  {
    fnr: Type.String(),
    tidspunkt: DateTime(),
    eksterntSystemnavn: Text(255),
  },
  STREAMED,
);
export type LestAvV2 = Static<typeof LestAvV2>;

export const EksternRefQueryV2 = Type.Object({
  eksternRef: Type.String({ minLength: 1, maxLength: LIMIT.eksternReferanse }),
});
export type EksternRefQueryV2 = Static<typeof EksternRefQueryV2>;

export const SlettQueryV2 = Type.Object({
  slettetype: Type.Optional(
    Type.Unsafe<'ORIGINALDOKUMENTER' | 'ALLE'>({ type: 'string', enum: ['ORIGINALDOKUMENTER', 'ALLE'] }),
  ),
});
export type SlettQueryV2 = Static<typeof SlettQueryV2>;

export const MottakersystemQueryV2 = Type.Object({
  organisasjonsnummer: Type.Optional(Type.String({ pattern: '^[0-9]{9}$' })),
  forsendelseType: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: LIMIT.forsendelsestype,
      pattern: FORSENDELSESTYPE_PATTERN,
      'x-regel': FORSENDELSESTYPE_TEXT,
    }),
  ),
  niva: Type.Optional(Type.String({ pattern: '^[0-9]$' })),
});
export type MottakersystemQueryV2 = Static<typeof MottakersystemQueryV2>;

/** Without `errorJson`, whose type differs between releases of the published client (SvarUt: error bodies). */
export const ErrorV2 = Type.Object({
  timestamp: Type.Integer(),
  status: Type.Integer(),
  error: Type.String(),
  errorId: Type.String({ format: 'uuid' }),
  path: Type.String(),
  originalPath: Type.String(),
  message: Type.String(),
  errorCode: Type.String(),
});
export type ErrorV2 = Static<typeof ErrorV2>;

export const SendResponseV2 = Type.Object({ id: Type.String({ format: 'uuid' }) });

export const EksternRefResponseV2 = Type.Object({ forsendelseIds: Type.Array(Type.String()) });

export const EksternRefMetadataResponseV2 = Type.Object({
  forsendelser: Type.Array(
    Type.Object({
      id: Type.String({ format: 'uuid' }),
      dato: Type.String({ format: 'date-time' }),
      avgivendeSystem: Type.Optional(Type.String()),
    }),
  ),
});

export const StatusV2 = Type.Object({
  id: Type.String({ format: 'uuid' }),
  sisteStatusEndring: Type.String(),
  status: Type.Unsafe<LegacyStatus>({ type: 'string', enum: [...LEGACY_STATUSES] }),
});
export type StatusV2 = Static<typeof StatusV2>;

export const StatuserV2 = Type.Object({ statuser: Type.Array(StatusV2) });

export const HendelserV2 = Type.Object({
  hendelser: Type.Array(
    Type.Object({ tidspunkt: Type.String({ format: 'date-time' }), hendelse: Type.String() }),
  ),
});

export const SigneringshendelserV2 = Type.Object({
  hendelser: Type.Array(
    Type.Object({
      tidspunkt: Type.String({ format: 'date-time' }),
      status: Type.String(),
      hendelse: Type.String(),
    }),
  ),
});

export const DokumentMetadataV2 = Type.Object({
  filnavn: Type.String(),
  mimeType: Type.String(),
  dokumentType: Type.String(),
  storrelse: Type.Integer(),
  sha256Hash: Type.String(),
  nedlasningUrl: Type.String(),
  kanSigneres: Type.Boolean(),
  signeringUrl: Type.Optional(Type.String()),
  ekstraMetadata: Type.Array(MetadataV2),
  inneholderPersonsensitivInformasjon: Type.Boolean(),
});
export type DokumentMetadataV2 = Static<typeof DokumentMetadataV2>;

export const ForsendelseMetadataV2 = Type.Object({ dokumenter: Type.Array(DokumentMetadataV2) });

export const ForsendelsestyperV2 = Type.Object({ forsendelsestyper: Type.Array(Type.String()) });

export const MottakersystemV2 = Type.Object({
  id: Type.String({ format: 'uuid' }),
  navn: Type.String(),
  organisasjonsnummer: Type.String(),
  forsendelseType: Type.String(),
  niva: Type.Integer(),
});
export type MottakersystemV2 = Static<typeof MottakersystemV2>;

export const MottakersystemerV2 = Type.Object({ mottakersystemer: Type.Array(MottakersystemV2) });
