import { type Logger as PinoLogger, pino } from 'pino';

export type Logger = PinoLogger;

export interface LogOptions {
  /** pino level; `silent` in tests. */
  readonly level: string;
  readonly destination?: NodeJS.WritableStream;
}

/**
 * The program's logger. Request bodies, headers with credentials and query strings never reach it; the paths below
 * are a second net under that rule (no personal data in logs).
 */
export function createLogger(options: LogOptions): Logger {
  const settings = {
    level: options.level,
    base: undefined,
    redact: {
      paths: [
        'req.headers',
        'fnr',
        '*.fnr',
        'password',
        '*.password',
        'passord',
        '*.passord',
        'token',
        '*.token',
      ],
      remove: true,
    },
  };
  return options.destination ? pino(settings, options.destination) : pino(settings);
}
