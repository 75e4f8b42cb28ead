import { channelFault } from '../faults.ts';
import type { Channel } from './channel-state.ts';
import { commitStaged, unstage } from './settle.ts';

/**
 * Publisher confirms: nothing is published here, so there is nothing to confirm, but clients ask for the mode when they
 * open a channel, before they know whether they will publish (RabbitMQ's extension of AMQP 0-9-1: confirm.select).
 */
export function selectConfirm(channel: Channel, nowait: boolean): void {
  if (channel.mode === 'tx')
    throw channelFault('PRECONDITION_FAILED', 'cannot switch from tx to confirm mode');
  channel.mode = 'confirm';
  if (!nowait) channel.output.send('confirm.select-ok', {});
}

/** Transactions hold a channel's answers until they are committed (AMQP 0-9-1: tx; acknowledgements only). */
export function selectTransactions(channel: Channel): void {
  if (channel.mode === 'confirm') {
    throw channelFault('PRECONDITION_FAILED', 'cannot switch from confirm to tx mode');
  }
  channel.mode = 'tx';
  channel.output.send('tx.select-ok', {});
}

/** `commit-ok` is sent when the answers are durable. */
export async function commit(channel: Channel): Promise<void> {
  requireTransactions(channel);
  await commitStaged(channel);
  channel.output.send('tx.commit-ok', {});
}

/** The answers count as not given: the deliveries are the client's to answer again. */
export function rollback(channel: Channel): void {
  requireTransactions(channel);
  unstage(channel);
  channel.output.send('tx.rollback-ok', {});
}

function requireTransactions(channel: Channel): void {
  if (channel.mode !== 'tx') throw channelFault('PRECONDITION_FAILED', 'channel is not transactional');
}
