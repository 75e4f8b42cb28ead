import type { TokenSupplier } from '@grunnmur/kernel/outgoing';
import Fastify, { type FastifyInstance } from 'fastify';
import { createRegistersRoom, type RegistersOptions, type RegistersRoom } from '../create-room.ts';
import {
  createPopulation,
  enhetsregisterSimulator,
  FOLKEREGISTER_PATH,
  FOLKEREGISTER_SCOPE,
  folkeregisterSimulator,
  KRR_SCOPES,
  type KrrSimulator,
  krrSimulator,
  MAILBOX_SUPPLIERS,
  type Population,
  type Simulator,
} from '../simulators.ts';

const NOW = new Date('2026-11-20T10:00:00Z');
export const TOKEN = 'good-token';

/** Stands for a real certificate: the registers pass it on and never open it. */
export function certificateText(supplier: string): string {
  const base64 = Buffer.from(`certificate of ${supplier} `.repeat(20)).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----`;
}

/** Built once: the population is the same for everybody and nobody changes it. */
export const population: Population = createPopulation();

export interface Registers extends RegistersRoom {
  readonly krr: KrrSimulator;
  readonly enhetsregisteret: Simulator;
  readonly folkeregisteret: Simulator;
  /** Address of the server, without a trailing slash. */
  readonly origin: string;
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly token?: TokenSupplier;
  readonly scopes?: readonly string[];
  readonly timeoutMs?: number;
  readonly synthetic?: boolean;
  readonly certificates?: Readonly<Record<string, string>>;
}

/** All three simulators behind one real HTTP server, and the room's clients pointed at it. */
export async function startRegisters(options: StartOptions = {}): Promise<Registers> {
  const now = () => NOW;
  const scopes = options.scopes ?? [...Object.values(KRR_SCOPES), FOLKEREGISTER_SCOPE];
  const verify = async (token: string) => (token === TOKEN ? scopes : null);
  const suppliers = Object.values(MAILBOX_SUPPLIERS);
  const certificates =
    options.certificates ?? Object.fromEntries(suppliers.map((orgnr) => [orgnr, certificateText(orgnr)]));
  const krr = krrSimulator({ population, certificates, verify, now });
  const enhetsregisteret = enhetsregisterSimulator({ population, now });
  const folkeregisteret = folkeregisterSimulator({ population, verify });
  const app = Fastify({ forceCloseConnections: true });
  await app.register(krr.plugin, { prefix: '/simulator/krr' });
  await app.register(enhetsregisteret.plugin, { prefix: '/simulator/enhetsregisteret' });
  await app.register(folkeregisteret.plugin, { prefix: '/simulator/folkeregisteret' });
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  const registers = createRegistersRoom(addresses(origin, options));
  return {
    ...registers,
    krr,
    enhetsregisteret,
    folkeregisteret,
    origin,
    stop: () => stop(app, registers),
  };
}

function addresses(origin: string, options: StartOptions): RegistersOptions {
  const token = options.token ?? (async () => TOKEN);
  const limits = { timeoutMs: options.timeoutMs ?? 5_000 };
  return {
    krr: { ...limits, baseUrl: `${origin}/simulator/krr`, token },
    enhetsregisteret: { ...limits, baseUrl: `${origin}/simulator/enhetsregisteret` },
    folkeregister: { ...limits, baseUrl: `${origin}/simulator/folkeregisteret${FOLKEREGISTER_PATH}`, token },
    now: () => NOW,
    synthetic: options.synthetic ?? true,
  };
}

async function stop(app: FastifyInstance, registers: RegistersRoom): Promise<void> {
  await registers.room.stop?.();
  await app.close();
}

/** Identity numbers of persons in a situation. */
export function inSituation(situation: Population['persons'][number]['situation']): readonly string[] {
  return population.persons.filter((person) => person.situation === situation).map((person) => person.fnr);
}
