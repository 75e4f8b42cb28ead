import { connect, type Socket } from 'node:net';

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** One keep-alive HTTP/1.1 connection with one request at a time. */
export interface Connection {
  send(parts: readonly (Buffer | string)[]): Promise<Answer>;
  close(): void;
}

const REQUEST_LIMIT_MS = 60_000;

/**
 * A client over a raw socket that does as little as it can, so that the processor time is the server's. It reads
 * answers with a Content-Length and nothing else, which is what the calls of the bench get.
 */
export function openConnection(port: number): Connection {
  let socket: Socket | undefined;
  let received = '';
  let settle: { resolve(answer: Answer): void; reject(error: Error): void } | undefined;

  const fail = (error: Error) => {
    socket?.destroy();
    socket = undefined;
    const waiting = settle;
    settle = undefined;
    waiting?.reject(error);
  };
  const onData = (chunk: Buffer) => {
    received += chunk.toString('latin1');
    const end = received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = /content-length: (\d+)/i.exec(received.slice(0, end))?.[1];
    if (length === undefined) return fail(new Error('an answer without Content-Length'));
    if (received.length < end + 4 + Number(length)) return;
    const answer = { status: Number(received.slice(9, 12)), body: received.slice(end + 4) };
    received = '';
    const waiting = settle;
    settle = undefined;
    waiting?.resolve(answer);
  };
  const open = (): Socket => {
    const opened = connect({ port, host: '127.0.0.1', noDelay: true });
    opened.setTimeout(REQUEST_LIMIT_MS, () => settle && fail(new Error('timeout')));
    opened.on('data', onData);
    opened.on('error', (error: NodeJS.ErrnoException) => fail(new Error(error.code ?? 'socket')));
    opened.on('close', () => fail(new Error('closed')));
    return opened;
  };
  return {
    send: (parts) =>
      new Promise((resolve, reject) => {
        received = '';
        settle = { resolve, reject };
        socket ??= open();
        socket.cork();
        for (const part of parts) socket.write(part);
        socket.uncork();
      }),
    close: () => {
      settle = undefined;
      socket?.destroy();
    },
  };
}
