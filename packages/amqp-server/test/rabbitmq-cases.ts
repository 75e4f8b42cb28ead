import { until } from './amqplib-client.ts';
import { OTHERS_QUEUE, QUEUE } from './fixture.ts';
import { encode, endRaw, frame, openRawChannel } from './raw-client.ts';

export interface Case {
  readonly name: string;
  readonly steps: readonly Buffer[];
  /** Every answer in order: `Name`, or for a close `Name code class.method`. */
  readonly answers: readonly string[];
}

const method = (name: string, fields: Record<string, unknown> = {}) => encode(1, name, fields);
const declare = (fields: Record<string, unknown>) => method('QueueDeclare', { queue: '', ...fields });
const exchange = (name: string, passive = true) => method('ExchangeDeclare', { exchange: name, passive });
const publish = Buffer.concat([
  method('BasicPublish', { exchange: 'fiks-io.meldinger', routingKey: QUEUE }),
  frame(2, 1, Buffer.from([0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0])),
  frame(3, 1, Buffer.from('x')),
]);
const bind = { queue: QUEUE, source: 'amq.direct', destination: 'amq.fanout', exchange: 'amq.direct' };

/**
 * What a client with the rights of an integration may try besides consuming. Both servers must answer alike: a client that
 * has learnt to live with RabbitMQ then lives with ours, also with what neither permits.
 */
export const CASES: readonly Case[] = [
  { name: 'confirm.select', steps: [method('ConfirmSelect')], answers: ['ConfirmSelectOk'] },
  {
    name: 'confirm.select twice, the first without an answer',
    steps: [method('ConfirmSelect', { nowait: true }), method('ConfirmSelect')],
    answers: ['ConfirmSelectOk'],
  },
  {
    name: 'publishing in confirm mode',
    steps: [method('ConfirmSelect'), publish],
    answers: ['ConfirmSelectOk', 'ChannelClose 403 60.40'],
  },
  { name: 'publishing', steps: [publish], answers: ['ChannelClose 403 60.40'] },
  {
    name: 'a transaction with nothing in it',
    steps: [method('TxSelect'), method('TxSelect'), method('TxCommit'), method('TxRollback')],
    answers: ['TxSelectOk', 'TxSelectOk', 'TxCommitOk', 'TxRollbackOk'],
  },
  {
    name: 'publishing in a transaction',
    steps: [method('TxSelect'), publish],
    answers: ['TxSelectOk', 'ChannelClose 403 60.40'],
  },
  { name: 'tx.commit without tx', steps: [method('TxCommit')], answers: ['ChannelClose 406 90.20'] },
  { name: 'tx.rollback without tx', steps: [method('TxRollback')], answers: ['ChannelClose 406 90.30'] },
  {
    name: 'confirm after tx',
    steps: [method('TxSelect'), method('ConfirmSelect')],
    answers: ['TxSelectOk', 'ChannelClose 406 85.10'],
  },
  {
    name: 'tx after confirm',
    steps: [method('ConfirmSelect'), method('TxSelect')],
    answers: ['ConfirmSelectOk', 'ChannelClose 406 90.10'],
  },
  {
    name: 'a queue of its own',
    steps: [declare({ exclusive: true })],
    answers: ['ChannelClose 403 50.10'],
  },
  { name: 'a queue named by the server', steps: [declare({})], answers: ['ChannelClose 403 50.10'] },
  { name: 'a new queue', steps: [declare({ queue: 'ny.kø' })], answers: ['ChannelClose 403 50.10'] },
  {
    name: 'an exclusive declaration of a queue that is there',
    steps: [declare({ queue: QUEUE, exclusive: true })],
    answers: ['ChannelClose 403 50.10'],
  },
  {
    name: 'an unknown queue, passive',
    steps: [declare({ queue: 'ny.kø', passive: true })],
    answers: ['ChannelClose 404 50.10'],
  },
  {
    name: 'the queue declared before, when there is none',
    steps: [declare({ passive: true })],
    answers: ['ChannelClose 404 50.10'],
  },
  {
    name: 'its own queue, passive',
    steps: [declare({ queue: QUEUE, passive: true })],
    answers: ['QueueDeclareOk'],
  },
  {
    name: 'consuming another’s queue',
    steps: [method('BasicConsume', { queue: OTHERS_QUEUE, consumerTag: '' })],
    answers: ['ChannelClose 403 60.20'],
  },
  {
    name: 'getting from another’s queue',
    steps: [method('BasicGet', { queue: OTHERS_QUEUE })],
    answers: ['ChannelClose 403 60.70'],
  },
  { name: 'queue.bind', steps: [method('QueueBind', bind)], answers: ['ChannelClose 403 50.20'] },
  { name: 'queue.unbind', steps: [method('QueueUnbind', bind)], answers: ['ChannelClose 403 50.50'] },
  { name: 'queue.delete', steps: [method('QueueDelete', bind)], answers: ['ChannelClose 403 50.40'] },
  {
    name: 'purging another’s queue',
    steps: [method('QueuePurge', { queue: OTHERS_QUEUE })],
    answers: ['ChannelClose 403 50.30'],
  },
  ...['amq.direct', 'amq.fanout', 'amq.topic', 'amq.headers', 'amq.match', 'amq.rabbitmq.trace'].map(
    (name) => ({
      name: `${name}, passive`,
      steps: [exchange(name)],
      answers: ['ExchangeDeclareOk'],
    }),
  ),
  {
    name: 'an unknown exchange, passive',
    steps: [exchange('finnes-ikke')],
    answers: ['ChannelClose 404 40.10'],
  },
  { name: 'the default exchange', steps: [exchange('')], answers: ['ChannelClose 403 40.10'] },
  { name: 'a new exchange', steps: [exchange('ny', false)], answers: ['ChannelClose 403 40.10'] },
  { name: 'exchange.bind', steps: [method('ExchangeBind', bind)], answers: ['ChannelClose 403 40.30'] },
  { name: 'exchange.delete', steps: [method('ExchangeDelete', bind)], answers: ['ChannelClose 403 40.20'] },
  {
    name: 'an unknown delivery tag',
    steps: [method('BasicAck', { deliveryTag: 7 })],
    answers: ['ChannelClose 406 60.80'],
  },
  {
    name: 'a consumer tag in use',
    steps: ['a', 'a'].map((consumerTag) => method('BasicConsume', { queue: QUEUE, consumerTag })),
    answers: ['BasicConsumeOk', 'ConnectionClose 530 60.20'],
  },
  {
    name: 'cancelling an unknown consumer',
    steps: [method('BasicCancel', { consumerTag: 'ukjent' })],
    answers: ['BasicCancelOk'],
  },
  {
    name: 'prefetch-size',
    steps: [method('BasicQos', { prefetchSize: 1 })],
    answers: ['ConnectionClose 540 60.10'],
  },
  {
    name: 'recover without requeue',
    steps: [method('BasicRecover', { requeue: false })],
    answers: ['ConnectionClose 540 60.110'],
  },
  {
    name: 'a method on a channel that is not open',
    steps: [encode(9, 'BasicQos')],
    answers: ['ConnectionClose 504 60.10'],
  },
  {
    name: 'a channel opened twice',
    steps: [method('ChannelOpen')],
    answers: ['ConnectionClose 504 20.10'],
  },
  {
    name: 'a new secret',
    steps: [encode(0, 'ConnectionUpdateSecret', { newSecret: Buffer.from('nytt'), reason: 'fornyet' })],
    answers: ['ConnectionUpdateSecretOk'],
  },
  {
    name: 'closing',
    steps: [encode(0, 'ConnectionClose', { replyCode: 200, replyText: '', classId: 0, methodId: 0 })],
    answers: ['ConnectionCloseOk'],
  },
];

/** What a server answers to the steps of a case on a channel of its own. */
export async function answersOf(port: number, { steps, answers }: Case): Promise<string[]> {
  const client = await openRawChannel(port, { channelMax: 2047, frameMax: 131_072 });
  const before = client.frames.length;
  const given = () => client.frames.slice(before).filter(({ type }) => type === 1);
  client.write(...steps);
  const isOver = () => given().some(({ name }) => /^(Channel|Connection)Close$/.test(name));
  await until(() => given().length >= answers.length || isOver() || client.ended(), 'answers');
  await endRaw(client);
  return given().map(({ name, fields }) =>
    'replyCode' in fields ? `${name} ${fields.replyCode} ${fields.classId}.${fields.methodId}` : name,
  );
}
