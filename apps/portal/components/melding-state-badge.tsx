import { exchangeText, type MeldingState, meldingTone } from '../view/message-states.ts';
import type { PageView } from '../view/page-view.ts';
import { Icon } from './icon.tsx';
import { TONE_ICONS } from './state-badge.tsx';

/** A message's state by colour, icon and words. */
export function MeldingStateBadge({ view, state }: { view: PageView; state: MeldingState }) {
  const tone = meldingTone(state);
  return (
    <span className="gm-state" data-tone={tone}>
      <Icon name={TONE_ICONS[tone]} />
      {exchangeText(view, 'status', state)}
    </span>
  );
}
