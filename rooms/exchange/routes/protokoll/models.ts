import { type Static, Type } from 'typebox';
import { Navn } from '../konto/models.ts';
import { OffentligNokkel, Pem, Uuid } from '../shared/models.ts';

/** Forms of the protokoll configuration (fiks-io §2.5), every field of it. */
export const PROTOKOLL_TAG = 'Fiks protokoll konfigurasjon';

const Moment = () => Type.String({ format: 'date-time' });
const Beskrivelse = () => Type.String({ minLength: 1, maxLength: 500 });
const Texts = () => Type.Array(Type.String());

const PartRequest = Type.Object({
  partNavn: Type.String({ minLength: 1, maxLength: 200 }),
  stottetProtokollVersjon: Type.String({ minLength: 1, maxLength: 50 }),
});

export const CreateProtokollKontoRequest = Type.Object({
  navn: Navn(),
  beskrivelse: Beskrivelse(),
  stottetProtokollNavn: Type.String({ minLength: 1, maxLength: 500 }),
  parts: Type.Optional(Type.Array(PartRequest, { minItems: 1, maxItems: 50 })),
  offentligNokkel: Type.Optional(Pem()),
  // The older form, with one party (fiks-io §2.5).
  stottetProtokollVersjon: Type.Optional(Type.String({ minLength: 1, maxLength: 50 })),
  part: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
});
export type CreateProtokollKontoRequest = Static<typeof CreateProtokollKontoRequest>;

export const UpdateParterRequest = Type.Object({
  parts: Type.Array(PartRequest, { minItems: 1, maxItems: 50 }),
});
export type UpdateParterRequest = Static<typeof UpdateParterRequest>;

export const UpdateKontoInfoRequest = Type.Object({ navn: Navn(), beskrivelse: Beskrivelse() });
export type UpdateKontoInfoRequest = Static<typeof UpdateKontoInfoRequest>;

export const UpdateNokkelRequest = Type.Object({ offentligNokkel: Pem() });
export type UpdateNokkelRequest = Static<typeof UpdateNokkelRequest>;

export const UpdateSystemInfoRequest = Type.Object({
  navn: Navn(),
  beskrivelse: Type.String({ maxLength: 500 }),
  eposter: Type.Array(Type.String({ maxLength: 254 }), { minItems: 1, maxItems: 20 }),
  offentlig: Type.Boolean(),
  automatiskGodkjenning: Type.Optional(Type.Boolean()),
  leverandorNavn: Type.Optional(Type.String({ maxLength: 200 })),
  leverandorKontaktpunkt: Type.Optional(Type.String({ maxLength: 200 })),
});
export type UpdateSystemInfoRequest = Static<typeof UpdateSystemInfoRequest>;

const OrgIds = () => Type.Optional(Type.Array(Uuid(), { maxItems: 500 }));
const Term = () => Type.Optional(Type.String({ maxLength: 200 }));

export const SystemSokRequest = Type.Object({
  filter: Type.Optional(Type.Object({ fiksOrgIder: OrgIds(), stotterKonto: Type.Optional(Type.Boolean()) })),
  term: Term(),
});
export type SystemSokRequest = Static<typeof SystemSokRequest>;

export const KontoSokRequest = Type.Object({
  filter: Type.Optional(
    Type.Object({
      fiksOrgIder: OrgIds(),
      protokollFilter: Type.Optional(
        Type.Array(
          Type.Object({
            protokollNavn: Type.String({ maxLength: 500 }),
            protokollVersjon: Type.String({ maxLength: 50 }),
            parter: Type.Optional(Type.Array(Type.String({ maxLength: 200 }), { maxItems: 50 })),
          }),
          { maxItems: 50 },
        ),
      ),
    }),
  ),
  term: Term(),
});
export type KontoSokRequest = Static<typeof KontoSokRequest>;

const PartResponse = Type.Object({
  navn: Type.String(),
  beskrivelse: Type.String(),
  protokollnavn: Type.String(),
  protokollversjon: Type.String(),
  avsenderMeldingstyper: Texts(),
  mottakerMeldingstyper: Texts(),
  stottedeParter: Texts(),
});
export const ParterResponse = Type.Object({ parter: Type.Array(PartResponse) });

export const ProtokollKontoResponse = Type.Object({
  id: Uuid(),
  navn: Type.String(),
  beskrivelse: Type.String(),
  stottetProtokollNavn: Type.String(),
  parts: Type.Array(PartResponse),
  offentligNokkel: Type.Optional(OffentligNokkel),
  opprettet: Moment(),
  sistEndret: Moment(),
  sendMeldingerDeaktivert: Type.Boolean(),
});

export const FiksOrg = Type.Object({
  id: Uuid(),
  navn: Type.String(),
  kommunenummer: Type.Optional(Type.String()),
});

export const EksternSystem = Type.Object({
  id: Uuid(),
  navn: Type.String(),
  beskrivelse: Type.String(),
  fiksOrg: FiksOrg,
});

export const EksternKonto = Type.Object({
  id: Uuid(),
  navn: Type.String(),
  beskrivelse: Type.String(),
  stottetProtokollNavn: Type.String(),
  parter: Type.Array(PartResponse),
  system: EksternSystem,
});

export const SystemSummaryWithOrgName = Type.Object({
  id: Uuid(),
  navn: Type.String(),
  beskrivelse: Type.String(),
  fiksOrgNavn: Type.String(),
});

export const ProtokollSystemResponse = Type.Object({
  id: Uuid(),
  integrasjonId: Uuid(),
  orgnummer: Type.String(),
  navn: Type.String(),
  beskrivelse: Type.String(),
  eposter: Texts(),
  kontoer: Type.Array(
    Type.Object({
      id: Uuid(),
      navn: Type.String(),
      beskrivelse: Type.String(),
      stottetProtokollNavn: Type.String(),
      parter: Type.Array(
        Type.Object({ navn: Type.String(), protokollnavn: Type.String(), protokollversjon: Type.String() }),
      ),
      metrikk: Type.Object({ meldingerPaKo: Type.Integer(), antallKonsumenter: Type.Integer() }),
      sendMeldingerDeaktivert: Type.Boolean(),
    }),
  ),
  tilgangTilKontoer: Type.Array(EksternKonto),
  forespurteTilgangerTilKontoer: Type.Array(EksternKonto),
  offentlig: Type.Boolean(),
  automatiskGodkjenning: Type.Boolean(),
  konfigureresAvIntegrasjon: Type.Boolean(),
  leverandorNavn: Type.Optional(Type.String()),
  leverandorKontaktpunkt: Type.Optional(Type.String()),
  fiksOrg: FiksOrg,
  opprettet: Moment(),
  sistEndret: Moment(),
});

const Status = Type.Enum(['AKTIV', 'DEAKTIVERT']);

export const ProtokollSummary = Type.Object({
  navn: Type.String(),
  protokollversjon: Type.String(),
  beskrivelse: Type.String(),
  parter: Texts(),
  status: Status,
});

export const ProtokollDefinisjonResponse = Type.Object({
  navn: Type.String(),
  protokollversjon: Type.String(),
  beskrivelse: Type.String(),
  meldingstyper: Type.Array(
    Type.Object({
      meldingstypeNavn: Type.String(),
      payloadKriterie: Type.Enum(['NEVER', 'REQUIRED', 'OPTIONAL']),
      erFeilmelding: Type.Boolean(),
    }),
  ),
  parter: Type.Array(PartResponse),
  status: Status,
});
