import type { Ctx } from '@grunnmur/kernel/ctx';
import { isForeignKeyViolation, isUniqueViolation, type Trx, withTransaction } from '@grunnmur/kernel/db';
import { KernelError } from '@grunnmur/kernel/errors';
import { PERSON_NUMBER_TEXT, type PersonNumberRules, personNumberFault } from '@grunnmur/registers';
import { E } from '../errors.ts';
import type { LoginCaches } from './login-caches.ts';
import { recordChange } from './record-change.ts';
import { requireAdmin } from './require-admin.ts';

/** What one administrative change is, apart from its SQL. */
interface Change {
  /** Operation in the audit log, e.g. `integration.create`. */
  readonly operation: string;
  /** Id of what is changed; never personal data. */
  readonly target: string;
  /** The person the change is about, when it is about one. */
  readonly person?: string;
  /** The kind of thing, for error texts. */
  readonly what: string;
}

export type ApplyChange = (ctx: Ctx, change: Change, work: (trx: Trx) => Promise<number>) => Promise<void>;

/**
 * Runs one change: may the actor do it, do it, record it, all in one transaction; after the commit, logins read the
 * database again. `work` gives the number of rows it touched; none means there is no such thing in the tenant.
 */
export function createApplyChange(caches: LoginCaches): ApplyChange {
  return async (ctx, change, work) => {
    try {
      await withTransaction(ctx, async (trx) => {
        await requireAdmin(trx);
        if ((await work(trx)) === 0) throw E.notFound({ params: { what: change.what } });
        await recordChange(trx, change.operation, change.target, change.person);
        trx.afterCommit(caches.forget);
      });
    } catch (error) {
      if (isUniqueViolation(error)) throw E.alreadyExists({ params: { what: change.what } });
      if (isForeignKeyViolation(error)) throw E.notFound({ params: { what: change.what } });
      throw error;
    }
  };
}

/** Throws `kernel.validation` naming `field` and `rule` unless `ok`. */
export function check(ok: boolean, field: string, rule: string, message: string): asserts ok {
  if (ok) return;
  throw KernelError.validation({
    params: { detail: `${field}: ${message}` },
    fields: [{ field, rule, message }],
  });
}

/** A name as the tables allow it. */
export function checkName(name: string, field = 'name'): void {
  check(name.length >= 1 && name.length <= 200, field, 'length', 'må ha 1 til 200 tegn');
}

/** A person's number by the rules of the installation. */
export function checkPersonNumber(fnr: string, rules: PersonNumberRules): void {
  const fault = personNumberFault(fnr, rules);
  if (fault) check(false, 'fnr', fault === 'invalid' ? 'checksum' : fault, PERSON_NUMBER_TEXT[fault]);
}
