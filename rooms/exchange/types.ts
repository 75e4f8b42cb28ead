/** Who owns a queue: a konto of a system of an organisation (fiks-io §2: vocabulary). */
export interface Konto {
  readonly id: string;
  /** fiksOrgId: the owning organisation, the tenant of the konto's rows. */
  readonly tenant: string;
  readonly systemId: string;
  /** The integration of the system; the only one that may send from and read the konto. */
  readonly integrasjonId: string;
  readonly navn: string;
  readonly beskrivelse: string;
  /** Undefined for a bare Fiks IO-konto, which may send any type to any other bare konto. */
  readonly protokoll: string | undefined;
  readonly aktiv: boolean;
  readonly sendDeaktivert: boolean;
  readonly slettet: boolean;
}

/** What became of a message. `PAA_KO` is the only state that is not final. */
export const MELDING_STATUSES = [
  /** Waits on the queue, or is with a consumer that has not answered yet. */
  'PAA_KO',
  /** Acknowledged by a consumer. */
  'KVITTERT',
  /** Nacked without requeue: the consumer does not want it. No answer to the sender (§3.5). */
  'AVVIST',
  /** Three failed deliveries, or the konto is gone: `serverfeil.v1` went to the sender. */
  'FEILET',
  /** The deadline passed before delivery: `tidsavbrudd` went to the sender. */
  'UTLOPT',
] as const;
export type MeldingStatus = (typeof MELDING_STATUSES)[number];

/** Steps of a message's timeline (`exchange.hendelse.kode`). */
export const HENDELSE_KODER = [
  'MOTTATT',
  'UTLEVERT',
  /** Handed over to RabbitMQ, where that is the broker; it does not say to whom it delivers. */
  'OVERFORT',
  'KVITTERT',
  /** Taken for acknowledged because RabbitMQ's queue became shorter; which one it was is not certain (docs/rabbitmq.md). */
  'KVITTERT_ANTATT',
  'AVVIST',
  'LAGT_TILBAKE',
  'FORBINDELSE_BRUTT',
  /** Its stored payload is lost or damaged. */
  'INNHOLD_SKADET',
  'FEILET',
  'UTLOPT',
  'BESVART',
  'SERVERFEIL_SENDT',
  'TIDSAVBRUDD_SENDT',
] as const;
export type HendelseKode = (typeof HENDELSE_KODER)[number];

/** Platform messages (fiks-io §3.6). */
export const TIDSAVBRUDD = 'no.ks.fiks.kvittering.tidsavbrudd';
export const SERVERFEIL = 'no.ks.fiks.kvittering.serverfeil.v1';

/** Name of a konto's queue, and the routing key of every delivery from it (§3.3). */
export const QUEUE_PREFIX = 'fiksio.konto.';
export const EXCHANGE_NAME = 'fiks-io.meldinger';
