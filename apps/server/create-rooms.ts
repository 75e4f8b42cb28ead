import { type AccessRoom, createAccessRoom } from '@grunnmur/access/create';
import type { MaskinportenClient } from '@grunnmur/kernel/auth';
import { withCtx } from '@grunnmur/kernel/ctx';
import type { ObjectStore } from '@grunnmur/kernel/storage';
import {
  createPdfPool,
  createPostRoom,
  DEFAULT_LIMITS,
  type PostLimits,
  type PostRoom,
  PRINT_LIMITS,
  type Tenant,
} from '@grunnmur/post/create';
import { personNumberRules } from '@grunnmur/registers';
import { createRegistersRoom, type RegistersRoom } from '@grunnmur/registers/create';
import { FOLKEREGISTER_PATH, type Population } from '@grunnmur/registers/simulators';
import { type Assembly, machineNow } from './assembly.ts';
import { createChannels, type OutgoingIdentity } from './create-channels.ts';
import { demoStaff } from './demo-content.ts';
import { portalClient } from './mount-portal.ts';
import type { Config, KeyPair } from './read-config.ts';
import { SIMULATOR_PATHS } from './simulators.ts';

/** Organisations, logins, tokens. In a demonstration with the ID-porten simulator, for the population's people. */
export function createAccess(assembly: Assembly, population: Population | undefined): AccessRoom {
  const { config, db, log, baseUrl, masterKey } = assembly;
  const issuer = config.env.MASKINPORTEN_ISSUER;
  const { demonstration } = config;
  const keys = { metadata: 'oauth-authorization-server', demonstration } as const;
  return createAccessRoom({
    db,
    log,
    now: machineNow,
    masterKey,
    publicUrl: () => baseUrl,
    // In production the issuers decide who may log in.
    ...(config.demonstration ? { personNumbers: personNumberRules(true) } : {}),
    ...(issuer ? { trustedIssuers: [{ issuer, keys }] } : {}),
    ...(config.builtInIssuer ? { issuer: { demonstration } } : {}),
    ...(population
      ? { idporten: { persons: () => loginPersons(population), client: portalClient(baseUrl, masterKey) } }
      : {}),
  });
}

/** Staff under a heading of their own, last; also somebody's private letters are there, as in life. */
function loginPersons(population: Population) {
  const staff = demoStaff(population).map(({ fnr, name }) => ({ fnr, name, situation: 'staff' }));
  const isStaff = (fnr: string) => staff.some((each) => each.fnr === fnr);
  return [...population.demoPersons.filter(({ fnr }) => !isStaff(fnr)), ...staff];
}

const KRR_SCOPES = 'krr:global/kontaktinformasjon.read krr:global/digitalpost.read';
const FOLKEREGISTER_SCOPE = 'folkeregister:deling/offentligmedhjemmel';

/** The national registers, or their simulators at our own address. */
export function createRegisters({ config, baseUrl }: Assembly, tokens: MaskinportenClient): RegistersRoom {
  const { KRR_URL, ENHETSREGISTERET_URL, FOLKEREGISTERET_URL } = config.env;
  return createRegistersRoom({
    krr: {
      baseUrl: KRR_URL ?? `${baseUrl}${SIMULATOR_PATHS.krr}`,
      token: () => tokens.token({ scope: KRR_SCOPES }),
    },
    enhetsregisteret: { baseUrl: ENHETSREGISTERET_URL ?? `${baseUrl}${SIMULATOR_PATHS.enhetsregisteret}` },
    folkeregister: {
      baseUrl: FOLKEREGISTERET_URL ?? `${baseUrl}${SIMULATOR_PATHS.folkeregisteret}${FOLKEREGISTER_PATH}`,
      token: () => tokens.token({ scope: FOLKEREGISTER_SCOPE }),
    },
    synthetic: config.demonstration,
    now: machineNow,
  });
}

export interface PostParts {
  readonly access: AccessRoom;
  readonly storage: ObjectStore;
  readonly registers: RegistersRoom;
  readonly tokens: MaskinportenClient;
  readonly identity: OutgoingIdentity;
  readonly platformKeys: KeyPair;
  /** Who may sign mailbox receipts. */
  readonly trustedMailboxesPem: readonly string[];
}

/** Letters: faces, storage, PDF workers and channels. */
export async function createPost(assembly: Assembly, parts: PostParts): Promise<PostRoom> {
  const { config, baseUrl, log } = assembly;
  const { env } = config;
  const addresses = {
    altinn: env.ALTINN_URL ?? `${baseUrl}${SIMULATOR_PATHS.altinn}`,
    dpi: env.DPI_URL ?? `${baseUrl}${SIMULATOR_PATHS.dpi}`,
    print: env.PRINT_URL ?? `${baseUrl}${SIMULATOR_PATHS.print}`,
  };
  const { tokens, identity, platformKeys, trustedMailboxesPem } = parts;
  return createPostRoom({
    access: parts.access.access,
    contacts: parts.registers.contacts,
    organisations: parts.registers.organisations,
    population: parts.registers.population,
    storage: parts.storage,
    pdf: createPdfPool({
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
    }),
    channels: await createChannels({
      tokens,
      identity,
      addresses,
      trustedMailboxesPem,
      dataDir: config.dataDir,
      now: machineNow,
    }),
    altinnResources: { ordinary: env.ALTINN_RESOURCE, confidential: env.ALTINN_RESOURCE_CONFIDENTIAL },
    tenant: tenantLookup(assembly, parts.access),
    decryptionKeys: [platformKeys],
    platformCertificatePem: platformKeys.certificatePem,
    publicUrl: baseUrl,
    // Only the simulated supplier shows what it has printed.
    ...(env.PRINT_URL === undefined
      ? { paperUrl: (id: string) => `${baseUrl}${SIMULATOR_PATHS.print}/files/${id}.pdf` }
      : {}),
    baseCtx: assembly.requestCtx,
    synthetic: config.demonstration,
    receiptIntervalMs: config.demonstration ? 1_000 : 60_000,
    limits: postLimits(config),
  });
}

function tenantLookup({ systemCtx }: Assembly, { access }: AccessRoom): (id: string) => Promise<Tenant> {
  return async (id) => {
    const organisation = await access.findOrganisation(withCtx(systemCtx, { tenant: id }), { id });
    if (!organisation) throw new Error(`No organisation has the id ${id}`);
    return organisation;
  };
}

function postLimits({ env }: Config): PostLimits {
  return {
    ...DEFAULT_LIMITS,
    maxPrintableBytes: Number(env.MAX_PRINTABLE_MB) * 1_000_000,
    maxDigitalBytes: Number(env.MAX_DIGITAL_MB) * 1_000_000,
    uploadTimeoutMs: Number(env.UPLOAD_TIMEOUT_SECONDS) * 1000,
    uploadIdleMs: Number(env.UPLOAD_IDLE_SECONDS) * 1000,
    duplicateWindowMs: Number(env.DUPLICATE_WINDOW_HOURS) * 3_600_000,
    retentionMonths: Number(env.RETENTION_MONTHS),
  };
}
