import { type Config, ConfigError, readConfig } from '@grunnmur/server/config';
import { dataFolder } from './data-folder.ts';
import { CliError, EXIT, quoted, said } from './exit-codes.ts';
import type { CommonOptions, Io } from './io.ts';

/** The platform's settings as the server would read them here. All faults are told at once. */
export function settings(io: Io, options: CommonOptions): Config {
  try {
    return readConfig({ ...io.env, GRUNNMUR_DATA: dataFolder(io, options) });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new CliError(EXIT.usage, quoted(error.message), {
      hint: said('cli.hint.settings'),
      cause: error,
    });
  }
}
