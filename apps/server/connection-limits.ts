import type { ConnectionLimits } from '@grunnmur/kernel/http';
import { connectionBudget, openFileLimit } from '@grunnmur/kernel/net';
import type { Config } from './read-config.ts';

/** Connections of each listener: as the settings say, and never more than the open files of this process allow. */
export function connectionLimits(
  { env, trustProxy }: Config,
  openFiles: number = openFileLimit(),
): { readonly http: ConnectionLimits; readonly amqp: ConnectionLimits } {
  const budget = connectionBudget(openFiles);
  const limits = (most: string, perAddress: string, allowed: number): ConnectionLimits => {
    const maxConnections = Math.min(Number(most), allowed);
    // A setting that allows one address half of all connections still does when there are fewer of them.
    const share = Math.ceil((maxConnections * Number(perAddress)) / Number(most));
    return { maxConnections, maxPerAddress: Math.min(share, maxConnections) };
  };
  const http = limits(env.HTTP_MAX_CONNECTIONS, env.HTTP_MAX_CONNECTIONS_PER_ADDRESS, budget.http);
  return {
    // Behind a proxy of our own every connection is the proxy's.
    http: trustProxy ? { ...http, maxPerAddress: http.maxConnections } : http,
    amqp: limits(env.AMQP_MAX_CONNECTIONS, env.AMQP_MAX_CONNECTIONS_PER_ADDRESS, budget.amqp),
  };
}
