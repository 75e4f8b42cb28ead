/** Scopes of the contact and reservation register. */
export const KRR_SCOPES = {
  contact: 'krr:global/kontaktinformasjon.read',
  mailbox: 'krr:global/digitalpost.read',
} as const;

export const FOLKEREGISTER_SCOPE = 'folkeregister:deling/offentligmedhjemmel';
/** Base path of the right package "offentlig med hjemmel"; the client's base address ends with it. */
export const FOLKEREGISTER_PATH = '/folkeregisteret/offentlig-med-hjemmel/api';
