import { CliError, EXIT, type ExitCode } from '../exit-codes.ts';

/** What helps, by the code that SvarUt's faces or our own API answer. */
const HINTS: Readonly<Record<string, string>> = {
  GJENTAGENDE_FORSENDELSE:
    'The same letter was sent a short while ago, and is not sent twice. Give it another --title if it is meant as a new one.',
  ULESELIG_DOKUMENT: 'Open the file in a PDF reader and save it anew.',
  BESKYTTET_DOKUMENT: 'Save the PDF without a password.',
  FOR_STOR: 'Send fewer or smaller files, or with --digital-only, which allows more.',
  IKKE_AUTENTISERT: 'Check integration id, password and client; they must belong to the same organisation.',
  KONTO_IKKE_FUNNET: 'The integration has not been granted that account; check --account.',
};

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
  const what = text(body.message) ?? text(body.title) ?? `The server answered ${answer.status}`;
  const traceId = answer.headers.get('x-request-id');
  const hints = [HINTS[code], traceId && answer.status >= 500 ? `Trace id: ${traceId}` : undefined];
  const hint = hints.filter(Boolean).join('\n');
  return new CliError(exitCode(answer.status), [`${what} (${code})`, ...fields].join('\n'), {
    code,
    ...(hint ? { hint } : {}),
  });
}

function exitCode(status: number): ExitCode {
  if (status === 401 || status === 403) return EXIT.refused;
  return status === 502 || status === 503 || status === 504 ? EXIT.unreachable : EXIT.failed;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
