import amqplib, { type Channel, type ChannelModel, type ConsumeMessage } from 'amqplib';
import type { ConsumerReport, ConsumerTask } from './consumer.ts';

// Runs in a process of its own: consumes with the published client, acknowledges at once, and tells when what came.
process.on('message', (task: ConsumerTask) => {
  run(task).then(
    (answer) => process.send!(answer),
    (error: Error) => process.send!({ error: error.message }),
  );
});
process.on('disconnect', () => process.exit());

let model: ChannelModel | undefined;
let channel: Channel | undefined;
/** When each message came, and how long it had been under way, ms. */
let arrivals: number[] = [];
let latencies: number[] = [];

async function run(task: ConsumerTask): Promise<ConsumerReport> {
  switch (task.kind) {
    case 'open':
      await open(task);
      return report();
    case 'take':
      return take(task);
    case 'report': {
      const figures = report();
      arrivals = [];
      latencies = [];
      return figures;
    }
    case 'close':
      await close();
      return report();
  }
}

function report(): ConsumerReport {
  return { arrivals: Float64Array.from(arrivals), latencies: Float64Array.from(latencies) };
}

async function open({ address, queue, prefetch, declare }: ConsumerTask & { kind: 'open' }): Promise<void> {
  channel = await connect(address, prefetch);
  if (declare) await channel.assertQueue(queue, { durable: true });
  const opened = channel;
  await opened.consume(queue, (message) => {
    if (!message) return;
    note(message);
    opened.ack(message);
  });
}

async function connect(address: string | object, prefetch: number): Promise<Channel> {
  model = await amqplib.connect(address as amqplib.Options.Connect, { noDelay: true });
  model.on('error', (error) => process.stderr.write(`bench consumer: ${error.message}\n`));
  const opened = await model.createChannel();
  await opened.prefetch(prefetch);
  return opened;
}

function note(message: ConsumeMessage): void {
  const now = performance.timeOrigin + performance.now();
  arrivals.push(now);
  if (message.content.length >= 8) latencies.push(now - message.content.readDoubleBE(0));
}

/** Takes `count` messages, acknowledges them (and what is on its way by then), and closes. */
async function take(task: ConsumerTask & { kind: 'take' }): Promise<ConsumerReport> {
  const { address, queue, prefetch, count } = task;
  const opened = await connect(address, prefetch);
  arrivals = [];
  latencies = [];
  const enough = Promise.withResolvers<void>();
  const { consumerTag } = await opened.consume(queue, (message) => {
    if (!message) return;
    if (arrivals.length < count) note(message);
    opened.ack(message);
    if (arrivals.length === count) enough.resolve();
  });
  await enough.promise;
  const figures = report();
  await opened.cancel(consumerTag);
  // Answers what was delivered before the cancel; then all of it is acknowledged.
  await opened.close();
  await close();
  return figures;
}

async function close(): Promise<void> {
  await model?.close();
  model = undefined;
  channel = undefined;
}
