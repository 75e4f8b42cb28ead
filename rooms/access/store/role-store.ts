import type { Trx } from '@grunnmur/kernel/db';
import type { Organisation, PersonRole, Role } from '../contract.ts';
import { affected, rows } from './sql.ts';

/** Does the person have the role in the current tenant? */
export async function hasRole(trx: Trx, person: string, role: Role): Promise<boolean> {
  const found = await rows(
    trx,
    'has_role',
    'select from access.person_role where person = $1 and tenant_id = $2 and role = $3',
    [person, trx.ctx.tenant, role],
  );
  return found.length > 0;
}

/** All roles in active organisations of the person who is the transaction's actor. */
export async function rolesOfPerson(trx: Trx, person: string): Promise<PersonRole[]> {
  const found = await rows<Organisation & { role: Role }>(
    trx,
    'roles_of_person',
    `select o.id, o.orgnr, o.name, o.language, o.kind, o.parent, o.active, r.role
     from access.person_role r join access.public_organisation o on o.id = r.tenant_id
     where r.person = $1 and o.active order by o.name, o.id, r.role`,
    [person],
  );
  return found.map(({ role, ...organisation }) => ({ organisation, role }));
}

export function insertRole(trx: Trx, person: string, role: Role): Promise<number> {
  return affected(
    trx,
    'insert_role',
    'insert into access.person_role (tenant_id, person, role, created_at) values ($1, $2, $3, $4) on conflict do nothing',
    [trx.ctx.tenant, person, role, trx.ctx.now()],
  );
}

export function deleteRole(trx: Trx, person: string, role: Role): Promise<number> {
  return affected(
    trx,
    'delete_role',
    'delete from access.person_role where tenant_id = $1 and person = $2 and role = $3',
    [trx.ctx.tenant, person, role],
  );
}
