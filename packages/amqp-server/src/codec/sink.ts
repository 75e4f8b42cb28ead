/** A buffer that grows, written from the front: frames of one turn of the event loop are gathered in it. */
export interface Sink {
  bytes: Buffer;
  at: number;
}

const FIRST_SIZE = 4096;

export function createSink(): Sink {
  return { bytes: Buffer.allocUnsafe(FIRST_SIZE), at: 0 };
}

/** What has been written so far. */
export function written(sink: Sink): Buffer {
  return sink.bytes.subarray(0, sink.at);
}

// `reserve` may replace the buffer: it is called before the buffer is looked at.

export function writeOctet(sink: Sink, value: number): void {
  const at = reserve(sink, 1);
  sink.bytes[at] = value;
}

export function writeShort(sink: Sink, value: number): void {
  const at = reserve(sink, 2);
  sink.bytes.writeUInt16BE(value, at);
}

export function writeLong(sink: Sink, value: number): void {
  const at = reserve(sink, 4);
  sink.bytes.writeUInt32BE(value, at);
}

export function writeLongLong(sink: Sink, value: number): void {
  const at = reserve(sink, 8);
  sink.bytes.writeUInt32BE(Math.floor(value / 0x1_0000_0000), at);
  sink.bytes.writeUInt32BE(value % 0x1_0000_0000, at + 4);
}

/** Text longer than 255 octets is cut at a whole character. */
export function writeShortString(sink: Sink, value: string): void {
  const length = Buffer.byteLength(value);
  if (length > 255) {
    writeShortString(sink, cutText(value));
    return;
  }
  const at = reserve(sink, 1 + length);
  sink.bytes[at] = length;
  sink.bytes.write(value, at + 1, 'utf8');
}

export function writeLongString(sink: Sink, value: string | Uint8Array): void {
  if (typeof value === 'string') {
    const length = Buffer.byteLength(value);
    writeLong(sink, length);
    const at = reserve(sink, length);
    sink.bytes.write(value, at, 'utf8');
  } else {
    writeLong(sink, value.length);
    writeBytes(sink, value);
  }
}

export function writeBytes(sink: Sink, value: Uint8Array): void {
  const at = reserve(sink, value.length);
  sink.bytes.set(value, at);
}

/** Makes room for `length` octets and returns where they begin. */
export function reserve(sink: Sink, length: number): number {
  const { at } = sink;
  const needed = at + length;
  if (needed > sink.bytes.length) {
    const larger = Buffer.allocUnsafe(Math.max(needed, sink.bytes.length * 2));
    larger.set(sink.bytes.subarray(0, at));
    sink.bytes = larger;
  }
  sink.at = needed;
  return at;
}

function cutText(value: string): string {
  const cut = Buffer.from(value).subarray(0, 255).toString('utf8');
  // A character cut in two has become replacement characters of three octets each.
  return Buffer.byteLength(cut) <= 255 && !cut.endsWith('\ufffd') ? cut : value.slice(0, 63);
}
