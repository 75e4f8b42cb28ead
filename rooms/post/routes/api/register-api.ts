import { authenticateIntegrations, INTEGRATION_LOGIN } from '@grunnmur/access';
import {
  type FaceDescription,
  PROBLEM,
  problemBody,
  registerFace,
  WARNINGS_TOLD,
  warn,
} from '@grunnmur/kernel/http';
import type { FastifyInstance } from 'fastify';
import type { Post } from '../../contract.ts';
import type { FaceDeps } from '../shared/deps.ts';
import { ownerCall } from '../v2/integration-caller.ts';
import { TimelineAnswer } from './models.ts';

export interface ApiDeps extends FaceDeps {
  readonly post: Post;
}

const DESCRIPTION: FaceDescription = {
  tag: 'Grunnmur: brev',
  description: 'Det de publiserte grensesnittene for brev mangler.',
  login: INTEGRATION_LOGIN,
  errors: PROBLEM,
};

/** Our own API of the post room: what the published faces lack. Same credentials as SvarUt REST v2. */
export async function registerApi(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  const face = { name: 'post-api', prefix: '/api/post', errorBody: problemBody, description: DESCRIPTION };
  await registerFace(app, face, (scope) => {
    authenticateIntegrations(scope, deps);
    getTimeline(scope, deps);
  });
}

/** `GET /api/post/forsendelser/{id}/timeline`: every step with its attempts, and what is expected next. */
function getTimeline(scope: FastifyInstance, deps: ApiDeps): void {
  scope.get<{ Params: { id: string } }>(
    '/forsendelser/:id/timeline',
    {
      schema: {
        operationId: 'postGetTimeline',
        summary: 'Tidslinjen til en forsendelse',
        tags: [DESCRIPTION.tag],
        response: { 200: TimelineAnswer },
        answerHeaders: WARNINGS_TOLD,
      },
    },
    async (request, reply) => {
      const { ctx, id } = await ownerCall(
        request,
        deps,
        request.params.id,
        'post.forsendelse.tidslinje_lest',
      );
      const timeline = await deps.post.timeline(ctx, id);
      // Also what was found after the letter was accepted: whoever follows it need not read the entries.
      warn(reply, timeline.advarsler);
      return timeline;
    },
  );
}
