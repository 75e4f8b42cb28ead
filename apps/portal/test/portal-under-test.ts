import { Writable } from 'node:stream';
import { type AccessRoom, createAccessRoom } from '@grunnmur/access/create';
import { audit } from '@grunnmur/kernel/audit';
import { withCtx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import { createApp } from '@grunnmur/kernel/http';
import { createLogger } from '@grunnmur/kernel/log';
import { freePort } from '@grunnmur/kernel/net';
import { type TestDatabase, testDatabase } from '@grunnmur/kernel/testing';
import { DAY_MS } from '@grunnmur/kernel/time';
import { portalPlugin } from '../index.ts';
import { createFixtureMessages, type FixtureMessages } from './fixture-messages.ts';
import { createFixturePost, type FixturePost, type LetterName } from './fixture-post.ts';

/** What the browser tests need of the program they test; the complete server can give the same. */
export interface PortalUnderTest {
  readonly baseUrl: string;
  /** Has letters in every situation, and entries in the access log. */
  readonly reader: { readonly fnr: string; readonly name: string };
  /** Has none. */
  readonly newcomer: { readonly fnr: string; readonly name: string };
  /** May look at the messages of two organisations. */
  readonly staff: { readonly fnr: string; readonly name: string };
  readonly messages: Pick<FixtureMessages, 'ids' | 'kontoId'>;
  readonly letters: Readonly<Record<LetterName, string>>;
  readonly close: () => Promise<void>;
}

export interface PortalFixture extends PortalUnderTest {
  readonly post: FixturePost;
  readonly access: AccessRoom['access'];
  readonly test: TestDatabase;
  /** What the program wrote to its log, as text. */
  readonly logged: () => string;
}

/** Synthetic numbers. */
const READER = { fnr: '01819010192', name: 'Máret Åse Kristoffersen-Østgård' };
const NEWCOMER = { fnr: '01819010273', name: 'Ola Nordmann' };
const STAFF = { fnr: '01819010354', name: 'Kari Saksbehandler' };
const PERSONS = [READER, NEWCOMER, STAFF];
const CLIENT = { clientId: 'portal', clientSecret: 'portal-client-secret-for-tests-0123456789' };

/**
 * The portal with the real access room (sessions, ID-porten simulator) and the real access log, on letters in memory.
 * `issuer` sends logins elsewhere.
 */
export async function startPortal(
  change: { issuer?: string; publicUrl?: string; exchange?: false; demonstration?: boolean } = {},
): Promise<PortalFixture> {
  const test = await testDatabase();
  const lines: string[] = [];
  const log = createLogger({ level: 'info', destination: lineCollector(lines) });
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  const publicUrl = () => change.publicUrl ?? baseUrl;
  const accessRoom = createAccessRoom({
    db: test.db,
    log,
    now: () => new Date(),
    masterKey: new Uint8Array(32).fill(7),
    publicUrl: () => baseUrl,
    idporten: {
      persons: () => PERSONS.map((person) => ({ ...person, situation: 'digital-mailbox' })),
      client: {
        ...CLIENT,
        redirectUris: () => [`${publicUrl()}/logg-inn/retur`],
        postLogoutRedirectUris: () => [`${publicUrl()}/logget-ut`],
        logoutUri: () => `${publicUrl()}/logg-ut/idporten`,
      },
    },
  });
  const post = createFixturePost(READER.fnr, new Date());
  const tenants = await createOrganisations(test, accessRoom);
  const messages = await createFixtureMessages(test, accessRoom, log, tenants);
  const app = await createApp({ log, version: '0', publicUrl: baseUrl });
  await accessRoom.room.routes?.(app);
  await app.register(
    portalPlugin({
      post,
      access: accessRoom.access,
      ...(change.exchange === false ? {} : { exchange: messages.exchange }),
      oidc: {
        ...CLIENT,
        demonstration: change.demonstration ?? true,
        issuer: () => change.issuer ?? accessRoom.idportenIssuer() ?? '',
      },
      publicUrl,
      baseCtx: (request) =>
        test.ctx({ tenant: null, actor: { kind: 'anonymous', id: 'portal' }, requestId: request.id }),
      demonstration: true,
      operator: { name: 'Eksempel kommune', contactEmail: 'post@eksempel.invalid' },
      roomLocales: [messages.locales, new URL('locales/', import.meta.resolve('@grunnmur/post'))],
      personName: async (_ctx, fnr) => PERSONS.find((person) => person.fnr === fnr)?.name,
    }),
  );
  await writeAccessLog(test, tenants[0], post.ids.kindergarten);
  await app.listen({ port, host: '127.0.0.1' });
  return {
    baseUrl,
    reader: READER,
    newcomer: NEWCOMER,
    staff: STAFF,
    messages,
    letters: post.ids,
    post,
    access: accessRoom.access,
    test,
    logged: () => lines.join(''),
    close: () => app.close(),
  };
}

/** The staff have a role in the first two. */
async function createOrganisations(
  test: TestDatabase,
  { access }: AccessRoom,
): Promise<[string, string, string]> {
  const operator = test.ctx({ tenant: null, actor: { kind: 'system', id: 'operator' } });
  const create = async (orgnr: string, name: string) =>
    (await access.admin.createOrganisation(operator, { orgnr, name, kind: 'kommune' })).id;
  const first = await create('310000019', 'Eksempel kommune');
  const second = await create('310000027', 'Døme kommune');
  const third = await create('310000108', 'Prøve fylkeskommune');
  await access.admin.addRole(withCtx(operator, { tenant: first }), STAFF.fnr, 'loggleser');
  await access.admin.addRole(withCtx(operator, { tenant: second }), STAFF.fnr, 'kontoadministrator');
  await access.admin.addRole(withCtx(operator, { tenant: third }), STAFF.fnr, 'avsender');
  return [first, second, third];
}

/** Uses of the reader's information of every kind, by an organisation, by the platform and by the reader. */
async function writeAccessLog(test: TestDatabase, id: string, letter: string): Promise<void> {
  const operator = test.ctx({ tenant: null, actor: { kind: 'system', id: 'operator' } });
  const integration = withCtx(operator, {
    tenant: id,
    actor: { kind: 'integration', id, name: 'Fagsystem for barnehage' },
  });
  const reader = withCtx(operator, { actor: { kind: 'person', id: READER.fnr, name: READER.name } });
  const entry = {
    subject: READER.fnr,
    outcome: 'ok',
    purpose: 'Sende vedtak',
    legalBasis: 'forvaltningsloven § 16',
  } as const;
  for (let nr = 0; nr < 29; nr++) {
    const at = new Date(Date.now() - nr * DAY_MS);
    await withTransaction(withCtx(integration, { now: () => at }), (trx) =>
      audit(trx, [{ ...entry, operation: 'post.forsendelse.mottatt', informationKind: 'brev' }]),
    );
  }
  await withTransaction(integration, (trx) =>
    audit(trx, [
      { ...entry, operation: 'registers.kontaktinformasjon.oppslag', informationKind: 'kontaktinformasjon' },
    ]),
  );
  // As rooms write it: in the platform's chain, since it is not the owner's doing.
  await withTransaction(withCtx(integration, { tenant: null }), (trx) =>
    audit(trx, [{ ...entry, operation: 'somewhere.else', outcome: 'refused', informationKind: 'something' }]),
  );
  await withTransaction(reader, (trx) =>
    audit(trx, [
      { subject: READER.fnr, outcome: 'ok', operation: 'post.dokument.apnet', informationKind: 'brev' },
      { subject: READER.fnr, outcome: 'ok', operation: 'post.forsendelse.vist', object: letter },
    ]),
  );
  const sent = { subject: READER.fnr, object: letter, outcome: 'ok', informationKind: 'brev' } as const;
  await withTransaction(integration, (trx) =>
    audit(trx, [
      {
        ...{ ...sent, operation: 'post.forsendelse.mottatt' },
        purpose: 'Sende brev til mottakeren',
        legalBasis: 'personvernforordningen artikkel 6 nr. 1 bokstav e',
      },
      {
        ...sent,
        operation: 'post.forsendelse.mottatt',
        purpose: 'post.sende_brev',
        legalBasis: 'gdpr_6_1_e',
      },
      {
        ...{ ...sent, operation: 'post.forsendelse.utlevert.altinn' },
        purpose: 'Levere brev til mottakeren',
        legalBasis: 'gdpr_6_1_e',
      },
    ]),
  );
}

function lineCollector(lines: string[]): NodeJS.WritableStream {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
}
