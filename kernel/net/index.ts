export {
  type ConnectionBudget,
  connectionBudget,
  connectionShare,
  openFileLimit,
} from './descriptor-budget.ts';
export { freePort } from './free-port.ts';
