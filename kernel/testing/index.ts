export { type TestDatabase, testDatabase, testFolder } from './test-database.ts';
