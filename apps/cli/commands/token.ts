import type { Command } from 'commander';
import { type AccessOptions, addAccessOptions } from '../access/access-values.ts';
import { senderAccesses } from '../access/sender-access.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { createSenderClient, SENDER_SCOPE } from '../send/sender-client.ts';
import { addCommonOptions } from './options.ts';

interface TokenOptions extends AccessOptions {
  readonly scope: string;
}

export function addToken(program: Command, io: Io, done: (code: ExitCode) => void): void {
  const command = program
    .command('token')
    .description('Print an access token of a sender (JWT-bearer grant), for trying calls by hand')
    .option('--scope <scopes>', 'space separated', SENDER_SCOPE);
  addAccessOptions(command);
  addCommonOptions(command);
  command
    .addHelpText('after', '\nExample:\n  curl -H "Authorization: Bearer $(npx grunnmur token)" …')
    .action(async (options: TokenOptions) => done(await token(io, options)));
}

async function token(io: Io, options: TokenOptions): Promise<ExitCode> {
  const [access] = await senderAccesses(io, options);
  const accessToken = await createSenderClient(io, access!).token(options.scope);
  io.out(
    options.json ? `${JSON.stringify({ accessToken, claims: claimsOf(accessToken) })}\n` : `${accessToken}\n`,
  );
  return EXIT.ok;
}

/** What the token says, unverified: the reader wants to see it. */
function claimsOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
