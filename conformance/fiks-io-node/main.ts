/** Fiks IO from Node.js: `amqplib`, unmodified, and our own `@grunnmur/exchange-client`. */
import { openSuite } from '../kit/suite-side.ts';
import { amqplibChecks } from './amqplib-checks.ts';
import { exchangeClientChecks } from './exchange-client-checks.ts';

const suite = openSuite();
await amqplibChecks(suite);
await exchangeClientChecks(suite);
suite.done();
