import { readFileSync } from 'node:fs';

/** How many connections of each kind may be open, so that file descriptors are left for the work itself. */
export interface ConnectionBudget {
  readonly http: number;
  readonly amqp: number;
}

/** Assumed where the system does not tell: the customary limit of a login on Linux. */
const ASSUMED_LIMIT = 1024;
/** Database pool, own listeners, outgoing calls, print workers, libraries. */
const LEAST_KEPT = 200;
/** Share of all descriptors that no connection takes. */
const KEPT_SHARE = 0.25;
/** A call holds its socket and, as a rule, one file: the document it stores or reads. */
const DESCRIPTORS_PER_CALL = 2;
/** Share of the rest that HTTP has; AMQP's idle consumers have what remains. */
const HTTP_SHARE = 0.6;
/** More than these one process has no use for, however many descriptors there are. */
const MOST: ConnectionBudget = { http: 10_000, amqp: 5_000 };
/** Fewer than these and nobody can work. */
const LEAST: ConnectionBudget = { http: 16, amqp: 16 };

/** Open files that this process may have (`ulimit -n`): the soft limit, which Node.js has raised to the hard one at start. */
export function openFileLimit(): number {
  try {
    const soft = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    if (soft !== undefined) return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    // No such file outside Linux.
  }
  return ASSUMED_LIMIT;
}

/** Shares out `limit` open files among the listeners; what is kept is for letters, the database and outgoing calls. */
export function connectionBudget(limit: number = openFileLimit()): ConnectionBudget {
  const free = limit === Number.POSITIVE_INFINITY ? limit : limit - Math.max(LEAST_KEPT, limit * KEPT_SHARE);
  const share = (part: number, least: number, most: number) =>
    Math.max(least, Math.min(most, Math.floor(free * part)));
  return {
    http: share(HTTP_SHARE / DESCRIPTORS_PER_CALL, LEAST.http, MOST.http),
    amqp: share(1 - HTTP_SHARE, LEAST.amqp, MOST.amqp),
  };
}

/** The connections of one listener: `most` and `perAddress` as the settings say, and never more than `allowed` in all. */
export function connectionShare(
  most: number,
  perAddress: number,
  allowed: number,
): { readonly maxConnections: number; readonly maxPerAddress: number } {
  const maxConnections = Math.min(most, allowed);
  // A setting that allows one address half of all connections still does when there are fewer of them.
  return {
    maxConnections,
    maxPerAddress: Math.min(Math.ceil((maxConnections * perAddress) / most), maxConnections),
  };
}
