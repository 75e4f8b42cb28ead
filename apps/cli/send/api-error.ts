import { CliError, EXIT, type ExitCode, quoted, type Said, said } from '../exit-codes.ts';

/** Codes of SvarUt's faces or of our own API with a hint of their own, `cli.hint.<code>`. */
const HINTED = [
  'GJENTAGENDE_FORSENDELSE',
  'ULESELIG_DOKUMENT',
  'BESKYTTET_DOKUMENT',
  'FOR_STOR',
  'IKKE_AUTENTISERT',
  'KONTO_IKKE_FUNNET',
];

interface AnyError {
  readonly message?: unknown;
  readonly errorCode?: unknown;
  readonly title?: unknown;
  readonly code?: unknown;
  readonly errors?: readonly { field: string; rule: string; message?: string }[];
}

/** An error answer of SvarUt REST v2 or of our own API (RFC 9457), with what can be done about it. */
export async function apiError(answer: Response): Promise<CliError> {
  const body = (await answer.json().catch(() => ({}))) as AnyError;
  const code = text(body.errorCode) ?? text(body.code) ?? `HTTP_${answer.status}`;
  const fields = (body.errors ?? []).map(({ field, rule, message }) => `  ${field}: ${message ?? rule}`);
  const what = text(body.message) ?? text(body.title);
  const traceId = answer.headers.get('x-request-id');
  const hint: Said[] = [];
  if (HINTED.includes(code)) hint.push(said(`cli.hint.${code}`));
  if (traceId && answer.status >= 500) hint.push(said('cli.hint.trace_id', { id: traceId }));
  return new CliError(
    exitCode(answer.status),
    what
      ? quoted([what.includes(`(${code})`) ? what : `${what} (${code})`, ...fields].join('\n'))
      : said('cli.error.server', { status: answer.status }),
    { code, hint },
  );
}

function exitCode(status: number): ExitCode {
  if (status === 401 || status === 403) return EXIT.refused;
  return status === 502 || status === 503 || status === 504 ? EXIT.unreachable : EXIT.failed;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
