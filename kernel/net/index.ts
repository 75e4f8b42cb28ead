export { type ConnectionBudget, connectionBudget, openFileLimit } from './descriptor-budget.ts';
export { freePort } from './free-port.ts';
