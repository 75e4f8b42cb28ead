/**
 * The target of a request as the routes see it. Clients of proxies send a whole address (absolute-form, RFC 9112
 * §3.2.2): the host in it is nobody's here, since addresses of ours are made from the configuration only.
 *
 * An address that cannot be percent-decoded still belongs to its face, which answers in its own shape: SvarUt's v1
 * client puts references into the path as they are (`100%`).
 *
 * Slashes in a row are one: base addresses end with one, and clients begin their paths with another. This comes before
 * any route or hook sees the address, so that there is one reading of it. `asGiven` are beginnings of paths (`/a/b/`)
 * behind which all is the caller's own text; encoded slashes and the query always are.
 */
export function requestTarget(target: string, asGiven: readonly string[] = []): string {
  const url = originForm(target);
  const end = url.indexOf('?');
  const given = end < 0 ? url : url.slice(0, end);
  const path = singleSlashes(given, asGiven);
  const query = url.slice(given.length);
  try {
    decodeURIComponent(path);
    return path + query;
  } catch {
    return path.replaceAll('%', '%25') + query;
  }
}

const SLASHES = /\/{2,}/g;

function singleSlashes(path: string, asGiven: readonly string[]): string {
  if (!path.includes('//')) return path;
  for (const start of asGiven) {
    // Each slash of the beginning may have come as several.
    const found = new RegExp(`^${start.split('/').map(escaped).join('/+?')}`).exec(path);
    if (found) return start + path.slice(found[0].length);
  }
  return path.replace(SLASHES, '/');
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** `/path?query` of `scheme://host/path?query`; what is in origin-form already stays as it came. */
function originForm(target: string): string {
  const rest = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(.*)$/is.exec(target)?.[1];
  if (rest === undefined) return target;
  return rest.startsWith('/') ? rest : `/${rest}`;
}
