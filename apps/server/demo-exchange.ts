import type { AccessRoom, DemoAccess } from '@grunnmur/access/create';
import type { ExchangeDemoKonto, ExchangeDemoSystem, ExchangeRoom } from '@grunnmur/exchange/create';
import { createServerIdentity, type SelfSigned, type ServerIdentity } from '@grunnmur/kernel/crypto';
import { withCtx } from '@grunnmur/kernel/ctx';
import { DAY_MS } from '@grunnmur/kernel/time';
import type { Assembly } from './assembly.ts';
import { ORGNR } from './demo-content.ts';
import { demoKeyPair, demoSecret } from './secrets.ts';

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
const kontoId = (number: number) => `33333333-3333-4333-8333-00000000000${number}`;

/** Stable ids. The first two are bare Fiks IO-kontoer of two organisations, the last two speak a protocol to each other. */
const KONTOER: readonly Plan[] = [
  { id: kontoId(1), orgnr: ORGNR.eksempel, navn: 'Eksempel kommune, meldinger' },
  { id: kontoId(2), orgnr: ORGNR.dome, navn: 'Døme kommune, meldingar' },
  { id: kontoId(3), orgnr: ORGNR.prove, navn: 'Prøve fylkeskommune, meldinger' },
  { id: kontoId(4), orgnr: ORGNR.eksempel, navn: 'Eksempel kommune, arkiv', ...part('arkiv.full') },
  { id: kontoId(5), orgnr: ORGNR.prove, navn: 'Prøve fylkeskommune, fagsystem', ...part('klient.full') },
];

/** Answers messages with a report of what is right and wrong with them; its key is the platform's own. */
export const DEMO_VALIDATOR = kontoId(9);

const systemId = (orgnr: string) => `44444444-4444-4444-8444-000${orgnr}`;

/** Seeds systems and kontoer for the integrations that the organisations have already; the same at every start. */
export async function seedDemonstrationExchange(
  assembly: Assembly,
  { access }: AccessRoom,
  exchange: ExchangeRoom,
  demo: DemoAccess,
): Promise<DemoFiksIoAccount[]> {
  const { config, systemCtx, now } = assembly;
  const keys = new Map<string, SelfSigned>();
  const makeKeys = async ({ id, orgnr }: Plan) =>
    keys.set(id, await demoKeyPair(config.dataDir, `fiks-io-${id.slice(-1)}`, orgnr, now()));
  await Promise.all(KONTOER.map(makeKeys));
  const integrationOf = (orgnr: string) =>
    demo.integrations.find((integration) => integration.orgnr === orgnr)!;
  const systems: (ExchangeDemoSystem & { tenant: string })[] = [];
  for (const orgnr of new Set(KONTOER.map((konto) => konto.orgnr))) {
    const organisation = await access.findOrganisation(systemCtx, { orgnr });
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
  await seedValidator(assembly, exchange, systems[0]!);
  return KONTOER.map(({ id, orgnr, navn }) => ({
    kontoId: id,
    orgnr,
    name: navn,
    integrasjonId: integrationOf(orgnr).integrasjonId,
    ...keys.get(id)!,
  }));
}

async function seedValidator(
  { systemCtx }: Assembly,
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

/** The demonstration's own certificate for the AMQP listener, and the authority that clients must trust. */
export async function demoAmqpIdentity({ config, now }: Assembly): Promise<ServerIdentity> {
  const named = config.host === '0.0.0.0' || config.host === '::' ? [] : [config.host];
  const text = await demoSecret(config.dataDir, 'amqp', async () =>
    JSON.stringify(
      await createServerIdentity({
        commonName: 'Grunnmur demonstrasjon amqp',
        hosts: [...new Set(['localhost', '127.0.0.1', ...named])],
        notBefore: new Date(now().getTime() - DAY_MS),
        notAfter: new Date(now().getTime() + 3650 * DAY_MS),
      }),
    ),
  );
  return JSON.parse(text) as ServerIdentity;
}
