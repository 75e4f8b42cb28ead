/** Small messages of our own: a payload that is right, and one that breaks a rule, with the place that is told. */
export interface JsonEksempel {
  readonly riktig: unknown;
  readonly feil: unknown;
  readonly sti: string;
}

export const saksnummer = { saksaar: 2026, sakssekvensnummer: 12 };
export const kode = { kodeverdi: '1', kodebeskrivelse: 'Én' };
const euref = { kodeverdi: 'EPSG:25832' };
export const punkt = { type: 'Point', koordinater: [60.39, 5.32], koordinatsystem: euref };
export const flate = {
  type: 'Polygon',
  koordinater: [
    [0, 0],
    [0, 1],
    [1, 1],
    [0, 0],
  ],
  koordinatsystem: euref,
};
export const kortFlate = { ...flate, koordinater: [[0, 0]] };
export const matrikkel = { kommunenummer: '4601', gaardsnummer: 1, bruksnummer: 2 };
