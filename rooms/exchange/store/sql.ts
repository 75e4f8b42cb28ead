import { statementsOf } from '@grunnmur/kernel/db';

export const { rows, affected } = statementsOf('exchange');
