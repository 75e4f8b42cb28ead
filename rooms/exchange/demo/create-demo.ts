import { ACCESS, DEMO_ORGNR } from '@grunnmur/access';
import { createServerIdentity, type SelfSigned, type ServerIdentity } from '@grunnmur/kernel/crypto';
import { withCtx } from '@grunnmur/kernel/ctx';
import type { DemoHost, RoomDemo, RoomHost } from '@grunnmur/kernel/room';
import { DAY_MS } from '@grunnmur/kernel/time';
import type { ExchangeRoom } from '../create-room.ts';
import type { ExchangeDemoKonto, ExchangeDemoSystem } from '../service/seed-demo.ts';
import { DEMO_VALIDATOR, demoKontoId } from './ids.ts';

/** A Fiks IO-konto as a script needs it, in the form of `demo-access.json`. */
export interface DemoFiksIoAccount {
  readonly kontoId: string;
  readonly orgnr: string;
  readonly name: string;
  readonly integrasjonId: string;
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

interface Plan extends Omit<ExchangeDemoKonto, 'certificatePem' | 'tilgang'> {
  readonly orgnr: string;
}

const ARKIV = 'no.ks.fiks.arkiv';
const part = (navn: string) => ({ protokoll: ARKIV, parter: [{ part: navn, versjon: 'v1' }] });

/** Stable ids. The first two are bare Fiks IO-kontoer of two organisations, the last two speak a protocol to each other. */
const KONTOER: readonly Plan[] = [
  { id: demoKontoId(1), orgnr: DEMO_ORGNR.eksempel, navn: 'Eksempel kommune, meldinger' },
  { id: demoKontoId(2), orgnr: DEMO_ORGNR.dome, navn: 'Døme kommune, meldingar' },
  { id: demoKontoId(3), orgnr: DEMO_ORGNR.prove, navn: 'Prøve fylkeskommune, meldinger' },
  { id: demoKontoId(4), orgnr: DEMO_ORGNR.eksempel, navn: 'Eksempel kommune, arkiv', ...part('arkiv.full') },
  {
    id: demoKontoId(5),
    orgnr: DEMO_ORGNR.prove,
    navn: 'Prøve fylkeskommune, fagsystem',
    ...part('klient.full'),
  },
];

const systemId = (orgnr: string) => `44444444-4444-4444-8444-000${orgnr}`;

/** Where Fiks IO clients connect. */
export interface DemoAmqp {
  readonly host: string;
  readonly port?: number;
  readonly tlsPort?: number;
  /** What clients must trust at `tlsPort`. */
  readonly caPem?: string;
}

export interface ExchangeDemo {
  readonly room: RoomDemo;
  /** The certificate of the AMQP listener, and the authority that clients must trust. */
  readonly identity: () => Promise<ServerIdentity>;
  /** Told when something is listened to. */
  readonly listening: (address: DemoAmqp) => void;
}

/** Systems and kontoer for the integrations that the organisations have. */
export function createDemo(host: RoomHost, demo: DemoHost, exchange: ExchangeRoom): ExchangeDemo {
  let accounts: readonly DemoFiksIoAccount[] = [];
  let amqp: DemoAmqp = { host: '127.0.0.1' };
  const identity = () => amqpIdentity(host, demo);
  return {
    identity,
    listening: (address) => {
      amqp = address;
    },
    room: {
      seed: async () => {
        accounts = await seed(host, demo, exchange);
      },
      access: async () => ({
        amqp: {
          host: amqp.host,
          port: amqp.port ?? null,
          tlsPort: amqp.tlsPort ?? null,
          caPem: amqp.caPem ?? (await identity()).caPem,
        },
        fiksIoAccounts: accounts,
      }),
    },
  };
}

/** The same at every start. */
async function seed(host: RoomHost, demo: DemoHost, exchange: ExchangeRoom): Promise<DemoFiksIoAccount[]> {
  const access = host.use(ACCESS);
  const keys = new Map<string, SelfSigned>();
  const makeKeys = async ({ id, orgnr }: Plan) =>
    keys.set(id, await demo.keyPair(`fiks-io-${id.slice(-1)}`, orgnr));
  await Promise.all(KONTOER.map(makeKeys));
  const integrationOf = (orgnr: string) =>
    access.demonstration().integrations.find((integration) => integration.orgnr === orgnr)!;
  const systems: (ExchangeDemoSystem & { tenant: string })[] = [];
  for (const orgnr of new Set(KONTOER.map((konto) => konto.orgnr))) {
    const organisation = await access.findOrganisation(host.systemCtx, { orgnr });
    const { integrasjonId, name } = integrationOf(orgnr);
    systems.push({
      tenant: organisation!.id,
      systemId: systemId(orgnr),
      integrasjonId,
      navn: name,
      kontoer: KONTOER.filter((konto) => konto.orgnr === orgnr).map(({ orgnr: _, ...konto }) => ({
        ...konto,
        certificatePem: keys.get(konto.id)!.certificatePem,
        tilgang: konto.protokoll ? partnersOf(konto.id) : [],
      })),
    });
  }
  await exchange.seedDemo(systems);
  await seedValidator(host, exchange, systems[0]!);
  return KONTOER.map(({ id, orgnr, navn }) => ({
    kontoId: id,
    orgnr,
    name: navn,
    integrasjonId: integrationOf(orgnr).integrasjonId,
    ...keys.get(id)!,
  }));
}

async function seedValidator(
  { systemCtx }: RoomHost,
  { admin, giveValidatorKey }: ExchangeRoom,
  { tenant, systemId }: { readonly tenant: string; readonly systemId: string },
): Promise<void> {
  const ctx = withCtx(systemCtx, { tenant });
  const known = await admin.listKontoer(ctx, { systemId });
  if (known.some(({ id }) => id === DEMO_VALIDATOR)) return;
  await admin.createKonto(ctx, { id: DEMO_VALIDATOR, systemId, navn: 'Grunnmur validator' });
  await giveValidatorKey(ctx, DEMO_VALIDATOR);
}

/** Systems of the other kontoer with a protocol. */
function partnersOf(id: string): string[] {
  return KONTOER.filter((konto) => konto.protokoll && konto.id !== id).map(({ orgnr }) => systemId(orgnr));
}

async function amqpIdentity({ listenHost }: RoomHost, { clock, secret }: DemoHost): Promise<ServerIdentity> {
  const named = listenHost === '0.0.0.0' || listenHost === '::' ? [] : [listenHost];
  const text = await secret('amqp', async () =>
    JSON.stringify(
      await createServerIdentity({
        commonName: 'Grunnmur demonstrasjon amqp',
        hosts: [...new Set(['localhost', '127.0.0.1', ...named])],
        notBefore: new Date(clock.now().getTime() - DAY_MS),
        notAfter: new Date(clock.now().getTime() + 3650 * DAY_MS),
      }),
    ),
  );
  return JSON.parse(text) as ServerIdentity;
}
