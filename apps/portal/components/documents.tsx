import { formatDateTime } from '@grunnmur/kernel/i18n';
import type { Letter, LetterDocument } from '@grunnmur/post';
import { fileType, formatSize } from '../view/format-size.ts';
import { isLocked, isPdf } from '../view/letter.ts';
import type { PageView } from '../view/page-view.ts';
import { Foreign } from './foreign.tsx';
import { Icon } from './icon.tsx';
import { Notice } from './notice.tsx';

export interface DocumentsProps {
  readonly view: PageView;
  readonly letter: Letter;
  /** The document that is shown on the page; undefined where the browser cannot, or there is none to show. */
  readonly shown: LetterDocument | undefined;
}

/** The letter itself: to be read here, or why it cannot be read now. */
export function Documents(props: DocumentsProps) {
  const { view, letter } = props;
  const { t } = view;
  return (
    <section aria-labelledby="dokumenter" className="gm-panel gm-read">
      <h2 id="dokumenter">{t('portal.documents.heading', { count: letter.antallDokumenter })}</h2>
      {!letter.dokumenterTilgjengelig ? (
        <Notice tone="info">
          <p>{t('portal.documents.deleted')}</p>
        </Notice>
      ) : isLocked(view, letter) ? (
        <StepUp view={view} letter={letter} />
      ) : letter.antallDokumenter === 0 ? (
        <p>{t('portal.letter.no_documents')}</p>
      ) : (
        <Readable {...props} />
      )}
    </section>
  );
}

function Readable({ view, letter, shown }: DocumentsProps) {
  const { t } = view;
  const first = letter.dokumenter[0]!;
  return (
    <>
      {shown ? (
        <Shown view={view} letter={letter} shown={shown} />
      ) : (
        <p className="gm-actions">
          <a className="ds-button" data-variant="primary" href={documentPath(letter, first)}>
            <Icon name={isPdf(first) ? 'file' : 'download'} />
            {t(isPdf(first) ? 'portal.letter.read' : 'portal.documents.save_first')}
          </a>
        </p>
      )}
      {letter.ulest && <p className="gm-meta gm-no-print">{t('portal.documents.marks_opened')}</p>}
      <ul className="gm-documents">
        {letter.dokumenter.map((document) => (
          <DocumentItem
            key={document.nr}
            view={view}
            letter={letter}
            document={document}
            here={document === shown}
            choose={shown !== undefined && isPdf(document)}
          />
        ))}
      </ul>
      <p className="gm-actions gm-no-print">
        <a className="ds-button" data-variant="secondary" href={`/brev/${letter.id}/alt`}>
          <Icon name="download" />
          {t('portal.documents.all', { count: letter.dokumenter.length })}
        </a>
      </p>
    </>
  );
}

/** Drawn by the browser's own viewer: it reads aloud, enlarges, searches and prints as the reader is used to. */
function Shown({ view, letter, shown }: { view: PageView; letter: Letter; shown: LetterDocument }) {
  const { t } = view;
  return (
    <>
      <iframe
        id="les"
        className="gm-frame"
        src={documentPath(letter, shown)}
        title={t('portal.letter.frame', { name: shown.filnavn })}
      />
      <p className="gm-no-print">
        <a className="ds-link gm-own-tab" href={documentPath(letter, shown)}>
          {t('portal.letter.own_tab')}
        </a>
      </p>
    </>
  );
}

function documentPath(letter: Letter, document: LetterDocument): string {
  return `/brev/${letter.id}/dokument/${document.nr}`;
}

interface DocumentItemProps {
  readonly view: PageView;
  readonly letter: Letter;
  readonly document: LetterDocument;
  readonly here: boolean;
  /** The page can show it in place of the one it shows. */
  readonly choose: boolean;
}

function DocumentItem({ view, letter, document, here, choose }: DocumentItemProps) {
  const path = choose ? `/brev/${letter.id}?vis=${document.nr}#les` : documentPath(letter, document);
  return (
    <li aria-current={here ? 'true' : undefined}>
      <Icon name="file" />
      <div>
        <p className="gm-document-name">
          <a className="ds-link" href={path}>
            <Foreign view={view}>{document.filnavn}</Foreign>
          </a>
        </p>
        <p className="gm-meta">{describe(view, document)}</p>
        {document.lastetNed && (
          <p className="gm-meta gm-opened">
            <Icon name="check" />
            {view.t('portal.documents.opened', { when: formatDateTime(document.lastetNed, view.locale) })}
          </p>
        )}
      </div>
    </li>
  );
}

function describe(view: PageView, document: LetterDocument): string {
  const type = fileType(document.mimeType, document.filnavn);
  const size = formatSize(document.storrelse, view.locale);
  return document.antallSider === undefined
    ? `${type}, ${size}`
    : `${type}, ${view.t('portal.documents.pages', { count: document.antallSider })}, ${size}`;
}

function StepUp({ view, letter }: { view: PageView; letter: Letter }) {
  const { t } = view;
  return (
    <Notice tone="lock">
      <p>
        <strong>{t('portal.step_up.heading')}</strong>
      </p>
      <p>{t('portal.step_up.text')}</p>
      <p>
        <a className="ds-button" href={`/logg-inn?niva=4&til=/brev/${letter.id}`}>
          {t('portal.step_up.button')}
        </a>
      </p>
    </Notice>
  );
}
