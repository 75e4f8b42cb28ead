/**
 * Why the room uses a person's information: codes, kept in the access log, that the person reads in her own language
 * (`purpose.<code>` and `basis.<code>` in `locales/`).
 */
export const PURPOSE = {
  send: 'post.sende_brev',
  deliver: 'post.levere_brev',
  chooseChannel: 'post.velge_maate',
} as const;

/** Why a public body may handle a letter to somebody: it performs its task (GDPR article 6.1 e). */
export const PUBLIC_TASK = 'gdpr_6_1_e';

/** Purpose of a sender's own reading of where a letter stands, and of what it reports about it. */
export const FOLLOW_UP = 'post.folge_opp';

/** A public body looks up whether somebody can be notified digitally (eForvaltningsforskriften § 8). */
export const DIGITAL_NOTICE = 'eforvaltning_8';
