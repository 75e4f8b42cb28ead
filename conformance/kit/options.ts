import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BROKERS, type BrokerName } from './start-broker.ts';

/** What a run is asked to do. */
export interface Options {
  /** An installation that is already there; without it a fresh server is started for the run. */
  readonly target: { readonly baseUrl: string; readonly accessFile: string } | undefined;
  /** Write the results to the protocol pages. */
  readonly write: boolean;
  /** A suite that cannot run counts as failed. */
  readonly strict: boolean;
  /** Even when strict: a client that the Maven repository or package index does not have is reported, not counted as failed. */
  readonly allowUnavailable: boolean;
  /** Who has the queues of Fiks IO, one run with each; empty means all that can be tried here. */
  readonly brokers: readonly BrokerName[];
  /** Names of the suites to run; empty means all. */
  readonly only: readonly string[];
  /** Where clients come from that are not known to be the published files; without it they stay off the pages. */
  readonly localOrigin: string | undefined;
  /** Handed to Maven unchanged, for instance to try another release of a client. */
  readonly mavenArguments: readonly string[];
}

export const USAGE = `npm run conformance -- [options]

  --base-url <url> --access <file>   run against an installation that is already there; <file> has the logins, in the
                                     shape of <data>/demo-access.json
  --only <suite>                     run this suite only (may be repeated)
  --broker <built-in|rabbitmq>       who has the queues of Fiks IO (may be repeated); default both, when RabbitMQ is installed
  --no-write                         leave the pages in docs/protocols alone (as in CI)
  --strict                           a suite that cannot run counts as failed (as in CI)
  --allow-unavailable                … but not a client that the Maven repository or package index does not have
  --local-origin "<where from>"      put local builds on the pages too, named as such and with this origin
  --maven-arg=<argument>             hand an argument to Maven (may be repeated)
`;

/** Reads the command line; throws with a sentence for the user when it makes no sense. */
export function readOptions(args: readonly string[], ci: boolean): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      'base-url': { type: 'string' },
      access: { type: 'string' },
      broker: { type: 'string', multiple: true, default: [] },
      only: { type: 'string', multiple: true, default: [] },
      'no-write': { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
      'allow-unavailable': { type: 'boolean', default: false },
      'local-origin': { type: 'string' },
      'maven-arg': { type: 'string', multiple: true, default: [] },
    },
  });
  const { 'base-url': baseUrl, access } = values;
  if ((baseUrl === undefined) !== (access === undefined))
    throw new Error('--base-url and --access belong together.');
  if (baseUrl !== undefined && !/^https?:\/\/[^/]+/.test(baseUrl))
    throw new Error('--base-url must be an http(s) address.');
  const brokers = values.broker.map((name) => {
    const broker = BROKERS.find((known) => known === name);
    if (!broker) throw new Error(`--broker must be one of ${BROKERS.join(', ')}.`);
    return broker;
  });
  if (brokers.length > 0 && baseUrl !== undefined)
    throw new Error('--broker is for a server that is started for the run.');
  return {
    brokers,
    target:
      baseUrl && access ? { baseUrl: baseUrl.replace(/\/$/, ''), accessFile: resolve(access) } : undefined,
    // A run in CI must leave the work tree as it was, and a partial run says too little for the page.
    write: !values['no-write'] && !ci && values.only.length === 0 && brokers.length === 0,
    strict: values.strict || ci,
    allowUnavailable: values['allow-unavailable'],
    only: values.only,
    localOrigin: values['local-origin'],
    mavenArguments: values['maven-arg'],
  };
}
