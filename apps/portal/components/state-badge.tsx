import type { Status } from '@grunnmur/post';
import type { PageView } from '../view/page-view.ts';
import { letterState, type StateTone, stateTone } from '../view/status-kinds.ts';
import { Icon, type IconName } from './icon.tsx';

export const TONE_ICONS: Readonly<Record<StateTone, IconName>> = {
  moving: 'clock',
  good: 'check',
  act: 'alert',
  neutral: 'info',
};

/** A letter's state by colour, icon and words. */
export function StateBadge({ view, status }: { view: PageView; status: Status }) {
  const state = letterState(status);
  const tone = stateTone(state);
  return (
    <span className="gm-state" data-tone={tone}>
      <Icon name={TONE_ICONS[tone]} />
      {view.t(`portal.state.${state}`)}
    </span>
  );
}
