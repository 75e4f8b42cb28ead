/**
 * The target of a request as the routes see it. Clients of proxies send a whole address (absolute-form, RFC 9112
 * §3.2.2): the host in it is nobody's here, since addresses of ours are made from the configuration only.
 *
 * An address that cannot be percent-decoded still belongs to its face, which answers in its own shape: SvarUt's v1
 * client puts references into the path as they are (`100%`).
 */
export function requestTarget(target: string): string {
  const url = originForm(target);
  const end = url.indexOf('?');
  const path = end < 0 ? url : url.slice(0, end);
  try {
    decodeURIComponent(path);
    return url;
  } catch {
    return path.replaceAll('%', '%25') + url.slice(path.length);
  }
}

/** `/path?query` of `scheme://host/path?query`; what is in origin-form already stays as it came. */
function originForm(target: string): string {
  const rest = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(.*)$/is.exec(target)?.[1];
  if (rest === undefined) return target;
  return rest.startsWith('/') ? rest : `/${rest}`;
}
