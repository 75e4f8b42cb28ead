import { defineErrors } from '@grunnmur/kernel/errors';

/** No text or parameter here may carry a password, a token, an identity number or a name: these errors are logged. */
export const E = defineErrors('access', {
  /** `reason`: missing, scope, consumer, person, or one of those of `auth.token_invalid`; `why`: in words. */
  tokenInvalid: { status: 401, message: 'Access token kunne ikke valideres: {why}' },
  /** One text for three causes (unknown, wrong password, wrong organisation): the caller is not told which. */
  integrationUnauthenticated: { status: 401, message: 'Autentisering feilet for integrasjon med id {id}' },
  accountUnauthenticated: { status: 401, message: 'Ukjent brukernavn eller feil passord' },
  /** Answer of the token endpoint; `error` is the code of RFC 6749 §5.2. */
  tokenRefused: { status: 400, message: '{error}: {description}' },
  notFound: { status: 404, message: 'Fant ikke {what}' },
  organisationExists: { status: 409, message: 'Organisasjonen er registrert fra før' },
  alreadyExists: { status: 409, message: '{what} finnes fra før' },
});
