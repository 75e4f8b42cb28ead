import type { Access } from '@grunnmur/access';
import type { Ctx } from '@grunnmur/kernel/ctx';
import type { Room } from '@grunnmur/kernel/room';
import { sweepSchedule } from '@grunnmur/kernel/storage';
import { HOUR_MS } from '@grunnmur/kernel/time';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Post } from './contract.ts';
import { cancelPrintJob } from './jobs/cancel-print.ts';
import { deliverAltinnJob } from './jobs/deliver-altinn.ts';
import { deliverPrintJob } from './jobs/deliver-print.ts';
import { deliverSdpJob } from './jobs/deliver-sdp.ts';
import {
  deadlineSchedule,
  deleteDocumentsJob,
  printUnreadJob,
  purgeSchedule,
  retentionSchedule,
} from './jobs/due-work.ts';
import { printReceiptSchedule } from './jobs/fetch-print-receipts.ts';
import { sdpReceiptSchedule } from './jobs/fetch-sdp-receipts.ts';
import { createAcceptancePressure } from './jobs/give-way.ts';
import { routeJob } from './jobs/route-forsendelse.ts';
import { registerApi } from './routes/api/register-api.ts';
import { DEFAULT_FACE_LIMITS, type FaceDeps } from './routes/shared/deps.ts';
import { registerPublicKey } from './routes/shared/register-public-key.ts';
import { registerV1 } from './routes/v1/register-v1.ts';
import { registerV2 } from './routes/v2/register-v2.ts';
import { createPostService } from './service/create-post-service.ts';
import { createReader } from './service/create-reader.ts';
import type { PostDeps } from './service/deps.ts';
import type { PostService } from './service/post-service.ts';
import { findKnownObjects } from './store/due-store.ts';

export { createFrontPage } from './pdf/front-page.ts';
export { createPdfPool, PRINT_LIMITS } from './pdf/index.ts';
export { createKonto, type NyKonto, requireOwnKontoer } from './service/create-konto.ts';
export {
  type Channels,
  DEFAULT_LIMITS,
  type PostDeps,
  type PostLimits,
  type Tenant,
} from './service/deps.ts';
export { hasForsendelser, type PostDemo, seedPostDemo } from './service/seed-demo.ts';
export { setSenderProfile } from './service/sender-profile.ts';
export type { NyForsendelse } from './types.ts';

export interface PostRoomOptions extends PostDeps {
  readonly access: Access;
  readonly baseCtx: (request: FastifyRequest) => Ctx;
  /** Certificate that senders encrypt for (`GET /forsendelse/publickey/hent`). */
  readonly platformCertificatePem: string;
  /** How often receipts are collected from print supplier and mailboxes. */
  readonly receiptIntervalMs: number;
}

export interface PostRoom {
  readonly room: Room;
  readonly post: Post;
  readonly service: PostService;
}

/** Builds the room: SvarUt's faces, the delivery jobs and what readers may ask. */
export function createPostRoom(options: PostRoomOptions): PostRoom {
  const { onUnderWay, giveWay } = createAcceptancePressure();
  const service = createPostService(options, onUnderWay);
  const post = createReader(options);
  return {
    service,
    post,
    room: {
      name: 'post',
      routes: (app) => mountFaces(app, options, service, post),
      jobs: [
        routeJob(options, giveWay),
        deliverAltinnJob(options, giveWay),
        deliverSdpJob(options, giveWay),
        deliverPrintJob(options, giveWay),
        cancelPrintJob(options),
        printUnreadJob(),
        deleteDocumentsJob(options),
      ],
      schedules: [
        deadlineSchedule(),
        retentionSchedule(),
        purgeSchedule(),
        printReceiptSchedule(options, options.receiptIntervalMs),
        sdpReceiptSchedule(options, options.receiptIntervalMs),
        sweepSchedule({
          name: 'post.sweep_objects',
          storage: options.storage,
          known: [findKnownObjects],
          olderThanMs: Math.max(2 * HOUR_MS, 2 * options.limits.uploadTimeoutMs),
        }),
      ],
      stop: async () => {
        const { altinn, sdp, print } = options.channels;
        await Promise.all([altinn.close(), sdp.close(), print.close(), options.pdf.close()]);
      },
    },
  };
}

async function mountFaces(
  app: FastifyInstance,
  options: PostRoomOptions,
  service: PostService,
  post: Post,
): Promise<void> {
  const deps: FaceDeps = {
    service,
    access: options.access,
    baseCtx: options.baseCtx,
    synthetic: options.synthetic,
    limits: {
      ...DEFAULT_FACE_LIMITS,
      maxParts: options.limits.maxDocuments + 1,
      idleTimeoutMs: options.limits.uploadIdleMs,
      totalTimeoutMs: options.limits.uploadTimeoutMs,
    },
  };
  await registerV1(app, deps);
  await registerV2(app, deps);
  await registerPublicKey(app, { certificatePem: () => options.platformCertificatePem });
  await registerApi(app, { ...deps, post });
}
