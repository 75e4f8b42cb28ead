import { type AppError, KernelError } from './index.ts';

/** PostgreSQL's codes (appendix A): away, starting, recovering, read-only, out of connections or memory, or cut off. */
const DATABASE_AWAY = /^(08...|57P0.|53200|53300|53400|25006|58030|40001|40P01|57014)$/;
const DATABASE_FULL = '53100';
/** The network and the file system, by Node.js's names of the system's errors. */
const SYSTEM_AWAY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EROFS',
  'EIO',
  'EACCES',
  'EPERM',
  'EMFILE',
  'ENFILE',
  'ESTALE',
  'ENOTCONN',
]);
const SYSTEM_FULL = new Set(['ENOSPC', 'EDQUOT']);
/** The database library's errors that carry no code. */
const CONNECTION_LOST =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;
const MOST_CAUSES = 5;

/** Seconds after which a caller may try again what failed because something was away. */
const RETRY_SECONDS = 30;

/**
 * What is away or full, under its right name: the caller may come again, and the operator sees where to look. Undefined
 * when `thrown` says nothing of the kind: then it is a fault of ours.
 */
export function troubleOf(thrown: unknown): AppError | undefined {
  let error = thrown;
  for (let depth = 0; depth < MOST_CAUSES && error instanceof Error; depth++, error = error.cause) {
    const { code } = error as { code?: unknown };
    if (code === DATABASE_FULL || SYSTEM_FULL.has(String(code))) return KernelError.full({ cause: thrown });
    const away = typeof code === 'string' && (DATABASE_AWAY.test(code) || SYSTEM_AWAY.has(code));
    if (away || CONNECTION_LOST.test(error.message)) return KernelError.unavailable({ cause: thrown });
  }
  return undefined;
}

/** When to come again, for errors that pass by themselves. */
export function retryHeaders(error: AppError): Record<string, string> {
  if (error.status !== 429 && error.status !== 503 && error.status !== 507) return {};
  const seconds = Number(error.params.seconds);
  const wait = Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : RETRY_SECONDS;
  return { 'retry-after': String(wait) };
}
