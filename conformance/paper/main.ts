/** `npm run conformance:paper`: is the paper what a reader shows, for every PDF in a folder? `--help` tells the options. */
import { readFile } from 'node:fs/promises';
import { compareCorpus } from './compare-corpus.ts';
import { PAPER_USAGE, readPaperOptions } from './options.ts';
import { hasPoppler } from './poppler.ts';
import { exitCodeOf, lineOf, readKnown, reportOf, summaryOf } from './report.ts';

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    console.log(PAPER_USAGE);
    return 0;
  }
  const options = readPaperOptions(args);
  if (options.renderer === 'poppler' && !hasPoppler())
    throw new Error('pdftoppm is not installed (on Debian: apt-get install poppler-utils).');
  const known = readKnown(options.known ? await readFile(options.known, 'utf8') : '');
  const results = await compareCorpus(options, (result) => {
    if (!options.json) console.log(lineOf(result));
  });
  const report = reportOf(results, known);
  console.log(options.json ? JSON.stringify(report, null, 2) : `\n${summaryOf(report)}`);
  return exitCodeOf(report);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`Paper: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
