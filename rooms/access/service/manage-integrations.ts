import { isUuid, newId } from '@grunnmur/kernel/ids';
import { isValidOrgnr } from '@grunnmur/registers';
import type { AccessAdmin, NewIntegration } from '../admin-contract.ts';
import {
  deleteGrant,
  insertGrant,
  insertIntegration,
  insertSystem,
  updateIntegrationActive,
  updateIntegrationPassword,
  updateSystemActive,
} from '../store/integration-store.ts';
import { type ApplyChange, check, checkName } from './change.ts';
import { newPassword } from './new-password.ts';

type Integrations = Pick<
  AccessAdmin,
  | 'createSystem'
  | 'setSystemActive'
  | 'createIntegration'
  | 'rotateIntegrationPassword'
  | 'setIntegrationActive'
  | 'grant'
  | 'revokeGrant'
>;

const RESOURCE_KIND = /^[a-z][a-z0-9.-]{0,63}$/;

/** Systems, integrations and what the integrations may use. */
export function createManageIntegrations(apply: ApplyChange): Integrations {
  return {
    createSystem: async (ctx, { name }) => {
      checkName(name);
      const id = newId(ctx.now().getTime());
      await apply(ctx, { operation: 'system.create', target: id, what: 'systemet' }, (trx) =>
        insertSystem(trx, id, name),
      );
      return { id };
    },
    setSystemActive: async (ctx, id, active) => {
      checkId(id, 'system');
      const change = { operation: `system.${activation(active)}`, target: id, what: 'systemet' };
      await apply(ctx, change, (trx) => updateSystemActive(trx, id, active));
    },
    createIntegration: async (ctx, input) => {
      checkIntegration(input);
      const id = input.id?.toLowerCase() ?? newId(ctx.now().getTime());
      const { password, passwordHash } = newPassword(input.password);
      const row = {
        id,
        system: input.system ?? null,
        name: input.name,
        passwordHash,
        authorisedOrgnr: input.authorisedOrgnr,
        clientIds: input.clientIds ?? [],
      };
      const what = input.system ? 'systemet' : 'integrasjonen';
      await apply(ctx, { operation: 'integration.create', target: id, what }, (trx) =>
        insertIntegration(trx, row),
      );
      return { integrationId: id, password };
    },
    rotateIntegrationPassword: async (ctx, id) => {
      checkId(id, 'integrationId');
      const { password, passwordHash } = newPassword();
      const change = { operation: 'integration.rotate-password', target: id, what: 'integrasjonen' };
      await apply(ctx, change, (trx) => updateIntegrationPassword(trx, id, passwordHash));
      return { password };
    },
    setIntegrationActive: async (ctx, id, active) => {
      checkId(id, 'integrationId');
      const change = { operation: `integration.${activation(active)}`, target: id, what: 'integrasjonen' };
      await apply(ctx, change, (trx) => updateIntegrationActive(trx, id, active));
    },
    grant: async (ctx, id, kind, resourceId) => {
      checkResource(id, kind, resourceId);
      const change = { operation: `grant.add.${kind}`, target: `${id}/${resourceId}`, what: 'integrasjonen' };
      await apply(ctx, change, async (trx) => {
        await insertGrant(trx, id, kind, resourceId);
        return 1;
      });
    },
    revokeGrant: async (ctx, id, kind, resourceId) => {
      checkResource(id, kind, resourceId);
      const change = { operation: `grant.remove.${kind}`, target: `${id}/${resourceId}`, what: 'tilgangen' };
      await apply(ctx, change, (trx) => deleteGrant(trx, id, kind, resourceId));
    },
  };
}

function checkIntegration(input: NewIntegration): void {
  checkName(input.name);
  check(
    isValidOrgnr(input.authorisedOrgnr),
    'authorisedOrgnr',
    'checksum',
    'ikke et gyldig organisasjonsnummer',
  );
  if (input.id !== undefined) checkId(input.id, 'id');
  if (input.system !== undefined) checkId(input.system, 'system');
  const clientIds = input.clientIds ?? [];
  const fits = clientIds.length <= 50 && clientIds.every((id) => id.length >= 1 && id.length <= 100);
  check(fits, 'clientIds', 'size', 'høyst 50, hver 1 til 100 tegn');
}

function checkResource(integrationId: string, kind: string, resourceId: string): void {
  checkId(integrationId, 'integrationId');
  check(
    RESOURCE_KIND.test(kind),
    'resourceKind',
    'format',
    'må være små bokstaver, tall, punktum og bindestrek',
  );
  checkId(resourceId, 'resourceId');
}

function checkId(id: string, field: string): void {
  check(isUuid(id), field, 'format', 'må være en UUID');
}

function activation(active: boolean): string {
  return active ? 'activate' : 'deactivate';
}
