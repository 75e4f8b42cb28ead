/** Longer return addresses are not ours. */
const MAX_RETURN_LENGTH = 1000;
/** No host of anybody's (RFC 2606 §2): only what a browser makes of the path beside it is looked at. */
const OWN = 'http://local.invalid';
/** Printable ASCII without a backslash: browsers drop tabs and line ends, and read `\` as `/` (WHATWG URL §4.4). */
const PATH = /^\/[\x21-\x5b\x5d-\x7e]*$/;

/**
 * `value` as path and query on this site, or `fallback` when any browser could end at another. What is given out is
 * written anew from what the browser's own algorithm (WHATWG URL) reads, and must read the same a second time: dot
 * segments disappear while an address is read, so `/.//host` becomes `//host`, another site.
 */
export function localPath(value: unknown, fallback: string, maxLength = MAX_RETURN_LENGTH): string {
  if (typeof value !== 'string' || value.length > maxLength || !PATH.test(value)) return fallback;
  const path = written(value);
  return path !== undefined && written(path) === path ? path : fallback;
}

/** Path and query of `value` as read on this site; undefined when it is on another. */
function written(value: string): string | undefined {
  const url = URL.parse(value, OWN);
  return url?.origin === OWN ? `${url.pathname}${url.search}` : undefined;
}
