import type { Avvik, DokumentSjekk } from './avvik.ts';
import type { LastetSjekk, Lasting, SkjemaFil } from './load-schemas.ts';
import { checkWellFormed } from './xml/validate-xml.ts';

const ENDELSE = '.xsd';
let mapper = 0;

/** The XML Schemas of one folder. Only schemas with an element that a document may begin with are of a message type. */
export async function loadXsdSchemas(filer: readonly SkjemaFil[]): Promise<Lasting> {
  const xsd = filer.filter(({ navn }) => navn.endsWith(ENDELSE));
  if (xsd.length === 0) return { sjekker: [], advarsler: [] };
  // A WebAssembly module, which only those who load schemas pay for.
  const libxml = await import('libxml2-wasm');
  const sjekker: LastetSjekk[] = [];
  const advarsler: { fil: string; tekst: string }[] = [];
  mapper += 1;
  const url = (navn: string) => `skjema:///${mapper}/${navn}`;
  // Schemas are read from here only: neither they nor documents can make the library open a file or an address.
  const lager = new libxml.XmlBufferInputProvider(
    Object.fromEntries(xsd.map((fil) => [url(fil.navn), fil.innhold])),
  );
  libxml.xmlRegisterInputProvider(lager);
  try {
    for (const { navn, innhold } of xsd.filter(({ navn }) => /\.v\d+\./.test(navn))) {
      try {
        const skjema = libxml.XmlDocument.fromBuffer(innhold, { url: url(navn) });
        const validator = libxml.XsdValidator.fromDoc(skjema);
        sjekker.push({ meldingstype: navn.slice(0, -ENDELSE.length), sjekk: xsdSjekk(libxml, validator) });
      } catch (error) {
        advarsler.push({ fil: navn, tekst: `Kan ikke brukes: ${(error as Error).message.trim()}` });
      }
    }
  } finally {
    libxml.xmlCleanupInputProvider();
  }
  return { sjekker, advarsler };
}

type Libxml = typeof import('libxml2-wasm');

/** Our own reader goes first: it refuses DOCTYPE, and holds the limits. */
function xsdSjekk(libxml: Libxml, validator: InstanceType<Libxml['XsdValidator']>): DokumentSjekk {
  return async (bytes) => {
    const form = await checkWellFormed(bytes);
    if (form.length > 0) return form;
    try {
      const dokument = libxml.XmlDocument.fromBuffer(bytes);
      try {
        validator.validate(dokument);
        return [];
      } finally {
        dokument.dispose();
      }
    } catch (error) {
      if (!(error instanceof libxml.XmlError)) throw error;
      return toAvvik(error);
    }
  };
}

function toAvvik(
  error: Error & { readonly details?: readonly { readonly message: string; readonly line: number }[] },
): Avvik[] {
  const details = error.details ?? [{ message: error.message, line: 0 }];
  return details.slice(0, 100).map(({ message, line }) => ({
    sti: line > 0 ? `linje ${line}` : '/',
    regel: 'skjema',
    tekst: message.trim(),
  }));
}
