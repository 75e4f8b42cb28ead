import type { ConnectionLimits } from '@grunnmur/kernel/http';
import { connectionBudget, connectionShare, openFileLimit } from '@grunnmur/kernel/net';
import type { Config } from './read-config.ts';

/** Connections of the HTTP listener: as the settings say, and never more than the open files of this process allow. */
export function httpConnections(
  { env, trustProxy }: Config,
  openFiles: number = openFileLimit(),
): ConnectionLimits {
  const http = connectionShare(
    Number(env.HTTP_MAX_CONNECTIONS),
    Number(env.HTTP_MAX_CONNECTIONS_PER_ADDRESS),
    connectionBudget(openFiles).http,
  );
  // Behind a proxy of our own every connection is the proxy's.
  return trustProxy ? { ...http, maxPerAddress: http.maxConnections } : http;
}
