import { randomBytes } from 'node:crypto';
import amqplib, { type ConfirmChannel } from 'amqplib';
import { sendingTime } from '../load/requests.ts';
import type { PublishResult, PublishTask } from './rabbitmq-run.ts';

// Runs in a process of its own: publishers that each wait for the confirm of one message before they send the next.
process.on('message', (task: PublishTask) => {
  run(task).then(
    (answer) => process.send!(answer),
    (error: Error) => process.send!({ error: error.message }),
  );
});
process.on('disconnect', () => process.exit());

async function run({
  url,
  queue,
  publishers,
  payloadBytes,
  durationMs,
}: PublishTask): Promise<PublishResult> {
  const rest = randomBytes(payloadBytes - 8);
  const models = await Promise.all(
    Array.from({ length: publishers }, () => amqplib.connect(url, { noDelay: true })),
  );
  const channels = await Promise.all(models.map((model) => model.createConfirmChannel()));
  const latencies: number[] = [];
  const end = performance.now() + durationMs;
  const publish = async (channel: ConfirmChannel) => {
    while (performance.now() < end) {
      const from = performance.now();
      await confirmed(channel, queue, Buffer.concat([sendingTime(), rest]));
      latencies.push(performance.now() - from);
    }
  };
  await Promise.all(channels.map(publish));
  await Promise.all(models.map((model) => model.close()));
  return { latencies: Float64Array.from(latencies) };
}

function confirmed(channel: ConfirmChannel, queue: string, content: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    channel.sendToQueue(queue, content, { persistent: true }, (error) => (error ? reject(error) : resolve()));
  });
}
