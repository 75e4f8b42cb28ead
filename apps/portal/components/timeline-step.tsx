import type { ReactNode } from 'react';
import type { StateTone } from '../view/status-kinds.ts';
import { Icon, type IconName } from './icon.tsx';

export interface StepProps {
  /** `past`: a step on the way that has been left behind. `expected`: has not happened yet. */
  readonly tone: StateTone | 'past' | 'expected';
  readonly icon: IconName;
  readonly children: ReactNode;
}

/** One step of a timeline: its mark on the line, and what is to be said of it. */
export function Step({ tone, icon, children }: StepProps) {
  return (
    <li data-tone={tone}>
      <span className="gm-timeline-mark">
        <Icon name={icon} />
      </span>
      <div>{children}</div>
    </li>
  );
}
