import { LOCALES, type Locale } from '@grunnmur/kernel/i18n';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { ENVIRONMENT, PASSWORD } from '../send/sender-access.ts';

/** How long and in which language a letter is followed. */
export interface FollowWish {
  readonly wait?: boolean;
  /** Seconds. */
  readonly timeout?: number;
  readonly lang: Locale;
  readonly json?: boolean;
}

export function addCommonOptions(command: Command): void {
  command
    .option(
      '--data <folder>',
      'data folder of the platform (GRUNNMUR_DATA; default: data in the installation)',
    )
    .option('--json', 'one JSON object on standard output');
}

export function addFollowOptions(command: Command): void {
  command
    .option('--wait', 'go on until the letter is opened, printed or given up')
    .option(
      '--timeout <seconds>',
      'stop following after this time (default 60; with --wait none)',
      wholeNumber,
    )
    .addOption(
      new Option('--lang <language>', 'language of what is said about letters')
        .choices([...LOCALES])
        .default('nb'),
    );
}

/** Login of a sender; without any of them the running demonstration's own is used. */
export function addAccessOptions(command: Command): void {
  command
    .option(
      '--from <sender>',
      'demonstration: integration by name or organisation number (default: the first)',
    )
    .option('--base-url <url>', `another installation (${ENVIRONMENT.baseUrl})`)
    .option('--issuer <url>', `token issuer; default: the installation’s own (${ENVIRONMENT.issuer})`)
    .option('--token-endpoint <url>', `default: as the issuer publishes it (${ENVIRONMENT.tokenEndpoint})`)
    .option('--client-id <id>', `client at the issuer (${ENVIRONMENT.clientId})`)
    .option('--key <file>', `the client’s private key, PEM (${ENVIRONMENT.key})`)
    .option('--certificate <file>', `business certificate, PEM (${ENVIRONMENT.certificate})`)
    .option('--key-id <kid>', `registered key, when there is no certificate (${ENVIRONMENT.keyId})`)
    .option(
      '--integration-id <id>',
      `IntegrasjonId (${ENVIRONMENT.integrationId}); its password: ${PASSWORD}`,
    )
    .option('--account <id>', `konto to send from (${ENVIRONMENT.account}; default: the first granted)`);
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('must be a whole number');
  return Number(text);
}
