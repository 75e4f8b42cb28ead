export { CHROMIUM_ARGS, type FoundChromium, findChromium } from './chromium.ts';
export { dropDatabase, type TestDatabase, testDatabase, testFolder } from './test-database.ts';
