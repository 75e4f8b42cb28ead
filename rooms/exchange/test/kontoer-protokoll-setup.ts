import { FYLKE, KOMMUNE, LEVERANDOR } from './kontoer-fixture.ts';
import { type HttpFixture, type HttpSystem, startHttp } from './kontoer-http.ts';

export const BASE = '/fiks-protokoll/api/v1/konfigurasjon';
export const ARKIV = 'no.ks.fiks.arkiv';
export const FAGSYSTEM = { partNavn: 'klient.full', stottetProtokollVersjon: 'v1' };
export const ARKIVET = { partNavn: 'arkiv.full', stottetProtokollVersjon: 'v1' };

/** `P` of fiks-io §2.5. */
export const p = (system: HttpSystem) => `${BASE}/${system.tenant}/systemer/${system.systemId}`;

export const newKonto = (navn: string, parts: object[]) => ({
  navn,
  beskrivelse: `Beskrivelse av ${navn}`,
  stottetProtokollNavn: ARKIV,
  parts,
});

export interface ProtokollSetup {
  readonly http: HttpFixture;
  readonly fag: HttpSystem;
  /** Public; the two others can be seen by their own organisations only. */
  readonly arkiv: HttpSystem;
  readonly other: HttpSystem;
  readonly fagKonto: string;
  readonly arkivKonto: string;
}

/** Three systems in three organisations, and a client's and an archive's protokoll-konto made over the API. */
export async function startProtokoll(): Promise<ProtokollSetup> {
  const http = await startHttp();
  const fag = await http.system(KOMMUNE, { navn: 'Fagsystem', beskrivelse: 'Sak' });
  const arkiv = await http.system(LEVERANDOR, { navn: 'Arkivsystem', beskrivelse: 'Noark', offentlig: true });
  const other = await http.system(FYLKE, { navn: 'Skjult system' });
  const made = await fag.call('POST', `${p(fag)}/kontoer`, newKonto('Fagkonto', [FAGSYSTEM]));
  const archive = await arkiv.call('POST', `${p(arkiv)}/kontoer`, newKonto('Arkivkonto', [ARKIVET]));
  return { http, fag, arkiv, other, fagKonto: made.body.id, arkivKonto: archive.body.id };
}
