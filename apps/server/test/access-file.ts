import type { DemoAccess } from '@grunnmur/access';

/** What a demonstration writes for scripts, `demo-access.json`. */
export interface AccessFile extends DemoAccess {
  readonly baseUrl: string;
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly persons: readonly { readonly fnr: string; readonly name: string; readonly situation: string }[];
  readonly amqp: {
    readonly host: string;
    readonly port: number | null;
    readonly tlsPort: number | null;
    readonly caPem: string;
  };
  readonly fiksIoAccounts: readonly {
    readonly kontoId: string;
    readonly orgnr: string;
    readonly name: string;
    readonly integrasjonId: string;
    readonly privateKeyPem: string;
    readonly certificatePem: string;
  }[];
}
