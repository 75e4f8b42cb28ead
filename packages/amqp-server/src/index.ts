/** Serves queues of the host's own to AMQP 0-9-1 clients. README.md says what is implemented. */

export type { ConnectionStatus } from './connection/connection-types.ts';
export { type AmqpLimits, DEFAULT_LIMITS } from './limits.ts';
export * from './ports.ts';
export {
  type AmqpListener,
  type AmqpServer,
  type AmqpServerOptions,
  type AmqpStats,
  createAmqpServer,
} from './server.ts';
