declare const CONTRACT: unique symbol;

/** The name by which a room's contract is asked for, with the contract's type. */
export interface ContractKey<Contract> {
  readonly room: string;
  readonly [CONTRACT]?: Contract;
}

/** The key of the contract of `room`: its `contract.ts` exports it beside the type. */
export function contractOf<Contract>(room: string): ContractKey<Contract> {
  return { room };
}
