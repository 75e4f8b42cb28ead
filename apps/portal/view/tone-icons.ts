import type { IconName } from '../components/icon.tsx';
import type { StateTone } from './status-kinds.ts';

/** The icon of a state, always beside its words and its colour. */
export const TONE_ICONS: Readonly<Record<StateTone, IconName>> = {
  moving: 'clock',
  good: 'check',
  act: 'alert',
  neutral: 'info',
};
