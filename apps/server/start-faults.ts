import { join } from 'node:path';
import { CLUSTER_IN_USE, DATA_FORMER, DATA_NEWER, MigrationFault, NO_BINARIES } from '@grunnmur/kernel/db';
import { createTranslator, type Locale, loadLocales, type MessageParams } from '@grunnmur/kernel/i18n';
import { ConfigError } from '@grunnmur/kernel/room';
import type { Config } from './read-config.ts';

/** Why a start failed, as the operator reads it. */
export interface StartFault {
  /** Stable: `server.fault.<code>` is the sentence, `server.fault.<code>.fix` the remedy. */
  readonly code: string;
  readonly params: MessageParams;
}

interface Failure extends Error {
  readonly code?: string;
  readonly port?: number;
  readonly address?: string;
  readonly path?: string;
  readonly pid?: number;
  readonly package?: string;
  readonly syscall?: string;
  readonly stderr?: string;
}

type Known = Pick<Config, 'port' | 'host' | 'dataDir' | 'databaseUrl'> | undefined;
type Rule = (failure: Failure, config: Known) => StartFault | undefined;

const NOT_WRITABLE = ['EACCES', 'EPERM', 'EROFS'];
const NO_ROOM = ['ENOSPC', 'EDQUOT', '53100'];
const NO_SUCH_NAME = ['ENOTFOUND', 'EAI_AGAIN'];
const NO_ANSWER = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'ECONNRESET',
];
/** PostgreSQL, appendix A: invalid authorization, invalid password, unknown database, missing right. */
const LOGIN = ['28000', '28P01'];

/** Each kind of failed start, most certain first. The one place that knows them: `npm start`, `grunnmur start`, `doctor`. */
const RULES: readonly Rule[] = [
  (failure) =>
    failure instanceof ConfigError
      ? { code: 'settings', params: { faults: failure.faults.map((fault) => `  - ${fault}`).join('\n') } }
      : undefined,
  (failure, config) =>
    failure instanceof MigrationFault
      ? {
          code: { [DATA_NEWER]: 'data_newer', [DATA_FORMER]: 'data_former' }[failure.code],
          params: {
            migration: failure.migration,
            where: config?.databaseUrl ? hostOf(config.databaseUrl) : (config?.dataDir ?? ''),
          },
        }
      : undefined,
  ({ code, port }, config) =>
    code === 'EADDRINUSE'
      ? {
          code: 'port_taken',
          params: { port: port ?? config?.port ?? 0, next: (port ?? config?.port ?? 0) + 1 },
        }
      : undefined,
  ({ code, syscall, port }) =>
    code === 'EACCES' && syscall === 'listen'
      ? { code: 'port_forbidden', params: { port: port ?? 0 } }
      : undefined,
  ({ code, address }, config) =>
    code === 'EADDRNOTAVAIL' || (NO_SUCH_NAME.includes(code ?? '') && !config?.databaseUrl)
      ? { code: 'host_unknown', params: { host: address ?? config?.host ?? '' } }
      : undefined,
  ({ code, pid }, config) =>
    code === CLUSTER_IN_USE
      ? { code: 'folder_in_use', params: { folder: config?.dataDir ?? '', pid: pid ?? 0 } }
      : undefined,
  ({ code, package: name }) =>
    code === NO_BINARIES
      ? { code: 'no_postgres', params: { platform: `${process.platform}-${process.arch}`, name: name ?? '' } }
      : undefined,
  (failure, config) => (isNoRoom(failure) ? { code: 'disk_full', params: folderOf(config) } : undefined),
  ({ code, path }, config) =>
    (code === 'ENOTDIR' || code === 'EEXIST') && isBelow(path, config)
      ? { code: 'folder_is_file', params: folderOf(config) }
      : undefined,
  (failure, config) =>
    /has wrong ownership|must be owned by|has invalid permissions/.test(wordsOf(failure))
      ? { code: 'folder_owner', params: folderOf(config) }
      : undefined,
  ({ code, path }, config) =>
    NOT_WRITABLE.includes(code ?? '') && isBelow(path, config)
      ? { code: 'folder_readonly', params: { ...folderOf(config), path: path ?? '', reason: code ?? '' } }
      : undefined,
  (failure, config) =>
    /Permission denied|could not (?:create|access|change permissions of) directory/.test(wordsOf(failure))
      ? {
          code: 'folder_readonly',
          params: { ...folderOf(config), path: folderOf(config).folder, reason: 'EACCES' },
        }
      : undefined,
  ({ code }, config) =>
    NO_ANSWER.includes(code ?? '') && config?.databaseUrl
      ? { code: 'database_unreachable', params: { host: hostOf(config.databaseUrl), reason: code ?? '' } }
      : undefined,
  ({ code }, config) =>
    LOGIN.includes(code ?? '') && config?.databaseUrl
      ? { code: 'database_login', params: { host: hostOf(config.databaseUrl) } }
      : undefined,
  ({ code }, config) =>
    code === '3D000' && config?.databaseUrl
      ? { code: 'database_missing', params: { host: hostOf(config.databaseUrl) } }
      : undefined,
  ({ code, message }, config) =>
    code === '42501' && config?.databaseUrl
      ? { code: 'database_right', params: { host: hostOf(config.databaseUrl), reason: message } }
      : undefined,
  ({ message }, config) =>
    message.startsWith('PostgreSQL did not start')
      ? { code: 'postgres_start', params: { log: join(config?.dataDir ?? '', 'postgres', 'server.log') } }
      : undefined,
];

/** The fault behind `error`; one that no rule knows is `unknown`, with the error's own words. */
export function startFault(error: unknown, config?: Known): StartFault {
  const failure = error as Failure;
  for (const rule of RULES) {
    const fault = rule(failure, config);
    if (fault) return fault;
  }
  return { code: 'unknown', params: { reason: failure?.message ?? String(error) } };
}

function wordsOf({ message, stderr, cause }: Failure): string {
  return [message, stderr, (cause as Error | undefined)?.message].filter(Boolean).join('\n');
}

function isNoRoom(failure: Failure): boolean {
  return NO_ROOM.includes(failure.code ?? '') || /No space left on device/.test(wordsOf(failure));
}

function folderOf(config: Known): { folder: string } {
  return { folder: config?.dataDir ?? '' };
}

function isBelow(path: string | undefined, config: Known): boolean {
  // The folder itself, something in it, or a folder above it that could not be made or entered.
  return (
    path !== undefined &&
    config !== undefined &&
    (path.startsWith(config.dataDir) || config.dataDir.startsWith(path))
  );
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

export interface FaultText {
  readonly sentence: string;
  readonly fix: string;
}

/** One sentence and its remedy. */
export async function faultText({ code, params }: StartFault, locale: Locale): Promise<FaultText> {
  const t = await serverTexts(locale);
  return { sentence: t(`server.fault.${code}`, params), fix: t(`server.fault.${code}.fix`, params) };
}

/** What the program says at a terminal. */
export async function serverTexts(locale: Locale): Promise<(key: string, params?: MessageParams) => string> {
  return createTranslator(await loadLocales([new URL('./locales/', import.meta.url)])).in(locale);
}
