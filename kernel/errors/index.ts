/** One violated rule: which field (JSON pointer or part name) and which rule, with parameters for the text. */
export interface FieldError {
  readonly field: string;
  readonly rule: string;
  readonly message?: string;
}

export interface ErrorDefinition {
  /** HTTP status answered by default; a face may map it otherwise. */
  readonly status: number;
  /** May the same request succeed later without a change? */
  readonly retry?: boolean;
  /**
   * Fixed Norwegian text with `{param}` placeholders. It is what the published protocols answer and what logs
   * show; pages translate by the code instead. Never put personal data here.
   */
  readonly message: string;
}

/**
 * An error that the caller is meant to see. `code` is stable (`post.forsendelse_not_found`); clients match on it,
 * never on the text.
 */
export class AppError extends Error {
  readonly code: string;
  readonly status: number;
  readonly retry: boolean;
  readonly params: Readonly<Record<string, unknown>>;
  readonly fields: readonly FieldError[];

  constructor(code: string, definition: ErrorDefinition, options: AppErrorOptions = {}) {
    super(
      fill(definition.message, options.params ?? {}),
      options.cause ? { cause: options.cause } : undefined,
    );
    this.name = 'AppError';
    this.code = code;
    this.status = definition.status;
    this.retry = definition.retry ?? false;
    this.params = options.params ?? {};
    this.fields = options.fields ?? [];
  }
}

export interface AppErrorOptions {
  readonly params?: Record<string, unknown>;
  readonly fields?: readonly FieldError[];
  readonly cause?: unknown;
}

type Catalogue<D extends Record<string, ErrorDefinition>> = {
  readonly [K in keyof D]: (options?: AppErrorOptions) => AppError;
};

/**
 * Makes a room's error catalogue: `const E = defineErrors('post', { notFound: { status: 404, message: '…' } })`,
 * then `throw E.notFound()`. The code is `<room>.<snake_case key>`.
 */
export function defineErrors<const D extends Record<string, ErrorDefinition>>(
  room: string,
  definitions: D,
): Catalogue<D> {
  const entries = Object.entries(definitions).map(([key, definition]) => {
    const code = `${room}.${snakeCase(key)}`;
    return [key, (options?: AppErrorOptions) => new AppError(code, definition, options)];
  });
  return Object.fromEntries(entries) as Catalogue<D>;
}

/** Errors every room and face shares. */
export const KernelError = defineErrors('kernel', {
  validation: { status: 400, message: 'Ugyldig innhold: {detail}' },
  unauthenticated: { status: 401, message: 'Innlogging kreves' },
  forbidden: { status: 403, message: 'Ingen tilgang' },
  notFound: { status: 404, message: 'Fant ikke ressursen' },
  conflict: { status: 409, message: 'Konflikt med eksisterende data' },
  idempotencyKeyReused: { status: 422, message: 'Idempotency-Key er brukt før med et annet innhold' },
  tooLarge: { status: 413, message: 'Innholdet er for stort (grense {limit} byte)' },
  timeout: { status: 408, message: 'Overføringen tok for lang tid' },
  rateLimited: { status: 429, retry: true, message: 'For mange kall, prøv igjen om {seconds} sekunder' },
  unavailable: { status: 503, retry: true, message: 'Tjenesten er ikke tilgjengelig nå' },
  full: { status: 507, retry: true, message: 'Lageret er fullt, prøv igjen senere' },
  internal: { status: 500, retry: true, message: 'Intern feil' },
});

export function isAppError(error: unknown): error is AppError {
  return error instanceof AppError;
}

function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function fill(message: string, params: Record<string, unknown>): string {
  return message.replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in params ? String(params[name]) : whole,
  );
}
