import { ACCESS } from '@grunnmur/access';
import { withCtx } from '@grunnmur/kernel/ctx';
import type { Room, RoomHost } from '@grunnmur/kernel/room';
import { REGISTERS } from '@grunnmur/registers';
import type { Static } from 'typebox';
import { createPostRoom, type PostRoom } from './create-room.ts';
import { createPdfPool, PRINT_LIMITS } from './pdf/index.ts';
import { createChannels } from './service/create-channels.ts';
import { DEFAULT_LIMITS, type PostLimits, type Tenant } from './service/deps.ts';
import { Settings } from './settings.ts';

type Env = Static<typeof Settings>;

/** Letters: faces, storage, PDF workers and channels; in a demonstration the outside services too. */
export async function buildRoom(host: RoomHost): Promise<Room> {
  const env = host.settings(Settings);
  const post = await build(host, env);
  const room = { ...post.room, contract: post.post };
  if (!host.demo) return room;
  // Loaded late: production has none of it.
  const { createDemo } = await import('./demo/create-demo.ts');
  return { ...room, demo: createDemo(host, host.demo, post, env) };
}

async function build(host: RoomHost, env: Env): Promise<PostRoom> {
  const { contacts, organisations, population } = host.use(REGISTERS);
  return createPostRoom({
    access: host.use(ACCESS),
    contacts,
    organisations,
    population,
    storage: host.storage,
    pdf: pdfPool(host, env),
    channels: await createChannels(host, env),
    altinnResources: { ordinary: env.ALTINN_RESOURCE, confidential: env.ALTINN_RESOURCE_CONFIDENTIAL },
    tenant: tenantLookup(host),
    decryptionKeys: [host.platformKeys],
    platformCertificatePem: host.platformKeys.certificatePem,
    publicUrl: host.publicUrl,
    // Only the simulated supplier shows what it has printed.
    ...(env.PRINT_URL === undefined
      ? { paperUrl: (id: string) => `${host.simulatorUrl('print')}/files/${id}.pdf` }
      : {}),
    baseCtx: host.requestCtx,
    synthetic: host.mode === 'demonstration',
    receiptIntervalMs: host.mode === 'demonstration' ? 1_000 : 60_000,
    limits: limits(host, env),
  });
}

function pdfPool({ log }: RoomHost, env: Env) {
  return createPdfPool({
    workers: Number(env.PDF_WORKERS),
    timeoutMs: 20_000,
    maxPages: DEFAULT_LIMITS.maxPages,
    printLimits: {
      ...PRINT_LIMITS,
      sheets: Number(env.PRINT_MAX_SHEETS),
      leastSideMm: Number(env.PRINT_MIN_SIDE_MM),
      mostSideMm: Number(env.PRINT_MAX_SIDE_MM),
    },
    log,
  });
}

function tenantLookup(host: RoomHost): (id: string) => Promise<Tenant> {
  const access = host.use(ACCESS);
  return async (id) => {
    const organisation = await access.findOrganisation(withCtx(host.systemCtx, { tenant: id }), { id });
    if (!organisation) throw new Error(`No organisation has the id ${id}`);
    return organisation;
  };
}

function limits({ uploads }: RoomHost, env: Env): PostLimits {
  return {
    ...DEFAULT_LIMITS,
    maxPrintableBytes: Number(env.MAX_PRINTABLE_MB) * 1_000_000,
    maxDigitalBytes: Number(env.MAX_DIGITAL_MB) * 1_000_000,
    uploadTimeoutMs: uploads.timeoutMs,
    uploadIdleMs: uploads.idleMs,
    duplicateWindowMs: Number(env.DUPLICATE_WINDOW_HOURS) * 3_600_000,
    retentionMonths: Number(env.RETENTION_MONTHS),
  };
}
