import { defineErrors } from '@grunnmur/kernel/errors';

/** Texts are ours: the hosted platform does not publish its own (fiks-io §9). */
export const ExchangeError = defineErrors('exchange', {
  invalid: { status: 400, message: 'Ugyldig innhold: {detail}' },
  kontoNotFound: { status: 404, message: 'Fant ikke kontoen' },
  kontoGone: { status: 410, message: 'Kontoen er slettet' },
  systemNotFound: { status: 404, message: 'Fant ikke systemet' },
  organisasjonNotFound: { status: 404, message: 'Fant ikke organisasjonen' },
  mottakerNotFound: { status: 404, message: 'Fant ikke mottakerkontoen' },
  nokkelNotFound: { status: 404, message: 'Kontoen har ingen offentlig nøkkel' },
  avsenderNotAllowed: { status: 403, message: 'Avsenderkontoen tilhører ikke integrasjonen' },
  sendDeactivated: { status: 403, message: 'Kontoen kan ikke sende eller motta: {detail}' },
  noAccess: { status: 403, message: 'Mottakerkontoen har ikke gitt avsenders system tilgang' },
  notAccepted: { status: 403, message: 'Mottakerkontoen tar ikke imot meldinger fra avsenderkontoen' },
  typeNotAllowed: { status: 400, message: 'Meldingstypen kan ikke sendes mellom kontoene: {detail}' },
  payloadRule: { status: 400, message: 'Meldingstypen {type}: {detail}' },
  invalidCertificate: { status: 400, message: 'Sertifikatet kan ikke brukes: {detail}' },
  adresseConflict: { status: 400, message: 'Adressen kan ikke brukes: {detail}' },
  protokollNotFound: { status: 404, message: 'Fant ikke protokollen' },
  adresseNotFound: { status: 404, message: 'Fant ikke adressen' },
  configurationOff: { status: 403, message: 'Integrasjonen har ikke FIKS.KONFIGURER på systemet' },
  meldingNotFound: { status: 404, message: 'Fant ikke meldingen' },
  queueNotFound: { status: 404, message: 'Køen finnes ikke: {queue}' },
  queueRefused: { status: 403, message: 'Integrasjonen har ikke lesetilgang til køen {queue}' },
});
