import type { FastifyInstance } from 'fastify';
import { ExchangeError } from '../../errors.ts';
import { isValidNow, offentligNokkel } from '../../service/kontoer/offentlig-nokkel.ts';
import { documented, type KontoRouteDeps } from '../shared/konto-route-deps.ts';
import { OffentligNokkel } from '../shared/models.ts';
import { KATALOG_TAG } from './models.ts';

/** Shorter than the ten minutes that the Java client keeps it: a new key should be seen soon. */
const CACHE_CONTROL = 'public, max-age=60';
/** Calls a minute from one address; applies where the server limits rates. Clients ask once for each message. */
const RATE_LIMIT = { max: 6000, timeWindow: 60_000 };

/** `GET /kontoer/{kontoId}/offentligNokkel`: open to everybody, since clients send no credentials (fiks-io §1.4, §2.3). */
export function getOffentligNokkel(scope: FastifyInstance, deps: KontoRouteDeps): void {
  scope.get<{ Params: { kontoId: string } }>(
    '/kontoer/:kontoId/offentligNokkel',
    {
      config: { rateLimit: RATE_LIMIT },
      schema: documented(KATALOG_TAG, 'fiksIoKatalog_hentOffentligNokkel', 'Kontoens offentlige nøkkel', {
        200: OffentligNokkel,
      }),
    },
    async (request, reply) => {
      const ctx = deps.baseCtx(request);
      const row = await deps.kontoer.nokkel(ctx, request.params.kontoId);
      if (!row) throw ExchangeError.nokkelNotFound();
      const now = ctx.now();
      const etag = `"${row.fingeravtrykk.slice(0, 32)}${isValidNow(row, now) ? '' : '-x'}"`;
      reply.headers({ etag, 'cache-control': CACHE_CONTROL });
      if (matches(request.headers['if-none-match'], etag)) return reply.status(304).send();
      return offentligNokkel(row, now);
    },
  );
}

/** Compared weakly (RFC 9110 §13.1.2): a proxy that compresses makes the tag weak. */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((each) => ['*', etag].includes(each.trim().replace(/^W\//, '')));
}
