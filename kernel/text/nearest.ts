import { distance } from 'fastest-levenshtein';

/**
 * The candidate that a reader would say was meant: the one with the fewest differing letters, when those are few for its
 * length (one, or a fifth). Case and separators do not count. Undefined when none is near, or the name is too long.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > 60) return undefined;
  let best: { readonly candidate: string; readonly far: number } | undefined;
  for (const candidate of candidates) {
    const far = distance(plain(name), plain(candidate));
    const allowed = Math.max(1, Math.floor(candidate.length / 5));
    if (far <= allowed && (!best || far < best.far)) best = { candidate, far };
  }
  return best?.candidate;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, '');
}
