import type { FieldTable, FieldValue, OutgoingTable } from '../codec/field-table.ts';
import type { IncomingArguments, OutgoingArguments } from '../codec/method-codec.ts';
import { connectionFault } from '../faults.ts';
import { type AmqpLimits, FRAME_MIN_SIZE } from '../limits.ts';

/** What a client says of itself; texts are cut and cleaned, since they are shown to operators. */
export interface ClientInfo {
  readonly name: string;
  readonly product: string;
  readonly version: string;
  /** Wants `connection.close` 403 instead of a closed socket when login fails. */
  readonly authenticationFailureClose: boolean;
  /** Understands a `basic.cancel` from the server. */
  readonly cancelNotify: boolean;
}

export interface Tuning {
  readonly channelMax: number;
  readonly frameMax: number;
  readonly heartbeatMs: number;
}

const TEXT_LENGTH = 128;

/** `connection.start` (fiks-io §3.1). Only PLAIN is offered: the password carries an access token. */
export function startArguments(product: string, version: string): OutgoingArguments<'connection.start'> {
  const serverProperties: OutgoingTable = {
    product,
    version,
    platform: 'Node.js',
    capabilities: {
      publisher_confirms: true,
      'basic.nack': true,
      consumer_cancel_notify: true,
      per_consumer_qos: true,
      authentication_failure_close: true,
    },
  };
  return { versionMajor: 0, versionMinor: 9, serverProperties, mechanisms: 'PLAIN', locales: 'en_US' };
}

export function readClientInfo(properties: FieldTable): ClientInfo {
  const capabilities = tableOf(properties.get('capabilities'));
  return {
    name: textOf(properties.get('connection_name')),
    product: textOf(properties.get('product')),
    version: textOf(properties.get('version')),
    authenticationFailureClose: capabilities.get('authentication_failure_close') === true,
    cancelNotify: capabilities.get('consumer_cancel_notify') === true,
  };
}

function tableOf(value: FieldValue | undefined): FieldTable {
  return value instanceof Map ? value : new Map();
}

function textOf(value: FieldValue | undefined): string {
  if (typeof value !== 'string') return '';
  return value
    .slice(0, TEXT_LENGTH)
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ')
    .trim();
}

/** The response of SASL PLAIN (RFC 4616): `[authzid] NUL authcid NUL passwd`, UTF-8. Undefined when it is not one. */
export function readPlain(response: Buffer): { username: string; password: string } | undefined {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(response);
  } catch {
    return undefined;
  }
  const parts = text.split('\u0000');
  const [onBehalfOf, username, password] = parts;
  if (parts.length !== 3 || !username || !password) return undefined;
  if (onBehalfOf !== '' && onBehalfOf !== username) return undefined;
  return { username, password };
}

/** Checks the client's choice against what was offered (AMQP 0-9-1 §4.2.3, §4.2.7); 0 is "as offered" or "no heartbeats". */
export function readTuning(args: IncomingArguments<'connection.tune-ok'>, limits: AmqpLimits): Tuning {
  const channelMax = args.channelMax || limits.channelMax;
  const frameMax = args.frameMax || limits.frameMax;
  if (channelMax > limits.channelMax) {
    throw connectionFault(
      'NOT_ALLOWED',
      `channel-max ${channelMax} is larger than the ${limits.channelMax} offered`,
    );
  }
  if (frameMax > limits.frameMax || frameMax < FRAME_MIN_SIZE) {
    throw connectionFault(
      'NOT_ALLOWED',
      `frame-max ${frameMax} is not between ${FRAME_MIN_SIZE} and the ${limits.frameMax} offered`,
    );
  }
  return { channelMax, frameMax, heartbeatMs: args.heartbeat * 1000 };
}
