import type { Trx } from '@grunnmur/kernel/db';
import type { Organisation } from '../contract.ts';
import { affected, rows } from './sql.ts';

const COLUMNS = 'id, orgnr, name, language, kind, parent, active';

export async function insertOrganisation(trx: Trx, organisation: Organisation): Promise<void> {
  const { id, orgnr, name, language, kind, parent, active } = organisation;
  await affected(
    trx,
    'insert_organisation',
    `insert into access.organisation (${COLUMNS}, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, orgnr, name, language, kind, parent, active, trx.ctx.now()],
  );
}

/** The tenant's own organisation. */
export function updateOrganisationActive(trx: Trx, active: boolean): Promise<number> {
  return affected(trx, 'organisation_active', 'update access.organisation set active = $2 where id = $1', [
    trx.ctx.tenant,
    active,
  ]);
}

export async function findOrganisationById(trx: Trx, id: string): Promise<Organisation | null> {
  const found = await rows<Organisation>(
    trx,
    'organisation_by_id',
    `select ${COLUMNS} from access.public_organisation where id = $1`,
    [id],
  );
  return found[0] ?? null;
}

export async function findOrganisationByOrgnr(trx: Trx, orgnr: string): Promise<Organisation | null> {
  const found = await rows<Organisation>(
    trx,
    'organisation_by_orgnr',
    `select ${COLUMNS} from access.public_organisation where orgnr = $1`,
    [orgnr],
  );
  return found[0] ?? null;
}

export function listActiveOrganisations(trx: Trx, limit: number): Promise<Organisation[]> {
  return rows(
    trx,
    'organisations',
    `select ${COLUMNS} from access.public_organisation where active order by name, id limit $1`,
    [limit],
  );
}
