import { defineErrors } from '@grunnmur/kernel/errors';

/**
 * No text or parameter here may carry an identity number, a name or an address: these errors are logged.
 *
 * A refused call (401, 403, wrong address) counts as worth retrying: the same look-up succeeds when the operator has
 * mended the set-up, and a letter must not be given up because a scope was missing for an hour.
 */
export const E = defineErrors('registers', {
  invalidFnr: { status: 400, message: 'Ugyldig fødselsnummer eller D-nummer' },
  invalidOrgnr: { status: 400, message: 'Ugyldig organisasjonsnummer' },
  tooManyIds: { status: 400, message: 'For mange oppslag i ett kall (grense {limit})' },

  krrUnavailable: {
    status: 503,
    retry: true,
    message: 'Kontakt- og reservasjonsregisteret svarer ikke nå ({reason})',
  },
  krrRateLimited: {
    status: 503,
    retry: true,
    message: 'Kontakt- og reservasjonsregisteret begrenser antall kall nå',
  },
  krrRefused: {
    status: 502,
    retry: true,
    message: 'Kontakt- og reservasjonsregisteret godtar ikke kallet ({status})',
  },
  krrRejected: { status: 502, message: 'Kontakt- og reservasjonsregisteret avviste oppslaget ({status})' },
  krrInvalidAnswer: {
    status: 502,
    retry: true,
    message: 'Uventet svar fra Kontakt- og reservasjonsregisteret ({reason})',
  },

  enhetsregisteretUnavailable: {
    status: 503,
    retry: true,
    message: 'Enhetsregisteret svarer ikke nå ({reason})',
  },
  enhetsregisteretRateLimited: {
    status: 503,
    retry: true,
    message: 'Enhetsregisteret begrenser antall kall nå',
  },
  enhetsregisteretRefused: {
    status: 502,
    retry: true,
    message: 'Enhetsregisteret godtar ikke kallet ({status})',
  },
  enhetsregisteretRejected: { status: 502, message: 'Enhetsregisteret avviste oppslaget ({status})' },
  enhetsregisteretInvalidAnswer: {
    status: 502,
    retry: true,
    message: 'Uventet svar fra Enhetsregisteret ({reason})',
  },

  folkeregisteretUnavailable: {
    status: 503,
    retry: true,
    message: 'Folkeregisteret svarer ikke nå ({reason})',
  },
  folkeregisteretRateLimited: {
    status: 503,
    retry: true,
    message: 'Folkeregisteret begrenser antall kall nå',
  },
  folkeregisteretRefused: {
    status: 502,
    retry: true,
    message: 'Folkeregisteret godtar ikke kallet ({status})',
  },
  folkeregisteretRejected: { status: 502, message: 'Folkeregisteret avviste oppslaget ({status})' },
  folkeregisteretInvalidAnswer: {
    status: 502,
    retry: true,
    message: 'Uventet svar fra Folkeregisteret ({reason})',
  },
});
