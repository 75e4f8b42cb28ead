import { openFileLimit } from '@grunnmur/kernel/net';
import { httpConnections } from './connection-limits.ts';
import type { Config } from './read-config.ts';
import { ROOMS } from './rooms.ts';

/** What does not keep the program from starting, and should not stay so. */
export interface StartWarning {
  readonly detail: string;
  readonly fix: string;
}

/** Below this a server of more than a few users runs short; system services have 65 536 and more. */
const FEW_OPEN_FILES = 4096;

export function startWarnings(config: Config, openFiles: number = openFileLimit()): StartWarning[] {
  const { ROLE, s3, demonstration } = config;
  const warnings: StartWarning[] = [];
  if (ROLE !== 'all' && !s3)
    warnings.push({
      detail: `ROLE=${ROLE} with STORAGE=disk: all processes must see the same GRUNNMUR_DATA`,
      fix: 'STORAGE=s3, unless all of them are on this machine',
    });
  if (!demonstration && openFiles < FEW_OPEN_FILES) {
    const http = httpConnections(config, openFiles);
    const others = ROOMS.flatMap(({ connections }) => connections?.(config.env, openFiles) ?? []);
    const allowed = [{ kind: 'HTTP', most: http.maxConnections }, ...others];
    warnings.push({
      detail: `this process may have only ${openFiles} open files, and so ${allowed.map(({ kind, most }) => `${most} ${kind}`).join(' and ')} connections`,
      fix: 'ulimit -n 65536, or LimitNOFILE=65536 in the systemd unit',
    });
  }
  return warnings;
}
