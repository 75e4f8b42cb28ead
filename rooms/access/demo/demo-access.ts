import type { SelfSigned } from '@grunnmur/kernel/crypto';

/** What a script needs to log in as each of them: the same at every start with the same master key. */
export interface DemoAccess {
  readonly organisations: readonly { readonly orgnr: string; readonly name: string }[];
  readonly integrations: readonly (SelfSigned & {
    readonly name: string;
    readonly orgnr: string;
    readonly clientId: string;
    readonly integrasjonId: string;
    readonly integrasjonPassord: string;
    readonly svarutKontoIds: readonly string[];
  })[];
  readonly svarutV1Accounts: readonly {
    readonly username: string;
    readonly password: string;
    readonly orgnr: string;
    readonly kontoId: string;
  }[];
  readonly mottakersystemer: readonly (SelfSigned & {
    readonly username: string;
    readonly password: string;
    readonly orgnr: string;
  })[];
}
