export { CHROMIUM_ARGS, type FoundChromium, findChromium } from './chromium.ts';
export { type TestDatabase, testDatabase, testFolder } from './test-database.ts';
