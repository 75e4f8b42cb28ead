import type { AuthenticateDeps } from '@grunnmur/access';
import type { FastifyRequest } from 'fastify';
import type { Dokumentlager } from '../service/create-dokumentlager.ts';
import type { DokumentlagerLimits } from '../service/deps.ts';

export interface DokumentlagerFaceDeps extends AuthenticateDeps {
  readonly dokumentlager: Dokumentlager;
  readonly limits: DokumentlagerLimits;
  /** Certificate that senders encrypt for (`public-key`). */
  readonly platformCertificatePem: string;
  /** Address of the installation, without a trailing slash; download addresses begin with it. */
  readonly publicUrl: string;
  /** Downloads by persons. Without it there is no such route, and the download address of an upload is the one for integrations. */
  readonly persons?: PersonDownloads;
}

export interface PersonDownloads {
  /** The person whose login session a request belongs to. */
  readonly find: (request: FastifyRequest) => Promise<{ fnr: string; level: 3 | 4 } | undefined>;
  /** Where a person logs in at level 4 and comes back to `path`. */
  readonly loginAddress: (path: string) => string;
}
