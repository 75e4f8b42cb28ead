import type { AccessRoom } from '@grunnmur/access/create';
import type { Exchange } from '@grunnmur/exchange';
import { createExchangeRoom } from '@grunnmur/exchange/create';
import { room as manifest } from '@grunnmur/exchange/manifest';
import { newId } from '@grunnmur/kernel/ids';
import type { Logger } from '@grunnmur/kernel/log';
import { createDiskStore, postgresKeyRing } from '@grunnmur/kernel/storage';
import { type TestDatabase, testFolder } from '@grunnmur/kernel/testing';
import { DAY_MS } from '@grunnmur/kernel/time';

const MESSAGE_NAMES = [
  'answered',
  'answer',
  'waiting',
  'out',
  'rejected',
  'expired',
  'failed',
  'somebodyElses',
] as const;
type MessageName = (typeof MESSAGE_NAMES)[number];

export interface FixtureMessages {
  readonly exchange: Exchange;
  /** Texts of the room. */
  readonly locales: URL;
  readonly ids: Readonly<Record<MessageName, string>>;
  /** A konto of the first organisation. */
  readonly kontoId: string;
}

interface Party {
  readonly tenant: string;
  readonly id: string;
  readonly navn: string;
}

const TYPE = 'no.ks.fiks.arkiv.v1.arkivering.arkivmelding.opprett';

/**
 * The real exchange room with messages in every state, sent and settled by the database's own functions. `tenants`: two
 * organisations that the staff of the test may look at, and one that they may not.
 */
export async function createFixtureMessages(
  test: TestDatabase,
  { access }: AccessRoom,
  log: Logger,
  tenants: readonly [string, string, string],
): Promise<FixtureMessages> {
  const systemCtx = test.ctx({ tenant: null, actor: { kind: 'system', id: 'test' } });
  const keyRing = postgresKeyRing(test.db.pool, { current: { id: 'test', key: Buffer.alloc(32, 7) } });
  const { exchange } = createExchangeRoom({
    ...{ db: test.db, log, access, systemCtx, now: () => new Date(), baseCtx: () => systemCtx },
    storage: createDiskStore({ root: await testFolder(), keyRing }),
    version: '0',
    masterKey: new Uint8Array(32).fill(7),
  });
  const [eksempel, dome, other] = tenants;
  const arkiv = await insertKonto(test, eksempel, 'Eksempel kommune, arkiv', 'no.ks.fiks.arkiv');
  const skole = await insertKonto(test, eksempel, 'Grunnskoleadministrasjon og skolefritidsordning');
  const fag = await insertKonto(test, dome, 'Døme kommune, fagsystem', 'no.ks.fiks.arkiv');
  const [b, c] = [await insertKonto(test, other, 'Annen B'), await insertKonto(test, other, 'Annen C')];
  const node = await listenOn(test, arkiv);
  const ids: Record<MessageName, string> = {
    answered: await send(test, fag, arkiv, { klient_melding_id: newId(), klient_korrelasjons_id: newId() }),
    answer: '',
    ...{ waiting: '', out: '', rejected: '', expired: '', failed: '', somebodyElses: '' },
  };
  await settle(test, node, arkiv, 'requeue');
  await settle(test, node, arkiv, 'ack');
  ids.answer = await send(test, arkiv, fag, { svar_til: ids.answered, type: `${TYPE}.kvittering` });
  await settle(test, node, fag, 'ack');
  ids.rejected = await send(test, arkiv, fag, { innhold: null });
  await settle(test, node, fag, 'reject');
  ids.failed = await send(test, fag, arkiv);
  for (let attempt = 0; attempt < 3; attempt++) await settle(test, node, arkiv, 'connection_lost');
  ids.expired = await send(test, fag, skole, { ttl_ms: -1 });
  await test.owner.query('select exchange.ko_utlop(100, null)');
  for (let nr = 0; nr < 30; nr++) await send(test, fag, skole, { type: 'no.ks.fiks.grunnskole.v1.elev' });
  ids.out = await send(test, fag, arkiv);
  await take(test, node, arkiv);
  ids.waiting = await send(test, fag, skole, { ttl_ms: DAY_MS });
  ids.somebodyElses = await send(test, b, c);
  return { exchange, locales: manifest.locales, ids, kontoId: arkiv.id };
}

async function insertKonto(
  { owner }: TestDatabase,
  tenant: string,
  navn: string,
  protokoll: string | null = null,
): Promise<Party> {
  const id = newId();
  await owner.query(
    `with system as (
       insert into exchange.system (id, tenant_id, integrasjon_id, navn, opprettet, opprettet_av, sist_endret, sist_endret_av)
       values ($4, $2, $5, 'Fagsystem', now(), 'test', now(), 'test') returning id)
     insert into exchange.konto (id, tenant_id, system_id, navn, protokoll, aktiv, dokumentlager_konto_id, opprettet,
       opprettet_av, sist_endret, sist_endret_av)
     select $1, $2, id, $3, $6, true, $1, now(), 'test', now(), 'test' from system`,
    [id, tenant, navn, newId(), newId(), protokoll],
  );
  return { tenant, id, navn };
}

/** A process with one consumer on the konto. */
async function listenOn({ owner }: TestDatabase, konto: Party): Promise<string> {
  const node = newId();
  await owner.query(`select exchange.node_hjerteslag($1, 'test', 3600000, null)`, [node]);
  const consumer = { id: newId(), konto: konto.id, tenant: konto.tenant, forbindelse: 'Arkivet 4.2' };
  await owner.query(`select exchange.konsumenter($1, $2, '{}')`, [node, JSON.stringify([consumer])]);
  return node;
}

async function send(
  { owner }: TestDatabase,
  fra: Party,
  til: Party,
  { innhold = Buffer.alloc(2048, 1), ...change }: Record<string, unknown> & { innhold?: Buffer | null } = {},
): Promise<string> {
  const melding = {
    nr: 1,
    id: newId(),
    ...{ tenant_id: til.tenant, konto_id: til.id },
    ...{ avsender_tenant_id: fra.tenant, avsender_konto_id: fra.id, avsender_navn: fra.navn },
    type: TYPE,
    headere: {},
    storrelse: innhold?.length ?? 0,
    ttl_ms: DAY_MS,
    ...change,
  };
  await owner.query('select exchange.melding_motta($1, $2, null)', [JSON.stringify([melding]), [innhold]]);
  return melding.id;
}

/** Gives the first message of the queue to the consumer. */
async function take({ owner }: TestDatabase, node: string, konto: Party) {
  const token = newId();
  const { rows } = await owner.query<{ seq: number }>(
    `select seq from exchange.ko_hent($1, $2, array[$3::uuid], array[0::bigint], array[1], array[0], array['Arkivet 4.2'], null)`,
    [node, token, konto.id],
  );
  return { token, seq: rows[0]!.seq };
}

async function settle(test: TestDatabase, node: string, konto: Party, outcome: string): Promise<void> {
  const { token, seq } = await take(test, node, konto);
  await test.owner.query(
    'select exchange.ko_oppgjor(array[$1::uuid], array[$2::bigint], array[$3::uuid], array[$4::text], null)',
    [konto.id, seq, token, outcome],
  );
}
