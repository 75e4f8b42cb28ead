import { withTransaction } from '@grunnmur/kernel/db';
import { isUuid } from '@grunnmur/kernel/ids';
import { isValidOrgnr } from '@grunnmur/registers';
import type { Access, Organisation } from '../contract.ts';
import {
  findOrganisationById,
  findOrganisationByOrgnr,
  listActiveOrganisations,
} from '../store/organisation-store.ts';
import { rolesOfPerson } from '../store/role-store.ts';
import type { LoginCaches } from './login-caches.ts';

const MAX_LISTED = 1000;

type Lookups = Pick<Access, 'findOrganisation' | 'listOrganisations' | 'rolesOf'>;

/** Questions about organisations and people's roles in them. */
export function createLookups(caches: LoginCaches): Lookups {
  const cache = caches.create<Organisation, Organisation>();
  return {
    findOrganisation: async (ctx, by) => {
      const key = 'id' in by ? by.id : by.orgnr;
      const wellFormed = 'id' in by ? isUuid(key) : isValidOrgnr(key);
      if (!wellFormed) return null;
      const find = 'id' in by ? findOrganisationById : findOrganisationByOrgnr;
      return cache.row(key, () => withTransaction(ctx, (trx) => find(trx, key))).value;
    },
    listOrganisations: (ctx) => withTransaction(ctx, (trx) => listActiveOrganisations(trx, MAX_LISTED)),
    rolesOf: async (ctx) => {
      if (ctx.actor.kind !== 'person') return [];
      return withTransaction(ctx, (trx) => rolesOfPerson(trx, ctx.actor.id));
    },
  };
}
