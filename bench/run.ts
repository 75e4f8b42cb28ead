import { EXCHANGE_PARTS, runExchange } from './exchange/run-exchange.ts';
import { runPost } from './post/run-post.ts';

const USAGE = `npm run bench -- [post|exchange] [--quick] [--only <part>] [--write]

  --quick        short runs: shows that the bench works, not how fast the platform is
  --only <part>  post: accept, inserts, end-to-end, growth, large or start
                 exchange: ${EXCHANGE_PARTS.join(', ')}
  --write        writes its section of docs/performance.md (whole runs only)
`;

const SUITES = { post: runPost, exchange: runExchange };

await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  const onlyAt = args.indexOf('--only');
  const only = onlyAt < 0 ? undefined : args[onlyAt + 1];
  const [suite = 'post'] = args.filter((arg, index) => !arg.startsWith('--') && args[index - 1] !== '--only');
  if (!Object.hasOwn(SUITES, suite) || args.includes('--help')) {
    process.stdout.write(USAGE);
    process.exit(args.includes('--help') ? 0 : 1);
  }
  try {
    const options = { quick: args.includes('--quick'), write: args.includes('--write'), only };
    process.exitCode = (await SUITES[suite as keyof typeof SUITES](options)) ? 0 : 1;
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).stack}\n`);
    process.exitCode = 1;
  }
}
