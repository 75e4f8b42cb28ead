/**
 * The path that a server sees when it is asked at this address: percent-encoding undone (RFC 3986, section 6.2.2.2), dots and
 * doubled slashes resolved, lower case. What cannot be decoded stays as it is written.
 */
export function pathOfAddress(address: string): string {
  const path = URL.canParse(address) ? new URL(address).pathname : address;
  return decoded(path)
    .replace(/\/{2,}/g, '/')
    .toLowerCase();
}

/** Until nothing is left to decode: a proxy in front may undo one layer. */
function decoded(path: string): string {
  try {
    const once = decodeURIComponent(path);
    return once === path ? path : decoded(once);
  } catch {
    return path;
  }
}
