import type { DokumentSjekk } from '../avvik.ts';
import { VALIDATOR_RAPPORT } from '../data/frie-typer.ts';
import { jsonSjekk } from '../validate-json.ts';
import type { Modell } from '../xml/modell.ts';
import type { Rot } from '../xml/rot.ts';
import { validateXml } from '../xml/validate-xml.ts';
import { ARKIV_MODELL, ARKIV_V1_ROETTER } from './arkiv.ts';
import { DIGISOS_PAYLOADS } from './digisos.ts';
import { feilmelding, type JsonDefinisjoner } from './json.ts';
import { LINK_V1_PAYLOADS } from './link.ts';
import { MATRIKKELFOERING_MODELL, MATRIKKELFOERING_V2_ROETTER } from './matrikkelfoering.ts';
import { PLAN_V2_PAYLOADS } from './plan.ts';
import { POLITISK_BEHANDLING_V1_PAYLOADS } from './politisk-behandling.ts';
import { SAKSFASER_V1_PAYLOADS } from './saksfaser.ts';
import { SVARUT_FORSENDELSE_PAYLOADS } from './svarut-forsendelse.ts';
import { VALIDATOR_RAPPORT_PAYLOAD } from './validator-rapport.ts';

/** Types outside every protocol that have a form. The two older receipts looked like today's errors (fiks-io §3.6). */
const FRIE_PAYLOADS: JsonDefinisjoner = {
  'no.ks.fiks.kvittering.ugyldigforespoersel.v1': feilmelding,
  'no.ks.fiks.kvittering.ikkefunnet.v1': feilmelding,
  [VALIDATOR_RAPPORT]: VALIDATOR_RAPPORT_PAYLOAD,
};

const SJEKKER: ReadonlyMap<string, DokumentSjekk> = new Map([
  ...json(PLAN_V2_PAYLOADS),
  ...json(POLITISK_BEHANDLING_V1_PAYLOADS),
  ...json(SAKSFASER_V1_PAYLOADS),
  ...json(LINK_V1_PAYLOADS),
  ...json(DIGISOS_PAYLOADS),
  ...json(SVARUT_FORSENDELSE_PAYLOADS),
  ...json(FRIE_PAYLOADS),
  ...xml(ARKIV_MODELL, ARKIV_V1_ROETTER),
  ...xml(MATRIKKELFOERING_MODELL, MATRIKKELFOERING_V2_ROETTER),
]);

/** The check of the main document of a message type; undefined when its form is not published. */
export function findPayloadSjekk(type: string): DokumentSjekk | undefined {
  return SJEKKER.get(type);
}

function json(definisjoner: JsonDefinisjoner): (readonly [string, DokumentSjekk])[] {
  return Object.entries(definisjoner).map(([type, schema]) => [type, jsonSjekk(schema)]);
}

function xml(modell: Modell, roetter: Readonly<Record<string, Rot>>): (readonly [string, DokumentSjekk])[] {
  return Object.entries(roetter).map(([type, rot]) => [type, (bytes) => validateXml(bytes, modell, rot)]);
}
