export type FrontPageLanguage = 'nb' | 'nn' | 'en';

export interface FrontPageText {
  /** BCP 47, for the document and for dates. */
  readonly locale: string;
  readonly organisationNumber: string;
  readonly date: string;
  readonly reference: string;
  readonly contents: string;
  /** Stands for the name of a document that cannot be printed. */
  readonly unnamed: string;
  /** One document in the list of contents. */
  readonly document: (name: string, pages: number) => string;
  readonly moreDocuments: (count: number) => string;
  /** Length of the letter, front page not counted. */
  readonly total: (documents: number, pages: number) => string;
}

export const FRONT_PAGE_TEXT: Readonly<Record<FrontPageLanguage, FrontPageText>> = {
  nb: {
    locale: 'nb-NO',
    organisationNumber: 'Org.nr.',
    date: 'Dato',
    reference: 'Referanse',
    contents: 'Innhold',
    unnamed: 'Dokument',
    document: (name, pages) => `${name} (${pages} ${pages === 1 ? 'side' : 'sider'})`,
    moreDocuments: (count) => `og ${count} ${count === 1 ? 'dokument' : 'dokumenter'} til`,
    total: (documents, pages) =>
      `Brevet består av ${documents} ${documents === 1 ? 'dokument' : 'dokumenter'}, til sammen ${pages} ${
        pages === 1 ? 'side' : 'sider'
      }.`,
  },
  nn: {
    locale: 'nn-NO',
    organisationNumber: 'Org.nr.',
    date: 'Dato',
    reference: 'Referanse',
    contents: 'Innhald',
    unnamed: 'Dokument',
    document: (name, pages) => `${name} (${pages} ${pages === 1 ? 'side' : 'sider'})`,
    moreDocuments: (count) => `og ${count} dokument til`,
    total: (documents, pages) =>
      `Brevet er på ${documents} dokument, til saman ${pages} ${pages === 1 ? 'side' : 'sider'}.`,
  },
  en: {
    locale: 'en-GB',
    organisationNumber: 'Org. no.',
    date: 'Date',
    reference: 'Reference',
    contents: 'Contents',
    unnamed: 'Document',
    document: (name, pages) => `${name} (${pages} ${pages === 1 ? 'page' : 'pages'})`,
    moreDocuments: (count) => `and ${count} more ${count === 1 ? 'document' : 'documents'}`,
    total: (documents, pages) =>
      `The letter has ${documents} ${documents === 1 ? 'document' : 'documents'}, ${pages} ${
        pages === 1 ? 'page' : 'pages'
      } in all.`,
  },
};
