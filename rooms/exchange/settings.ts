import { form, port, type RoomSettings, text, whole } from '@grunnmur/kernel/room';
import { type Static, Type } from 'typebox';
import { allowsPeer } from './routes/authorization/allows-peer.ts';

const amqp = {
  AMQPS_PORT: port({
    doc: 'Fiks IO clients connect here (AMQP 0-9-1). With TLS: default 5671 in a demonstration, which makes its own certificate, and in production when the next two are given. 0 takes any free port, and is the default with PORT=0.',
    example: '5671',
  }),
  AMQP_TLS_KEY_FILE: text({
    doc: 'Key of the AMQP listener (PEM). Needed in production, for Fiks IO.',
    example: '/etc/grunnmur/amqp.key.pem',
    file: 'text',
  }),
  AMQP_TLS_CERTIFICATE_FILE: text({
    doc: 'Certificate of the AMQP listener (PEM, leaf first, with the chain).',
    example: '/etc/grunnmur/amqp.cert.pem',
    file: 'certificates',
  }),
  AMQP_PORT: port({
    doc: 'Without TLS, on 127.0.0.1 only. Default 5672 in a demonstration; none in production.',
    example: '5672',
  }),
  AMQP_MAX_CONNECTIONS: whole(5_000, 1, 100_000, {
    doc: 'Most AMQP connections of one process; fewer when the process may not have that many open files.',
  }),
  AMQP_MAX_CONNECTIONS_PER_ADDRESS: whole(2_500, 1, 100_000, {
    doc: 'Most AMQP connections of one network address: raise it behind a TCP proxy.',
  }),
};

const broker = {
  EXCHANGE_BROKER: form('^amqps?://[^\\s@]+:[^\\s@]+@[^\\s@]+$', {
    rule: 'must be amqp://user:password@host:port/vhost, or amqps://',
    doc: "RabbitMQ as the broker in place of the platform itself (docs/rabbitmq.md), with a user of RabbitMQ's own. Clients connect there; nothing is listened for here, and the AMQP ports only say which ones RabbitMQ has for them.",
    example: 'amqp://grunnmur:password@rabbitmq.example.no:5672',
  }),
  EXCHANGE_BROKER_MANAGEMENT: form('^https?://[^\\s@]+:[^\\s@]+@[^\\s@]+$', {
    rule: 'must be http://user:password@host:port, or https://',
    doc: "RabbitMQ's management API, for how much has not been acknowledged.",
    example: 'http://grunnmur:password@rabbitmq.example.no:15672',
  }),
  EXCHANGE_BROKER_PEERS: Type.String({
    pattern: '^[0-9A-Fa-f:.,/ ]+$',
    default: '127.0.0.1,::1',
    notes: {
      rule: 'must be addresses or networks, separated by commas',
      doc: 'Addresses and networks of RabbitMQ: only they may ask who may log in.',
    },
  }),
  EXCHANGE_BROKER_STATISTICS_SECONDS: whole(5, 1, 60, {
    doc: 'How often RabbitMQ makes its statistics; its own default is 5.',
  }),
};

export const Settings = Type.Object({
  ...amqp,
  ...broker,
  EXCHANGE_INLINE_MAX_BYTES: whole(32_768, 0, 1_048_576, {
    doc: 'Payloads up to this size are kept in the database.',
  }),
  EXCHANGE_DOCUMENT_OVER_BYTES: whole(5_242_880, 1_024, 60_000_000, {
    doc: 'Payloads over this size are kept in Dokumentlager; those in between as files.',
  }),
  EXCHANGE_LEASE_SECONDS: whole(20, 2, 3_600, {
    doc: 'A process not heard of for this long is dead, and the messages it had given out are given out again.',
  }),
  EXCHANGE_SCHEMAS_DIR: text({
    doc: 'Folder with newer published schemas of the protocols (JSON Schema, XSD): they go before our own definitions when messages are validated.',
    example: '/etc/grunnmur/schemas',
  }),
  EXCHANGE_VALIDATOR_KONTOER: form('^[0-9a-f-]{36}([\\s,]+[0-9a-f-]{36})*$', {
    rule: 'must be ids of kontoer, separated by commas',
    doc: "Ids of kontoer whose messages the platform itself answers with a validation report, with commas between. Each needs a key of the platform's own: `npx grunnmur exchange konto validator`. The demonstration has one.",
    example: '33333333-3333-4333-8333-000000000009',
  }),
});
export type Settings = Static<typeof Settings>;

export const settings: RoomSettings = {
  title: 'Messages between systems',
  schema: Settings,
  faults: (env, mode) => {
    const faults: string[] = [];
    if (Boolean(env.AMQP_TLS_KEY_FILE) !== Boolean(env.AMQP_TLS_CERTIFICATE_FILE))
      faults.push('AMQP_TLS_KEY_FILE: this and AMQP_TLS_CERTIFICATE_FILE belong together');
    if (Boolean(env.EXCHANGE_BROKER) !== Boolean(env.EXCHANGE_BROKER_MANAGEMENT))
      faults.push('EXCHANGE_BROKER: this and EXCHANGE_BROKER_MANAGEMENT belong together');
    const ownTls = mode === 'production' && !env.EXCHANGE_BROKER;
    if (env.AMQPS_PORT && ownTls && !env.AMQP_TLS_KEY_FILE)
      faults.push('AMQPS_PORT: needs AMQP_TLS_KEY_FILE and AMQP_TLS_CERTIFICATE_FILE in production');
    if (env.AMQP_PORT && env.AMQP_PORT !== '0' && env.AMQP_PORT === env.AMQPS_PORT)
      faults.push('AMQPS_PORT: must be another than AMQP_PORT');
    return [...faults, ...peerFaults(env.EXCHANGE_BROKER_PEERS)];
  },
};

function peerFaults(peers: string | undefined): string[] {
  try {
    allowsPeer(peers?.split(/[\s,]+/).filter((peer) => peer !== '') ?? []);
    return [];
  } catch (error) {
    return [`EXCHANGE_BROKER_PEERS: ${(error as Error).message}`];
  }
}
