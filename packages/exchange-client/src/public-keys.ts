import { ExchangeClientError } from './client-error.ts';
import type { Katalog } from './katalog.ts';

/** As long as the Java client keeps them (fiks-io §2.3). */
const KEEP_MS = 10 * 60_000;
const MAX_KEPT = 1000;

export interface PublicKeys {
  /** The receiver's certificate, PEM; at most 10 minutes old. Throws `no_public_key`. */
  of(kontoId: string, signal?: AbortSignal): Promise<string>;
  forget(kontoId: string): void;
}

export function createPublicKeys(
  katalog: Katalog,
  elapsedMs: () => number = () => performance.now(),
): PublicKeys {
  const kept = new Map<string, { readonly pem: string; readonly until: number }>();
  return {
    of: async (kontoId, signal) => {
      const known = kept.get(kontoId);
      if (known && known.until > elapsedMs()) return known.pem;
      const key = await katalog.offentligNokkel(kontoId, signal ? { signal } : {});
      if (!key?.valid) {
        const why = key?.statusMessage ? `: ${key.statusMessage.slice(0, 200)}` : '';
        throw new ExchangeClientError('no_public_key', `Konto ${kontoId} has no valid public key${why}`);
      }
      if (kept.size >= MAX_KEPT) kept.delete(kept.keys().next().value as string);
      kept.delete(kontoId);
      kept.set(kontoId, { pem: key.nokkel, until: elapsedMs() + KEEP_MS });
      return key.nokkel;
    },
    forget: (kontoId) => void kept.delete(kontoId),
  };
}
