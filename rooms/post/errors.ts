import { defineErrors } from '@grunnmur/kernel/errors';

/**
 * Texts follow the phrases that published clients and importers match on: "Forsendelse med samme mottaker, tittel og
 * avsender", "Ugyldig innhold", "Feil under lesing av", "Kan ikke lagre tomt dokument" (SvarUt fault texts).
 */
export const PostError = defineErrors('post', {
  notFound: { status: 404, message: 'Fant ikke forsendelsen' },
  levelTooLow: { status: 403, message: 'Brevet krever innlogging på nivå 4 (høyt)' },
  documentUnavailable: {
    status: 500,
    message: 'Dokumentet kan ikke hentes: det er skadet eller mangler i lageret. Feilen er meldt.',
  },
  kontoNotFound: { status: 404, message: 'Fant ikke kontoen' },
  invalid: { status: 400, message: 'Ugyldig innhold: {detail}' },
  gjentagendeForsendelse: {
    status: 400,
    message:
      'Forsendelse med samme mottaker, tittel og avsender er allerede mottatt med id {id} (GJENTAGENDE_FORSENDELSE)',
  },
  emptyDocument: { status: 400, message: 'Kan ikke lagre tomt dokument: {filnavn}' },
  unreadableDocument: { status: 400, message: 'Feil under lesing av {filnavn}: {detail}' },
  protectedDocument: {
    status: 400,
    message: 'Feil under lesing av {filnavn}: {detail}',
  },
  tooManySheets: {
    status: 400,
    message:
      'Brevet er for langt for én konvolutt: {pages} sider på {sheets} ark med forside, og grensen er {maxPages} sider og {maxSheets} ark. Del det opp, eller send bare digitalt',
  },
  undecryptable: {
    status: 400,
    message: 'Feil under lesing av {filnavn}: kan ikke dekrypteres med plattformens sertifikat: {detail}',
  },
  tooLarge: { status: 413, message: 'Forsendelsen er for stor: grensen er {limit} byte' },
  uploadTimeout: { status: 408, message: 'Overføringen tok mer enn {seconds} sekunder' },
  uploadAborted: { status: 400, message: 'Overføringen ble avbrutt' },
  reservedIdUsed: { status: 400, message: 'Ugyldig innhold: id-en {id} er ukjent eller allerede brukt' },
});
