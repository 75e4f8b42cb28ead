import { Type } from 'typebox';
import { en, fritt, type JsonDefinisjoner, objekt, tekst } from './json.ts';

const uuid = Type.String({ pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' });

/** Payloads of Digisos fagsystem (fiks-io §5.6). The acknowledgements have only an empty object as example. */
export const DIGISOS_PAYLOADS: JsonDefinisjoner = {
  'no.nav.digisos.soknad.v1': objekt({ eksternRef: tekst, digisosId: uuid }),
  'no.nav.digisos.soknad.mottatt.v1': fritt,
  'no.nav.digisos.ettersendelse.v1': objekt({
    eksternRef: tekst,
    digisosId: uuid,
    soknadLeveranseId: objekt({}, { sendtKanal: en('FIKS_IO', 'SVARUT'), id: uuid }),
  }),
  'no.nav.digisos.ettersendelse.mottatt.v1': fritt,
};
