import { defineErrors } from '@grunnmur/kernel/errors';

/** Under `exchange`, where they were defined when Dokumentlager was a part of it: clients know the codes. */
export const DocumentsError = defineErrors('exchange', {
  invalid: { status: 400, message: 'Ugyldig innhold: {detail}' },
  kontoNotFound: { status: 404, message: 'Fant ikke kontoen' },
  kontoGone: { status: 410, message: 'Kontoen er slettet' },
  organisasjonNotFound: { status: 404, message: 'Fant ikke organisasjonen' },
  dokumentNotFound: { status: 404, message: 'Fant ikke dokumentet' },
  dokumentNotExposed: { status: 403, message: 'Dokumentet er ikke eksponert for den som spør' },
  dokumentGone: { status: 410, message: 'Dokumentet er ikke lenger tilgjengelig' },
  undecryptable: {
    status: 400,
    message: 'Dokumentet kan ikke dekrypteres med plattformens sertifikat ({detail})',
  },
});
