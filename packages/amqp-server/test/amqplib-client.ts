import { once } from 'node:events';
import { connect as netConnect, type Socket } from 'node:net';
import amqplib, { type Channel, type ChannelModel, type ConsumeMessage } from 'amqplib';

// amqplib, unmodified, as tests of the server and of its hosts use it.

export const INTEGRASJON = '5d3e2c6a-0c0b-4a53-9a63-0f6f3bb1f001';
export const OTHER = '5d3e2c6a-0c0b-4a53-9a63-0f6f3bb1f002';
export const PASSWORD = 'pw med mellomrom';
export const TOKEN = 'header.payload.signature';

export interface Login {
  readonly username?: string;
  readonly password?: string;
  readonly heartbeat?: number;
  readonly frameMax?: number;
  readonly name?: string;
  readonly vhost?: string;
  readonly ca?: string;
}

/** amqplib, unmodified. Errors of the connection are kept for the test to look at. */
export async function connect(port: number, login: Login = {}): Promise<ChannelModel & { errors: Error[] }> {
  const model = await amqplib.connect(
    {
      protocol: login.ca ? 'amqps' : 'amqp',
      hostname: 'localhost',
      port,
      username: login.username ?? INTEGRASJON,
      password: login.password ?? `${PASSWORD} ${TOKEN}`,
      frameMax: login.frameMax ?? 0,
      heartbeat: login.heartbeat ?? 0,
      vhost: login.vhost ?? '/',
    },
    {
      clientProperties: { connection_name: login.name ?? 'amqp-test' },
      ...(login.ca ? { ca: login.ca } : {}),
    },
  );
  const errors: Error[] = [];
  model.on('error', (error) => errors.push(error));
  return Object.assign(model, { errors });
}

/** A channel whose errors are kept. */
export async function openChannel(model: ChannelModel): Promise<Channel & { errors: Error[] }> {
  const channel = await model.createChannel();
  const errors: Error[] = [];
  channel.on('error', (error) => errors.push(error));
  return Object.assign(channel, { errors });
}

/** Gathers what a consumer is given; `take` waits for the next. */
export interface Inbox {
  readonly messages: (ConsumeMessage | null)[];
  readonly receive: (message: ConsumeMessage | null) => void;
  readonly take: () => Promise<ConsumeMessage | null>;
}

export function createInbox(): Inbox {
  const messages: (ConsumeMessage | null)[] = [];
  const unread: (ConsumeMessage | null)[] = [];
  const waiting: ((message: ConsumeMessage | null) => void)[] = [];
  return {
    messages,
    receive: (message) => {
      messages.push(message);
      const next = waiting.shift();
      if (next) next(message);
      else unread.push(message);
    },
    take: () => {
      if (unread.length > 0) return Promise.resolve(unread.shift()!);
      return new Promise((resolve) => {
        waiting.push(resolve);
      });
    },
  };
}

/** Waits until `condition` holds. */
export async function until(condition: () => boolean, what: string, ms = 10_000): Promise<void> {
  const end = Date.now() + ms;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Lets what is on its way arrive: for asserting that something does not happen. */
export const quiet = (ms = 100): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A plain socket to the server. */
export async function rawSocket(port: number): Promise<Socket> {
  const socket = netConnect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}
