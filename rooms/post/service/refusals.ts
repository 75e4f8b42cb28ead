import type { AppError } from '@grunnmur/kernel/errors';
import type { Accepted } from './post-service.ts';

/** Why one letter of a batch is not stored: an error, or the answer an equal call got before. */
export type Refusal = { readonly error: AppError } | { readonly repeated: Accepted };

/** Thrown inside a batch's transaction so that every claim of every item is rolled back together. */
export class Refusals extends Error {
  readonly byId: ReadonlyMap<string, Refusal>;

  constructor(byId: ReadonlyMap<string, Refusal>) {
    super('some letters of the batch were refused');
    this.byId = byId;
  }
}
