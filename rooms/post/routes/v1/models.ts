import { STREAMED } from '@grunnmur/kernel/http';
import { type Static, Type } from 'typebox';
import {
  FORSENDELSESTYPE_PATTERN,
  FORSENDELSESTYPE_TEXT,
  FORSENDELSE_LIMITS as LIMIT,
} from '../../service/forsendelse-limits.ts';
import { LEGACY_STATUSES, type LegacyStatus } from '../shared/legacy-status.ts';

/**
 * Messages of SvarUt REST v1. Those a client sends are checked for form only, and required is only what every
 * published schema requires; what a field may say is checked by the service. Those we answer list every property,
 * for the published Java client stops at one it does not know (SvarUt: compatibility traps).
 */

/** Whole numbers up to what JSON readers keep exactly; the specification says int64. */
const Long = () => Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Year = () => Type.Integer({ minimum: 0, maximum: 9999 });
/** Milliseconds since 1970. */
const EpochMs = () => Type.Integer();
const Flag = () => Type.Optional(Type.Boolean());
const Text = (maxLength?: number) => Type.Optional(Type.String(maxLength === undefined ? {} : { maxLength }));

const EntryV1 = Type.Object({ key: Type.String(), value: Type.String() });

export const DigitaladresseV1 = Type.Object({
  fodselsNummer: Text(),
  organisasjonsNummer: Text(),
});
export type DigitaladresseV1 = Static<typeof DigitaladresseV1>;

export const AdresseV1 = Type.Object({
  postAdresse: Type.Optional(
    Type.Object({
      navn: Text(),
      adresse1: Text(),
      adresse2: Text(),
      adresse3: Text(),
      postNummer: Text(),
      postSted: Text(),
      land: Text(),
    }),
  ),
  digitalAdresse: Type.Optional(DigitaladresseV1),
});
export type AdresseV1 = Static<typeof AdresseV1>;

export const DokumentV1 = Type.Object({
  filnavn: Type.String({ maxLength: LIMIT.filnavn }),
  mimeType: Type.String(),
  skalSigneres: Flag(),
  inneholderPersonsensitivInformasjon: Flag(),
  dokumentType: Text(),
  giroarkSider: Type.Optional(Type.Array(Type.Integer({ maximum: 1_000_000 }))),
  ekstraMetadata: Type.Optional(Type.Array(EntryV1)),
  ekskluderesFraUtskrift: Flag(),
});
export type DokumentV1 = Static<typeof DokumentV1>;

const NoarkForImportV1 = Type.Object({
  saksSekvensNummer: Type.Optional(Long()),
  saksAar: Type.Optional(Year()),
  journalPostType: Text(),
  journalStatus: Text(),
  dokumentetsDato: Type.Optional(EpochMs()),
  tittel: Text(),
});

export const NoarkFraAvleverendeV1 = Type.Object({
  ...NoarkForImportV1.properties,
  journalAar: Type.Optional(Year()),
  journalSekvensNummer: Type.Optional(Long()),
  journalPostNummer: Type.Optional(Long()),
  journalDato: Type.Optional(EpochMs()),
  saksBehandler: Text(),
  ekstraMetadata: Type.Optional(Type.Array(EntryV1)),
});
export type NoarkFraAvleverendeV1 = Static<typeof NoarkFraAvleverendeV1>;

export const ForsendelseV1 = Type.Object({
  tittel: Type.String({ maxLength: LIMIT.tittel }),
  mottaker: AdresseV1,
  eksponertFor: Type.Optional(Type.Array(DigitaladresseV1)),
  avgivendeSystem: Text(),
  konteringsKode: Text(),
  kunDigitalLevering: Flag(),
  kryptert: Flag(),
  utskriftsKonfigurasjon: Type.Optional(Type.Object({ utskriftMedFarger: Flag(), tosidig: Flag() })),
  krevNiva4Innlogging: Flag(),
  metadataFraAvleverendeSystem: Type.Optional(NoarkFraAvleverendeV1),
  metadataForImport: Type.Optional(NoarkForImportV1),
  svarSendesTil: Type.Optional(AdresseV1),
  svarPaForsendelse: Type.Optional(Type.Object({ id: Text() })),
  dokumenter: Type.Optional(Type.Array(DokumentV1)),
  lenker: Type.Optional(
    Type.Array(Type.Object({ urlLenke: Type.String(), urlTekst: Type.String(), ledeTekst: Text() })),
  ),
  forsendelsesType: Text(),
  eksternReferanse: Text(),
  svarPaForsendelseLink: Flag(),
  signeringUtloper: Type.Optional(EpochMs()),
  signaturType: Type.Optional(
    Type.Unsafe<'AUTENTISERT_SIGNATUR' | 'AVANSERT_SIGNATUR' | ''>({
      type: 'string',
      enum: ['AUTENTISERT_SIGNATUR', 'AVANSERT_SIGNATUR', ''],
    }),
  ),
  taushetsbelagtPost: Flag(),
});
export type ForsendelseV1 = Static<typeof ForsendelseV1>;

/** The multipart message of a send call, for the published description of the interface only. */
export const SendV1 = Type.Object(
  {
    forsendelse: ForsendelseV1,
    filer: Type.Optional(Type.Array(Type.String({ format: 'binary' }))),
  },
  {
    ...STREAMED,
    examples: [
      {
        forsendelse: {
          tittel: 'Svar på søknad',
          avgivendeSystem: 'eksempel',
          mottaker: {
            digitalAdresse: { fodselsNummer: '19834410411' },
            postAdresse: { navn: 'Ola Nordmann', adresse1: 'Gata 1', postNummer: '0001', postSted: 'OSLO' },
          },
          dokumenter: [{ filnavn: 'brev.pdf', mimeType: 'application/pdf' }],
        },
        filer: ['%PDF-1.7 …'],
      },
    ],
  },
);

/** Ids as text and as `{ id }` objects: clients send the first to `statuser` and the second to `slettFiler`. */
export const IdListV1 = Type.Array(
  Type.Unsafe<string | { id: string } | null>({
    type: ['string', 'object', 'null'],
    required: ['id'],
    properties: { id: { type: 'string' } },
  }),
);
export type IdListV1 = Static<typeof IdListV1>;

export const LestAvV1 = Type.Object(
  {
    lestAvFodselsNummer: Type.String(),
    navnPaEksterntSystem: Type.String({ maxLength: 255 }),
    datoLest: EpochMs(),
  },
  STREAMED,
);
export type LestAvV1 = Static<typeof LestAvV1>;

export const MottakersystemQueryV1 = Type.Object({
  organisasjonsNummer: Type.Optional(Type.String({ pattern: '^[0-9]{9}$' })),
  forsendelsesType: Type.Optional(
    Type.String({
      maxLength: LIMIT.forsendelsestype,
      pattern: FORSENDELSESTYPE_PATTERN,
      'x-regel': FORSENDELSESTYPE_TEXT,
    }),
  ),
  niva: Type.Optional(Type.Unsafe<'3' | '4'>({ type: 'string', enum: ['3', '4'] })),
});
export type MottakersystemQueryV1 = Static<typeof MottakersystemQueryV1>;

export const ErrorV1 = Type.Object({ errorcode: Type.String(), message: Type.String() });

export const ForsendelsesIdV1 = Type.Object({ id: Type.String({ format: 'uuid' }) });
export type ForsendelsesIdV1 = Static<typeof ForsendelsesIdV1>;

export const ForsendelsesIdResultV1 = Type.Object({ forsendelseIder: Type.Array(ForsendelsesIdV1) });

export const StatusV1 = Type.Object({
  forsendelsesId: ForsendelsesIdV1,
  sisteStatusEndring: EpochMs(),
  status: Type.Unsafe<LegacyStatus>({ type: 'string', enum: [...LEGACY_STATUSES] }),
});
export type StatusV1 = Static<typeof StatusV1>;

export const StatusResultV1 = Type.Object({ statuser: Type.Array(StatusV1) });

export const HistorikkV1 = Type.Object({
  hendelsesLogger: Type.Array(
    Type.Object({ tidspunkt: Type.String({ format: 'date-time' }), hendelse: Type.String() }),
  ),
});

export const SigneringshistorikkV1 = Type.Object({
  forsendelsesId: ForsendelsesIdV1,
  logg: Type.Array(
    Type.Object({
      tidspunkt: Type.String({ format: 'date-time' }),
      type: Type.String(),
      hendelse: Type.String(),
    }),
  ),
});

export const DokumentMetadataV1 = Type.Object({
  mimeType: Type.String(),
  filnavn: Type.String(),
  kanSigneres: Type.Boolean(),
  inneholderPersonsensitivInformasjon: Type.Boolean(),
  sizeInBytes: Type.Integer(),
  sha256hash: Type.String(),
  dokumentType: Type.Optional(Type.String()),
  nedlasningsUrl: Type.String(),
  signeringsUrl: Type.Optional(Type.String()),
  ekstraMetadata: Type.Array(EntryV1),
});
export type DokumentMetadataV1 = Static<typeof DokumentMetadataV1>;

export const DokumentMetadataResultV1 = Type.Object({ dokumentMetadata: Type.Array(DokumentMetadataV1) });

export const ForsendelseTyperV1 = Type.Object({ forsendelseTyper: Type.Array(Type.String()) });

export const MottakerV1 = Type.Object({
  organisasjonsNummer: Type.String(),
  forsendelsesType: Type.Optional(Type.String()),
  mottakerSystem: Type.String(),
  mottakerId: Type.String({ format: 'uuid' }),
  niva: Type.Integer(),
});
export type MottakerV1 = Static<typeof MottakerV1>;

export const MottakerResultV1 = Type.Object({ treff: Type.Array(MottakerV1) });
