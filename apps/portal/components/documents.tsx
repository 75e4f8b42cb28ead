import { formatDateTime } from '@grunnmur/kernel/i18n';
import type { Letter, LetterDocument } from '@grunnmur/post';
import { fileType, formatSize } from '../view/format-size.ts';
import type { PageView } from '../view/page-view.ts';
import { Foreign } from './foreign.tsx';
import { Icon } from './icon.tsx';
import { Notice } from './notice.tsx';

/** The letter's documents, or why they cannot be opened now. */
export function Documents({ view, letter }: { view: PageView; letter: Letter }) {
  const { t } = view;
  const locked = letter.krevNiva4 && view.reader?.level !== 4;
  return (
    <section aria-labelledby="dokumenter" className="gm-panel">
      <h2 id="dokumenter">{t('portal.documents.heading', { count: letter.antallDokumenter })}</h2>
      {!letter.dokumenterTilgjengelig ? (
        <Notice tone="info">
          <p>{t('portal.documents.deleted')}</p>
        </Notice>
      ) : (
        <>
          {locked && <StepUp view={view} letter={letter} />}
          <ul className="gm-documents">
            {letter.dokumenter.map((document) => (
              <DocumentItem
                key={document.nr}
                view={view}
                letter={letter}
                document={document}
                locked={locked}
              />
            ))}
          </ul>
          {!locked && <DownloadAll view={view} letter={letter} />}
        </>
      )}
    </section>
  );
}

function DocumentItem(props: { view: PageView; letter: Letter; document: LetterDocument; locked: boolean }) {
  const { view, letter, document, locked } = props;
  const type = fileType(document.mimeType, document.filnavn);
  return (
    <li>
      <Icon name="file" />
      <div>
        <p className="gm-document-name">
          {locked ? (
            <Foreign view={view}>{document.filnavn}</Foreign>
          ) : (
            <a className="ds-link" href={`/brev/${letter.id}/dokument/${document.nr}`}>
              <Foreign view={view}>{document.filnavn}</Foreign>
            </a>
          )}
        </p>
        <p className="gm-meta">{describe(view, document, type)}</p>
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

function describe(view: PageView, document: LetterDocument, type: string): string {
  const size = formatSize(document.storrelse, view.locale);
  return document.antallSider === undefined
    ? `${type}, ${size}`
    : `${type}, ${view.t('portal.documents.pages', { count: document.antallSider })}, ${size}`;
}

function DownloadAll({ view, letter }: { view: PageView; letter: Letter }) {
  const { t } = view;
  return (
    <div className="gm-actions">
      <a className="ds-button" data-variant="primary" href={`/brev/${letter.id}/alt`}>
        <Icon name="download" />
        {t('portal.documents.all', { count: letter.dokumenter.length })}
      </a>
      {letter.lestDato === undefined && <p className="gm-meta">{t('portal.documents.marks_opened')}</p>}
    </div>
  );
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
