import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

const ICONS: Readonly<Record<NoticeTone, IconName>> = {
  info: 'info',
  deadline: 'clock',
  warning: 'alert',
  lock: 'lock',
};

export type NoticeTone = 'info' | 'deadline' | 'warning' | 'lock';

/** A boxed remark with an icon; no `role`, it is there when the page arrives. */
export function Notice({ tone, children }: { tone: NoticeTone; children: ReactNode }) {
  return (
    <div className="gm-notice" data-tone={tone}>
      <Icon name={ICONS[tone]} />
      <div>{children}</div>
    </div>
  );
}
