/**
 * Longest texts (characters) and most items of a forsendelse. Those that SvarUt publishes are marked with the
 * section; the others only keep nonsense out and are well above what archives and case systems send.
 */
export const FORSENDELSE_LIMITS = {
  /** SvarUt REST v2 Forsendelse. */
  tittel: 1000,
  /** SvarUt REST v2 Dokument. */
  filnavn: 226,
  /** SvarUt REST v2 Forsendelse. */
  avgivendeSystem: 100,
  avgivendeSystemAktor: 255,
  /** SvarUt REST v2 Forsendelse. */
  konteringskode: 20,
  /** SvarUt REST v2 Forsendelse. */
  forsendelsestype: 100,
  /** SvarUt REST v2 Forsendelse. */
  eksternReferanse: 100,
  /** SvarUt REST v2 Forsendelse. */
  korrelasjonsid: 100,
  navn: 500,
  adresselinje: 255,
  poststed: 255,
  postnummer: 20,
  land: 100,
  /** RFC 4288 §4.2: 127 characters each side of the slash. */
  mimeType: 255,
  dokumentType: 255,
  /** SvarUt REST v2 Forsendelse. */
  lenker: 5,
  lenkeUrl: 2000,
  lenkeTekst: 1000,
  lenkeLedetekst: 4000,
  noarkText: 1000,
  metadataKey: 255,
  metadataValue: 4000,
  metadataEntries: 100,
  eksponertFor: 100,
  giroarkSider: 1000,
  /** Default; the installation may set another. */
  dokumenter: 500,
} as const;

/** SvarUt REST v2: the routing key that mottakersystemer ask for. */
export const FORSENDELSESTYPE_PATTERN = '^[a-zA-ZæøåÆØÅ0-9]+(\\.[a-zA-ZæøåÆØÅ0-9]+)*$';

export const FORSENDELSESTYPE_TEXT = 'kan bare ha bokstaver og tall, i ledd skilt med punktum';

/** SvarUt REST v2. */
export const KONTERINGSKODE_PATTERN = '^[a-zA-Z0-9_\\-.øæåØÆÅ]{0,20}$';
