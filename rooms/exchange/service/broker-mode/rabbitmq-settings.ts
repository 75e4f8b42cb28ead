/** Where RabbitMQ is, and who it is (fiks-io §3.7). */
export interface RabbitmqSettings {
  /** `amqp://user:password@host:port/vhost`, a user of RabbitMQ's own that may do everything in the vhost. */
  readonly url: string;
  /** `http://user:password@host:15672`: the management API, for what consumers have not acknowledged. */
  readonly managementUrl: string;
  /** Addresses and networks that may ask who may log in: RabbitMQ's own. */
  readonly peers: readonly string[];
  /** How often the lengths of queues are looked at. Default 5 s, RabbitMQ's own pace. */
  readonly observeMs?: number;
  /** How old the lengths that RabbitMQ tells may be. Default 12 s: it renews them every 5 s, in two steps. */
  readonly staleMs?: number;
}

/** Of the address: `/` unless it has a path; `%2F` is `/` too. */
export function vhostOf({ url }: Pick<RabbitmqSettings, 'url'>): string {
  return decodeURIComponent(new URL(url).pathname.slice(1)) || '/';
}
