import type { FastifyRequest } from 'fastify';
import type { Static, TObject } from 'typebox';
import type { MaskinportenClient } from '../auth/index.ts';
import type { SelfSigned } from '../crypto/index.ts';
import type { Ctx } from '../ctx/index.ts';
import type { Database } from '../db/index.ts';
import type { Logger } from '../log/index.ts';
import type { ObjectStore } from '../storage/index.ts';
import type { ContractKey } from './contract-key.ts';
import type { Mode } from './settings.ts';

/** A private key and its certificate (PEM). */
export interface KeyPair {
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

/** Who the platform is towards registers and channels: a client at the token issuer. */
export interface OutgoingIdentity {
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly privateKeyPem: string;
  readonly certificatePem: string | undefined;
  readonly keyId: string | undefined;
  /** Organisation of the certificate. */
  readonly orgnr: string;
}

/** The platform's own client, which calls the outside world. */
export interface OutgoingClient {
  readonly identity: OutgoingIdentity;
  readonly tokens: MaskinportenClient;
}

/** A shell of pages that people log in to, as a client of the login service. */
export interface LoginClient {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Given when they are asked for: the public address may be known late. */
  readonly redirectUris: () => readonly string[];
  readonly postLogoutRedirectUris: () => readonly string[];
  /** Where it is told that a session has ended, by browser (GET) and by server (POST) alike; none: it is not told. */
  readonly logoutUri?: () => string;
}

/** People who have logged in at the citizens' shell, for a face that is reached with their session. */
export interface PersonReader {
  /** The person whose login session a request belongs to. */
  readonly find: (request: FastifyRequest) => Promise<{ fnr: string; level: 3 | 4 } | undefined>;
  /** Where a person logs in at level 4 and comes back to `path`. */
  readonly loginAddress: (path: string) => string;
}

/** What the host gives a room that it builds. */
export interface RoomHost {
  readonly mode: Mode;
  readonly role: 'all' | 'web' | 'worker';
  readonly version: string;
  readonly log: Logger;
  readonly db: Database;
  readonly now: () => Date;
  /** 32 bytes. */
  readonly masterKey: Buffer;
  /** The room's own part of the object store: what the room does not know is removed from it. */
  readonly storage: ObjectStore;
  /** Address of the installation, without a trailing slash. */
  readonly publicUrl: string;
  /** Listeners without a port of their own in the settings take any free one. */
  readonly anyPort: boolean;
  /** Address that listeners listen on. */
  readonly listenHost: string;
  /** Folder of everything that is kept in files; rooms have folders of their own below it. */
  readonly dataDir: string;
  /** Of this process: the same after a restart and no other process's. */
  readonly nodeName: string;
  /** Context of the program itself, for no tenant. */
  readonly systemCtx: Ctx;
  /** Context of a request before anybody is identified. */
  readonly requestCtx: (request: FastifyRequest) => Ctx;
  /** Patience with uploads: longest time for one, and longest silence within it, in ms. */
  readonly uploads: { readonly timeoutMs: number; readonly idleMs: number };
  /** What senders encrypt for. */
  readonly platformKeys: KeyPair;
  /** Whose access tokens are accepted beside our own. */
  readonly trustedIssuer: string | undefined;
  /** The shells that people log in to. */
  readonly loginClients: readonly LoginClient[];
  readonly persons: PersonReader;
  /** Undefined in production, and for commands. */
  readonly demo: DemoHost | undefined;
  /** Where the simulator of that name answers: what stands in for an address that a demonstration is not given. */
  simulatorUrl(name: string): string;
  /** The platform's own client. Throws when it is asked for before the demonstration has made it. */
  outgoing(): OutgoingClient;
  /** The room's settings: checked, with their defaults. */
  settings<Schema extends TObject>(schema: Schema): Static<Schema>;
  /** The contract of a room that the manifest names in `uses`. Throws for any other. */
  use<Contract>(key: ContractKey<Contract>): Contract;
}

/** What a demonstration has beside: invented keys, a clock that can be put back, answers to who asks a simulator. */
export interface DemoHost {
  /** The clock of sample content and of simulators that it goes to; the machine's when nothing is being sent. */
  readonly clock: DemoClock;
  /** `systemCtx` with the time of {@link clock}. */
  readonly ctx: Ctx;
  /** Scopes that the rooms' calls to the outside need, all together. */
  readonly ownScopes: readonly string[];
  /** Folder for the append-only records of what simulators received. */
  readonly recordsDir: string;
  /** The scopes of an access token; null for one that is not good. */
  scopes(token: string): Promise<readonly string[] | null>;
  /** A self-signed key pair by name, made at the first start. */
  keyPair(name: string, orgnr: string): Promise<SelfSigned>;
  /** Some other secret, as text, made at the first start. */
  secret(name: string, make: () => Promise<string>): Promise<string>;
}

/**
 * The clock of a demonstration's sample content, and of the simulators that it goes to. While that is sent it stands some weeks
 * back and is moved on step by step, so that things have happened on the days that they say, by the program itself. At all
 * other times it is the machine's, as everybody else's always is.
 */
export interface DemoClock {
  readonly now: () => Date;
  readonly setTo: (at: Date) => void;
  /** The machine's time again. */
  readonly release: () => void;
}
