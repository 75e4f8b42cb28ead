export { CHROMIUM_ARGS, type FoundChromium, findChromium } from './chromium.ts';
export { afterTestFile } from './clean-up.ts';
export { bytes, createRandom, mutate, pick, type Random } from './fuzz.ts';
export {
  findRabbitmq,
  type Rabbitmq,
  type RabbitmqOptions,
  rabbitmqIsMissing,
  startRabbitmq,
} from './rabbitmq.ts';
export { ADDRESS_PIECES, REDIRECT_PAYLOADS } from './redirect-payloads.ts';
export { dropDatabase, type TestDatabase, testDatabase, testFolder } from './test-database.ts';
export { untoldOperations } from './told-operations.ts';
