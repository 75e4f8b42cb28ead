import type { Place } from '../access/place.ts';
import type { Io } from '../io.ts';
import { painter } from '../output/painter.ts';
import type { PlatformStatus } from './read-status.ts';

/** What `status` shows to people: where things are, how they are, who to log in as. */
export function statusText({ texts: { t }, colour }: Io, status: PlatformStatus, { demo }: Place): string {
  const paint = painter(colour);
  const row = (label: string, value: string) => `  ${t(`cli.label.${label}`).padEnd(18)} ${value}`;
  const { baseUrl, queues, ready, metricsUrl } = status;
  const standing =
    ready === undefined
      ? t('cli.status.answers')
      : ready
        ? paint.good(t('cli.status.ready'))
        : paint.bad(t('cli.status.not_ready'));
  const lines = [
    row('grunnmur', `${status.version ?? '?'}, ${standing}`),
    row('portal', `${baseUrl}/`),
    row('api', `${baseUrl}/api/openapi.json`),
    row('metrics', metricsUrl ?? t('cli.status.metrics_closed')),
    ...(status.database ? [row('database', status.database)] : []),
    ...(metricsUrl ? [row('queues', queues.length === 0 ? t('cli.status.empty') : '')] : []),
    ...queues.map(({ queue, pending, dead, oldestSeconds }) => {
      const waiting = t('cli.status.queue', { pending, seconds: Math.round(oldestSeconds) });
      const failed = dead > 0 ? `, ${paint.bad(t('cli.status.dead', { dead }))}` : '';
      return `    ${queue.padEnd(26)} ${waiting}${failed}`;
    }),
  ];
  if (demo) {
    const { staff = [] } = demo;
    const isStaff = (fnr: string) => staff.some((each) => each.fnr === fnr);
    const people = demo.persons.filter(({ fnr }) => !isStaff(fnr));
    lines.push(
      row('senders', demo.integrations.map(({ name }) => name).join(', ')),
      row('citizens', ''),
      ...people.map(({ fnr, name, situation }) => `    ${fnr}  ${name} (${situation})`),
      ...(staff.length > 0 ? [row('staff', '')] : []),
      ...staff.map(({ fnr, name, role }) => `    ${fnr}  ${name} (${role})`),
    );
  }
  return `${lines.join('\n')}\n`;
}
