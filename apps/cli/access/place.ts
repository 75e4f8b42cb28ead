import { findRunningServer } from '@grunnmur/server/running';
import { dataFolder } from '../data-folder.ts';
import { type DemoAccess, findDemoAccess } from '../demo-access.ts';
import type { Io } from '../io.ts';
import { settings } from '../settings.ts';
import { type AccessOptions, type ExchangeOptions, senderValues } from './access-values.ts';

/** Where a command goes. */
export interface Place {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** The demonstration of the data folder, when that is the place: its logins are for its own address only. */
  readonly demo: DemoAccess | undefined;
  /** Where this machine reaches the server past any proxy, when it is the data folder's own. */
  readonly localUrl: string | undefined;
  /** Its own listener for metrics and health, when it has one. */
  readonly operationsUrl: string | undefined;
  /** A demonstration in the data folder that is not meant, because another address was named. */
  readonly otherDemo: DemoAccess | undefined;
}

/**
 * The one answer, for all commands, to where: the option, the environment variable, the running server or demonstration of
 * the data folder, what the settings would listen on.
 */
export async function findPlace(io: Io, options: AccessOptions | ExchangeOptions): Promise<Place> {
  const dataDir = dataFolder(io, options);
  const [demo, running] = await Promise.all([findDemoAccess(dataDir), findRunningServer(dataDir)]);
  const named = senderValues(io, options).baseUrl?.replace(/\/+$/, '');
  const baseUrl = named ?? running?.baseUrl ?? demo?.baseUrl ?? fromSettings(io, options);
  const isDemo = demo !== undefined && isSameAddress(demo.baseUrl, baseUrl);
  const isRunning = running !== undefined && isSameAddress(running.baseUrl, baseUrl);
  return {
    baseUrl,
    demo: isDemo ? demo : undefined,
    otherDemo: isDemo ? undefined : demo,
    localUrl: isRunning ? running.localUrl : undefined,
    operationsUrl: isRunning ? running.operationsUrl : undefined,
  };
}

function fromSettings(io: Io, options: AccessOptions): string {
  const { publicUrl, port } = settings(io, options);
  return publicUrl ?? `http://127.0.0.1:${port}`;
}

/** One machine has several names for itself. */
function isSameAddress(one: string, other: string): boolean {
  return normal(one) === normal(other);
}

function normal(address: string): string {
  if (!URL.canParse(address)) return address;
  const { protocol, hostname, port, pathname } = new URL(address);
  const host = ['localhost', '[::1]'].includes(hostname) ? '127.0.0.1' : hostname;
  return `${protocol}//${host}:${port}${pathname.replace(/\/+$/, '')}`;
}
