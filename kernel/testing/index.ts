export { CHROMIUM_ARGS, type FoundChromium, findChromium } from './chromium.ts';
export { findRabbitmq, type Rabbitmq, type RabbitmqOptions, startRabbitmq } from './rabbitmq.ts';
export { dropDatabase, type TestDatabase, testDatabase, testFolder } from './test-database.ts';
