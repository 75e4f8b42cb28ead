import { DPI_LIMITS, type DpiDocument, type DpiLetter } from './dpi-messages.ts';
import { organisation } from './dpi-sbd.ts';
import { xmlAttribute, xmlText } from './dpi-xml.ts';

/** A document under the name it has inside the parcel. */
export interface ParcelDocument {
  readonly href: string;
  readonly document: DpiDocument;
}

const TAKEN_BY_THE_FORMAT = ['mimetype', 'manifest.xml', 'meta-inf'];

/**
 * Names for the documents inside the parcel: 4 to 100 characters, unique without regard to case, no folders (manifest
 * schema). A letter's own names are kept where the format allows.
 */
export function nameDocuments(documents: readonly DpiDocument[]): ParcelDocument[] {
  const taken = new Set(TAKEN_BY_THE_FORMAT);
  return documents.map((document, index) => {
    const wanted = document.filename.toWellFormed().replace(/[/\\\p{Cc}]/gu, '_') || 'dokument';
    let href = shorten(wanted, '');
    for (let number = index + 1; taken.has(href.toLowerCase()) || href.length < 4; number++) {
      href = shorten(wanted, `-${String(number).padStart(2, '0')}`);
    }
    taken.add(href.toLowerCase());
    return { href, document };
  });
}

function shorten(name: string, suffix: string): string {
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 && name.length - dot <= 12 ? name.slice(dot) : '';
  const stem = name.slice(0, name.length - extension.length);
  const room = DPI_LIMITS.href - extension.length - suffix.length;
  return `${stem.slice(0, room).replace(/[\uD800-\uDBFF]$/, '')}${suffix}${extension}`;
}

/** `manifest.xml` (sdp-manifest.xsd): who sends, to which mailbox, and the title of each document. */
export function manifestXml(letter: DpiLetter, documents: readonly ParcelDocument[]): string {
  const { authority, value } = organisation(letter.senderOrgnr);
  const [main, ...attachments] = documents;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<manifest xmlns="http://begrep.difi.no/sdp/schema_v10">',
    `<mottaker><person>${element('postkasseadresse', letter.mailbox.address)}</person></mottaker>`,
    `<avsender><organisasjon authority="${authority}">${xmlText(value)}</organisasjon>`,
    letter.senderUnit === undefined ? '' : element('avsenderidentifikator', letter.senderUnit),
    letter.invoiceReference === undefined ? '' : element('fakturaReferanse', letter.invoiceReference),
    '</avsender>',
    main ? documentXml('hoveddokument', main, letter.language) : '',
    ...attachments.map((attachment) => documentXml('vedlegg', attachment, letter.language)),
    '</manifest>',
  ].join('');
}

function documentXml(name: string, { href, document }: ParcelDocument, language: string): string {
  const title = (document.title || document.filename).slice(0, DPI_LIMITS.documentTitle);
  return (
    `<${name} href="${xmlAttribute(href)}" mime="${xmlAttribute(document.mimeType)}">` +
    `<tittel lang="${language}">${xmlText(title)}</tittel></${name}>`
  );
}

function element(name: string, value: string): string {
  return `<${name}>${xmlText(value)}</${name}>`;
}
