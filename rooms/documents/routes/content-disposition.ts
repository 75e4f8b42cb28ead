/**
 * `attachment` with the name in ASCII for old clients, and whole (RFC 6266, RFC 8187). Never `inline`: the type is what
 * the sender says it is.
 */
export function contentDisposition(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const plain = `attachment; filename="${ascii}"`;
  return ascii === name ? plain : `${plain}; filename*=UTF-8''${encodeExtended(name)}`;
}

/** `encodeURIComponent` leaves some characters that RFC 8187 does not allow. */
function encodeExtended(name: string): string {
  return encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
