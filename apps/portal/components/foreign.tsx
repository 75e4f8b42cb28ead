import type { ReactNode } from 'react';
import type { PageView } from '../view/page-view.ts';

/**
 * Text that senders wrote. It stays in its own language, so on English pages it is marked as Norwegian for screen
 * readers (WCAG 3.1.2).
 */
export function Foreign({ view, children }: { view: PageView; children: ReactNode }) {
  return view.locale === 'en' ? <span lang="no">{children}</span> : children;
}
