import { exchangeText, type MeldingState, meldingTone } from '../view/message-states.ts';
import type { PageView } from '../view/page-view.ts';
import { TONE_ICONS } from '../view/tone-icons.ts';
import { Icon } from './icon.tsx';

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
