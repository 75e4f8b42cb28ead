import type { Logger } from '@grunnmur/kernel/log';

export type RabbitmqLog = Pick<Logger, 'warn' | 'error'>;
