import type { AppError } from '@grunnmur/kernel/errors';
import type { Accepted } from './post-service.ts';

/** Why one letter of a batch is not stored: an error, or the answer an equal call got before. */
export type Refusal = { readonly error: AppError } | { readonly repeated: Accepted };
