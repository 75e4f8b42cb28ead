import type { ReactNode } from 'react';
import type { PageView } from '../view/page-view.ts';
import { Footer } from './footer.tsx';
import { Header } from './header.tsx';

export interface PageProps {
  readonly view: PageView;
  /** Stands first in the window's title; the service's name follows. */
  readonly title: string;
  /** Which entry of the main navigation this page is. */
  readonly current?: 'inbox' | 'insight' | 'messages';
  /** `text` keeps every part at a line length that can be read. */
  readonly width?: 'wide' | 'text';
  readonly children: ReactNode;
}

/** The frame of every page: language, title, skip link, landmarks. */
export function Page({ view, title, current, width = 'text', children }: PageProps) {
  const { t } = view;
  return (
    <html lang={view.locale} data-color-scheme="auto">
      <head>
        <meta charSet="utf-8" />
        <title>{`${title} – ${t('portal.brand')}`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="format-detection" content="telephone=no" />
        <meta name="robots" content="noindex" />
        <link rel="preload" href={view.assets.font} as="font" type="font/woff2" crossOrigin="anonymous" />
        <link rel="stylesheet" href={view.assets.css} />
        <link rel="icon" href={view.assets.icon} type="image/svg+xml" />
      </head>
      <body>
        <a className="gm-skip" href="#innhold">
          {t('portal.skip')}
        </a>
        <Header view={view} current={current} />
        <main id="innhold" className="gm-main" data-width={width} tabIndex={-1}>
          {children}
        </main>
        <Footer view={view} />
      </body>
    </html>
  );
}
