const MAX_LENGTH = 1000;

/**
 * `value` when it is a path on this site, else `fallback`. Refuses everything a browser could read as another site:
 * `//host`, `/\host`, schemes, control characters.
 */
export function localPath(value: unknown, fallback: string): string {
  if (typeof value !== 'string' || value.length > MAX_LENGTH) return fallback;
  if (!/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(value)) return fallback;
  const url = new URL(value, 'http://local.invalid');
  return url.origin === 'http://local.invalid' ? `${url.pathname}${url.search}` : fallback;
}
