/**
 * Where a document's bytes lie: tenant, day, document. The day comes from the id (UUIDv7: milliseconds since 1970 in
 * its first 48 bits), so that one folder holds one day.
 */
export function objectKey(tenant: string, dokumentId: string): string {
  const ms = Number.parseInt(dokumentId.replaceAll('-', '').slice(0, 12), 16);
  const day = new Date(ms).toISOString().slice(0, 10).replaceAll('-', '');
  return `${tenant}/${day}/${dokumentId}`;
}

/** The id in a key made by {@link objectKey}. */
export function dokumentOfKey(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
