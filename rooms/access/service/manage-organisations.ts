import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import { isForeignKeyViolation, isUniqueViolation, withTransaction } from '@grunnmur/kernel/db';
import { isUuid, newId } from '@grunnmur/kernel/ids';
import {
  isSyntheticOrgnr,
  isValidOrgnr,
  type OrganisationNumberRules,
  type PersonNumberRules,
} from '@grunnmur/registers';
import type { NewOrganisation } from '../admin-contract.ts';
import { type AccessAdmin, type Organisation, ROLES, type Role } from '../contract.ts';
import { E } from '../errors.ts';
import { insertOrganisation, updateOrganisationActive } from '../store/organisation-store.ts';
import { deleteRole, insertRole } from '../store/role-store.ts';
import { type ApplyChange, check, checkName, checkPersonNumber } from './change.ts';
import type { LoginCaches } from './login-caches.ts';
import { recordChange } from './record-change.ts';
import { requireOperator } from './require-admin.ts';

type Organisations = Pick<
  AccessAdmin,
  'createOrganisation' | 'setOrganisationActive' | 'addRole' | 'removeRole'
>;

/** Organisations and the roles people have in them. */
export function createManageOrganisations(
  apply: ApplyChange,
  caches: LoginCaches,
  numbers: PersonNumberRules = {},
  organisationNumbers: OrganisationNumberRules = {},
): Organisations {
  const what = 'organisasjonen';
  return {
    createOrganisation: async (ctx, input) => {
      // One would make an installation of a demonstration: production does not start with it.
      if (organisationNumbers.synthetic === false)
        check(
          !isSyntheticOrgnr(input.orgnr),
          'orgnr',
          'synthetic',
          'et oppdiktet nummer, som bare en demonstrasjon tar',
        );
      return createOrganisation(ctx, input, caches);
    },
    setOrganisationActive: async (ctx, active) => {
      requireOperator(ctx);
      const operation = active ? 'organisation.activate' : 'organisation.deactivate';
      await apply(ctx, { operation, target: ctx.tenant ?? '', what }, (trx) =>
        updateOrganisationActive(trx, active),
      );
    },
    addRole: async (ctx, fnr, role) => {
      checkPersonNumber(fnr, numbers);
      checkRole(role);
      const change = { operation: `role.add.${role}`, target: ctx.tenant ?? '', person: fnr, what };
      // Adding a role that is there already is the wish fulfilled.
      await apply(ctx, change, async (trx) => {
        await insertRole(trx, fnr, role);
        return 1;
      });
    },
    removeRole: async (ctx, fnr, role) => {
      checkPersonNumber(fnr, {});
      checkRole(role);
      const change = {
        operation: `role.remove.${role}`,
        target: ctx.tenant ?? '',
        person: fnr,
        what: 'rollen',
      };
      await apply(ctx, change, (trx) => deleteRole(trx, fnr, role));
    },
  };
}

async function createOrganisation(
  ctx: Ctx,
  input: NewOrganisation,
  caches: LoginCaches,
): Promise<Organisation> {
  requireOperator(ctx);
  check(isValidOrgnr(input.orgnr), 'orgnr', 'checksum', 'ikke et gyldig organisasjonsnummer');
  checkName(input.name);
  check(input.parent === undefined || isUuid(input.parent), 'parent', 'format', 'må være en UUID');
  const organisation: Organisation = {
    id: newId(ctx.now().getTime()),
    orgnr: input.orgnr,
    name: input.name,
    language: input.language ?? 'nb',
    kind: input.kind,
    parent: input.parent ?? null,
    active: true,
  };
  try {
    // An organisation is its own tenant: the row can only be written by acting as it.
    await withTransaction(withCtx(ctx, { tenant: organisation.id }), async (trx) => {
      await insertOrganisation(trx, organisation);
      await recordChange(trx, 'organisation.create', organisation.id);
      trx.afterCommit(caches.forget);
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw E.organisationExists();
    if (isForeignKeyViolation(error)) throw E.notFound({ params: { what: 'overordnet organisasjon' } });
    throw error;
  }
  return organisation;
}

function checkRole(role: Role): void {
  check(ROLES.includes(role), 'role', 'enum', `må være en av ${ROLES.join(', ')}`);
}
