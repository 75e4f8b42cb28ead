import { formatDay } from '@grunnmur/kernel/i18n';
import type { InboxLetter } from '@grunnmur/post';
import { type Want, wants } from '../view/inbox-groups.ts';
import type { PageView } from '../view/page-view.ts';
import { Foreign } from './foreign.tsx';
import { Icon } from './icon.tsx';
import { SenderMark } from './sender-mark.tsx';

/** A letter in a list: from whom, about what, when, and what it wants. */
export function LetterRow({ view, letter }: { view: PageView; letter: InboxLetter }) {
  const { t, locale, now } = view;
  const wanted = wants(letter, now);
  return (
    <li data-unread={letter.ulest ? 'true' : undefined}>
      <SenderMark sender={letter.avsender} />
      <div className="gm-letter-body">
        <p className="gm-letter-top">
          <span className="gm-letter-sender">
            <Foreign view={view}>{letter.avsender.navn}</Foreign>
          </span>
          <span className="ds-sr-only">{t('portal.inbox.received')} </span>
          <time dateTime={letter.mottattDato.toISOString()}>
            {formatDay(letter.mottattDato, now, locale)}
          </time>
        </p>
        <h3>
          <a href={`/brev/${letter.id}`}>
            <Foreign view={view}>{letter.tittel}</Foreign>
          </a>
        </h3>
        {(letter.ulest || letter.krevNiva4 || wanted.length > 0) && (
          <p className="gm-letter-facts">
            {letter.ulest && <span className="gm-unread">{t('portal.inbox.unread')}</span>}
            {wanted.map((want) => (
              <Wanted key={want.kind} view={view} want={want} />
            ))}
            {letter.krevNiva4 && (
              <span className="gm-with-icon">
                <Icon name="lock" />
                {t('portal.inbox.level4')}
              </span>
            )}
          </p>
        )}
      </div>
    </li>
  );
}

function Wanted({ view, want }: { view: PageView; want: Want }) {
  const { t, locale, now } = view;
  return (
    <span className="gm-wanted gm-with-icon">
      <Icon name={want.by ? 'clock' : 'forward'} />
      {want.by
        ? t(`portal.inbox.${want.kind}`, { date: formatDay(want.by, now, locale) })
        : t('portal.inbox.answer')}
    </span>
  );
}
