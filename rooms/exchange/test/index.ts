/** Fixtures for the tests of rooms that stand on this one: real accounts, real queues, the send face. */
export * from './kontoer-fixture.ts';
export { type QueueTest, queueTest } from './queues-harness.ts';
export { dataPart, metadataPart, multipart, startSend } from './send-fixture.ts';
