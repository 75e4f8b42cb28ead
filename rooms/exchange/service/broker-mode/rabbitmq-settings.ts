/** Where RabbitMQ is, and who it is (fiks-io §3.7). */
export interface RabbitmqSettings {
  /** `amqp://user:password@host:port/vhost`, a user of RabbitMQ's own that may do everything in the vhost. */
  readonly url: string;
  /** `http://user:password@host:15672`: the management API, for what consumers have not acknowledged. */
  readonly managementUrl: string;
  /** Addresses and networks that may ask who may log in: RabbitMQ's own. */
  readonly peers: readonly string[];
  /** How often RabbitMQ makes its statistics: `collect_statistics_interval` and `quorum_tick_interval`. Default 5 s, as its own. */
  readonly statisticsMs?: number;
}

/** Of the address: `/` unless it has a path; `%2F` is `/` too. */
export function vhostOf({ url }: Pick<RabbitmqSettings, 'url'>): string {
  return decodeURIComponent(new URL(url).pathname.slice(1)) || '/';
}
