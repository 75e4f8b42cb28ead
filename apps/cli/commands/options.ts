import { LOCALES } from '@grunnmur/kernel/i18n';
import { type Command, InvalidArgumentError, Option } from 'commander';

/** How long a letter is followed. */
export interface FollowWish {
  readonly wait?: boolean;
  /** Seconds. */
  readonly timeout?: number;
  readonly json?: boolean;
}

export function addCommonOptions(command: Command): void {
  command
    .option(
      '--data <folder>',
      'data folder of the platform (GRUNNMUR_DATA; default: data in the installation)',
    )
    .option('--json', 'one JSON object on standard output')
    .addOption(
      new Option(
        '--lang <language>',
        'language of all that is said (GRUNNMUR_LANG; default: the terminal’s)',
      ).choices([...LOCALES]),
    );
}

export function addFollowOptions(command: Command): void {
  command
    .option('--wait', 'go on until the letter is opened, printed or given up')
    .option(
      '--timeout <seconds>',
      'stop following after this time (default 60; with --wait none)',
      wholeNumber,
    );
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('must be a whole number');
  return Number(text);
}
