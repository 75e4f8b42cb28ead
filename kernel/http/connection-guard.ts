import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from '../log/index.ts';
import { hasBody } from './body-patience.ts';

export interface ConnectionLimits {
  /** Open connections of the listener; must leave file descriptors for the work (`connectionBudget`). */
  readonly maxConnections: number;
  /** Of those, from one network address. A proxy is one address for all behind it. */
  readonly maxPerAddress: number;
  /** How long a client may take nothing of an answer that waits for it. Default 60 s. */
  readonly stallMs?: number;
}

export interface ConnectionGuard {
  stats(): ConnectionStats;
}

interface ConnectionStats {
  readonly open: number;
  /** New ones turned away since start, since all others were at work. */
  readonly refused: number;
  /** Closed to make place since start: they waited on their clients. */
  readonly evicted: number;
}

/**
 * What a connection does: has asked for nothing yet, receives a body, waits for us, or is kept for a next request. One that
 * waits for us is never cut for another, unless what it waited for is there and it does not take it.
 */
type Phase = 'silent' | 'receiving' | 'working' | 'kept';

interface Connection {
  readonly socket: Socket;
  readonly address: string;
  /** All connections', and those of its address. */
  readonly shelves: readonly Shelf[];
  phase: Phase;
  since: number;
  /** `socket.bytesRead` at `since`. */
  bytesBefore: number;
  /** Asked and not answered: more than one when the client asks ahead of the answers (RFC 9112 §9.3.2). */
  unanswered: number;
  /** Octets of answers that the client has taken, and when that last changed. */
  taken: number;
  takenAt: number;
}

/** Connections of all or of one address; those that can be spared in the order in which they began to wait. */
interface Shelf {
  count: number;
  readonly silent: Set<Connection>;
  readonly kept: Set<Connection>;
  readonly receiving: Set<Connection>;
  /** Their answers wait and they take nothing, whatever else they do; the longest first. */
  readonly unread: Set<Connection>;
}

/** Who has been silent, or is behind, for so long is spared before those that have been answered before. */
const FAR_BEHIND_MS = 250;
/** A connection kept for so long is no longer on the point of being used again. */
const KEPT_MS = 5_000;
/** An upload as fast as this is work, not waiting. */
const WORKING_BYTES_PER_SECOND = 64 * 1024;
/** Bodies looked at for the slowest. */
const LOOKED_AT = 64;
/** So much may be asked ahead of the answers. Browsers and HTTP libraries do not; each answer in waiting costs memory. */
const MOST_AHEAD = 8;
const SWEEP_MS = 1_000;
/** A client that has taken nothing of its answer for so long gives its place to a new one. */
const UNREAD_MS = 2_000;
const STALL_MS = 60_000;
const BUSY =
  'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

/**
 * Keeps the connections of `server` below their limits. At the limit a new one takes the place of that which has waited
 * longest on its own client: one of the newcomer's own address, when that has its full share. Only when all are at work
 * the newcomer is turned away, with 503. So slow and silent clients cost each other their places, and nobody else.
 */
export function guardConnections(server: Server, limits: ConnectionLimits, log: Logger): ConnectionGuard {
  const all = newShelf();
  const byAddress = new Map<string, Shelf>();
  const open = new Map<Socket, Connection>();
  let refused = 0;
  let evicted = 0;

  function accept(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    const own = byAddress.get(address) ?? newShelf();
    const full =
      own.count >= limits.maxPerAddress ? own : all.count >= limits.maxConnections ? all : undefined;
    if (full) {
      const spared = leastMissed(full);
      if (!spared) {
        refused += 1;
        log.warn({ open: all.count, refused }, 'HTTP connection refused: all are at work');
        socket.end(BUSY, () => socket.destroy());
        return;
      }
      evicted += 1;
      leave(spared);
      spared.socket.destroy();
    }
    byAddress.set(address, own);
    const connection = newConnection(socket, address, [all, own]);
    open.set(socket, connection);
    for (const shelf of connection.shelves) shelf.count += 1;
    enter(connection, 'silent');
    socket.once('close', () => leave(connection));
  }

  function leave(connection: Connection): void {
    if (!open.delete(connection.socket)) return;
    const { address, shelves } = connection;
    for (const shelf of shelves) {
      shelf.count -= 1;
      shelf.unread.delete(connection);
      if (connection.phase !== 'working') shelf[connection.phase].delete(connection);
    }
    if (byAddress.get(address)?.count === 0) byAddress.delete(address);
  }

  function enter(connection: Connection, phase: Phase): void {
    if (open.get(connection.socket) !== connection) return;
    for (const shelf of connection.shelves) {
      if (connection.phase !== 'working') shelf[connection.phase].delete(connection);
      if (phase !== 'working') shelf[phase].add(connection);
    }
    connection.phase = phase;
    connection.since = performance.now();
    connection.bytesBefore = connection.socket.bytesRead;
  }

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    const connection = open.get(request.socket);
    if (!connection) return;
    if (++connection.unanswered > MOST_AHEAD) {
      log.warn({ ahead: MOST_AHEAD }, 'HTTP connection closed: it asks on without taking its answers');
      leave(connection);
      connection.socket.destroy();
      return;
    }
    enter(connection, hasBody(request) ? 'receiving' : 'working');
    request.once('end', () => {
      if (connection.phase === 'receiving') enter(connection, 'working');
    });
    response.once('close', () => {
      connection.unanswered -= 1;
      if (connection.unanswered === 0) enter(connection, 'kept');
    });
  }

  const sweep = setInterval(() => {
    for (const connection of open.values()) {
      const unread = unreadMs(connection);
      if (unread >= (limits.stallMs ?? STALL_MS)) connection.socket.destroy();
      for (const shelf of connection.shelves)
        if (unread >= UNREAD_MS) shelf.unread.add(connection);
        else shelf.unread.delete(connection);
    }
  }, SWEEP_MS).unref();
  server.prependListener('connection', accept);
  server.prependListener('request', onRequest);
  server.once('close', () => clearInterval(sweep));
  return { stats: () => ({ open: all.count, refused, evicted }) };
}

/**
 * That which can be spared best: what has kept us waiting longest, with a body, in silence or by not reading its answer, else the connection kept
 * longest since its last answer. In a flood, where all are young, it is still the oldest silent one that goes, so that
 * neither new ones are turned away nor good ones cut for being known.
 */
function leastMissed({ silent, receiving, kept, unread }: Shelf): Connection | undefined {
  const now = performance.now();
  const [oldest] = silent;
  const [longestKept] = kept;
  let slowest = oldest;
  let most = oldest ? now - oldest.since : 0;
  let looked = 0;
  for (const connection of receiving) {
    if (++looked > LOOKED_AT) break;
    const behind = behindMs(connection, now);
    if (behind <= most) continue;
    most = behind;
    slowest = connection;
  }
  const [deaf] = unread;
  if (deaf && now - deaf.takenAt > most) return deaf;
  if (most >= FAR_BEHIND_MS) return slowest;
  if (longestKept && now - longestKept.since >= KEPT_MS) return longestKept;
  return slowest ?? longestKept;
}

/** How much longer a body has taken than it does at the speed of work. */
function behindMs({ socket, since, bytesBefore }: Connection, now: number): number {
  return now - since - ((socket.bytesRead - bytesBefore) * 1000) / WORKING_BYTES_PER_SECOND;
}

/** How long an answer has waited for a client that takes nothing of it. */
function unreadMs(connection: Connection): number {
  const { socket } = connection;
  const taken = socket.bytesWritten - socket.writableLength;
  if (socket.writableLength === 0 || taken !== connection.taken) {
    connection.taken = taken;
    connection.takenAt = performance.now();
    return 0;
  }
  return performance.now() - connection.takenAt;
}

function newShelf(): Shelf {
  return { count: 0, silent: new Set(), kept: new Set(), receiving: new Set(), unread: new Set() };
}

function newConnection(socket: Socket, address: string, shelves: readonly Shelf[]): Connection {
  const now = performance.now();
  return {
    socket,
    address,
    shelves,
    phase: 'silent',
    since: now,
    bytesBefore: 0,
    unanswered: 0,
    taken: 0,
    takenAt: now,
  };
}
