import type { AppError } from '@grunnmur/kernel/errors';
import type { ErrorAnswer } from '@grunnmur/kernel/http';
import { errorCode, errorHeaders } from '../shared/error-code.ts';

/**
 * v1's error: exactly `errorcode` and `message`. The published Java client drops the code, so the text carries it too
 * (SvarUt: error bodies).
 */
export function errorV1(error: AppError): ErrorAnswer {
  const code = errorCode(error);
  const message = error.message.includes(code) ? error.message : `${error.message} (${code})`;
  return {
    headers: errorHeaders(error, 'Basic realm="SvarUt", charset="UTF-8"'),
    body: { errorcode: code, message },
  };
}
