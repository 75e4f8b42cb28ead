import type { ErrorAnswer } from '@grunnmur/kernel/simulator';
import type { FastifyPluginAsync } from 'fastify';
import { Type } from 'typebox';
import { checker } from '../external/answer-schema.ts';
import { KRR_SCOPES } from '../external/scopes.ts';
import { isValidFnr } from '../numbers/person-number.ts';
import type { Population } from '../population/create-population.ts';
import type { SyntheticContact, SyntheticPerson } from '../population/types.ts';
import { bearerCheck, createSimulator, type Simulator, scopesOf, type VerifyToken } from './simulator.ts';

export interface KrrSimulatorOptions {
  readonly population: Population;
  /** Certificate (PEM) of each mailbox supplier, by organisation number; see `MAILBOX_SUPPLIERS`. */
  readonly certificates: Readonly<Record<string, string>>;
  readonly verify: VerifyToken;
  readonly now: () => Date;
}

export interface KrrSimulator extends Simulator {
  /** Number of identity numbers in the largest call since start or `reset()`. */
  readonly largestBatch: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const CONTACT_VALID_MONTHS = 18;
const BODY_LIMIT_BYTES = 256 * 1024;

const isRequest = checker(
  Type.Object({ personidentifikatorer: Type.Array(Type.String(), { minItems: 1, maxItems: 1000 }) }),
);

/**
 * The contact and reservation register, REST v2. Answers as documented by Digdir ("Oppslagstjenesten REST",
 * "Attributter i KRR"): contact data by scope, nothing but status and reservation for persons who cannot be
 * notified. The error bodies are not documented; these have the form the service's framework gives.
 */
export function krrSimulator(options: KrrSimulatorOptions): KrrSimulator {
  let largestBatch = 0;
  const errorAnswer = createErrorAnswer(options.now);
  const routes: FastifyPluginAsync = async (app) => {
    app.addHook('onRequest', bearerCheck(options.verify, Object.values(KRR_SCOPES), errorAnswer));
    app.post('/rest/v2/personer', { bodyLimit: BODY_LIMIT_BYTES }, async (request, reply) => {
      const { body } = request;
      if (!isRequest(body)) return errorAnswer(request, reply, 400);
      const fnrs = body.personidentifikatorer;
      if (!fnrs.every((fnr) => isValidFnr(fnr, { control2032: true })))
        return errorAnswer(request, reply, 400);
      largestBatch = Math.max(largestBatch, fnrs.length);
      const scopes = scopesOf(request);
      const now = options.now();
      return { personer: fnrs.map((fnr) => describe(fnr, options, scopes, now)) };
    });
  };
  const simulator = createSimulator(routes, errorAnswer);
  return {
    plugin: simulator.plugin,
    fail: simulator.fail,
    reset: () => {
      largestBatch = 0;
      simulator.reset();
    },
    get calls() {
      return simulator.calls;
    },
    get largestBatch() {
      return largestBatch;
    },
  };
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
};

function createErrorAnswer(now: () => Date): ErrorAnswer {
  return (request, reply, status) =>
    reply.code(status).send({
      timestamp: now().toISOString(),
      status,
      error: REASONS[status] ?? 'Internal Server Error',
      path: request.url,
    });
}

function describe(fnr: string, options: KrrSimulatorOptions, scopes: readonly string[], now: Date) {
  const person = options.population.findPerson(fnr);
  if (!person || person.contact.status === 'IKKE_REGISTRERT') {
    return { personidentifikator: fnr, status: 'IKKE_REGISTRERT', varslingsstatus: 'KAN_IKKE_VARSLES' };
  }
  const { contact } = person;
  const notifiable = isNotifiable(contact, now);
  const showsContact = scopes.includes(KRR_SCOPES.contact);
  return {
    personidentifikator: fnr,
    reservasjon: contact.reserved ? 'JA' : 'NEI',
    status: contact.status,
    ...(showsContact && { varslingsstatus: notifiable ? 'KAN_VARSLES' : 'KAN_IKKE_VARSLES' }),
    ...(showsContact &&
      notifiable && { kontaktinformasjon: contactInformation(contact, now), spraak: contact.language }),
    ...(scopes.includes(KRR_SCOPES.mailbox) && notifiable && mailbox(person, options.certificates)),
  };
}

/** Neither expired, reserved nor deleted (Digdir: "varslingsstatus"). */
function isNotifiable(contact: SyntheticContact, now: Date): boolean {
  const limit = new Date(now);
  limit.setUTCMonth(limit.getUTCMonth() - CONTACT_VALID_MONTHS);
  const hasChannel = Boolean(contact.email ?? contact.mobile);
  return contact.status === 'AKTIV' && !contact.reserved && hasChannel && verifiedAt(contact, now) >= limit;
}

function verifiedAt(contact: SyntheticContact, now: Date): Date {
  return new Date(now.getTime() - contact.verifiedDaysAgo * DAY_MS);
}

function contactInformation(contact: SyntheticContact, now: Date) {
  const verified = verifiedAt(contact, now).toISOString();
  const updated = new Date(verifiedAt(contact, now).getTime() - 400 * DAY_MS).toISOString();
  return {
    ...(contact.email && {
      epostadresse: contact.email,
      epostadresse_oppdatert: updated,
      epostadresse_sist_verifisert: verified,
    }),
    ...(contact.mobile && {
      mobiltelefonnummer: contact.mobile,
      mobiltelefonnummer_oppdatert: updated,
      mobiltelefonnummer_sist_verifisert: verified,
    }),
  };
}

function mailbox(person: SyntheticPerson, certificates: Readonly<Record<string, string>>) {
  const box = person.contact.mailbox;
  if (!box) return {};
  const certificate = certificates[box.supplierOrgnr];
  return {
    digital_post: { postkasseadresse: box.address, postkasseleverandoeradresse: box.supplierOrgnr },
    ...(certificate && { sertifikat: certificate }),
  };
}
