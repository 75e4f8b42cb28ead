export { CHROMIUM_ARGS, type FoundChromium, findChromium } from './chromium.ts';
export { findRabbitmq, type Rabbitmq, type RabbitmqOptions, startRabbitmq } from './rabbitmq.ts';
export { ADDRESS_PIECES, REDIRECT_PAYLOADS } from './redirect-payloads.ts';
export { dropDatabase, type TestDatabase, testDatabase, testFolder } from './test-database.ts';
