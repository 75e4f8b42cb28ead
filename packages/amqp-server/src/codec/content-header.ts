import { type OutgoingTable, writeTable } from './field-table.ts';
import { type Sink, writeLongLong, writeOctet, writeShort, writeShortString } from './sink.ts';

/** Properties of a delivery (fiks-io §3.4). */
export interface DeliveryProperties {
  /** Always written, also when empty: both published clients read it without asking whether it is there. */
  readonly headers: OutgoingTable;
  readonly expiration: string | undefined;
  readonly messageId: string;
  readonly timestamp: Date;
}

const CLASS_BASIC = 60;
// Flags of the properties of class basic, from the highest bit in the order of their values (AMQP 0-9-1 §4.2.6.1).
const HEADERS = 1 << 13;
const DELIVERY_MODE = 1 << 12;
const EXPIRATION = 1 << 8;
const MESSAGE_ID = 1 << 7;
const TIMESTAMP = 1 << 6;
const PERSISTENT = 2;

/** Writes the payload of a content header frame. */
export function writeContentHeader(sink: Sink, size: number, properties: DeliveryProperties): void {
  const { expiration } = properties;
  writeShort(sink, CLASS_BASIC);
  writeShort(sink, 0);
  writeLongLong(sink, size);
  writeShort(
    sink,
    HEADERS | DELIVERY_MODE | MESSAGE_ID | TIMESTAMP | (expiration === undefined ? 0 : EXPIRATION),
  );
  writeTable(sink, properties.headers);
  writeOctet(sink, PERSISTENT);
  if (expiration !== undefined) writeShortString(sink, expiration);
  writeShortString(sink, properties.messageId);
  writeLongLong(sink, Math.floor(properties.timestamp.getTime() / 1000));
}
